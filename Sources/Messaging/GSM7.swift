/// The GSM 7-bit default alphabet and its extension (3GPP TS 23.038 §6.2.1), as billing counts it.
///
/// Capital Ç belongs to it, small ç does not (Unicode's own table has 0x09 wrong). Form feed is an extension character;
/// escape is no character.
public enum GSM7 {
  /// Septets of a character: 1, 2 for the extension, 0 when the alphabet does not have it.
  public static func septets(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x80 { return Int(ascii[Int(scalar.value)]) }
    return septets(beyondASCII: scalar.value)
  }

  /// Septets of the ASCII characters.
  @usableFromInline static let ascii: InlineArray<128, UInt8> = {
    var table = InlineArray<128, UInt8>(repeating: 0)
    for value in 0x20..<0x7F { table[value] = 1 }
    table[0x0A] = 1
    table[0x0D] = 1
    table[0x60] = 0
    for value in [0x0C, 0x5B, 0x5C, 0x5D, 0x5E, 0x7B, 0x7C, 0x7D, 0x7E] { table[value] = 2 }
    return table
  }()

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
