import Platform

extension Span where Element == UInt8 {
  /// Whether there is nothing but blanks, tabs and line breaks.
  var isBlank: Bool {
    for index in 0..<count where self[index] != 0x20 && self[index] != 0x0A && self[index] != 0x09 { return false }
    return true
  }

  /// Whether it holds a line feed; a carriage return is a control character and never comes so far.
  var hasLineFeed: Bool {
    let bytes = unsafe bytes
    var index = 0
    while index &+ 8 <= count {
      if unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self).hasByte(0x0A) { return true }
      index &+= 8
    }
    while index < count {
      if self[index] == 0x0A { return true }
      index += 1
    }
    return false
  }

  /// Whether `part` stands anywhere in it.
  func contains(_ part: borrowing Span<UInt8>) -> Bool {
    guard part.count > 0, count >= part.count else { return part.count == 0 }
    let first = part[0]
    var start = 0
    while start <= count - part.count {
      if self[start] == first, extracting(start..<start + part.count).isEqual(to: part) { return true }
      start += 1
    }
    return false
  }
}
