/// Chinese numbers as the domestic gateways write them: 11 digits, without a country code.
enum DomesticNumber {
  private static let codeBase: UInt64 = 100_000_000_000

  /// `8613800138000` becomes `13800138000`; a number of another country stays whole, for the gateway to refuse.
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
}
