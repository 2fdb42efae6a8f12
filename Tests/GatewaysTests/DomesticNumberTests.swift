import Platform
import Testing

@testable import Gateways

@Suite struct DomesticNumberTests {
  @Test func `a number loses its country code only when that is China's`() {
    #expect(DomesticNumber.local(8_613_800_138_000) == 13_800_138_000)
    #expect(DomesticNumber.local(13_800_138_000) == 13_800_138_000)
    #expect(DomesticNumber.local(61_422_118_000) == 61_422_118_000)
  }

  @Test(arguments: [
    (8_613_800_138_000, "13800138000"), (13_802_138_000, "0013802138000"), (61_422_118_000, "0061422118000"),
    (861_012_345_678, "00861012345678"), (8_600_012_345_678, "008600012345678"),
  ])
  func `only a mainland mobile number is written without its country`(number: UInt64, written: String) {
    var buffer = ByteBuffer()
    DomesticNumber.append(number, to: &buffer)
    #expect(buffer.array == Array(written.utf8))
  }

  @Test func `the gateways that write bare digits serve the mainland only`() {
    let types: [any Gateway.Type] = [Juhe.self, Mobset.self, Youe.self, Eighteen.self]
    for type in types { #expect(type.abilities.mainlandOnly, "\(type.name)") }
    #expect(!Emay.abilities.mainlandOnly)
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
}

@Suite struct `Numbers in answers` {
  static let numbers: [(String, Bool, UInt64)] = [
    ("13800138000", true, 86_13800138000), ("8613800138000", true, 86_13800138000),
    ("+8613800138000", true, 86_13800138000), ("008613800138000", true, 86_13800138000),
    (" 13800138000\n", true, 86_13800138000), ("13105551234", false, 13_105_551_234),
    ("0061422118000", false, 61_422_118_000), ("", true, 0), ("138a0138000", true, 0), ("+", true, 0),
    ("12345678901234567", true, 0),
  ]

  @Test(arguments: numbers)
  func `become E.164 digits`(_ text: String, _ domestic: Bool, _ digits: UInt64) {
    #expect(DomesticNumber.international(Array(text.utf8).span, domestic: domestic) == digits)
  }
}
