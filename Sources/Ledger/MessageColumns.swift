import Database
import Platform

/// A block of a plan's messages as columns, in row order, without their texts.
public struct MessageColumns: Sendable {
  public private(set) var rows: [Int] = []
  public private(set) var numbers: [UInt64] = []
  /// Places in `regionNames`.
  public private(set) var regions: [UInt16] = []
  public private(set) var roots: [Int32] = []
  public private(set) var positions: [Int32] = []
  public private(set) var units: [Int32] = []
  public private(set) var segments: [Int32] = []
  /// The external ids one behind the other, and where each ends.
  public private(set) var externalIDs: [UInt8] = []
  public private(set) var externalEnds: [Int32] = []
  /// Of the whole ledger so far.
  public private(set) var regionNames: [String] = []

  public var count: Int { rows.count }

  /// Where the external id of a message stands in `externalIDs`.
  public func externalRange(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : Int(externalEnds[index - 1]))..<Int(externalEnds[index])
  }

  init(regionNames: [String], capacity: Int) {
    self.regionNames = regionNames
    rows.reserveCapacity(capacity)
    numbers.reserveCapacity(capacity)
    regions.reserveCapacity(capacity)
    roots.reserveCapacity(capacity)
    positions.reserveCapacity(capacity)
    units.reserveCapacity(capacity)
    segments.reserveCapacity(capacity)
    externalEnds.reserveCapacity(capacity)
  }

  fileprivate mutating func append(_ row: borrowing BulkRow, _ last: inout (hash: UInt64, place: UInt16)) {
    rows.append(Int(row.integer(0)))
    let external = row.bytes(1)
    for index in 0..<external.count { externalIDs.append(external[index]) }
    externalEnds.append(Int32(truncatingIfNeeded: externalIDs.count))
    numbers.append(UInt64(bitPattern: row.integer(2)))
    let hash = TextHash.of(row.bytes(3), seed: 3)
    if hash != last.hash {
      let name = row.text(3)
      if !regionNames.contains(name) { regionNames.append(name) }
      last = (hash, UInt16(clamping: regionNames.firstIndex(of: name) ?? 0))
    }
    regions.append(last.place)
    roots.append(Int32(truncatingIfNeeded: row.integer(4)))
    positions.append(Int32(truncatingIfNeeded: row.integer(5)))
    units.append(Int32(truncatingIfNeeded: row.integer(6)))
    segments.append(Int32(truncatingIfNeeded: row.integer(7)))
  }
}

/// Gathers messages to blocks.
private final class BlockTaker: BulkTaker {
  /// One property: each that a row changes would cost a check of its own.
  private struct State {
    var block = MessageColumns(regionNames: [], capacity: Limits.bookBlockMessages)
    var last = (hash: UInt64(0), place: UInt16(0))

    mutating func take(_ row: borrowing BulkRow) -> Bool {
      block.append(row, &last)
      return block.count >= Limits.bookBlockMessages
    }
  }
  private var state = State()

  func take(_ row: borrowing BulkRow) -> Bool { state.take(row) }

  /// The block as far as it is gathered; a new one begins.
  func next() -> MessageColumns {
    let whole = state.block
    state.block = MessageColumns(regionNames: whole.regionNames, capacity: Limits.bookBlockMessages)
    return whole
  }
}

extension CampaignLedger {
  /// All messages in row order, block by block; ends early when `body` returns false.
  public func forEachBlock(_ body: (consuming MessageColumns) -> Bool) throws(LedgerError) {
    try ledgerErrors { () throws(DatabaseError) in
      let taker = BlockTaker()
      var isWanted = true
      try database.scan(
        """
        SELECT 1 FROM messages WHERE taken(row, external_id, phone, region, call, position, units, segments)
        ORDER BY row
        """, into: taker
      ) {
        isWanted = body(taker.next())
        return isWanted
      }
      let last = taker.next()
      if isWanted, last.count > 0 { _ = body(last) }
    }
  }

  /// Whether a gateway may have messages of which the ledger does not know it.
  public func hasUnknown() throws(LedgerError) -> Bool {
    try ledgerErrors { () throws(DatabaseError) in
      try database.number(
        """
        SELECT EXISTS(SELECT 1 FROM calls WHERE state IN ('unknown', 'sending')
          OR state = 'mixed' AND instr(states, '"unknown"') > 0)
        """) == 1
    }
  }
}
