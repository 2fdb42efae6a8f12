import Platform
import TestSupport
import Testing

@testable import Tables

/// The rules of one record, without a file.
@Suite struct CSVRecordTests {
  @Test(arguments: [
    ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
    ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
    ("a,b\r1,2\r", [["a", "b"], ["1", "2"]]),
    ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
    ("\n\r\n\ra\n\n", [["a"]]),
    ("a,,b,\n", [["a", "", "b", ""]]),
    (",\n", [["", ""]]),
    ("\"\"\n", [[""]]),
    (" a , b \n", [[" a ", " b "]]),
    ("\"a,b\",\"c\"\"d\"\n", [["a,b", "c\"d"]]),
    ("\"a\nb\r\nc\rd\",e\n", [["a\nb\r\nc\rd", "e"]]),
    ("a\"b,\"\"\"\"\n", [["a\"b", "\""]]),
    (" \"a\",b\n", [[" \"a\"", "b"]]),
    ("张伟,😀\n", [["张伟", "😀"]]),
  ])
  func `sound records`(text: String, expected: [[String]]) {
    let records = rawRecords(Array(text.utf8))
    #expect(records.map(\.fields) == expected)
    #expect(records.allSatisfy { $0.fault == nil })
  }

  @Test(arguments: [
    // Never closed: only its line is lost.
    ("1,\"a\n2,b\n3,c\n", [["1", "a"], ["2", "b"], ["3", "c"]], [0: "quote not closed in field 2"]),
    ("1,a\n2,\"", [["1", "a"], ["2", ""]], [1: "quote not closed in field 2"]),
    // Never closed, and a later line has quotes: the line of the quote is lost, the later one is whole.
    (
      "1,\"a\n2,b\n3,\"c\"\n", [["1", "a"], ["2", "b"], ["3", "c"]], [0: "text after the closing quote of field 2"]
    ),
    // Text behind the closing quote on one line: the record ends where its line does.
    ("\"a\"b,c\n2,d\n", [["ab", "c"], ["2", "d"]], [0: "text after the closing quote of field 1"]),
    ("\"a\" ,\"b\nc\"\n", [["a ", "b\nc"]], [0: "text after the closing quote of field 1"]),
    // The quoted field before the damage stays whole.
    ("\"a\nb\",\"c\nd,e\n", [["a\nb", "c"], ["d", "e"]], [0: "quote not closed in field 2"]),
  ])
  func `damaged records do not swallow what follows`(text: String, expected: [[String]], faults: [Int: String]) {
    let records = rawRecords(Array(text.utf8))
    #expect(records.map(\.fields) == expected)
    for (index, record) in records.enumerated() { #expect(record.fault == faults[index]) }
  }

  @Test func `bounds have their own words`() {
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: Limits.fieldBytes)
    #expect(rawRecords(long + [UInt8(ascii: ",")]).map(\.fault) == [nil])
    #expect(rawRecords(long + Array("y,b".utf8)).map(\.fault) == ["field 1 is longer than 65536 bytes"])
    #expect(rawRecords([0x22] + long + Array("y\",b".utf8)).map(\.fault) == ["field 1 is longer than 65536 bytes"])
    let commas = [UInt8](repeating: UInt8(ascii: ","), count: Limits.columns - 1)
    #expect(rawRecords(commas).map(\.fault) == [nil])
    let records = rawRecords(commas + commas + Array("\n1".utf8))
    #expect(records.map(\.fault) == ["more than 4096 fields", nil])
    #expect(records[0].fields.count == Limits.columns + 1)
  }

  @Test func `a record whose end is not in sight asks for more`() {
    for text in ["", "a", "a,", "a,\"b", "a,\"b\"", "a\r", "\r", "a,\"b\r\n"] {
      var fields = Fields()
      let comma = Separators(delimiter: UInt8(ascii: ","))
      let outcome = CSVRecord.read(Array(text.utf8).span, from: 0, atEnd: false, comma, into: &fields)
      #expect(outcome == .needMore, "\(text.debugDescription)")
    }
  }

  @Test func `lines within quotes are counted`() {
    var fields = Fields()
    let comma = Separators(delimiter: UInt8(ascii: ","))
    let bytes = Array("\"a\nb\r\nc\rd\"\"\n\",e\r\nf".utf8)
    let outcome = CSVRecord.read(bytes.span, from: 0, atEnd: true, comma, into: &fields)
    #expect(outcome == .record(next: bytes.count - 1, lines: 5, fault: nil))
  }

  @Test func `the fast way gives what the careful one gives`() {
    var generator = SeededGenerator(seed: 7)
    let alphabet = Array(",,\"\"\r\n\nab张".utf8)
    let comma = Separators(delimiter: UInt8(ascii: ","))
    var fast = 0
    for _ in 0..<20_000 {
      let length = Int.random(in: 1...24, using: &generator)
      let bytes = (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      var buffer = ByteBuffer()
      buffer.append(bytes + [UInt8](repeating: 0, count: 16))
      buffer.truncate(to: length)
      var quick = Fields()
      var careful = Fields()
      let next = PlainRecord.read(buffer.span, from: 0, comma, into: &quick)
      guard next > 0 else { continue }
      fast += 1
      let outcome = CSVRecord.read(bytes.span, from: 0, atEnd: true, comma, into: &careful)
      if outcome == .blank(next: next) {
        #expect(quick.texts == [""])
      } else {
        #expect(outcome == .record(next: next, lines: 1, fault: nil), "\(bytes)")
        #expect(quick.texts == careful.texts, "\(bytes)")
      }
    }
    #expect(fast > 5000)
  }
}
