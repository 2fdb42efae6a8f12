import Database
public import Platform

/// What the intake and `status` ask of the report store.
extension ReportStore {
  /// How far each spool file was taken in, by its name.
  public func progress() throws(LedgerError) -> [String: SpoolProgress] {
    try ledgerErrors { () throws(DatabaseError) in
      var select = try database.prepare("SELECT name, read_to, finished FROM spools")
      var progress: [String: SpoolProgress] = [:]
      while try select.step() {
        progress[select.text(0)] = SpoolProgress(
          readTo: Int(select.integer(1)), isFinished: select.integer(2) != 0)
      }
      return progress
    }
  }

  /// Entries that wait for their account to be configured, in the order of the spool.
  public func deferredEntries() throws(LedgerError) -> [DeferredEntry] {
    try ledgerErrors { () throws(DatabaseError) in
      var select = try database.prepare("SELECT spool, offset, account FROM deferred ORDER BY spool, offset")
      var entries: [DeferredEntry] = []
      while try select.step() {
        entries.append(DeferredEntry(spool: select.text(0), offset: Int(select.integer(1)), account: select.text(2)))
      }
      return entries
    }
  }

  /// The last good answer to a pull, by account and kind.
  public func lastPolls() throws(LedgerError) -> [LastPoll] {
    try ledgerErrors { () throws(DatabaseError) in
      var select = try database.prepare("SELECT account, kind, at FROM polls ORDER BY account, kind")
      var polls: [LastPoll] = []
      while try select.step() {
        polls.append(
          LastPoll(account: select.text(0), kind: select.text(1), at: Timestamp(milliseconds: select.integer(2))))
      }
      return polls
    }
  }

  /// How many possible losses each account and kind has, and when the last one was.
  public func lossCounts() throws(LedgerError) -> [(account: String, kind: String, count: Int, last: Timestamp)] {
    try ledgerErrors { () throws(DatabaseError) in
      var select = try database.prepare(
        "SELECT account, kind, count(*), max(at) FROM losses GROUP BY account, kind ORDER BY account, kind")
      var counts: [(account: String, kind: String, count: Int, last: Timestamp)] = []
      while try select.step() {
        counts.append(
          (
            select.text(0), select.text(1), Int(select.integer(2)), Timestamp(milliseconds: select.integer(3))
          ))
      }
      return counts
    }
  }

  /// Whether anything waits for the intake although the spool has nothing new: parts of a long reply, replies that were
  /// not judged, opt-outs that are not on the list yet.
  public func hasRepliesToGive() throws(LedgerError) -> Bool {
    try ledgerErrors { () throws(DatabaseError) in
      try database.number(
        """
        SELECT EXISTS(SELECT 1 FROM replies WHERE whole IS NULL) OR
          EXISTS(SELECT 1 FROM whole_replies WHERE told = 0)
        """) != 0
    }
  }

  /// A short fact about the store itself; nil when it has none of that name.
  func storeFact(_ key: String) throws(DatabaseError) -> String? {
    var select = try database.prepare("SELECT value FROM facts WHERE key = ?")
    select.bind(1, key)
    return try select.step() ? select.text(0) : nil
  }

  func setStoreFact(_ key: String, _ value: String) throws(DatabaseError) {
    var insert = try database.prepare("INSERT OR REPLACE INTO facts VALUES(?, ?)")
    insert.bind(1, key)
    insert.bind(2, value)
    try insert.run()
  }
}
