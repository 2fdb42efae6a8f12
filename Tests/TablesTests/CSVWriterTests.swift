import Platform
import TestSupport
import Testing

@testable import Tables

@Suite struct CSVWriterTests {
  private let plain = CSVWriter.Format(encoding: .utf8)

  /// The file's bytes after one row of one-cell tables is written.
  private func cell(_ text: String, guarded: Bool = true) throws -> String {
    let folder = try TemporaryFolder()
    var writer = try CSVWriter.create(folder.path + "/t.csv", columns: ["h"], format: plain)
    writer.field(text, guarded: guarded)
    try writer.endRow()
    try writer.finish()
    let written = try folder.read("t.csv")
    #expect(written.hasPrefix("h\n") && written.hasSuffix("\n"))
    return String(written.dropFirst(2).dropLast())
  }

  @Test(arguments: [
    ("abc", "abc"), (" a ", " a "), ("", "\"\""), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
    ("\"", "\"\"\"\""),
    ("a\nb", "\"a\nb\""), ("a\rb", "\"a\rb\""), ("a\r\nb", "\"a\r\nb\""), ("张伟😀", "张伟😀"), ("a;b\tc|d", "a;b\tc|d"),
    ("12345678,0123456", "\"12345678,0123456\""), ("0123456789abcde\"", "\"0123456789abcde\"\"\""),
    ("0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef"),
  ])
  func `cells are quoted only when needed`(text: String, written: String) throws { #expect(try cell(text) == written) }

  @Test(arguments: [
    ("=1+1", "'=1+1"), ("+8613800138000", "'+8613800138000"), ("-1.50", "'-1.50"), ("@SUM(A1)", "'@SUM(A1)"),
    ("\tx", "'\tx"),
    ("\rx", "\"'\rx\""), ("=\"a\"", "\"'=\"\"a\"\"\""), ("＝1", "'＝1"), ("＋1", "'＋1"), ("－1", "'－1"), ("＠a", "'＠a"),
    ("a=1", "a=1"), ("'=1", "'=1"), ("，", "，"), ("=", "'="),
  ])
  func `cells are never formulas`(text: String, written: String) throws { #expect(try cell(text) == written) }

  @Test func `our own negative numbers are no formulas`() throws {
    #expect(try cell("-1.50", guarded: false) == "-1.50")
    let folder = try TemporaryFolder()
    var writer = try CSVWriter.create(folder.path + "/t.csv", columns: ["a", "b", "c", "=d"], format: plain)
    writer.field(decimal: -12)
    writer.field(raw: "accepted")
    writer.emptyField()
    writer.field(Array("x".utf8).span)
    try writer.endRow()
    #expect(writer.rows == 1)
    try writer.finish()
    #expect(try folder.read("t.csv") == "a,b,c,'=d\n-12,accepted,,x\n")
  }

  @Test func `encodings and line ends`() throws {
    let folder = try TemporaryFolder()
    let expected: [(CSVWriter.Encoding, CSVWriter.LineEnd, [UInt8])] = [
      (.utf8BOM, .crlf, [0xEF, 0xBB, 0xBF] + Array("名\r\n𠮷\r\n".utf8)), (.utf8, .lf, Array("名\n𠮷\n".utf8)),
      (.gb18030, .crlf, [0xC3, 0xFB, 0x0D, 0x0A, 0x95, 0x34, 0xB2, 0x35, 0x0D, 0x0A]),
    ]
    for (encoding, lineEnd, bytes) in expected {
      let path = folder.path + "/\(encoding.rawValue).csv"
      let format = CSVWriter.Format(encoding: encoding, lineEnd: lineEnd, digest: true)
      var writer = try CSVWriter.create(path, columns: ["名"], format: format)
      writer.field("𠮷")
      try writer.endRow()
      let digest = try writer.finish()
      #expect(try Files.read(path, limit: 100) == bytes)
      #expect(digest == Digest.sha256(bytes))
    }
  }

  @Test func `the file appears whole, with mode 0600, and nothing is left beside it`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/t.csv"
    // What a crash left behind does not get into the new file.
    try folder.write("t.csv.part", "old")
    var writer = try CSVWriter.create(path, columns: ["a"], format: plain)
    #expect(!Files.exists(path))
    for row in 0..<100_000 {
      writer.field(decimal: row)
      try writer.endRow()
    }
    #expect(!Files.exists(path))
    try writer.finish()
    #expect(Files.names(in: folder.path) == ["t.csv"])
    #expect(Files.permissions(path) == 0o600)
    let table = try ReadTable(path: path)
    #expect(table.records.count == 100_000)
    #expect(table.records.last?.fields == ["99999"])
  }

  @Test func `a writer that is given up leaves no file`() throws {
    let folder = try TemporaryFolder()
    do {
      var writer = try CSVWriter.create(folder.path + "/t.csv", columns: ["a"], format: plain)
      writer.field("x")
      try writer.endRow()
    }
    #expect(Files.names(in: folder.path).isEmpty)
  }

  @Test func `a folder that is not there is an error`() {
    do throws(TableError) {
      _ = try CSVWriter.create("/nowhere/t.csv", columns: ["a"])
      Issue.record("created")
    } catch {
      #expect(error.code == .file)
      #expect(error.diagnostic.place?.file == "/nowhere/t.csv.part")
    }
  }

  @Test func `what is written is read back`() throws {
    var generator = SeededGenerator(seed: 5)
    let parts = ["a", ",", "\"", "\n", "\r", "张", " ", "0123456789", "", "😀", "x=1"]
    var rows: [[String]] = []
    for _ in 0..<3000 {
      rows.append((0..<3).map { _ in "x" + (0..<4).map { _ in parts.randomElement(using: &generator) ?? "" }.joined() })
    }
    let folder = try TemporaryFolder()
    for encoding in CSVWriter.Encoding.allCases {
      let path = folder.path + "/\(encoding.rawValue).csv"
      let format = CSVWriter.Format(encoding: encoding, lineEnd: .crlf)
      var writer = try CSVWriter.create(path, columns: ["编", "b", "c"], format: format)
      for row in rows {
        for text in row { writer.field(text) }
        try writer.endRow()
      }
      try writer.finish()
      let table = try ReadTable(path: path, TableOptions(encoding: encoding == .gb18030 ? "gb18030" : "utf-8"))
      #expect(table.records.map(\.fields) == rows)
    }
  }
}
