import Platform

/// The digits of a written number, and how it says that a country comes first.
///
/// Reads ASCII, full-width and Arabic-Indic digits; skips what people write between them (blanks, dashes, dots,
/// brackets, slashes, invisible characters), quotes at either end and a comma or semicolon at the end. Anything else
/// makes the number unreadable; `PhoneFault.explaining` then looks for the reason.
struct PhoneScanner {
  /// More digits than a `UInt64` is sure to hold.
  static let mostDigits = 19

  /// The digits as a number; leading zeros are told by `count`.
  private(set) var value: UInt64 = 0
  /// Digits, leading zeros included.
  private(set) var count = 0
  /// A plus sign stood before the first digit.
  private(set) var hasPlus = false
  /// Only blanks, invisible characters and quotes so far.
  private(set) var isBlank = true
  /// Something stood there that may only stand at the end.
  private var hasEnded = false
  private var dots = 0
  private var digitsAfterDot = 0

  /// A single dot with one or two digits behind it: `13800138000.0` is a cell that a spreadsheet made a fraction.
  var isFraction: Bool { dots == 1 && (1...2).contains(digitsAfterDot) }

  /// False when the field holds anything that does not belong to a number.
  mutating func read(_ field: borrowing Span<UInt8>) -> Bool {
    var index = 0
    while index < field.count {
      let byte = field[index]
      let width: Int
      if byte < 0x80 {
        guard take(ascii: byte, atStart: index == 0) else { return false }
        width = 1
      } else {
        width = take(field, at: index)
        guard width > 0 else { return false }
      }
      index += width
    }
    return true
  }

  @inline(__always) private mutating func take(ascii byte: UInt8, atStart: Bool) -> Bool {
    let digit = byte &- UInt8(ascii: "0")
    if digit < 10 { return take(digit: digit) }
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"): return true
    case UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "/"), UInt8(ascii: "["),
      UInt8(ascii: "]"), UInt8(ascii: "~"):
      isBlank = false
      return true
    case UInt8(ascii: "."):
      dots += 1
      digitsAfterDot = 0
      isBlank = false
      return true
    case UInt8(ascii: "+"): return takePlus()
    case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
      hasEnded = count > 0
      return true
    case UInt8(ascii: ","), UInt8(ascii: ";"):
      return takeEnd()
    case UInt8(ascii: "="): return atStart
    default: return false
    }
  }

  @inline(__always) private mutating func take(digit: UInt8) -> Bool {
    guard count < PhoneScanner.mostDigits, !hasEnded else { return false }
    value = value &* 10 &+ UInt64(digit)
    count += 1
    digitsAfterDot += 1
    isBlank = false
    return true
  }

  private mutating func takePlus() -> Bool {
    guard count == 0 else { return false }
    hasPlus = true
    isBlank = false
    return true
  }

  /// What may only stand behind the last digit.
  private mutating func takeEnd() -> Bool {
    isBlank = false
    hasEnded = true
    return count > 0
  }

  /// Takes a character beyond ASCII; returns its bytes, 0 when it does not belong to a number.
  private mutating func take(_ field: borrowing Span<UInt8>, at index: Int) -> Int {
    guard index + 1 < field.count else { return 0 }
    let first = UInt32(field[index])
    let second = UInt32(field[index + 1])
    let isPair = first & 0xE0 == 0xC0
    guard isPair || (first & 0xF0 == 0xE0 && index + 2 < field.count) else { return 0 }
    let scalar =
      isPair
      ? (first & 0x1F) << 6 | (second & 0x3F)
      : (first & 0x0F) << 12 | (second & 0x3F) << 6 | UInt32(field[index + 2]) & 0x3F
    return take(scalar: scalar) ? (isPair ? 2 : 3) : 0
  }

  private mutating func take(scalar: UInt32) -> Bool {
    switch scalar {
    case 0xFF10...0xFF19: return take(digit: UInt8(scalar - 0xFF10))
    case 0x0660...0x0669: return take(digit: UInt8(scalar - 0x0660))
    case 0x06F0...0x06F9: return take(digit: UInt8(scalar - 0x06F0))
    case 0xFF0B: return takePlus()
    case 0xFF0C, 0xFF1B, 0x3001: return takeEnd()
    case 0x2018, 0x2019, 0x201C, 0x201D:
      hasEnded = count > 0
      return true
    default:
      if PhoneScanner.isInvisible(scalar) || scalar == 0x00A0 || scalar == 0x3000 { return true }
      isBlank = false
      return PhoneScanner.isPunctuation(scalar)
    }
  }

  /// Characters without a width, which programs leave in cells: joiners, direction marks, the byte order mark.
  static func isInvisible(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x00AD, 0x200B...0x200F, 0x202A...0x202E, 0x2060, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }

  /// Dashes, brackets, dots and slashes as East Asian keyboards and word processors write them.
  private static func isPunctuation(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x2010...0x2015, 0x2212, 0x30FC, 0xFF0D, 0xFF08, 0xFF09, 0xFF0E, 0xFF0F, 0xFF3B, 0xFF3D, 0xFF5E: true
    default: false
    }
  }
}
