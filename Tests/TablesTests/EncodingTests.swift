import Platform
import TestSupport
import Testing

@testable import Tables

/// 姓名,手机 / 张伟,1 / 李娜,2 in GBK.
private let gbk: [UInt8] =
  [0xD0, 0xD5, 0xC3, 0xFB, 0x2C, 0xCA, 0xD6, 0xBB, 0xFA, 0x0A, 0xD5, 0xC5, 0xCE, 0xB0, 0x2C, 0x31, 0x0A]
  + [0xC0, 0xEE, 0xC4, 0xC8, 0x2C, 0x32, 0x0A]
private let utf8 = Array("姓名,手机\n张伟,1\n李娜,2\n".utf8)

private func utf16(_ text: String, bigEndian: Bool = false) -> [UInt8] {
  text.utf16.flatMap { unit in
    let bytes = [UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8)]
    return bigEndian ? bytes.reversed() : bytes
  }
}

@Suite struct TextEncodingTests {
  @Test(arguments: [
    ("gb2312", "gb18030"), ("GBK", "gb18030"), ("cp936", "gb18030"), ("x-gbk", "gb18030"), ("GB_2312-80", "gb18030"),
    ("gb18030-2022", "gb18030"), ("UTF-8", "utf-8"), ("utf8", "utf-8"), ("UTF-16", "utf-16le"),
    ("utf_16be", "utf-16be"),
    ("Big5", "big5"), ("big5-hkscs", "big5"), ("latin1", "iso-8859-1"), ("ISO-8859-15", "iso-8859-15"),
  ])
  func `labels`(label: String, name: String) { #expect(TextEncoding.labelled(label)?.name == name) }

  @Test(arguments: ["utf-7", "hz-gb-2312", "iso-2022-jp", "ebcdic-cp-us", "klingon", ""])
  func `labels that are never read`(label: String) { #expect(TextEncoding.labelled(label) == nil) }

  @Test func `an unknown label is refused with those that are known`() throws {
    let error = try #require(try failure("a", TableOptions(encoding: "utf-7")))
    #expect(error.code == .unknownEncoding)
    #expect(
      error.words == """
        table.csv: error: the encoding "utf-7" is not known; expected auto, utf-8, utf-16, gb18030, gbk, big5 or iso-8859-1
        """)
  }
}

@Suite struct EncodingGuessTests {
  private let rows = [ReadRecord(2, ["张伟", "1"]), ReadRecord(3, ["李娜", "2"])]

  @Test func `UTF-8, GBK and UTF-16 are found out`() throws {
    let text = String(decoding: utf8, as: UTF8.self)
    let samples: [([UInt8], String)] = [
      (utf8, "utf-8"), (gbk, "gb18030"), ([0xEF, 0xBB, 0xBF] + utf8, "utf-8"),
      ([0x84, 0x31, 0x95, 0x33] + gbk, "gb18030"),
      ([0xFF, 0xFE] + utf16(text), "utf-16le"), ([0xFE, 0xFF] + utf16(text, bigEndian: true), "utf-16be"),
      (utf16(text), "utf-16le"), (utf16(text, bigEndian: true), "utf-16be"),
    ]
    for (bytes, name) in samples {
      let table = try ReadTable(bytes)
      #expect(table.encoding == name)
      #expect(table.header == ["姓名", "手机"])
      #expect(table.records == rows, "\(name)")
    }
  }

  @Test func `the first Chinese character may come late`() throws {
    let ascii = Array("a,b\n".utf8) + (0..<100_000).flatMap { Array("\($0),x\n".utf8) }
    for (tail, name) in [(gbk, "gb18030"), (utf8, "utf-8")] {
      let table = try ReadTable(ascii + tail)
      #expect(table.encoding == name)
      #expect(table.records.suffix(2).map(\.fields) == rows.map(\.fields))
    }
  }

  @Test func `one damaged row does not change the characters of the others`() throws {
    let damaged = Array("姓名,b\n".utf8) + gbk[10..<17] + Array("李娜,2\n".utf8)
    let table = try ReadTable(damaged)
    #expect(table.encoding == "utf-8")
    #expect(table.records.map { $0.fault == nil } == [false, true])
    #expect(table.records[1].fields == ["李娜", "2"])
  }

  @Test func `a file cut within its last character stays UTF-8`() throws {
    let table = try ReadTable(Array(utf8.dropLast(5)))
    #expect(table.encoding == "utf-8")
    #expect(table.records.map(\.fault) == [nil, "byte 0xE5 is not valid UTF-8 in field 1"])
  }

  @Test func `a byte order mark wins over the label`() throws {
    let marked = [0xEF, 0xBB, 0xBF] + utf8
    #expect(try ReadTable(marked, TableOptions(encoding: "gb18030")).records == rows)
    let wide = [0xFF, 0xFE] + utf16(String(decoding: utf8, as: UTF8.self))
    #expect(try ReadTable(wide, TableOptions(encoding: "utf-8")).records == rows)
    let error = try #require(try failure([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0]))
    #expect(
      error.words == """
        table.csv: error: a file in UTF-32; expected \(TextEncoding.offered)
          Save it as UTF-8.
        """)
  }

  @Test func `UTF-8 that is called GB18030 is refused, as it would be read without a fault`() throws {
    let long = Array("姓名\n".utf8) + Array(repeating: Array("欧阳娜娜\n".utf8), count: 10).flatMap { $0 }
    let error = try #require(try failure(long, TableOptions(encoding: "gbk")))
    #expect(error.code == .encodingContradicts)
    #expect(
      error.words == """
        table.csv: error: the settings say gb18030, but the bytes are UTF-8; expected one encoding
          Set encoding = "utf-8", or remove the wrong label from the file.
        """)
  }

  @Test func `the declaration of an XML document`() {
    let samples: [(String, String?)] = [
      ("<?xml version=\"1.0\" encoding=\"GBK\"?><a/>", "GBK"), ("<?xml version='1.0' encoding = 'x' ?>", "x"),
      ("<?xml version=\"1.0\"?><a encoding=\"y\"/>", nil), ("<a/>", nil), ("<?xml encoding=\"cut", nil), ("", nil),
    ]
    for (text, name) in samples { #expect(EncodingGuess.declaredInXML(Array(text.utf8).span) == name, "\(text)") }
  }
}

@Suite struct TranscoderTests {
  private func convert(_ bytes: [UInt8], from: String, unit: Int = 1, pieces: Int) -> String {
    guard var transcoder = Transcoder(from: from, unit: unit) else { return "the system does not know \(from)" }
    var input = ByteBuffer()
    var output = ByteBuffer()
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + pieces)
      input.append(Array(bytes[start..<end]))
      transcoder.convert(&input, into: &output, isLast: false)
      start = end
    }
    transcoder.convert(&input, into: &output, isLast: true)
    return output.span.text
  }

  @Test(arguments: [1, 2, 3, 5, 100])
  func `characters across pieces are put together`(pieces: Int) {
    #expect(convert(gbk, from: "GB18030", pieces: pieces) == "姓名,手机\n张伟,1\n李娜,2\n")
    #expect(convert(utf16("a😀张"), from: "UTF-16LE", unit: 2, pieces: pieces) == "a😀张")
  }

  @Test func `what means nothing is marked, byte by byte`() {
    #expect(convert([0x61, 0xFF, 0x62], from: "GB18030", pieces: 9) == "a\u{FFFD}b")
    #expect(convert([0x61, 0x81, 0x30, 0x2C, 0x62], from: "GB18030", pieces: 9) == "a\u{FFFD}0,b")
    #expect(convert([0x61, 0xD5], from: "GB18030", pieces: 1) == "a\u{FFFD}")
    #expect(convert([0x00, 0xD8, 0x61, 0x00, 0x62], from: "UTF-16LE", unit: 2, pieces: 1) == "\u{FFFD}a\u{FFFD}")
  }
}

@Suite struct UTF8CheckTests {
  @Test(
    arguments: [
      ([], nil), (Array("plain ASCII, longer than a word".utf8), nil), (Array("é张😀é张😀".utf8), nil),
      ([0xC0, 0x80], 0), ([0x61, 0xE0, 0x80, 0x80, 0x61], 1), ([0xED, 0xA0, 0x80, 0x61], 0),
      ([0xF4, 0x90, 0x80, 0x80], 0),
      ([0xF5, 0x80, 0x80, 0x80], 0), ([0x61, 0x80], 1), ([0xE5, 0xBC], 0), ([0xE5, 0x2C, 0x2C, 0x2C], 0),
      ([0xED, 0x9F, 0xBF], nil), ([0xF4, 0x8F, 0xBF, 0xBF], nil), ([0xEE, 0x80, 0x80], nil), ([0x00], nil),
    ] as [([UInt8], Int?)])
  func `the first byte that is no UTF-8`(bytes: [UInt8], index: Int?) {
    #expect(UTF8Check.firstInvalid(bytes.span) == index)
    // The same behind and before other text, where the fast steps are taken.
    let padded = Array("0123456789张".utf8) + bytes + Array("张0123456789".utf8)
    #expect(UTF8Check.firstInvalid(padded.span) == index.map { $0 + 13 })
  }

  @Test func `agrees with Swift on random bytes`() {
    var generator = SeededGenerator(seed: 3)
    let alphabet: [UInt8] = [
      0x61, 0x2C, 0x80, 0xBF, 0xC2, 0xE0, 0xA0, 0xE4, 0xB8, 0xED, 0x9F, 0xF0, 0x90, 0xF4, 0x8F, 0xFF,
    ]
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
        alphabet.randomElement(using: &generator) ?? 0
      }
      #expect(
        (UTF8Check.firstInvalid(bytes.span) == nil) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
    }
  }

  @Test func `a cut sequence and NUL`() {
    #expect(UTF8Check.scan([0x61, 0xE5, 0xBC].span, from: 0) == UTF8Check.Reach(end: 1, isCut: true))
    #expect(UTF8Check.scan(Array("abcdefgh\u{0}".utf8).span, from: 0) == UTF8Check.Reach(end: 8, isCut: false))
    #expect(UTF8Check.scan(Array("abc\u{0}defgh".utf8).span, from: 0) == UTF8Check.Reach(end: 3, isCut: false))
  }
}
