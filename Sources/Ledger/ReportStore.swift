import Database
public import Platform

/// What gateways reported, in one SQLite file beside the campaigns: `data/reports.db`.
///
/// Derived: everything in it was read out of the spool, and can be read again. Nothing in it ever changes a ledger; the
/// join with messages is made in memory when somebody asks (design.md §1). Only the process that holds
/// `data/reports.lock` writes it.
public final class ReportStore {
  /// "qfRP": a report store of qunfa.
  static let applicationID: Int32 = 0x7166_5250
  static let version: Int64 = 1
  let database: Database

  static let tables = """
    CREATE TABLE accounts(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE spools(name TEXT PRIMARY KEY, read_to INTEGER NOT NULL, finished INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE pages(
      id INTEGER PRIMARY KEY,
      account INTEGER NOT NULL REFERENCES accounts(id),
      source TEXT NOT NULL,
      kind TEXT NOT NULL,
      received_at INTEGER NOT NULL,
      spool TEXT NOT NULL,
      offset INTEGER NOT NULL,
      digest INTEGER NOT NULL,
      reports INTEGER NOT NULL,
      replies INTEGER NOT NULL,
      note TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX pages_by_digest ON pages(digest);
    CREATE INDEX pages_by_time ON pages(received_at);
    CREATE TABLE reports(
      id INTEGER PRIMARY KEY,
      page INTEGER NOT NULL,
      position INTEGER NOT NULL,
      account INTEGER NOT NULL,
      received_at INTEGER NOT NULL,
      reported_at INTEGER,
      number INTEGER NOT NULL,
      code TEXT NOT NULL,
      message_id TEXT NOT NULL,
      custom_id TEXT NOT NULL,
      link_id TEXT NOT NULL,
      detail TEXT NOT NULL,
      submitted_at INTEGER,
      part_index INTEGER NOT NULL,
      part_total INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE replies(
      id INTEGER PRIMARY KEY,
      page INTEGER NOT NULL,
      position INTEGER NOT NULL,
      account INTEGER NOT NULL,
      received_at INTEGER NOT NULL,
      replied_at INTEGER,
      number INTEGER NOT NULL,
      number_text TEXT NOT NULL,
      text TEXT NOT NULL,
      access_code TEXT NOT NULL,
      message_id TEXT NOT NULL,
      link_id TEXT NOT NULL,
      part_group TEXT NOT NULL,
      part_index INTEGER NOT NULL,
      part_total INTEGER NOT NULL,
      whole INTEGER
    ) STRICT;
    CREATE INDEX replies_waiting ON replies(id) WHERE whole IS NULL;
    CREATE INDEX replies_in_parts ON replies(account, number, part_group) WHERE part_total > 1;
    CREATE TABLE whole_replies(
      id INTEGER PRIMARY KEY,
      account INTEGER NOT NULL,
      at INTEGER NOT NULL,
      number INTEGER NOT NULL,
      number_text TEXT NOT NULL,
      text TEXT NOT NULL,
      opt_out INTEGER NOT NULL,
      told INTEGER NOT NULL,
      campaign TEXT NOT NULL,
      row INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX opt_outs_untold ON whole_replies(id) WHERE told = 0;
    CREATE TABLE deferred(
      spool TEXT NOT NULL, offset INTEGER NOT NULL, account TEXT NOT NULL, PRIMARY KEY(spool, offset)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE losses(
      account TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL, spool TEXT NOT NULL, offset INTEGER NOT NULL,
      salvaged INTEGER NOT NULL, note TEXT NOT NULL, PRIMARY KEY(spool, offset)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE polls(
      account TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(account, kind)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE facts(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    """

  public static func path(in folder: String) -> String { folder + "/reports.db" }
  /// - Throws: when the system cannot tell.
  public static func exists(in folder: String) throws(LedgerError) -> Bool {
    try fileErrors { () throws(FileError) in try Files.isThere(path(in: folder)) }
  }

  /// - Parameter folder: the workspace's data folder.
  /// - Parameter readOnly: for whoever does not hold `reports.lock`; the store must be there.
  public init(folder: String, readOnly: Bool = false) throws(LedgerError) {
    let path = ReportStore.path(in: folder)
    if !readOnly, try !ReportStore.exists(in: folder) { try ReportStore.make(path) }
    do throws(DatabaseError) {
      database = try Database.open(path, readOnly ? .readOnly : .readWrite, applicationID: ReportStore.applicationID)
    } catch { throw .database(error) }
    let found = try ledgerErrors { () throws(DatabaseError) in try database.number("PRAGMA user_version") }
    guard found == ReportStore.version else { throw .version(path: path, found: found, known: ReportStore.version) }
  }

  /// Makes an empty store beside its name: a crash must not leave one without tables, which nobody could read.
  private static func make(_ path: String) throws(LedgerError) {
    let beside = path + ".part"
    try fileErrors { () throws(FileError) in
      // A log that was left behind belongs to a store that somebody deleted: read into the new one it would damage it.
      for name in [beside, path] {
        try Files.remove(name + "-wal")
        try Files.remove(name + "-shm")
      }
      try Files.remove(beside)
    }
    try ledgerErrors { () throws(DatabaseError) in
      let database = try Database.open(beside, .readWrite, applicationID: applicationID)
      try database.transaction { () throws(DatabaseError) in
        try database.execute(tables)
        try database.execute("PRAGMA user_version = \(version)")
      }
      try database.checkpoint()
    }
    try fileErrors { () throws(FileError) in try Files.move(beside, to: path) }
  }
}

/// A status report as the store has it.
public struct StoredReport: Sendable, Equatable {
  public var id = 0
  public var page = 0
  /// Its index in the page, from 0.
  public var position = 0
  /// The account's name.
  public var account = ""
  public var receivedAt: Timestamp
  /// Nil when the report names no time that can be read.
  public var reportedAt: Timestamp?
  /// E.164 digits without `+`; 0 when the report names no number that can be read.
  public var number: UInt64 = 0
  public var code = ""
  public var messageID = ""
  public var customID = ""
  public var linkID = ""
  public var detail = ""
  public var submittedAt: Timestamp?
  /// From 1; 0 when the report does not tell.
  public var partIndex = 0
  public var partTotal = 0

  public init(receivedAt: Timestamp) { self.receivedAt = receivedAt }
}

/// A reply, or a part of one, as the store has it.
public struct StoredReply: Sendable, Equatable {
  public var id = 0
  public var page = 0
  public var position = 0
  public var account = ""
  public var receivedAt: Timestamp
  public var repliedAt: Timestamp?
  /// E.164 digits without `+`; 0 when the number cannot be read.
  public var number: UInt64 = 0
  /// The number as it came.
  public var numberText = ""
  public var text = ""
  public var accessCode = ""
  public var messageID = ""
  public var linkID = ""
  public var partGroup = ""
  public var partIndex = 0
  public var partTotal = 0

  public init(receivedAt: Timestamp) { self.receivedAt = receivedAt }
}

/// A fetch that broke off: what stood behind the last whole record of its page may be lost.
public struct PossibleLoss: Sendable, Equatable {
  public var account: String
  /// `reports` or `replies`; `push` or `import` for what came in another way.
  public var kind: String
  public var at: Timestamp
  public var spool: String
  public var offset: Int
  /// Records that could be read of what came.
  public var salvaged: Int
  public var note: String

  public init(account: String, kind: String, at: Timestamp, spool: String, offset: Int, salvaged: Int, note: String) {
    self.account = account
    self.kind = kind
    self.at = at
    self.spool = spool
    self.offset = offset
    self.salvaged = salvaged
    self.note = note
  }
}
