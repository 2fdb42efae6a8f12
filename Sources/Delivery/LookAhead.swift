public import Ledger
import Platform

/// The calls of the next messages of a block, and the reports under their ids, all looked up together.
struct LookAhead {
  /// The messages' indices in their block.
  private(set) var range = 0..<0
  /// The row of the first of them, by which the block is known again.
  private var firstRow = 0
  /// The message's call when it is an ordinary one (`CallTable.plain`), else -1.
  private var places: [Int32] = []
  private var firsts: [Int32] = []
  private var keys: [UInt64] = []
  private var reports: [Int32] = []
  private var last = Plain(root: -1)

  /// What is the same for all messages of a root.
  private struct Plain {
    var root: Int
    var place = -1
    var first = 0
    var seed: UInt64 = 0
  }

  /// Whether a message was looked up. Rows tell blocks of one campaign apart.
  func holds(_ block: borrowing MessageColumns, _ index: Int) -> Bool {
    range.contains(index) && range.upperBound <= block.count && block.rows[range.lowerBound] == firstRow
  }

  /// The message's call, its index there and the oldest report under its id; nil when it is not as simple as that.
  func found(_ index: Int, position: Int) -> (place: Int, index: Int, report: Int)? {
    let place = places[index - range.lowerBound]
    let report = reports[index - range.lowerBound]
    guard place >= 0, report >= 0 else { return nil }
    return (Int(place), position - Int(firsts[index - range.lowerBound]), Int(report))
  }

  /// Looks up messages from `start` on.
  /// - Parameter seed: of a call's account.
  mutating func look(
    _ block: borrowing MessageColumns, from start: Int, _ calls: CallTable, _ table: KeyTable, seed: (Int) -> UInt64
  ) {
    range = start..<min(block.count, start + Limits.messagesLookedAhead)
    firstRow = block.rows[start]
    places.removeAll(keepingCapacity: true)
    firsts.removeAll(keepingCapacity: true)
    keys.removeAll(keepingCapacity: true)
    for index in range {
      let root = Int(block.roots[index])
      if root != last.root { last = LookAhead.plain(root, calls, seed) }
      let inCall = Int(block.positions[index]) - last.first
      var key: UInt64 = 0
      if last.place >= 0, inCall >= 0 {
        let hash = calls.idHash(calls.idRange(last.place, at: inCall), seed: last.seed)
        if hash != 0 { key = TextHash.key(hash, number: block.numbers[index]) }
      }
      places.append(Int32(truncatingIfNeeded: last.place))
      firsts.append(Int32(truncatingIfNeeded: last.first))
      keys.append(key)
    }
    table.first(keys, into: &reports)
  }

  private static func plain(_ root: Int, _ calls: CallTable, _ seed: (Int) -> UInt64) -> Plain {
    guard let place = calls.plain(root: root) else { return Plain(root: root) }
    return Plain(root: root, place: place, first: calls.entries[place].call.first, seed: seed(place))
  }
}

extension CampaignJoin {
  /// The same for a message of a block. Most messages have one id and one final report under it: those are looked up
  /// many at once; all others go the long way.
  public func join(_ block: borrowing MessageColumns, _ index: Int) -> JoinedMessage {
    guard let reports = self.index, reports.hasOnlyNumbered else { return join(block.message(index)) }
    if !ahead.holds(block, index) {
      // Not changed in place: a property that is changed while others are asked has every look at it checked.
      var next = ahead
      ahead = LookAhead()
      next.look(block, from: index, calls, reports.byMessage) { seed(ofCall: $0) }
      ahead = next
    }
    guard let found = ahead.found(index, position: Int(block.positions[index])),
      !reports.byMessage.isRepeated(found.report)
    else { return join(block.message(index)) }
    let meaning = reports.meaning(of: found.report)
    guard let state = reports.finals[meaning] else { return join(block.message(index)) }
    reports.mark(found.report, .joined)
    var joined = JoinedMessage()
    joined.call = found.place
    joined.index = found.index
    joined.ledgerState = ledgerState(found.place, found.index)
    joined.state = state
    joined.meaning = meaning
    joined.reported = reports.reports.reported[found.report]
    joined.match = .messageID
    joined.segments = Int(block.segments[index])
    return joined
  }
}
