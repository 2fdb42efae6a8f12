import Platform

/// A number as people write it, in exact digits: no binary floating point.
struct Numeral {
  private var negative = false
  private var whole: UInt128 = 0
  /// The digits behind the point as one number, and how many they are.
  private var fraction: UInt128 = 0
  private var decimals = 0

  /// Digits on one side of the point.
  private static let most = 30

  /// Reads `1234.5`, `1,234.5`, `-3`, `.5`, blanks around it; with `currency` also `¥1,234.5` and `1234.5元`. Nil when
  /// it is anything else: commas that do not part thousands, exponents, other signs.
  init?(reading bytes: borrowing Span<UInt8>, currency: Bool) {
    var range = Blanks.trim(bytes, 0..<bytes.count)
    readSign(bytes, &range)
    if currency {
      Self.drop("¥", "￥", bytes, &range)
      Self.dropLast("元", bytes, &range)
      if !negative { readSign(bytes, &range) }
    }
    guard readWhole(bytes, &range), readFraction(bytes, &range), range.isEmpty else { return nil }
  }

  private mutating func readSign(_ bytes: borrowing Span<UInt8>, _ range: inout Range<Int>) {
    guard let first = range.first, bytes[first] == UInt8(ascii: "-") || bytes[first] == UInt8(ascii: "+") else {
      return
    }
    negative = bytes[first] == UInt8(ascii: "-")
    range = Blanks.trim(bytes, first + 1..<range.upperBound)
  }

  private static func drop(
    _ sign: StaticString, _ other: StaticString, _ bytes: borrowing Span<UInt8>, _ range: inout Range<Int>
  ) {
    for sign in [sign, other] where matches(sign, bytes, at: range.lowerBound, end: range.upperBound) {
      range = Blanks.trim(bytes, range.lowerBound + sign.utf8CodeUnitCount..<range.upperBound)
      return
    }
  }

  private static func dropLast(_ sign: StaticString, _ bytes: borrowing Span<UInt8>, _ range: inout Range<Int>) {
    let start = range.upperBound - sign.utf8CodeUnitCount
    guard start >= range.lowerBound, matches(sign, bytes, at: start, end: range.upperBound) else { return }
    range = Blanks.trim(bytes, range.lowerBound..<start)
  }

  private static func matches(_ sign: StaticString, _ bytes: borrowing Span<UInt8>, at start: Int, end: Int) -> Bool {
    guard start + sign.utf8CodeUnitCount <= end else { return false }
    for index in 0..<sign.utf8CodeUnitCount {
      // In range by the loop's bound; a StaticString has no other way to its bytes.
      if unsafe bytes[start + index] != sign.utf8Start[index] { return false }
    }
    return true
  }

  /// Digits, or groups of three parted by commas after a first one of one to three.
  private mutating func readWhole(_ bytes: borrowing Span<UInt8>, _ range: inout Range<Int>) -> Bool {
    var digits = 0
    var group = 0
    var grouped = false
    var index = range.lowerBound
    while index < range.upperBound, bytes[index] != UInt8(ascii: ".") {
      if bytes[index] == UInt8(ascii: ",") {
        guard grouped ? group == 3 : (1...3).contains(group) else { return false }
        grouped = true
        group = 0
      } else {
        guard let digit = Self.digit(bytes[index]), digits < Self.most else { return false }
        whole = whole * 10 + digit
        digits += 1
        group += 1
      }
      index += 1
    }
    guard !grouped || group == 3 else { return false }
    range = index..<range.upperBound
    return digits > 0 || range.count > 1
  }

  private mutating func readFraction(_ bytes: borrowing Span<UInt8>, _ range: inout Range<Int>) -> Bool {
    guard let point = range.first else { return true }
    for index in point + 1..<range.upperBound {
      guard let digit = Self.digit(bytes[index]), decimals < Self.most else { return false }
      fraction = fraction * 10 + digit
      decimals += 1
    }
    range = range.upperBound..<range.upperBound
    return true
  }

  private static func digit(_ byte: UInt8) -> UInt128? {
    (0x30...0x39).contains(byte) ? UInt128(byte - 0x30) : nil
  }

  // MARK: Writing

  /// Appends the number with two decimals, rounded half away from zero.
  func appendMoney(to buffer: inout ByteBuffer, grouped: Bool) {
    var cents = fraction
    if decimals <= 2 {
      for _ in decimals..<2 { cents *= 10 }
    } else {
      var unit: UInt128 = 1
      for _ in 2..<decimals { unit *= 10 }
      cents = (fraction + unit / 2) / unit
    }
    let units = whole + cents / 100
    cents %= 100
    if negative, units > 0 || cents > 0 { buffer.append(UInt8(ascii: "-")) }
    Self.append(units, to: &buffer, grouped: grouped)
    buffer.append(UInt8(ascii: "."))
    buffer.append(UInt8(ascii: "0") + UInt8(cents / 10))
    buffer.append(UInt8(ascii: "0") + UInt8(cents % 10))
  }

  /// Appends the number with the decimals that it has.
  func append(to buffer: inout ByteBuffer, grouped: Bool) {
    if negative, whole > 0 || fraction > 0 { buffer.append(UInt8(ascii: "-")) }
    Self.append(whole, to: &buffer, grouped: grouped)
    guard decimals > 0 else { return }
    buffer.append(UInt8(ascii: "."))
    Self.append(fraction, to: &buffer, grouped: false, width: decimals)
  }

  private static func append(_ value: UInt128, to buffer: inout ByteBuffer, grouped: Bool, width: Int = 1) {
    // 39 digits at most, and a comma before each three.
    var signs = InlineArray<56, UInt8>(repeating: 0)
    var count = 0
    var digits = 0
    // Most values fit a machine word, whose division is far cheaper.
    var rest = value
    var small = UInt64(truncatingIfNeeded: value)
    let fits = value <= UInt128(UInt64.max)
    repeat {
      if grouped, digits > 0, digits % 3 == 0 {
        signs[count] = UInt8(ascii: ",")
        count += 1
      }
      if fits {
        signs[count] = UInt8(ascii: "0") + UInt8(small % 10)
        small /= 10
      } else {
        signs[count] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      }
      count += 1
      digits += 1
    } while (fits ? small > 0 : rest > 0) || digits < width
    while count > 0 {
      count -= 1
      buffer.append(signs[count])
    }
  }
}
