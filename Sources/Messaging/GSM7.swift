import Platform

/// The GSM 7-bit default alphabet and its extension (3GPP TS 23.038 §6.2.1), as billing counts it.
///
/// Capital Ç belongs to it, small ç does not (Unicode's own table has 0x09 wrong). Form feed is an extension character;
/// escape is no character.
public enum GSM7 {
  /// Septets of a character: 1, 2 for the extension, 0 when the alphabet does not have it.
  public static func septets(_ scalar: Unicode.Scalar) -> Int {
    scalar.value < 0x80 ? septets(ascii: UInt8(scalar.value)) : septets(beyondASCII: scalar.value)
  }

  // A bit for each ASCII character: LF, CR and blank to ? in the low half, @ to Z, _ and a to z in the high one.
  private static let basicLow: UInt64 = 0xFFFF_FFFF_0000_2400
  private static let basicHigh: UInt64 = 0x07FF_FFFE_87FF_FFFF
  // Form feed; [ \ ] ^ { | } ~.
  private static let extendedLow: UInt64 = 0x1000
  private static let extendedHigh: UInt64 = 0x7800_0000_7800_0000

  /// Septets of an ASCII character.
  @inline(__always) static func septets(ascii byte: UInt8) -> Int {
    let bit = UInt64(byte & 63)
    let basic = byte < 64 ? basicLow : basicHigh
    let extended = byte < 64 ? extendedLow : extendedHigh
    return Int((basic >> bit) & 1) + 2 * Int((extended >> bit) & 1)
  }

  /// Whether eight bytes are surely characters of one septet each. False for the others, and for a few that are.
  @inline(__always) static func arePlain(_ word: UInt64) -> Bool {
    // From { on, in capital letters from [ on: the extension, and _ and DEL with it.
    let folded = word | 0x2020_2020_2020_2020
    let isExtended = (folded &+ 0x0505_0505_0505_0505) & 0x8080_8080_8080_8080 != 0
    return !word.hasByteAboveASCII && !isExtended && !word.hasByteBelow(0x20) && !word.hasByte(0x60)
  }

  /// Septets of a character from U+0080 on.
  static func septets(beyondASCII value: UInt32) -> Int {
    switch value {
    // ¡ £ ¤ ¥ § ¿ Ä Å Æ Ç É Ñ Ö Ø Ü ß à ä å æ è é ì ñ ò ö ø ù ü
    case 0xA1, 0xA3, 0xA4, 0xA5, 0xA7, 0xBF, 0xC4, 0xC5, 0xC6, 0xC7, 0xC9, 0xD1, 0xD6, 0xD8, 0xDC, 0xDF, 0xE0, 0xE4,
      0xE5, 0xE6, 0xE8, 0xE9, 0xEC, 0xF1, 0xF2, 0xF6, 0xF8, 0xF9, 0xFC:
      1
    // Γ Δ Θ Λ Ξ Π Σ Φ Ψ Ω
    case 0x393, 0x394, 0x398, 0x39B, 0x39E, 0x3A0, 0x3A3, 0x3A6, 0x3A8, 0x3A9: 1
    // €
    case 0x20AC: 2
    default: 0
    }
  }
}
