import Messaging
import Platform
import TestSupport
import Testing

@testable import Gateways

@Suite struct PlainTests {
  @Test func `form values are percent-encoded down to the separators`() {
    var form = FormWriter()
    form.add("a", "x y&z=1;2,3~")
    form.add("b", [0xE6, 0x82, 0xA8])
    form.add("c", twice: [0x20, 0x41])
    #expect(form.array.text == "a=x%20y%26z%3D1%3B2%2C3~&b=%E6%82%A8&c=%2520A")
  }

  @Test func `the encoded length is known before encoding`() {
    let value = Array("您好 abc-._~&".utf8)
    var form = FormWriter()
    form.add("x", value)
    #expect(form.array.count == 2 + FormWriter.encodedCount(value.span))
  }

  @Test func `a number loses its country code only when that is China's`() {
    #expect(DomesticNumber.local(8_613_800_138_000) == 13_800_138_000)
    #expect(DomesticNumber.local(13_800_138_000) == 13_800_138_000)
    #expect(DomesticNumber.local(61_422_118_000) == 61_422_118_000)
  }

  @Test(
    arguments: [
      ("13800138000", 13_800_138_000), ("8613800138000", 13_800_138_000), ("+86 138 0013 8000", 13_800_138_000),
      ("008613800138000", 13_800_138_000),
    ] as [(String, UInt64)])
  func `an answer's number is read in every usual form`(text: String, number: UInt64) {
    #expect(DomesticNumber.local(text) == number)
  }

  @Test(arguments: ["", "+", "abc", "138-0013", "1380013800a", "1234567890123456789012345"])
  func `what is no number is nil`(text: String) {
    #expect(DomesticNumber.local(text) == nil)
  }

  @Test func `GB18030 says every character and reads it back`() throws {
    let text = "您好€𠮷😀 abc"
    let bytes = try #require(GBText.encode(Array(text.utf8)))
    #expect(bytes.prefix(4) == [0xC4, 0xFA, 0xBA, 0xC3])
    #expect(GBText.decode(bytes) == text)
    #expect(GBText.encode([]) == [])
  }

  @Test func `every Unicode scalar but some private ones can be said in GB18030`() {
    var text: [UInt8] = []
    for value in UInt32(1)...0x10FFFF where !(0xE78D...0xE864).contains(value) {
      if let scalar = Unicode.Scalar(value) { text += Array(String(scalar).utf8) }
    }
    let same = GBText.encode(text).flatMap(GBText.decode) == text.text
    #expect(same)
  }

  @Test func `a private character without a place becomes a replacement character, the rest stays`() throws {
    let bytes = try #require(GBText.encode(Array("您\u{E78D}好".utf8)))
    #expect(GBText.decode(bytes) == "您\u{FFFD}好")
  }

  @Test func `bytes that are not UTF-8 are said with a replacement character`() throws {
    let bytes = try #require(GBText.encode([0x41, 0xFF, 0x42]))
    #expect(GBText.decode(bytes) == "A\u{FFFD}B")
  }

  @Test func `a text is read as UTF-8 or else as GB18030, the other way round where the account uses GB`() {
    #expect(GBText.read(Array("收到".utf8)) == "收到")
    #expect(GBText.read([0xCA, 0xD5, 0xB5, 0xBD]) == "收到")
    // 联通 in GB18030 is valid UTF-8 as well.
    #expect(GBText.read([0xC1, 0xAA, 0xCD, 0xA8], prefersGB: true) == "联通")
    #expect(GBText.read([0x41, 0xFF]) == "A\u{FFFD}")
  }

  @Test(arguments: [
    ("2018-07-20 16:48:21", "2018-07-20 16:48:21"), ("2018/7/5 6:48", "2018-07-05 06:48:00"),
    ("20180720164821", "2018-07-20 16:48:21"), ("1807201648", "2018-07-20 16:48:00"),
    ("180720164821", "2018-07-20 16:48:21"), ("202611111314", "2026-11-11 13:14:00"),
    ("2024-02-29 00:00:00.000", "2024-02-29 00:00:00"),
  ])
  func `times are read in every form that gateways write`(text: String, time: String) {
    #expect(LooseTime.read(text)?.spaced == time)
  }

  @Test(arguments: ["", "0", "1813201648", "1802301648", "1807202448", "not a time", "2023-02-29 00:00:00", "12345678"])
  func `what is no time is nil`(text: String) {
    #expect(LooseTime.read(text) == nil)
  }

  @Test func `a push is read from query and form body alike`() {
    let push = GatewayPush(
      method: "POST", query: [("MsgID", Array("7".utf8))], contentType: "application/x-www-form-urlencoded",
      body: Array("mobile=13800138000&msg=a+b%E6%82%A8%zz&pswd=x&empty&=y".utf8))
    let form = FormReader(push)
    #expect(form.text("msgid") == "7")
    #expect(form.text("Msg") == "a b您%zz")
    #expect(form.value("empty") == [])
    #expect(form.value("absent") == nil)
    #expect(form.raw(without: ["pswd"]) == "MsgID=7&mobile=13800138000&msg=a%20b%E6%82%A8%25zz&empty=&=y")
  }

  @Test func `a JSON body is no form`() {
    let push = GatewayPush(method: "POST", contentType: "application/json", body: Array("status=1".utf8))
    #expect(FormReader(push).pairs.isEmpty)
  }

  @Test func `a form of many fields is read up to its bound`() {
    let body = Array(Array(repeating: "a=1", count: 5000).joined(separator: "&").utf8)
    #expect(FormReader(GatewayPush(method: "POST", body: body)).pairs.count == Limits.formFields)
  }
}

@Suite struct GatewayPagesTests {
  private func page(_ name: String) throws -> String {
    try Files.read(packageFolder + "/docs/gateways/\(name).md", limit: 1 << 20).text
  }

  /// The page's words for a class: `slowDown` is `slow down`.
  private func words(_ answer: AnswerClass) -> String {
    answer.rawValue.flatMap { $0.isUppercase ? " \($0.lowercased())" : String($0) }.map(String.init).joined()
  }

  private func check(_ gateway: any ReportingGateway.Type) throws {
    let page = try page(gateway.name)
    for row in gateway.codes {
      let line = "| `\(row.code)` | \(words(row.answer)) | \(row.english) | \(row.chinese) |"
      #expect(page.contains(line), "\(gateway.name) \(row.code)")
    }
    for row in gateway.statusCodes {
      let line = "| `\(row.code)` | \(row.status.rawValue) | \(row.english) | \(row.chinese) |"
      #expect(page.contains(line), "\(gateway.name) \(row.code)")
    }
    for setting in gateway.settings { #expect(page.contains("\n\(setting.key) = "), "\(setting.key)") }
  }

  @Test func `each page has every code, status and setting as the program has them`() throws {
    try check(Mobset.self)
    try check(Youe.self)
    try check(Eighteen.self)
  }
}
