import Platform
import TestSupport
import Testing

@testable import Tables

@Suite struct CSVReaderTests {
  @Test func `records with the lines on which they start`() throws {
    let table = try ReadTable("\n 姓名 ,Phone\n\n张伟,1\n\"a\nb\",2\r\n李四,3")
    #expect(table.header == ["姓名", "Phone"])
    #expect(
      table.records == [
        ReadRecord(4, ["张伟", "1"]), ReadRecord(5, ["a\nb", "2"]), ReadRecord(7, ["李四", "3"]),
      ])
  }

  @Test func `malformed records say why, and the next ones are read`() throws {
    let text = "a,b\n1\n1,2,3\n\"x,2\n3,\"4\"5\n6,7\n"
    #expect(
      try ReadTable(text).records == [
        ReadRecord(2, ["1"], fault: "1 field, expected 2"),
        ReadRecord(3, ["1", "2", "3"], fault: "3 fields, expected 2"),
        ReadRecord(4, ["x,2"], fault: "text after the closing quote of field 1"),
        ReadRecord(5, ["3", "45"], fault: "text after the closing quote of field 2"),
        ReadRecord(6, ["6", "7"]),
      ])
  }

  @Test(arguments: [
    ("a,b\n1,2\n张\u{0},3\n李,4\n", "张\u{0}", "NUL byte in field 1"),
    ("姓名,b\n1,2\n张\u{7F},3\n李,4\n", "张\u{7F}", nil),
  ])
  func `NUL is malformed, other control characters are not judged here`(text: String, field: String, fault: String?)
    throws
  {
    let table = try ReadTable(text)
    #expect(
      table.records == [
        ReadRecord(2, ["1", "2"]), ReadRecord(3, [field, "3"], fault: fault), ReadRecord(4, ["李", "4"]),
      ])
  }

  @Test func `a byte that is no UTF-8 concerns its record only`() throws {
    let bytes = Array("姓名,b\n张,1\n李".utf8) + [0xC3, UInt8(ascii: ","), UInt8(ascii: "2")] + Array("\n王,3\n".utf8)
    let table = try ReadTable(bytes, TableOptions(encoding: "utf-8"))
    #expect(
      table.records == [
        ReadRecord(2, ["张", "1"]), ReadRecord(3, ["李\u{FFFD}", "2"], fault: "byte 0xC3 is not valid UTF-8 in field 1"),
        ReadRecord(4, ["王", "3"]),
      ])
  }

  @Test func `a lead byte before a comma, a quote or a line feed leaves them alone`() throws {
    let lead: [UInt8] = [0xD5]
    let bytes =
      Array("a,b\n1".utf8) + lead + Array(",2\n\"3".utf8) + lead + Array("\",4\n5,6".utf8) + lead
      + Array("\n7,8\n".utf8)
    let table = try ReadTable(bytes, TableOptions(encoding: "gbk"))
    let fault = "bytes that are not valid gb18030 in field "
    #expect(
      table.records == [
        ReadRecord(2, ["1\u{FFFD}", "2"], fault: fault + "1"), ReadRecord(3, ["3\u{FFFD}", "4"], fault: fault + "1"),
        ReadRecord(4, ["5", "6\u{FFFD}"], fault: fault + "2"), ReadRecord(5, ["7", "8"]),
      ])
  }

  @Test func `the delimiter is found or announced`() throws {
    #expect(try ReadTable("a;b,c;d\n1;2;3\n").header == ["a", "b,c", "d"])
    #expect(try ReadTable("a\tb\n1,5\t2\n").header == ["a", "b"])
    #expect(try ReadTable("a|b\n").header == ["a", "b"])
    #expect(try ReadTable("phone\n1,5\n").records == [ReadRecord(2, ["1", "5"], fault: "2 fields, expected 1")])
    let announced = try ReadTable("sep=;\r\na,x;b\r\n1;2\r\n")
    #expect(announced.header == ["a,x", "b"])
    #expect(announced.records == [ReadRecord(3, ["1", "2"])])
    #expect(try ReadTable("a,b;c\n1,2;3\n", TableOptions(delimiter: ";")).header == ["a,b", "c"])
    #expect(try ReadTable("a,b\tc\n1,2\t3\n", name: "t.tsv").header == ["a,b", "c"])
  }

  @Test func `a header alone is a table without rows`() throws {
    for text in ["a,b", "a,b\n", "\u{FEFF}a,b\r\n\r\n"] {
      let table = try ReadTable(text)
      #expect(table.header == ["a", "b"])
      #expect(table.records.isEmpty)
    }
  }

  @Test(arguments: [
    ("", TableError.Code.noHeader, "no header row; expected the columns' names in the first line"),
    ("\u{FEFF}\n\n", .noHeader, "no header row; expected the columns' names in the first line"),
  ])
  func `a file without a header row is refused`(text: String, code: TableError.Code, words: String) throws {
    let error = try #require(try failure(text))
    #expect(error.code == code)
    #expect(error.words == "table.csv: error: \(words)\n  Check that this is the right file.")
  }

  @Test func `a damaged header row is refused with its line`() throws {
    let error = try #require(try failure("\n\"a,b\n1,2\n"))
    #expect(error.code == .damagedHeader)
    #expect(
      error.words == """
        table.csv:2: error: the header row is damaged: quote not closed in field 1; expected the columns' names in the first line
          Repair the line, or set encoding and delimiter.
        """)
    let wide = String(repeating: ",", count: Limits.columns)
    #expect(try failure(wide)?.code == .tooManyColumns)
  }

  @Test func `an unknown delimiter is refused`() throws {
    let error = try #require(try failure("a,b", TableOptions(delimiter: "x")))
    #expect(error.words == "table.csv: error: the delimiter \"x\" is not known; expected auto, a comma, ;, tab or |")
  }

  @Test func `records across the window's edges are the same as in one piece`() throws {
    var generator = SeededGenerator(seed: 11)
    var text = "a,b,c\n"
    let parts = ["1", "张伟", "\"x,y\"", "\"p\nq\"", "\"say \"\"hi\"\"\"", "", "😀é", "a\"b"]
    while text.utf8.count < 3 * Limits.readBytes {
      let row = (0..<3).map { _ in parts.randomElement(using: &generator) ?? "" }
      text += row.joined(separator: ",") + (Bool.random(using: &generator) ? "\r\n" : "\n")
    }
    let bytes = Array(text.utf8)
    let table = try ReadTable(bytes)
    let expected = rawRecords(bytes).dropFirst()
    #expect(table.records.count == expected.count)
    #expect(zip(table.records, expected).allSatisfy { $0.fields == $1.fields && $0.fault == nil })
    let last = try #require(table.records.last)
    #expect(last.line < text.filter { $0 == "\n" || $0 == "\r\n" }.count + 1)
  }

  @Test func `a line without an end is one malformed record, and what follows is read`() throws {
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 3 * Limits.recordBytes)
    for prefix in ["1,", "1,\"", "\""] {
      let table = try ReadTable(Array("a,b\n\(prefix)".utf8) + long + Array("\r\n2,3\n".utf8))
      #expect(table.records.count == 2)
      #expect(table.records[0].fault?.contains("longer than 1048576 bytes") == true)
      #expect(table.records[1] == ReadRecord(3, ["2", "3"]))
    }
  }

  @Test func `an unclosed quote in a large file costs its line only`() throws {
    let rows = String(repeating: "1,2\n", count: 600_000)
    let table = try ReadTable("a,b\n1,\"2\n" + rows)
    #expect(table.records.count == 600_001)
    #expect(table.records[0] == ReadRecord(2, ["1", "2"], fault: "quote not closed in field 2"))
    #expect(table.records.dropFirst().allSatisfy { $0.fault == nil })
  }
}
