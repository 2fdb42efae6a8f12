import Database
public import Platform

/// Which message a reply answers, asked of one campaign's ledger.
extension CampaignLedger {
  /// A planned message's place.
  public struct Recipient: Sendable, Equatable {
    public var row: Int
    public var number: UInt64
    /// The call of the plan that it belongs to, and its position there.
    public var root: Int
    public var position: Int
  }

  /// When calls of this campaign were submitted first and last; nil when none was.
  public func submissionTimes() throws(LedgerError) -> ClosedRange<Timestamp>? {
    try ledgerErrors { () throws(DatabaseError) in
      var select = try database.prepare("SELECT min(submitted_at), max(submitted_at) FROM calls")
      guard try select.step(), let first = select.moment(0), let last = select.moment(1) else { return nil }
      return first...last
    }
  }

  /// Calls `body` for every message to one of the numbers, in row order; all messages are read once, texts are not.
  public func forEachRecipient(among numbers: Set<UInt64>, _ body: (Recipient) -> Void) throws(LedgerError) {
    try ledgerErrors { () throws(DatabaseError) in
      var select = try database.prepare("SELECT phone, row, call, position FROM messages ORDER BY row")
      while try select.step() {
        let number = UInt64(bitPattern: select.integer(0))
        guard numbers.contains(number) else { continue }
        body(
          Recipient(
            row: Int(select.integer(1)), number: number, root: Int(select.integer(2)),
            position: Int(select.integer(3))))
      }
    }
  }

  /// When the message was last submitted through the account, at `moment` at the latest; nil when it was not.
  public func submission(
    of recipient: Recipient, through account: String, until moment: Timestamp
  ) throws(LedgerError) -> Timestamp? {
    try ledgerErrors { () throws(DatabaseError) in
      var select = try database.prepare(
        """
        SELECT max(submitted_at) FROM calls
        WHERE root = ? AND first <= ? AND first + count > ? AND gateway = ? AND submitted_at <= ?
        """)
      select.bind(1, recipient.root)
      select.bind(2, recipient.position)
      select.bind(3, recipient.position)
      select.bind(4, account)
      select.bind(5, milliseconds(moment))
      return try select.step() ? select.moment(0) : nil
    }
  }

  /// The row of the message to `number` in the call that our id names; nil when this ledger has none.
  public func row(link: String, number: UInt64) throws(LedgerError) -> Int? {
    try ledgerErrors { () throws(DatabaseError) in
      var select = try database.prepare(
        """
        SELECT m.row FROM attempts a JOIN calls c ON c.id = a.call
          JOIN messages m ON m.row BETWEEN c.first_row AND c.last_row AND m.call = c.root
            AND m.position >= c.first AND m.position < c.first + c.count
        WHERE a.link_id = ? AND m.phone = ?
        """)
      select.bind(1, link)
      select.bind(2, Int64(bitPattern: number))
      return try select.step() ? Int(select.integer(0)) : nil
    }
  }
}
