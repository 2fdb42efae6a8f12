/// The rows of a plan whose texts brought a signature of their own, in ranges.
///
/// A text that begins with its account's signature does not tell who put it there. It matters when the message moves to
/// another account: the account's signature is replaced, the text's own one stays.
struct OwnSignatures: Sendable, Equatable {
  /// Ascending and apart.
  private var ranges: [ClosedRange<Int>] = []
  private var isOpen = false

  init() {}

  /// - Parameter fact: the ledger's fact `own_signatures`, as `text` wrote it; nil in ledgers of versions that did not
  ///   keep it, where every signature counts as the account's.
  init(_ fact: String?) {
    for range in fact?.split(separator: ",") ?? [] {
      let ends = range.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first <= last else { continue }
      ranges.append(first...last)
    }
  }

  /// `1-40,57`
  var text: String {
    ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
  }

  /// Takes a planned row, in order. Rows between two of them that were not planned break no range.
  mutating func add(row: Int, isOwn: Bool) {
    if isOwn {
      if isOpen, let last = ranges.popLast() {
        ranges.append(last.lowerBound...row)
      } else {
        ranges.append(row...row)
      }
    }
    isOpen = isOwn
  }

  func contains(_ row: Int) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < row { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(row)
  }
}
