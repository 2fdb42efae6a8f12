/// Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
public enum UTF8Check {
  /// The index of the first byte that does not belong to a valid sequence; nil when all is valid.
  public static func firstInvalid(_ bytes: borrowing Span<UInt8>) -> Int? {
    let reach = scan(bytes, from: 0, zeroIsValid: true)
    return reach.end == bytes.count ? nil : reach.end
  }

  /// The index of the first byte above 0x7F; nil when all is ASCII.
  static func firstNonASCII(_ bytes: borrowing Span<UInt8>) -> Int? {
    let index = unsafe bytes.withUnsafeBytes { raw in
      var index = 0
      while index + 8 <= raw.count,
        unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & Words.high == 0
      {
        index += 8
      }
      return index
    }
    return (index..<bytes.count).first { bytes[$0] >= 0x80 }
  }

  /// How far bytes are valid.
  struct Reach: Equatable {
    /// All bytes before this index are valid.
    var end: Int
    /// Whether the rest is the beginning of a sequence that the next bytes may complete.
    var isCut: Bool
  }

  /// Looks for the first fault from `start` on: an invalid sequence, or NUL unless `zeroIsValid`.
  static func scan(_ bytes: borrowing Span<UInt8>, from start: Int, zeroIsValid: Bool = false) -> Reach {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return Reach(end: 0, isCut: false) }
      return unsafe scan(base, from: start, count: buffer.count, zeroIsValid: zeroIsValid)
    }
  }

  private static func scan(_ base: UnsafePointer<UInt8>, from start: Int, count: Int, zeroIsValid: Bool) -> Reach {
    var index = start
    let raw = unsafe UnsafeRawPointer(base)
    while index < count {
      if index &+ 8 <= count {
        let word = unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        let high = word & Words.high
        if high == 0, zeroIsValid || Words.zeroes(word) == 0 {
          index &+= 8
          continue
        }
      }
      let lead = unsafe base[index]
      if lead < 0x80 {
        guard lead != 0 || zeroIsValid else { return Reach(end: index, isCut: false) }
        index &+= 1
        continue
      }
      // Chinese text is runs of three-byte sequences: two of the three forms that need no second look.
      if index &+ 4 <= count, lead & 0xF0 == 0xE0, lead != 0xE0, lead != 0xED {
        let word = unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt32.self)
        guard word & 0x00C0_C000 == 0x0080_8000 else { return Reach(end: index, isCut: false) }
        index &+= 3
        continue
      }
      let length = unsafe sequence(base + index, room: count - index)
      guard length > 0 else { return Reach(end: index, isCut: length < 0) }
      index &+= length
    }
    return Reach(end: count, isCut: false)
  }

  /// Length of the sequence that a non-ASCII byte begins; 0 when invalid, -1 when its end is not in the room.
  private static func sequence(_ bytes: UnsafePointer<UInt8>, room: Int) -> Int {
    let lead = unsafe bytes[0]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF:
      length = 3
      if lead == 0xE0 { second = 0xA0...0xBF } else if lead == 0xED { second = 0x80...0x9F }
    case 0xF0...0xF4:
      length = 4
      if lead == 0xF0 { second = 0x90...0xBF } else if lead == 0xF4 { second = 0x80...0x8F }
    default: return 0
    }
    guard room > 1 else { return -1 }
    guard second.contains(unsafe bytes[1]) else { return 0 }
    for index in 2..<max(length, 2) {
      guard index < room else { return -1 }
      guard unsafe bytes[index] & 0xC0 == 0x80 else { return 0 }
    }
    return length
  }
}
