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

  /// The next report of the same key.
  func next(after report: Int) -> Int? { next[report] == 0 ? nil : Int(next[report]) - 1 }
}
