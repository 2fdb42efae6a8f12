public import Platform

/// An exact amount in yuan: no binary floating point touches money (product.md, "Money").
///
/// Held as a whole number of 10⁻¹² yuan, so adding, multiplying and comparing are exact; what does not fit is an error.
public struct Money: Sendable, Hashable {
  /// Digits behind the point that an amount may have.
  public static let decimals = 12
  /// Digits before the point that a written amount may have.
  public static let wholeDigits = 15

  /// Multiples of 10⁻¹² yuan.
  private var parts: Int128

  private init(parts: Int128) { self.parts = parts }

  public static let zero = Money(parts: 0)

  public var isNegative: Bool { parts < 0 }
}

/// Why a text is no amount, or a sum none that can be held.
public enum MoneyError: Explained, Equatable {
  /// Digits were expected, with one point among them at most.
  case notAnAmount(String)
  case tooManyDecimals(String)
  case tooManyDigits(String)
  /// The result of a calculation does not fit.
  case overflow

  public var diagnostic: Diagnostic {
    let expected = #"an amount in yuan such as "0.035", with at most \#(Money.decimals) decimals"#
    return switch self {
    case .notAnAmount(let text): Diagnostic("\"\(text)\" is not an amount", expected: expected)
    case .tooManyDecimals(let text): Diagnostic("\"\(text)\" has too many decimals", expected: expected)
    case .tooManyDigits(let text): Diagnostic("\"\(text)\" has too many digits", expected: expected)
    case .overflow: Diagnostic("an amount is too large to be calculated", expected: "less than 10²⁵ yuan")
    }
  }
}

// MARK: - Reading and writing

extension Money {
  /// Reads `0.035`, `12`, `-3.50`: ASCII digits, one point with digits on both sides or none, a minus sign or none.
  public init(parsing text: String) throws(MoneyError) {
    try self.init(parsing: text, scale: Money.decimals)
  }

  /// Reads an amount in li, thousandths of a yuan, as gateways tell balances.
  public init(parsingLi text: String) throws(MoneyError) {
    try self.init(parsing: text, scale: Money.decimals - 3)
  }

  /// - Parameter scale: the power of ten of `parts` that one of the text's units is.
  private init(parsing text: String, scale: Int) throws(MoneyError) {
    let isNegative = text.utf8.first == UInt8(ascii: "-")
    let pieces = text.utf8.dropFirst(isNegative ? 1 : 0).split(
      separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    guard (1...2).contains(pieces.count), pieces.allSatisfy({ !$0.isEmpty && $0.allSatisfy(digits.contains) }) else {
      throw .notAnAmount(text)
    }
    let whole = pieces[0]
    let fraction = pieces.count == 2 ? pieces[1] : Substring().utf8
    guard whole.count <= Money.wholeDigits else { throw .tooManyDigits(text) }
    guard fraction.count <= scale else { throw .tooManyDecimals(text) }
    // At most 15 + 12 digits, far from the 38 that fit.
    var parts: Int128 = 0
    for digit in whole { parts = parts * 10 + Int128(digit - digits.lowerBound) }
    for digit in fraction { parts = parts * 10 + Int128(digit - digits.lowerBound) }
    for _ in fraction.count..<scale { parts *= 10 }
    self.init(parts: isNegative ? -parts : parts)
  }
}

extension Money: CustomStringConvertible {
  /// At least two decimals and as many as the amount needs: `0.035`, `12.00`.
  public var description: String {
    var buffer = ByteBuffer(capacity: 48)
    append(to: &buffer)
    return buffer.span.text
  }

  /// Appends what `description` says.
  public func append(to buffer: inout ByteBuffer) {
    if isNegative { buffer.append(UInt8(ascii: "-")) }
    var rest: UInt64
    if let small = UInt64(exactly: parts.magnitude) {
      // Every amount that a campaign knows; a division of 128 bits costs more than the rest of this.
      buffer.append(decimal: Int(small / Money.unit))
      rest = small % Money.unit
    } else {
      let (whole, fraction) = parts.magnitude.quotientAndRemainder(dividingBy: UInt128(Money.unit))
      buffer.append(String(whole))
      rest = UInt64(fraction)
    }
    buffer.append(UInt8(ascii: "."))
    var weight = Money.unit / 10
    while rest > 0 || weight > Money.unit / 1000 {
      buffer.append(UInt8(ascii: "0") + UInt8(rest / weight))
      rest %= weight
      weight /= 10
    }
  }

  /// One yuan in parts.
  private static let unit: UInt64 = 1_000_000_000_000
}

// MARK: - Calculating

extension Money: Comparable {
  public static func < (left: Money, right: Money) -> Bool { left.parts < right.parts }

  /// The exact sum; throws when it has no room.
  public static func + (left: Money, right: Money) throws(MoneyError) -> Money {
    try checked(left.parts.addingReportingOverflow(right.parts))
  }

  /// The exact difference; throws when it has no room.
  public static func - (left: Money, right: Money) throws(MoneyError) -> Money {
    try checked(left.parts.subtractingReportingOverflow(right.parts))
  }

  /// The price of `count` pieces.
  public static func * (price: Money, count: Int) throws(MoneyError) -> Money {
    try checked(price.parts.multipliedReportingOverflow(by: Int128(count)))
  }

  private static func checked(_ result: (partialValue: Int128, overflow: Bool)) throws(MoneyError) -> Money {
    guard !result.overflow else { throw .overflow }
    return Money(parts: result.partialValue)
  }
}
