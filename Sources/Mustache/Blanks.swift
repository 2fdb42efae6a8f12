import Platform

/// What counts as nothing to see: blank, tab, line ends, the no-break space (U+00A0) and the full-width space (U+3000).
/// A value of only these is no value; around names they are dropped.
enum Blanks {
  /// How many bytes the blank at `index` has; 0 when none stands there.
  @inline(__always) static func length(in bytes: borrowing Span<UInt8>, at index: Int, end: Int) -> Int {
    let byte = bytes[index]
    if byte == 0x20 || (0x09...0x0D).contains(byte) { return 1 }
    if byte == 0xC2, index + 1 < end, bytes[index + 1] == 0xA0 { return 2 }
    if byte == 0xE3, index + 2 < end, bytes[index + 1] == 0x80, bytes[index + 2] == 0x80 { return 3 }
    return 0
  }

  /// Whether only blanks, or nothing, stand in `bytes` from `start` on.
  @inline(__always) static func fill(_ bytes: borrowing Span<UInt8>, from start: Int = 0) -> Bool {
    var index = start
    while index < bytes.count {
      let blank = length(in: bytes, at: index, end: bytes.count)
      if blank == 0 { return false }
      index += blank
    }
    return true
  }

  /// The first index from `start` on where no blank stands.
  static func skip(_ bytes: borrowing Span<UInt8>, from start: Int, to end: Int) -> Int {
    var index = start
    while index < end {
      let blank = length(in: bytes, at: index, end: end)
      if blank == 0 { break }
      index += blank
    }
    return index
  }

  /// `range` of `bytes` without the blanks at its ends.
  static func trim(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    let start = skip(bytes, from: range.lowerBound, to: range.upperBound)
    var end = range.upperBound
    while end > start {
      guard
        let blank = (1...3).first(where: { size in
          end - size >= start && length(in: bytes, at: end - size, end: end) == size
        })
      else { break }
      end -= blank
    }
    return start..<end
  }
}

extension String {
  /// The text without blanks at its ends.
  var trimmed: String {
    let bytes = Array(utf8)
    return Array(bytes[Blanks.trim(bytes.span, 0..<bytes.count)]).text
  }
}
