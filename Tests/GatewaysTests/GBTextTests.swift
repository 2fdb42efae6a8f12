import Platform
import Testing

@testable import Gateways

@Suite struct GBTextTests {
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
}
