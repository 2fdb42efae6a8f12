import Platform

/// 64 bits that stand for a text: for joining ids in memory without keeping the ids.
///
/// Two different ids of one account and one number agree by accident once in 10¹⁹ pairs. The same on every machine and
/// in every run; not a defence against a forger, who has to know an id and its number anyway.
public enum TextHash {
  /// The hash of a text under a seed; never 0, which stands for "no text".
  public static func of(_ bytes: borrowing Span<UInt8>, seed: UInt64) -> UInt64 {
    let hash = unsafe bytes.withUnsafeBufferPointer { source -> UInt64 in
      guard let base = source.baseAddress else { return seed }
      let raw = unsafe UnsafeRawPointer(base)
      let count = source.count
      var hash = seed ^ UInt64(count) &* 0x9E37_79B9_7F4A_7C15
      var index = 0
      while index &+ 8 <= count {
        hash = unsafe mix(hash ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self), 0xD6E8_FEB8_6659_FD93)
        index &+= 8
      }
      if index < count {
        var tail: UInt64 = 0
        for offset in index..<count { tail = unsafe tail &<< 8 | UInt64(source[offset]) }
        hash = mix(hash ^ tail, 0xA076_1D64_78BD_642F)
      }
      return mix(hash, 0xE703_7ED1_A0B4_28DB)
    }
    return hash == 0 ? 1 : hash
  }

  public static func of(_ text: String, seed: UInt64 = 0) -> UInt64 { of(Array(text.utf8).span, seed: seed) }

  /// The key under which a report and its message meet: account and id (in `hash`) and number all have to agree.
  /// - Parameter number: 0 for a report that names none.
  @inlinable public static func key(_ hash: UInt64, number: UInt64) -> UInt64 {
    let key = mix(hash ^ number &* 0x9E37_79B9_7F4A_7C15, 0x8EBC_6AF0_9C88_C6E3)
    return key == 0 ? 1 : key
  }

  @inlinable @inline(__always) static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}
