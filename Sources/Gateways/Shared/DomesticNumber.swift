import Platform

/// Chinese numbers as the domestic gateways write them: 11 digits, without a country code.
enum DomesticNumber {
  /// Appends a number (E.164 digits) as a domestic gateway reads it: a mainland mobile number in its eleven digits, any
  /// other with `00` before it. Bare digits of another country could be a stranger's number: +1 380 213 8000.
  static func append(_ number: UInt64, to buffer: inout ByteBuffer) {
    let local = number % codeBase
    if number / codeBase == 86, local / (codeBase / 10) == 1 {
      buffer.append(decimal: Int(local))
    } else {
      buffer.append("00" as StaticString)
      buffer.append(decimal: Int(truncatingIfNeeded: number))
    }
  }

  private static let codeBase: UInt64 = 100_000_000_000
  /// What turns eleven Chinese digits into E.164.
  private static let prefix = 86 * codeBase

  /// `8613800138000` becomes `13800138000`; any other stays as it is. For answers; `append` writes.
  static func local(_ number: UInt64) -> UInt64 {
    number / codeBase == 86 ? number % codeBase : number
  }

  /// The 11 digits in a gateway's answer, with or without `86`, `+86` or `0086`; nil when they are not a number.
  static func local(_ text: some StringProtocol) -> UInt64? {
    var value: UInt64 = 0
    var digits = 0
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits += 1
        guard digits <= 18 else { return nil }
        value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
      case UInt8(ascii: "+") where digits == 0: continue
      case UInt8(ascii: " "): continue
      default: return nil
      }
    }
    return digits == 0 ? nil : local(value)
  }

  /// E.164 digits of a number as answers write it: `13800138000` (when domestic), `8613800138000`, `+86…`, `0086…`; 0
  /// when it is none of these.
  static func international(_ text: borrowing Span<UInt8>, domestic: Bool) -> UInt64 {
    var start = 0
    var end = text.count
    while start < end, AnswerText.isBlank(text[start]) { start += 1 }
    while start < end, AnswerText.isBlank(text[end - 1]) { end -= 1 }
    var international = false
    if start < end, text[start] == UInt8(ascii: "+") {
      start += 1
      international = true
    } else if end - start > 2, text[start] == UInt8(ascii: "0"), text[start + 1] == UInt8(ascii: "0") {
      start += 2
      international = true
    }
    guard (5...15).contains(end - start) else { return 0 }
    var value: UInt64 = 0
    for index in start..<end {
      guard AnswerText.isDigit(text[index]) else { return 0 }
      value = value * 10 + UInt64(text[index] - UInt8(ascii: "0"))
    }
    let bare = domestic && !international && end - start == 11 && text[start] == UInt8(ascii: "1")
    return bare ? value + prefix : value
  }
}
