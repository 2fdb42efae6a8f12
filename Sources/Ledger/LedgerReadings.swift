import Database
public import Platform

extension CampaignLedger {
  /// Runs `body` on one state of the ledger: what another process commits meanwhile is not seen.
  public func snapshot<Result>(_ body: () throws(LedgerError) -> Result) throws(LedgerError) -> Result {
    try ledgerErrors { () throws(DatabaseError) in try database.execute("BEGIN") }
    // Nothing is written, so ending the transaction cannot fail in a way that matters.
    defer { try? database.execute("COMMIT") }
    return try body()
  }

  /// The place and the planned segments of all messages, in row order; texts are not read.
  public func forEachPlace(_ body: (_ root: Int, _ position: Int, _ segments: Int) -> Void) throws(LedgerError) {
    try ledgerErrors { () throws(DatabaseError) in
      var select = try database.prepare("SELECT call, position, segments FROM messages ORDER BY row")
      while try select.step() { body(Int(select.integer(0)), Int(select.integer(1)), Int(select.integer(2))) }
    }
  }

  /// Whether a failover moved messages to another account than the plan's.
  public func hasMoved() throws(LedgerError) -> Bool {
    try ledgerErrors { () throws(DatabaseError) in
      try database.number(
        """
        SELECT EXISTS(SELECT 1 FROM calls c JOIN calls r ON r.id = c.root
          WHERE c.id <> c.root AND c.gateway <> r.gateway)
        """) == 1
    }
  }

  /// A person's decision as it was recorded.
  public struct Decision: Sendable, Equatable {
    public var at: Timestamp
    public var person: String
    /// `accepted`, `failed`, `resend` or `cancel`.
    public var decision: String
    public var call: Int
    /// Of the messages in the call, from 0.
    public var positions: [Int]
  }

  /// All decisions, oldest first.
  public func decisions() throws(LedgerError) -> [Decision] {
    try ledgerErrors { () throws(DatabaseError) in
      var select = try database.prepare("SELECT at, person, decision, call, positions FROM decisions ORDER BY rowid")
      var decisions: [Decision] = []
      while try select.step() {
        decisions.append(
          Decision(
            at: Timestamp(nanoseconds: select.integer(0) * 1_000_000), person: select.text(1), decision: select.text(2),
            call: Int(select.integer(3)), positions: TextArray.read(select.text(4)).compactMap { Int($0) }))
      }
      return decisions
    }
  }
}

extension WorkspaceStore {
  /// What each account was last told to have, by product; by gateway name.
  public func lastBalances() throws(LedgerError) -> [Balance] {
    guard try isThere() else { return [] }
    return try ledgerErrors { () throws(DatabaseError) in
      let database = try open()
      // The other columns are those of the row with the greatest time (SQLite, "Bare columns in an aggregate query").
      var select = try database.prepare(
        "SELECT max(at), gateway, product, amount, unit, campaign FROM balances GROUP BY gateway, product ORDER BY 2, 3"
      )
      var balances: [Balance] = []
      while try select.step() {
        balances.append(
          Balance(
            at: Timestamp(nanoseconds: select.integer(0) * 1_000_000), gateway: select.text(1), product: select.text(2),
            amount: select.text(3), unit: select.text(4), campaign: select.text(5)))
      }
      return balances
    }
  }
}
