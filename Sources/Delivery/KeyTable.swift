/// Which reports have a key: open addressing over 64-bit keys, reports of one key in a chain, oldest first.
struct KeyTable {
  private var slots: [UInt64] = []
  private var next: [UInt32] = []
  private let keys: [UInt64]
  private let mask: UInt64

  /// - Parameter keys: one a report; 0 for none.
  init(_ keys: [UInt64]) {
    self.keys = keys
    var size = 16
    while size < keys.count * 2 { size *= 2 }
    mask = UInt64(size - 1)
    guard !keys.isEmpty else { return }
    slots = Array(repeating: 0, count: size)
    next = Array(repeating: 0, count: keys.count)
    // From the last to the first, so that each chain begins with the oldest.
    for report in stride(from: keys.count - 1, through: 0, by: -1) where keys[report] != 0 { insert(report) }
  }

  var isEmpty: Bool { keys.isEmpty }

  private mutating func insert(_ report: Int) {
    let key = keys[report]
    var place = key & mask
    while true {
      let slot = slots[Int(place)]
      if slot == 0 { break }
      let head = Int(slot & 0xFFFF_FFFF) - 1
      if keys[head] == key {
        next[report] = UInt32(head + 1)
        break
      }
      place = (place &+ 1) & mask
    }
    slots[Int(place)] = key & 0xFFFF_FFFF_0000_0000 | UInt64(report + 1)
  }

  /// The oldest report of a key; nil without one.
  func first(_ key: UInt64) -> Int? {
    guard !slots.isEmpty else { return nil }
    var place = key & mask
    while true {
      let slot = slots[Int(place)]
      if slot == 0 { return nil }
      let report = Int(slot & 0xFFFF_FFFF) - 1
      if slot & 0xFFFF_FFFF_0000_0000 == key & 0xFFFF_FFFF_0000_0000, keys[report] == key { return report }
      place = (place &+ 1) & mask
    }
  }

  /// The oldest report of each of some keys, -1 where it has none.
  ///
  /// A key's slot is almost never in the cache. Asking for all slots first, and for what they point to second, lets the
  /// processor wait for many of them at once.
  func first(_ wanted: [UInt64], into found: inout [Int32]) {
    found.removeAll(keepingCapacity: true)
    guard !slots.isEmpty else {
      for _ in wanted { found.append(-1) }
      return
    }
    for key in wanted {
      let slot = slots[Int(key & mask)]
      let isAlike = slot & 0xFFFF_FFFF_0000_0000 == key & 0xFFFF_FFFF_0000_0000
      found.append(isAlike ? Int32(truncatingIfNeeded: slot & 0xFFFF_FFFF) - 1 : -1)
    }
    for index in wanted.indices {
      let report = found[index]
      if report >= 0, keys[Int(report)] == wanted[index] { continue }
      found[index] = wanted[index] == 0 ? -1 : first(wanted[index]).map { Int32($0) } ?? -1
    }
  }

  /// Whether several reports have the key of this one, the oldest of them.
  func isRepeated(_ report: Int) -> Bool { next[report] != 0 }

  /// The next report of the same key.
  func next(after report: Int) -> Int? { next[report] == 0 ? nil : Int(next[report]) - 1 }
}
