/// Questions about UTF-8 texts that are asked of every message, answered many bytes at a time.
public enum UTF8Text {
  /// Whether a text holds a control character other than LF: C0 (CR and tab as well), DEL, or C1 (U+0080–U+009F). Such
  /// a text is `bad_text` (product.md, "Settled points"). CR is among them: handsets show it in different ways or not
  /// at all.
  public static func hasControls(_ text: borrowing Span<UInt8>) -> Bool {
    let bytes = unsafe text.bytes
    var index = 0
    while index + 8 <= text.count {
      let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
      // LF, and C2 before something else than C1, are seldom enough to be looked at byte by byte.
      if word.hasByteBelow(0x20) || word.hasByte(0x7F) || word.hasByte(0xC2) {
        for offset in index..<index + 8 where isControl(text, at: offset) { return true }
      }
      index += 8
    }
    for offset in index..<text.count where isControl(text, at: offset) { return true }
    return false
  }

  /// UTF-16 units of a valid text, and how many of its characters are surrogate pairs.
  ///
  /// Every character has one byte that continues none; those of four bytes count twice.
  public static func units(of text: borrowing Span<UInt8>) -> (units: Int, pairs: Int) {
    let bytes = unsafe text.bytes
    let length = text.count
    let lowest: UInt64 = 0x0101_0101_0101_0101
    var continuations = 0
    var pairs = 0
    var index = 0
    while index + 8 <= length {
      // Eight counters of a byte each, emptied before they can overflow.
      var continued: UInt64 = 0
      var four: UInt64 = 0
      let end = min(length - 7, index + 255 * 8)
      while index < end {
        let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
        let high = word >> 7
        continued &+= high & ~(word >> 6) & lowest
        four &+= high & (word >> 6) & (word >> 5) & (word >> 4) & lowest
        index += 8
      }
      continuations += continued.sumOfBytes
      pairs += four.sumOfBytes
    }
    while index < length {
      let byte = text[index]
      if byte & 0xC0 == 0x80 { continuations += 1 }
      if byte >= 0xF0 { pairs += 1 }
      index += 1
    }
    return (length - continuations + pairs, pairs)
  }

  /// The character at `index`, which moves behind it. For valid text; bytes that are missing at the end count as zero.
  public static func scalar(in text: borrowing Span<UInt8>, at index: inout Int) -> UInt32 {
    let first = UInt32(text[index])
    let width = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    var value = width == 1 ? first : first & (0x7F >> UInt32(width))
    for offset in 1..<max(width, 1) {
      let byte = index + offset < text.count ? text[index + offset] : 0
      value = value << 6 | UInt32(byte & 0x3F)
    }
    index = min(index + width, text.count)
    return value
  }

  // MARK: - Steps

  /// A C0 control other than LF, DEL, or the first byte of a C1 control.
  private static func isControl(_ text: borrowing Span<UInt8>, at index: Int) -> Bool {
    let byte = text[index]
    if byte == 0xC2 { return index + 1 < text.count && text[index + 1] < 0xA0 }
    return (byte < 0x20 && byte != 0x0A) || byte == 0x7F
  }
}

/// Eight bytes asked at once (H. S. Warren, Hacker's Delight, §6-1). The answers are exact; which byte it is they do
/// not tell.
extension UInt64 {
  /// Whether one of the bytes is less than `limit`, which is 128 at most.
  @inlinable public func hasByteBelow(_ limit: UInt8) -> Bool {
    (self &- 0x0101_0101_0101_0101 &* UInt64(limit)) & ~self & 0x8080_8080_8080_8080 != 0
  }

  /// Whether one of the eight bytes has this value.
  @inlinable public func hasByte(_ value: UInt8) -> Bool {
    (self ^ (0x0101_0101_0101_0101 &* UInt64(value))).hasByteBelow(1)
  }

  @inlinable public var hasByteAboveASCII: Bool { self & 0x8080_8080_8080_8080 != 0 }

  /// The sum of the eight bytes.
  @inlinable public var sumOfBytes: Int {
    let even = self & 0x00FF_00FF_00FF_00FF
    let odd = (self >> 8) & 0x00FF_00FF_00FF_00FF
    return Int(truncatingIfNeeded: ((even &+ odd) &* 0x0001_0001_0001_0001) >> 48)
  }
}
