import Platform

/// How a text is counted (gateways.md, "Segments").
public enum SegmentRule: Sendable {
  /// Always UTF-16 units, 70 or 67 a segment, for ASCII as well.
  case domestic
  /// GSM 7-bit where the alphabet has every character, 160 or 153 a segment; otherwise as domestic.
  case international
}

/// How a text is coded on the air; the word in the `encoding` column.
public enum TextEncoding: String, Sendable {
  case gsm7 = "GSM-7"
  case ucs2 = "UCS-2"

  /// Units that fit when the text is one segment.
  public var single: Int { self == .gsm7 ? 160 : 70 }
  /// Units that fit in each segment when there are several.
  public var part: Int { self == .gsm7 ? 153 : 67 }
}

/// What a text costs on the air: its encoding, its units (septets or UTF-16 units) and the segments they fill.
public struct Segments: Sendable, Equatable {
  public var encoding: TextEncoding
  public var units: Int
  public var segments: Int

  public init(encoding: TextEncoding, units: Int, segments: Int) {
    self.encoding = encoding
    self.units = units
    self.segments = segments
  }

  /// Counts `text`, which must be valid UTF-8. An empty text has no segment. Surrogate and escape pairs are never cut
  /// in two (3GPP TS 23.040 §9.2.3.24.1), so ⌈units ÷ 67⌉ alone would be one too low in rare cases.
  public static func count(_ text: borrowing Span<UInt8>, rule: SegmentRule) -> Segments {
    if rule == .international, let septets = septets(of: text) {
      return Segments(gsm7: septets, text)
    }
    let (units, pairs) = UTF8Text.units(of: text)
    let encoding = TextEncoding.ucs2
    if units <= encoding.single {
      return Segments(encoding: encoding, units: units, segments: units == 0 ? 0 : 1)
    }
    let segments = pairs == 0 ? divided(units, by: encoding.part) : wholePairs(text, encoding)
    return Segments(encoding: encoding, units: units, segments: segments)
  }

  /// Units by which the text exceeds one segment fewer; 0 for an empty text or a single segment.
  public var unitsInExcess: Int {
    guard segments > 1 else { return 0 }
    return max(1, units - (segments == 2 ? encoding.single : encoding.part * (segments - 1)))
  }
}

extension Segments {
  /// Septets of a text in GSM 7-bit, and how many of its characters take two; nil when the alphabet lacks one of them.
  private static func septets(of text: borrowing Span<UInt8>) -> (septets: Int, escapes: Int)? {
    let bytes = unsafe text.bytes
    var septets = 0
    var escapes = 0
    var index = 0
    while index < text.count {
      if index + 8 <= text.count {
        let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
        if GSM7.arePlain(word) {
          septets += 8
          index += 8
          continue
        }
      }
      let byte = text[index]
      let width: Int
      if byte < 0x80 {
        width = GSM7.septets(ascii: byte)
        index += 1
      } else {
        // The alphabet has nothing beyond three bytes, and of three bytes only €.
        guard byte < 0xE3 else { return nil }
        width = GSM7.septets(beyondASCII: UTF8Text.scalar(in: text, at: &index))
      }
      guard width > 0 else { return nil }
      septets += width
      if width == 2 { escapes += 1 }
    }
    return (septets, escapes)
  }

  private init(gsm7 counted: (septets: Int, escapes: Int), _ text: borrowing Span<UInt8>) {
    let encoding = TextEncoding.gsm7
    let septets = counted.septets
    let segments =
      if septets <= encoding.single {
        septets == 0 ? 0 : 1
      } else if counted.escapes == 0 {
        Segments.divided(septets, by: encoding.part)
      } else {
        Segments.wholePairs(text, encoding)
      }
    self.init(encoding: encoding, units: septets, segments: segments)
  }

  private static func divided(_ units: Int, by part: Int) -> Int { (units + part - 1) / part }

  /// Fills segment after segment and begins a new one where a pair does not fit. For texts of several segments only.
  private static func wholePairs(_ text: borrowing Span<UInt8>, _ encoding: TextEncoding) -> Int {
    var segments = 1
    var filled = 0
    var index = 0
    while index < text.count {
      let scalar = UTF8Text.scalar(in: text, at: &index)
      let width = encoding == .ucs2 ? (scalar > 0xFFFF ? 2 : 1) : (Unicode.Scalar(scalar).map(GSM7.septets) ?? 1)
      if filled + width > encoding.part {
        segments += 1
        filled = 0
      }
      filled += width
    }
    return segments
  }
}
