import Database
import Platform

extension WorkspaceStore {
  /// Calls `body` for every balance that was recorded, in the order of time.
  public func forEachBalance(_ body: (Balance) -> Void) throws(LedgerError) {
    guard try isThere() else { return }
    try ledgerErrors { () throws(DatabaseError) in
      let database = try open()
      var select = try database.prepare(
        "SELECT at, gateway, product, amount, unit, campaign FROM balances ORDER BY at, rowid")
      while try select.step() {
        body(
          Balance(
            at: Timestamp(nanoseconds: select.integer(0) * 1_000_000), gateway: select.text(1),
            product: select.text(2), amount: select.text(3), unit: select.text(4), campaign: select.text(5)))
      }
    }
  }
}
