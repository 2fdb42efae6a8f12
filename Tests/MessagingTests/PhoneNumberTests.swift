import Messaging
import Platform
import Testing

@Suite struct PhoneNumberTests {
  private func judge(_ text: String, home: Region = .mainland) -> PhoneNumber.Judgement {
    judge(bytes: Array(text.utf8), home: home)
  }

  private func judge(bytes: [UInt8], home: Region = .mainland) -> PhoneNumber.Judgement {
    PhoneNumber.judge(bytes.span, home: home)
  }

  @Test(arguments: [
    "13800138000", "+86 138 0013 8000", "0086-138-0013-8000", "8613800138000", "１３８００１３８０００", "'13800138000",
    "\t13800138000", "(+86)13800138000", "+86(138)0013.8000", "＋８６　１３８００１３８０００", "013800138000",
    "+86 (0)138 0013 8000", "17951 13800138000", "\u{FEFF}13800138000\u{200B}", "138\u{A0}0013\u{A0}8000",
    "=\"13800138000\"", "13800138000\r\n", "\u{202D}13800138000\u{202C}", "١٣٨٠٠١٣٨٠٠٠", "13800138000,",
    "+0086 13800138000",
    " 13800138000 ", "138–0013–8000", "138－0013－8000", "[+86]13800138000",
  ])
  func `the written forms of a mainland number are the same number`(text: String) {
    #expect(judge(text) == .valid(8_613_800_138_000, .mainland))
  }

  @Test func `every mainland prefix is 13 to 19`() {
    for prefix in 100...999 {
      let isMobile = (130...199).contains(prefix)
      let judgement = judge("\(prefix)12345678")
      let expected = PhoneNumber.Judgement.valid(8_600_012_345_678 + UInt64(prefix) * 100_000_000, .mainland)
      #expect((judgement == expected) == isMobile)
    }
  }

  @Test func `every digit of eleven is read, and a byte beside the digits is not`() {
    for index in 2..<11 {
      for byte in UInt8.min...UInt8.max {
        var bytes = Array("13000000000".utf8)
        bytes[index] = byte
        let digit = UInt64(byte) &- 48
        let weight = (0..<(10 - index)).reduce(UInt64(1)) { power, _ in power * 10 }
        if digit < 10 {
          #expect(judge(bytes: bytes) == .valid(8_613_000_000_000 + digit * weight, .mainland))
        } else if case .valid = judge(bytes: bytes) {
          Issue.record("byte \(byte) at \(index) is taken for a digit")
        }
      }
    }
  }

  @Test(arguments: [
    ("", PhoneFault.missing), ("   ", .missing), ("'", .missing), ("\u{3000}\t\u{FEFF}", .missing), ("-", .noDigits),
    ("+", .noDigits), ("1.38E+10", .rounded), ("1.38001e+10", .rounded), ("1e10", .rounded), ("1,38E+10", .rounded),
    ("13800138000.0", .fraction), ("1380013800.0", .fraction), ("138****8000", .masked), ("138xxxx8000", .masked),
    ("138＊＊＊＊8000", .masked), ("13800138000/13900001111", .severalNumbers),
    ("13800138000 13900001111", .severalNumbers), ("13800138000,13900001111", .severalNumbers),
    ("13800138000、13900001111", .severalNumbers), ("13800138000\n13900001111", .severalNumbers),
    ("138-0013-8000 or 139-0013-9000", .severalNumbers), ("13800138000 x123", .extension),
    ("13800138000 ext. 123", .extension), ("13800138000#123", .extension), ("13800138000转123", .extension),
    ("13800138000 分机123", .extension), ("13800138000,,1", .extension), ("138OOI38OOO", .letters),
    ("a13800138000", .letters), ("手机：13800138000", .letters), ("1-800-FLOWERS", .letters), ("无", .letters),
    ("null", .letters), ("#N/A", .spreadsheetError), ("13800138000😀", .otherCharacter),
    ("13800138000\0", .otherCharacter),
    ("138·0013·8000", .otherCharacter), ("00+8613800138000", .otherCharacter), ("13,800,138,000", .otherCharacter),
    ("1380013800", .wrongLength(10)), ("138001380000", .wrongLength(12)), ("01057170545", .landline),
    ("010-5717 0545", .landline),
    ("57170545", .landline), ("1371372", .wrongLength(7)), ("8613", .wrongLength(4)), ("12", .wrongLength(2)),
    ("13", .wrongLength(2)), ("86", .wrongLength(2)), ("5717054", .landline), ("02157170545", .landline),
    ("10086", .serviceNumber), ("110", .serviceNumber), ("1008611", .serviceNumber), ("96110123", .serviceNumber),
    ("95588", .serviceNumber), ("4008208820", .serviceNumber), ("12345678901", .noSuchPrefix),
    ("85298765432", .noSuchPrefix), ("868613800138000", .prefixTwice), ("+868613800138000", .prefixTwice),
    ("+13800138000", .plusWithout86), ("0013800138000", .plusWithout86), ("+999 123456", .noSuchCountry),
    ("+086 13800138000", .noSuchCountry), ("00", .noSuchCountry), ("6222021234567890123", .tooLong),
    ("+49 30 7277653", .notMobile), ("+1 800 356 9377", .notMobile), ("+61 1", .noSuchNumber),
  ])
  func `what is no number says why`(text: String, fault: PhoneFault) {
    #expect(judge(text) == .rejected(fault))
    #expect(fault.reason == (fault == .missing ? .missingPhone : .invalidPhone))
    #expect(!fault.detail.isEmpty)
  }

  @Test(arguments: [
    ("+61 422 118 000", 61_422_118_000, "AU"), ("0061422118000", 61_422_118_000, "AU"),
    ("+85298765432", 85_298_765_432, "HK"),
    ("+853 6612 3456", 85_366_123_456, "MO"), ("+886 912 345 678", 886_912_345_678, "TW"),
    ("+8860912345678", 886_912_345_678, "TW"), ("+1 212 555 2539", 12_125_552_539, "US"),
    ("+44 7736 489113", 447_736_489_113, "GB"), ("+7 924 165 18 40", 79_241_651_840, "RU"),
    ("'+61422118000", 61_422_118_000, "AU"),
  ])
  func `a foreign mobile number is valid with its region`(text: String, number: UInt64, region: String) throws {
    #expect(judge(text) == .valid(number, try #require(Region(region))))
  }

  @Test(arguments: [
    ("98765432", "HK", 85_298_765_432, "HK"), ("0422 118 000", "AU", 61_422_118_000, "AU"),
    ("0011 86 13800138000", "AU", 8_613_800_138_000, "CN"), ("0085298765432", "AU", 85_298_765_432, "HK"),
    ("+8613800138000", "HK", 8_613_800_138_000, "CN"), ("(212) 555-2539", "US", 12_125_552_539, "US"),
  ])
  func `a number without a country is one of the home region's`(
    text: String, home: String, number: UInt64, region: String
  ) throws {
    let home = try #require(Region(home))
    #expect(judge(text, home: home) == .valid(number, try #require(Region(region))))
  }

  @Test func `a mainland number without 86 is not taken for one in a file of another region`() throws {
    #expect(judge("13800138000", home: try #require(Region("HK"))) == .rejected(.noSuchNumber))
  }

  @Test func `any bytes are judged`() {
    var generator = SystemRandomNumberGenerator()
    let likely = Array("0123456789+-() .,;*xE'\"１＋\u{A0}转".utf8)
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0..<24, using: &generator)).map { _ in
        Bool.random(using: &generator) ? likely.randomElement()! : UInt8.random(in: 0...255, using: &generator)
      }
      if case .valid(let number, _) = judge(bytes: bytes) { #expect(number < 1_000_000_000_000_000) }
    }
  }
}

@Suite struct RegionTests {
  @Test(arguments: ["CN", "HK", "MO", "TW", "AU", "001"])
  func `a region prints as it is written`(text: String) throws {
    #expect(try #require(Region(text)).description == text)
  }

  @Test(arguments: ["", "C", "cn", "CHN", "C1", "*", "中国"])
  func `what is not two capital letters is no region`(text: String) { #expect(Region(text) == nil) }

  @Test func `a region without numbering plan is told`() throws {
    #expect(Region.mainland.hasNumberingPlan)
    #expect(try #require(Region("AU")).hasNumberingPlan)
    #expect(!(try #require(Region("QQ")).hasNumberingPlan))
  }
}
