import Platform

/// Segments of one price.
struct PricedSegments: Sendable {
  var price: Money
  var segments: Int

  static func add(_ segments: Int, at price: Money, to list: inout [PricedSegments]) {
    for index in list.indices where list[index].price == price {
      list[index].segments += segments
      return
    }
    list.append(PricedSegments(price: price, segments: segments))
  }

  static func total(_ list: [PricedSegments]) throws(MoneyError) -> Money {
    var total = Money.zero
    for priced in list { total = try total + priced.price * priced.segments }
    return total
  }
}

/// How long one column's values are: of sampled rows, and of rows that spill by 1, 2 and 3 units.
struct ColumnLengths: Sendable {
  private var sampled: [Int] = []
  private var spilled: [[Int]] = [[], [], []]

  mutating func add(_ units: Int, excess: Int, sampled isSampled: Bool) {
    let bucket = min(max(units, 0), Limits.lintLengths - 1)
    if isSampled { ColumnLengths.count(1, in: &sampled, at: bucket) }
    if excess > 0 { ColumnLengths.count(1, in: &spilled[excess - 1], at: bucket) }
  }

  mutating func merge(with other: ColumnLengths) {
    for (bucket, rows) in other.sampled.enumerated() { ColumnLengths.count(rows, in: &sampled, at: bucket) }
    for excess in spilled.indices {
      for (bucket, rows) in other.spilled[excess].enumerated() {
        ColumnLengths.count(rows, in: &spilled[excess], at: bucket)
      }
    }
  }

  /// The usual length: half of the sampled values are no longer than it.
  var median: Int {
    let half = (sampled.reduce(0, +) + 1) / 2
    var seen = 0
    for (length, rows) in sampled.enumerated() {
      seen += rows
      if seen >= half { return length }
    }
    return 0
  }

  /// Rows that spill and would not if their value had the usual length.
  var curable: Int {
    let median = median
    var rows = 0
    for (index, histogram) in spilled.enumerated() {
      rows += histogram.dropFirst(median + index + 1).reduce(0, +)
    }
    return rows
  }

  /// A histogram grows to its longest value and no further than `Limits.lintLengths`.
  private static func count(_ rows: Int, in histogram: inout [Int], at bucket: Int) {
    while histogram.count <= bucket { histogram.append(0) }
    histogram[bucket] += rows
  }
}

/// The characters that make texts UCS-2 although nearly all of them is GSM 7-bit.
struct Outsiders: Sendable {
  /// Rows that have one.
  private(set) var rows = 0
  /// Rows of other scripts.
  private(set) var otherScripts = 0
  private(set) var saved: [PricedSegments] = []
  private var rowsByCharacter: [UInt32: Int] = [:]

  /// The characters of the most rows.
  var commonest: [SegmentReport.Outsider] {
    let ranked = rowsByCharacter.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Limits.lintCharactersShown)
    return ranked.compactMap { value, rows in
      Unicode.Scalar(value).map { SegmentReport.Outsider(character: $0, rows: rows) }
    }
  }

  mutating func add(_ text: borrowing Span<UInt8>, _ counted: Segments, price: Money) {
    var found = InlineArray<8, UInt32>(repeating: 0)
    var distinct = 0
    var septets = 0
    var characters = 0
    var outside = 0
    var index = 0
    while index < text.count {
      let value = UTF8Text.scalar(in: text, at: &index)
      let width = Unicode.Scalar(value).map(GSM7.septets) ?? 0
      septets += max(width, 1)
      characters += 1
      guard width == 0 else { continue }
      outside += 1
      var known = false
      for slot in 0..<distinct where found[slot] == value { known = true }
      if known { continue }
      // More than a few different ones: not slips of the keyboard but another script.
      guard distinct < found.count else {
        otherScripts += 1
        return
      }
      found[distinct] = value
      distinct += 1
    }
    guard distinct > 0 else { return }
    guard outside * Limits.lintOutsideShare <= characters else {
      otherScripts += 1
      return
    }
    rows += 1
    for slot in 0..<distinct { note(found[slot], rows: 1) }
    let encoding = TextEncoding.gsm7
    let plain = septets <= encoding.single ? 1 : (septets + encoding.part - 1) / encoding.part
    if plain < counted.segments { PricedSegments.add(counted.segments - plain, at: price, to: &saved) }
  }

  mutating func merge(with other: Outsiders) {
    rows += other.rows
    otherScripts += other.otherScripts
    for priced in other.saved { PricedSegments.add(priced.segments, at: priced.price, to: &saved) }
    for (character, rows) in other.rowsByCharacter { note(character, rows: rows) }
  }

  /// Characters beyond the bound are not told apart; the commonest are among the first.
  private mutating func note(_ character: UInt32, rows: Int) {
    guard rowsByCharacter.count < Limits.lintCharacters || rowsByCharacter[character] != nil else { return }
    rowsByCharacter[character, default: 0] += rows
  }
}
