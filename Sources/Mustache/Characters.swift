import Platform

/// Characters as people count them (grapheme clusters, Unicode Annex 29), in UTF-8.
///
/// ASCII and the usual Chinese text are counted byte by byte; only where something else stands (emoji, combining
/// marks) is the rest looked at as a String.
enum Characters {
  /// Where the first `count` characters end; the end of `bytes` when there are fewer.
  static func end(of count: Int, in bytes: borrowing Span<UInt8>) -> Int {
    var index = 0
    var left = count
    while index < bytes.count, left > 0 {
      let length = plain(bytes, at: index)
      let next = index + length
      guard length > 0, next == bytes.count || plain(bytes, at: next) > 0 else {
        return index + slowEnd(of: left, in: bytes.extracting(index...))
      }
      index = next
      left -= 1
    }
    return index
  }

  static func count(_ bytes: borrowing Span<UInt8>) -> Int {
    var index = 0
    var count = 0
    while index < bytes.count {
      let length = plain(bytes, at: index)
      let next = index + length
      guard length > 0, next == bytes.count || plain(bytes, at: next) > 0 else {
        return count + bytes.extracting(index...).text.count
      }
      index = next
      count += 1
    }
    return count
  }

  private static func slowEnd(of count: Int, in bytes: borrowing Span<UInt8>) -> Int {
    bytes.text.prefix(count).utf8.count
  }

  /// The bytes of the character at `index` when it can be no part of a larger one: ASCII but CR and controls,
  /// ideographs, Chinese punctuation, full-width signs. 0 for all others.
  @inline(__always) private static func plain(_ bytes: borrowing Span<UInt8>, at index: Int) -> Int {
    let first = bytes[index]
    if first < 0x80 { return (first >= 0x20 && first < 0x7F) || first == 0x0A ? 1 : 0 }
    guard first >= 0xE3, first <= 0xEF, index + 2 < bytes.count else { return 0 }
    let scalar =
      (UInt32(first & 0x0F) << 12) | (UInt32(bytes[index + 1] & 0x3F) << 6) | UInt32(bytes[index + 2] & 0x3F)
    switch scalar {
    case 0x3000...0x3029, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xFF01...0xFF60: return 3
    default: return 0
    }
  }
}
