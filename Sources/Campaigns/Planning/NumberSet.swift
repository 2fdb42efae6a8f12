import CHints

/// A set of 64-bit keys: open addressing, 8 bytes a slot, grown by half when it is more than three quarters full.
///
/// Most of the cost of looking for repeats among a million numbers is the cache miss of this probe; `prefetch` lets a
/// caller start it a row ahead.
public struct NumberSet: Sendable {
  // 0 marks an empty slot; the key 0 never comes (a number is never 0, a hash of 0 is taken as 1).
  private var slots: [UInt64]
  public private(set) var count = 0

  public init(capacity: Int = 1024) {
    slots = Array(repeating: 0, count: max(1024, capacity / 3 * 4 + 4))
  }

  /// Where a key's probing starts: its hash, spread over the slots by the high half of a product.
  @inline(__always) private func first(_ key: UInt64) -> Int {
    Int((key &* 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: UInt64(slots.count)).high)
  }

  /// The slot that holds the key, or the empty one where it belongs.
  @inline(__always) private func slot(of key: UInt64) -> Int {
    var slot = first(key)
    while slots[slot] != 0, slots[slot] != key {
      slot += 1
      if slot == slots.count { slot = 0 }
    }
    return slot
  }

  public func contains(_ key: UInt64) -> Bool { slots[slot(of: key == 0 ? 1 : key)] != 0 }

  /// True when it was not there yet.
  @discardableResult public mutating func insert(_ key: UInt64) -> Bool {
    if (count + 1) * 4 > slots.count * 3 { grow() }
    let key = key == 0 ? 1 : key
    let slot = slot(of: key)
    guard slots[slot] == 0 else { return false }
    slots[slot] = key
    count += 1
    return true
  }

  /// Starts fetching the key's slot into the cache; costs nothing when nobody probes for it.
  func prefetch(_ key: UInt64) {
    let slot = first(key)
    unsafe slots.withUnsafeBufferPointer { unsafe qunfa_prefetch($0.baseAddress! + slot) }
  }

  private mutating func grow() {
    var larger = NumberSet(capacity: slots.count / 8 * 9)
    for key in slots where key != 0 { larger.insert(key) }
    self = larger
  }
}

/// A fast 64-bit hash for grouping equal texts (the multiply-and-fold of wyhash). Not for identity: before a
/// same-content call is sent, its texts are compared byte by byte.
public func textHash(_ bytes: borrowing Span<UInt8>, seed: UInt64 = 0) -> UInt64 {
  var hash = seed ^ 0xA076_1D64_78BD_642F
  var index = 0
  let count = bytes.count
  while index + 8 <= count {
    hash = fold(hash ^ word(bytes, index), 0xE703_7ED1_A0B4_28DB)
    index += 8
  }
  var rest: UInt64 = 0
  while index < count {
    rest = rest << 8 | UInt64(bytes[index])
    index += 1
  }
  return fold(hash ^ rest, 0x8EBC_6AF0_9C88_C6E3 ^ UInt64(count))
}

@inline(__always) private func word(_ bytes: borrowing Span<UInt8>, _ index: Int) -> UInt64 {
  // In bounds: the caller has checked index + 8 <= count.
  unsafe bytes.withUnsafeBufferPointer {
    unsafe UnsafeRawBufferPointer($0).loadUnaligned(fromByteOffset: index, as: UInt64.self)
  }
}

@inline(__always) private func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
  let product = left.multipliedFullWidth(by: right)
  return product.high ^ product.low
}
