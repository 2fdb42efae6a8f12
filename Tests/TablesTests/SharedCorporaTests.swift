import JSON
import Platform
import TestSupport
import Testing

@testable import Tables

/// The public test data beside the checkout.
@Suite struct SharedCorporaTests {
  private func json(_ name: String) throws -> [JSON]? {
    guard let path = shared(name) else {
      print("\(name) is not there: not tested against it")
      return nil
    }
    let value = try JSON(parsing: Files.read(path, limit: 1 << 26))
    return value.elements ?? value["samples"]?.elements
  }

  private func rows(_ value: JSON?) -> [[String]]? { value?.elements?.map { $0.elements?.map { $0.text ?? "" } ?? [] } }

  // MARK: - csv

  @Test func `the cases on which all CSV readers agree`() throws {
    guard let cases = try json("corpora/csv/cases.json") else { return }
    var tried = 0
    for entry in cases where entry["class"]?.text?.hasPrefix("agreed") == true {
      let delimiter = entry["options"]?["delimiter"]?.text ?? ","
      guard delimiter.utf8.count == 1, entry["options"]?["comment"] == nil else { continue }
      let id = entry["id"]?.text ?? ""
      let bytes = try #require(decodeBase64(entry["input_b64"]?.text ?? ""))
      let records = rawRecords(bytes, delimiter: delimiter.utf8.first ?? 0)
      #expect(
        records.map(\.fields) == rows(entry["expected_rows"])?.filter { $0 != [""] || bytes == Array("\"\"".utf8) },
        "\(id)")
      #expect(records.allSatisfy { $0.fault == nil }, "\(id)")
      tried += 1
    }
    #expect(tried > 60)
  }

  /// The choice for what readers dispute (corpora/csv/README.md), by case.
  @Test(arguments: [
    ("go-encoding-csv/BareCR", [["a", "b"], ["c", "d"]], 0),
    ("go-encoding-csv/FieldCRCRLF", [["field"], ["field"]], 0),
    (
      "csv-spectrum/newlines_crlf",
      [["a", "b", "c"], ["1", "2", "3"], ["Once upon \r\na time", "5", "6"], ["7", "8", "9"]], 0
    ),
    ("go-encoding-csv/CRLFInQuotedField", [["A", "Hello\r\nHi", "B"]], 0),
    ("cpython/TestDialectExcel.test_dubious_quote#1", [["12", "12", "1\"", ""]], 0),
    ("cpython/TestDialectExcel.test_inline_quotes#4", [["a\"b\"c"]], 0),
    ("cpython/TestDialectExcel.test_space_and_quote#18", [[" \"a\""]], 0),
    ("cpython/TestDialectExcel.test_quotes_and_more#11", [["ab"]], 1),
    ("cpython/Test_Csv.test_read_eof#28", [["a", ""]], 1),
    ("cpython/Test_Csv.test_read_eof#29", [["a"]], 1),
    ("go-encoding-csv/BadDoubleQuotes", [["a\"\"b", "c"]], 0),
    ("go-encoding-csv/ExtraneousQuote", [["a word\"", "b"]], 1),
    ("go-encoding-csv/StartLine1", [["a", "b"], ["c\"d", "e"]], 1),
    ("go-encoding-csv/StartLine2", [["a", "b"], ["d"], ["", "e"]], 1),
    ("go-encoding-csv/OddQuotes", [["\"\"\"\"\"\""]], 1),
  ])
  func `the choice where CSV readers differ`(id: String, expected: [[String]], faults: Int) throws {
    guard let cases = try json("corpora/csv/cases.json") else { return }
    let entry = try #require(cases.first { $0["id"]?.text == id })
    let records = rawRecords(try #require(decodeBase64(entry["input_b64"]?.text ?? "")))
    #expect(records.map(\.fields) == expected)
    #expect(records.filter { $0.fault != nil }.count == faults)
  }

  // MARK: - encodings

  @Test func `every encoded sample gives its rows or a malformed record`() throws {
    guard let samples = try json("corpora/encodings/manifest.json") else { return }
    var tried = 0
    for sample in samples {
      guard let file = sample["file"]?.text, let path = shared("corpora/encodings/" + file) else { continue }
      guard let expect = sample["expect"]?.text, let delimiter = sample["delimiter"]?.text, !delimiter.isEmpty else {
        continue
      }
      guard let expected = rows(sample["rows"]), !expected.isEmpty else { continue }
      let options = TableOptions(encoding: sample["encoding"]?.text ?? "auto", delimiter: delimiter)
      let table = try ReadTable(path: path, options)
      tried += 1
      #expect(table.header == expected[0].map(ColumnName.trimmed), "\(file)")
      #expect(table.records.count == expected.count - 1, "\(file)")
      for (record, wanted) in zip(table.records, expected.dropFirst()) {
        if expect == "error-or-replace", record.fault != nil { continue }
        #expect(record.fields == wanted && record.fault == nil, "\(file) line \(record.line)")
      }
      if expect == "error-or-replace" {
        // Exactly the damaged record is malformed; what stands behind it is read.
        #expect(table.records.filter { $0.fault != nil }.count == 1, "\(file)")
      }
    }
    #expect(tried >= 48)
  }

  @Test func `UTF-8 with a row in GBK keeps its other rows`() throws {
    guard let path = shared("corpora/encodings/samples/bad_utf8_gbk_inside.csv") else { return }
    for encoding in ["utf-8", "auto"] {
      let table = try ReadTable(path: path, TableOptions(encoding: encoding))
      #expect(table.encoding == "utf-8")
      #expect(table.records.filter { $0.fault != nil }.count == 1)
      #expect(table.records.count > 1)
    }
  }

  @Test(arguments: [
    ("utf8.csv", "utf-8"), ("gbk.csv", "gb18030"), ("gb2312.csv", "gb18030"), ("gb18030.csv", "gb18030"),
    ("gb18030_bom.csv", "gb18030"), ("utf16le_bom.csv", "utf-16le"), ("utf16be_bom.csv", "utf-16be"),
    ("utf16le_nobom.csv", "utf-16le"), ("utf16be_nobom.csv", "utf-16be"), ("utf8_bom.csv", "utf-8"),
    ("detect_ascii.csv", "utf-8"), ("detect_liantong.csv", "gb18030"), ("detect_utf8_short.csv", "utf-8"),
    ("detect_gbk_short.csv", "gb18030"), ("detect_late_gbk.csv", "gb18030"), ("detect_late_utf8.csv", "utf-8"),
    ("detect_head_cut_utf8.csv", "utf-8"), ("detect_utf16le_nobom.csv", "utf-16le"), ("bad_utf8_cut.csv", "utf-8"),
  ])
  func `the encoding is found out`(file: String, encoding: String) throws {
    guard let path = shared("corpora/encodings/samples/" + file) else { return }
    let table = try ReadTable(path: path, TableOptions())
    #expect(table.encoding == encoding)
  }

  // MARK: - generator

  @Test(arguments: [
    "c1k_gb18030.csv", "c1k_utf8_crlf.csv", "c1k_utf8_bom_lf.csv", "c2k_dirty.csv", "c1k_gb18030.xml", "c1k_utf8.xml",
  ])
  func `generated lists have their rows and their hash`(file: String) throws {
    guard let path = shared("corpora/generator/samples/" + file) else { return }
    let expected = try JSON(parsing: Files.read(path + ".expected.json", limit: 1 << 20))
    let table = try ReadTable(path: path, TableOptions(record: "contact"))
    #expect(table.header == ["id", "name", "mobile", "city", "amount", "due", "note"])
    #expect(String(table.records.count) == expected["rows"]?.text)
    #expect(table.records.allSatisfy { $0.fault == nil })
    #expect(table.digest.map(Digest.hex) == expected["sha256"]?.text)
  }
}

/// RFC 4648 with padding, nil for other bytes.
func decodeBase64(_ text: String) -> [UInt8]? {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var bits: UInt32 = 0
  var held = 0
  var bytes: [UInt8] = []
  for character in text.utf8 where character != UInt8(ascii: "=") {
    guard let value = alphabet.firstIndex(of: character) else { return nil }
    bits = bits << 6 | UInt32(value)
    held += 6
    guard held >= 8 else { continue }
    held -= 8
    bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
  }
  return bytes
}
