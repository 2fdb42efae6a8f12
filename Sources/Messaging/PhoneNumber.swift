import CPhoneNumber

/// Telephone numbers as integers: the E.164 digits without the plus sign, `8613800138000`, `61422118000`.
///
/// Rules: product.md ("Phone numbers"), design.md §6. Mainland numbers are judged here and never ask libphonenumber.
public enum PhoneNumber {
  /// What became of a written number.
  public enum Judgement: Sendable, Equatable {
    case valid(UInt64, Region)
    case rejected(PhoneFault)
  }

  /// Judges a field of a contact file.
  ///
  /// - A mainland number is `1[3-9]` and nine digits, with `+86`, `0086`, `86`, a trunk `0` or an IP-dialling prefix
  ///   (17951 and its like, as libphonenumber strips them) before it or not.
  /// - A foreign number needs `+` or `00`, and libphonenumber must call it a mobile number, or one of a plan that does
  ///   not
  ///   tell mobile from fixed.
  /// - With another `home` than the mainland, a number without `+` or `00` is one of that country's.
  public static func judge(_ field: borrowing Span<UInt8>, home: Region = .mainland) -> Judgement {
    if field.count == 11, home == .mainland, let value = elevenDigits(field), isMainlandMobile(value) {
      return .valid(mainlandPrefix + value, .mainland)
    }
    return judgeWritten(field, home: home)
  }

  /// 86 before eleven digits.
  static let mainlandPrefix: UInt64 = 86 * 100_000_000_000

  /// `1[3-9]` and nine digits.
  @inline(__always) static func isMainlandMobile(_ national: UInt64) -> Bool {
    national >= 13_000_000_000 && national <= 19_999_999_999
  }

  /// The value of eleven ASCII digits, nil when one of the bytes is none. The field must have eleven bytes.
  @inline(__always) private static func elevenDigits(_ field: borrowing Span<UInt8>) -> UInt64? {
    // Two loads of eight bytes that overlap; the caller has checked the length.
    let bytes = unsafe field.bytes
    let head = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self)
    let tail = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: 3, as: UInt64.self)
    guard areDigits(head), areDigits(tail) else { return nil }
    // The last three digits are the three high bytes of `tail`.
    let last = (tail >> 40 & 15) * 100 + (tail >> 48 & 15) * 10 + (tail >> 56 & 15)
    return eightDigits(head) * 1000 + last
  }

  /// Whether all eight bytes are ASCII digits.
  @inline(__always) private static func areDigits(_ word: UInt64) -> Bool {
    let high: UInt64 = 0xF0F0_F0F0_F0F0_F0F0
    return (word & high) | (((word &+ 0x0606_0606_0606_0606) & high) >> 4) == 0x3333_3333_3333_3333
  }

  /// The value of eight ASCII digits, the first one in the lowest byte: neighbours are joined three times.
  @inline(__always) private static func eightDigits(_ word: UInt64) -> UInt64 {
    let ones = word & 0x0F0F_0F0F_0F0F_0F0F
    let pairs = (ones &* 10 &+ (ones >> 8)) & 0x00FF_00FF_00FF_00FF
    let fours = (pairs &* 100 &+ (pairs >> 16)) & 0x0000_FFFF_0000_FFFF
    return (fours &* 10_000 &+ (fours >> 32)) & 0xFFFF_FFFF
  }

  // MARK: - Written forms

  @inline(never) private static func judgeWritten(_ field: borrowing Span<UInt8>, home: Region) -> Judgement {
    var scanner = PhoneScanner()
    guard scanner.read(field) else { return .rejected(.explaining(field)) }
    guard scanner.count > 0 else { return .rejected(scanner.isBlank ? .missing : .noDigits) }
    guard !scanner.isFraction else { return .rejected(.fraction) }
    var digits = Digits(value: scanner.value, count: scanner.count)
    if digits.startsWithTwoZeros {
      digits.count -= 2
    } else if !scanner.hasPlus {
      return home == .mainland ? judgeMainland(digits) : judgeNational(digits, home: home)
    }
    let judgement = judgeInternational(digits)
    guard !scanner.hasPlus, home != .mainland else { return judgement }
    // 00 opens international calls nearly everywhere; where it does not, the plan of `home` knows what it means.
    let asDialled = judgeNational(Digits(value: scanner.value, count: scanner.count), home: home)
    if case .valid = asDialled { return asDialled }
    return judgement
  }

  /// Digits without `+` or `00` in a mainland file: with or without 86.
  private static func judgeMainland(_ digits: Digits) -> Judgement {
    if digits.count >= 13, let rest = digits.dropping(prefix: 86) { return judgeMainlandNational(rest) }
    return judgeMainlandNational(digits)
  }

  /// Digits that start with a country calling code.
  private static func judgeInternational(_ digits: Digits) -> Judgement {
    guard digits.count > 0 else { return .rejected(.noSuchCountry) }
    guard !digits.startsWithZero else { return .rejected(.noSuchCountry) }
    if let rest = digits.dropping(prefix: 86) { return judgeMainlandNational(rest) }
    guard digits.count <= 15 else { return .rejected(.tooLong) }
    var number: UInt64 = 0
    var region: UInt16 = 0
    let status = unsafe qunfa_phone_judge(digits.value, &number, &region)
    let judgement = judgement(status, number, region)
    // The commonest mistake: +138… for +86 138….
    if judgement == .rejected(.noSuchNumber), digits.count == 11, isMainlandMobile(digits.value) {
      return .rejected(.plusWithout86)
    }
    return judgement
  }

  /// Digits behind +86, 0086, 86 or nothing: a mobile number, perhaps behind a trunk 0 or an IP-dialling prefix.
  private static func judgeMainlandNational(_ digits: Digits) -> Judgement {
    let mobile = digits.value % 100_000_000_000
    let before = digits.value / 100_000_000_000
    let isPlain = digits.count == 11 || (digits.count == 12 && before == 0)
    let isDialled = digits.count == 16 && (before / 1000 == 11 || before / 1000 == 12 || before / 100 == 179)
    if isPlain || isDialled, isMainlandMobile(mobile) { return .valid(mainlandPrefix + mobile, .mainland) }
    return .rejected(.mainland(digits))
  }

  /// Digits as they are dialled inside `home`.
  private static func judgeNational(_ digits: Digits, home: Region) -> Judgement {
    var number: UInt64 = 0
    var region: UInt16 = 0
    let status = unsafe qunfa_phone_judge_national(digits.text, digits.count, home.description, &number, &region)
    let judgement = judgement(status, number, region)
    guard case .valid(let number, .mainland) = judgement else { return judgement }
    return judgeInternational(Digits(value: number, count: 13))
  }

  private static func judgement(_ status: Int32, _ number: UInt64, _ region: UInt16) -> Judgement {
    switch UInt32(bitPattern: status) {
    case QUNFA_PHONE_REACHABLE.rawValue: return .valid(number, Region(code: region))
    case QUNFA_PHONE_NO_COUNTRY.rawValue: return .rejected(.noSuchCountry)
    case QUNFA_PHONE_NOT_MOBILE.rawValue: return .rejected(.notMobile)
    default: return .rejected(.noSuchNumber)
    }
  }
}

/// Digits with their leading zeros.
struct Digits {
  var value: UInt64
  var count: Int

  var startsWithZero: Bool { value < Digits.power(count - 1) }
  var startsWithTwoZeros: Bool { count >= 2 && value < Digits.power(count - 2) }

  /// What follows the two digits of `prefix`, nil when the digits do not start so.
  func dropping(prefix: UInt64) -> Digits? {
    guard count > 2, value / Digits.power(count - 2) == prefix else { return nil }
    return Digits(value: value % Digits.power(count - 2), count: count - 2)
  }

  /// The digits, zeros included.
  var text: String {
    let shown = String(value)
    return String(repeating: "0", count: max(0, count - shown.utf8.count)) + shown
  }

  /// 10 to the power of `exponent`, for exponents from 0 to 19.
  static func power(_ exponent: Int) -> UInt64 { powers[exponent] }

  private static let powers: [UInt64] = (0..<20).map { exponent in
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }
}

extension Region {
  /// Whether numbers without a country can be judged by this region's numbering plan.
  public var hasNumberingPlan: Bool {
    if self == .mainland { return true }
    return unsafe qunfa_phone_knows(description) != 0
  }
}
