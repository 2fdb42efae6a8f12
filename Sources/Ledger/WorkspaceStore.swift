import Database
public import Platform

/// What the workspace keeps between campaigns: opt-outs, balances, the pace that each account bore, recent inputs.
///
/// One small SQLite file with a rollback journal, opened for each use: several processes may write it in turn.
public struct WorkspaceStore: Sendable {
  /// "qfWS": a workspace's store of qunfa.
  static let applicationID: Int32 = 0x7166_5753
  let path: String

  /// - Parameter folder: the workspace's data folder; made when it is missing.
  public init(folder: String) throws(LedgerError) {
    try fileErrors { () throws(FileError) in try Files.makeFolder(folder) }
    path = folder + "/workspace.db"
  }

  /// Whether a store was ever made. One that cannot be looked at is none that is missing: it holds who opted out.
  func isThere() throws(LedgerError) -> Bool {
    try fileErrors { () throws(FileError) in try Files.isThere(path) }
  }

  private static let tables = """
    CREATE TABLE IF NOT EXISTS optouts(
      phone INTEGER PRIMARY KEY, added_at INTEGER NOT NULL, source TEXT NOT NULL, text TEXT NOT NULL, campaign TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS balances(
      at INTEGER NOT NULL, gateway TEXT NOT NULL, product TEXT NOT NULL, amount TEXT NOT NULL, unit TEXT NOT NULL,
      campaign TEXT NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS paces(
      gateway TEXT PRIMARY KEY, rate REAL NOT NULL, learnt_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS inputs(
      sha256 TEXT NOT NULL, campaign TEXT NOT NULL, planned_at INTEGER NOT NULL, PRIMARY KEY(sha256, campaign)
    ) STRICT, WITHOUT ROWID;
    """

  func open() throws(DatabaseError) -> Database {
    let database = try Database.open(path, .shared, applicationID: WorkspaceStore.applicationID)
    if try database.number("PRAGMA user_version") == 0 {
      try database.transaction { () throws(DatabaseError) in
        try database.execute(WorkspaceStore.tables)
        try database.execute("PRAGMA user_version = 1")
      }
    }
    return database
  }

  // MARK: Opt-outs

  /// A number that gets nothing, since when, and who said so.
  public struct OptOut: Sendable, Equatable {
    /// E.164 digits without `+`.
    public var number: UInt64
    public var addedAt: Timestamp
    /// `reply`, `person` or a file's name.
    public var source: String
    /// The words of the reply, empty otherwise.
    public var text: String
    public var campaign: String

    public init(number: UInt64, addedAt: Timestamp, source: String, text: String = "", campaign: String = "") {
      self.number = number
      self.addedAt = addedAt
      self.source = source
      self.text = text
      self.campaign = campaign
    }
  }

  /// Adds those that are not there yet; returns how many were new. The first entry for a number stays.
  public func add(_ optOuts: [OptOut]) throws(LedgerError) -> Int {
    try ledgerErrors { () throws(DatabaseError) in
      let database = try open()
      return try database.transaction { () throws(DatabaseError) in
        var insert = try database.prepare("INSERT OR IGNORE INTO optouts VALUES(?, ?, ?, ?, ?)")
        let before = try database.number("SELECT count(*) FROM optouts")
        for optOut in optOuts {
          insert.bind(1, Int64(bitPattern: optOut.number))
          insert.bind(2, optOut.addedAt.nanoseconds / 1_000_000)
          insert.bind(3, optOut.source)
          insert.bind(4, optOut.text)
          insert.bind(5, optOut.campaign)
          try insert.run()
        }
        return Int(try database.number("SELECT count(*) FROM optouts") - before)
      }
    }
  }

  /// Removes those that are there; returns how many were.
  public func remove(optOuts numbers: [UInt64]) throws(LedgerError) -> Int {
    try ledgerErrors { () throws(DatabaseError) in
      let database = try open()
      return try database.transaction { () throws(DatabaseError) in
        var delete = try database.prepare("DELETE FROM optouts WHERE phone = ?")
        let before = try database.number("SELECT count(*) FROM optouts")
        for number in numbers {
          delete.bind(1, Int64(bitPattern: number))
          try delete.run()
        }
        return Int(before - (try database.number("SELECT count(*) FROM optouts")))
      }
    }
  }

  /// Calls `body` for every opt-out, in the order of numbers.
  public func forEachOptOut(_ body: (OptOut) -> Void) throws(LedgerError) {
    guard try isThere() else { return }
    try ledgerErrors { () throws(DatabaseError) in
      let database = try open()
      var select = try database.prepare("SELECT phone, added_at, source, text, campaign FROM optouts ORDER BY phone")
      while try select.step() {
        body(
          OptOut(
            number: UInt64(bitPattern: select.integer(0)),
            addedAt: Timestamp(nanoseconds: select.integer(1) * 1_000_000), source: select.text(2),
            text: select.text(3), campaign: select.text(4)))
      }
    }
  }

  // MARK: Balances

  /// What an account had left at one moment.
  public struct Balance: Sendable, Equatable {
    public var at: Timestamp
    public var gateway: String
    public var product: String
    /// Digits as the gateway gave them.
    public var amount: String
    /// `li` (1/1000 yuan) or `messages`.
    public var unit: String
    /// The campaign that was run when it was asked, else empty.
    public var campaign: String

    public init(at: Timestamp, gateway: String, product: String, amount: String, unit: String, campaign: String = "") {
      self.at = at
      self.gateway = gateway
      self.product = product
      self.amount = amount
      self.unit = unit
      self.campaign = campaign
    }
  }

  /// Keeps balances with their moment; earlier ones stay.
  public func record(_ balances: [Balance]) throws(LedgerError) {
    guard !balances.isEmpty else { return }
    try ledgerErrors { () throws(DatabaseError) in
      let database = try open()
      try database.transaction { () throws(DatabaseError) in
        var insert = try database.prepare("INSERT INTO balances VALUES(?, ?, ?, ?, ?, ?)")
        for balance in balances {
          insert.bind(1, balance.at.nanoseconds / 1_000_000)
          insert.bind(2, balance.gateway)
          insert.bind(3, balance.product)
          insert.bind(4, balance.amount)
          insert.bind(5, balance.unit)
          insert.bind(6, balance.campaign)
          try insert.run()
        }
      }
    }
  }

  // MARK: Pace

  /// The rate that an account last bore, messages a second, with the day it was learnt.
  public func pace(of gateway: String) throws(LedgerError) -> (rate: Double, learntAt: Timestamp)? {
    guard try isThere() else { return nil }
    return try ledgerErrors { () throws(DatabaseError) in
      let database = try open()
      var select = try database.prepare(
        "SELECT CAST(round(rate * 1000) AS INTEGER), learnt_at FROM paces WHERE gateway = ?")
      select.bind(1, gateway)
      guard try select.step() else { return nil }
      return (Double(select.integer(0)) / 1000, Timestamp(nanoseconds: select.integer(1) * 1_000_000))
    }
  }

  /// Nil forgets it: the account bore its configured rate.
  public func remember(pace rate: Double?, of gateway: String, at: Timestamp) throws(LedgerError) {
    try ledgerErrors { () throws(DatabaseError) in
      let database = try open()
      if let rate {
        var insert = try database.prepare("INSERT OR REPLACE INTO paces VALUES(?, ? / 1000.0, ?)")
        insert.bind(1, gateway)
        insert.bind(2, Int((rate * 1000).rounded()))
        insert.bind(3, at.nanoseconds / 1_000_000)
        try insert.run()
      } else {
        var delete = try database.prepare("DELETE FROM paces WHERE gateway = ?")
        delete.bind(1, gateway)
        try delete.run()
      }
    }
  }

  // MARK: Recent inputs

  /// Another campaign that was planned from a file with that digest since `moment`.
  public func campaign(plannedFrom sha256: String, since moment: Timestamp, not id: String) throws(LedgerError)
    -> String?
  {
    guard try isThere() else { return nil }
    return try ledgerErrors { () throws(DatabaseError) in
      let database = try open()
      var select = try database.prepare(
        "SELECT campaign FROM inputs WHERE sha256 = ? AND planned_at >= ? AND campaign <> ? ORDER BY planned_at DESC")
      select.bind(1, sha256)
      select.bind(2, moment.nanoseconds / 1_000_000)
      select.bind(3, id)
      return try select.step() ? select.text(0) : nil
    }
  }

  /// Notes that a campaign was planned from files of these SHA-256 digests.
  public func remember(inputs digests: [String], of campaign: String, at: Timestamp) throws(LedgerError) {
    try ledgerErrors { () throws(DatabaseError) in
      let database = try open()
      try database.transaction { () throws(DatabaseError) in
        var insert = try database.prepare("INSERT OR REPLACE INTO inputs VALUES(?, ?, ?)")
        for digest in digests {
          insert.bind(1, digest)
          insert.bind(2, campaign)
          insert.bind(3, at.nanoseconds / 1_000_000)
          try insert.run()
        }
      }
    }
  }

  // MARK: The key

  /// The key when there is one, for those who only look.
  public static func keyIfMade(in folder: String) throws(LedgerError) -> [UInt8]? {
    let isMade = try fileErrors { () throws(FileError) in try Files.isThere(folder + "/key") }
    return isMade ? try key(in: folder) : nil
  }

  /// The workspace's key for our own ids: drawn once, 32 bytes, mode 0600.
  public static func key(in folder: String) throws(LedgerError) -> [UInt8] {
    let path = folder + "/key"
    return try fileErrors { () throws(FileError) in
      try Files.makeFolder(folder)
      if try Files.isThere(path) {
        let key = try Files.read(path, limit: 32)
        guard key.count == 32 else { throw FileError("use the key in", path, number: 22) }
        return key
      }
      let key = Digest.random(32)
      try Files.replace(path, with: key)
      return key
    }
  }
}
