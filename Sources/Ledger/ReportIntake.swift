import Database
public import Platform

/// What one transaction of the intake writes: pages with their records, and how far the spool was read for them.
public struct IntakeBatch: Sendable {
  /// The answer to a pull, a push, or a stretch of an imported file.
  public struct Page: Sendable {
    public var account: String
    public var source: SpoolEntry.Source
    public var kind: String
    public var receivedAt: Timestamp
    public var spool: String
    public var offset: Int
    /// The first 8 bytes of SHA-256 over account, source, kind and payload: the same bytes twice change nothing.
    public var digest: Int64
    /// What was odd in it, without numbers or texts.
    public var note = ""
    public var reports: [StoredReport] = []
    public var replies: [StoredReply] = []

    public init(_ entry: SpoolEntry, digest: Int64) {
      account = entry.account
      source = entry.source
      kind = entry.kind
      receivedAt = entry.receivedAt
      spool = entry.spool
      offset = entry.offset
      self.digest = digest
    }
  }

  public var pages: [Page] = []
  public var losses: [PossibleLoss] = []
  public var polls: [LastPoll] = []
  /// Entries that were passed over because their account is not configured.
  public var deferred: [DeferredEntry] = []
  /// Entries that were passed over earlier and are taken in by this batch.
  public var resumed: [DeferredEntry] = []
  /// By the spool file's name.
  public var progress: [String: SpoolProgress] = [:]
  /// Pages and the records in them.
  public private(set) var size = 0

  public init() {}

  /// Adds a page with its reports and replies.
  public mutating func add(_ page: Page) {
    size += 1 + page.reports.count + page.replies.count
    pages.append(page)
  }

  public var isEmpty: Bool {
    pages.isEmpty && losses.isEmpty && polls.isEmpty && deferred.isEmpty && resumed.isEmpty && progress.isEmpty
  }
}

/// When a gateway last gave a good answer to a pull.
public struct LastPoll: Sendable, Equatable {
  public var account: String
  /// `reports` or `replies`.
  public var kind: String
  public var at: Timestamp

  public init(account: String, kind: String, at: Timestamp) {
    self.account = account
    self.kind = kind
    self.at = at
  }
}

/// How far a spool file was taken in.
public struct SpoolProgress: Sendable, Equatable {
  /// The first byte that was not.
  public var readTo: Int
  /// Nothing will be added to the file any more, and all of it was taken in.
  public var isFinished: Bool

  public init(readTo: Int, isFinished: Bool) {
    self.readTo = readTo
    self.isFinished = isFinished
  }
}

/// An entry of the spool that waits until its account is configured again.
public struct DeferredEntry: Sendable, Hashable {
  public var spool: String
  public var offset: Int
  public var account: String

  public init(spool: String, offset: Int, account: String) {
    self.spool = spool
    self.offset = offset
    self.account = account
  }
}

/// What a batch changed.
public struct IntakeCounts: Sendable, Equatable {
  public var pages = 0
  /// Pages whose bytes were there already.
  public var repeatedPages = 0
  public var reports = 0
  public var replies = 0
  public var possibleLosses = 0

  public init() {}
}

/// Writes the report store, a batch a transaction. Its owner holds `reports.lock`.
public final class ReportWriter {
  public let store: ReportStore
  private var insertPage: Statement
  private var insertReport: Statement
  private var insertReply: Statement
  private var accounts: [String: Int64] = [:]

  public init(_ store: ReportStore) throws(LedgerError) {
    self.store = store
    insertPage = try ledgerErrors { () throws(DatabaseError) in
      try store.database.execute("PRAGMA cache_size = -\(Limits.intakeCacheKilobytes)")
      return try store.database.prepare(
        "INSERT OR IGNORE INTO pages VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    }
    insertReport = try ledgerErrors { () throws(DatabaseError) in
      try store.database.prepare("INSERT INTO reports VALUES(NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    }
    insertReply = try ledgerErrors { () throws(DatabaseError) in
      try store.database.prepare(
        "INSERT INTO replies VALUES(NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)")
    }
  }

  /// All of the batch, durably, or nothing of it.
  @discardableResult public func commit(_ batch: IntakeBatch) throws(LedgerError) -> IntakeCounts {
    do throws(DatabaseError) {
      if Defect.isPlanted(.offsetBeforeCommit) { try moveOffsets(batch.progress) }
      return try store.database.transaction { () throws(DatabaseError) in
        var counts = IntakeCounts()
        try write(batch.pages, &counts)
        for loss in batch.losses { counts.possibleLosses += try write(loss) }
        try write(batch.polls)
        try write(deferred: batch.deferred, resumed: batch.resumed)
        try write(batch.progress)
        return counts
      }
    } catch {
      // An account that the transaction added is gone with it.
      accounts = [:]
      throw .database(error)
    }
  }

  private func write(_ pages: [IntakeBatch.Page], _ counts: inout IntakeCounts) throws(DatabaseError) {
    guard !pages.isEmpty else { return }
    var id = try store.database.number("SELECT coalesce(max(id), 0) FROM pages")
    for page in pages {
      let account = try account(Defect.isPlanted(.reportToOtherAccount) ? "another" : page.account)
      insertPage.bind(1, id + 1)
      insertPage.bind(2, account)
      insertPage.bind(3, page.source.rawValue)
      insertPage.bind(4, page.kind)
      insertPage.bind(5, milliseconds(page.receivedAt))
      insertPage.bind(6, page.spool)
      insertPage.bind(7, page.offset)
      insertPage.bind(8, page.digest)
      insertPage.bind(9, page.reports.count)
      insertPage.bind(10, page.replies.count)
      insertPage.bind(11, page.note)
      try insertPage.run()
      guard store.database.changes == 1 else {
        counts.repeatedPages += 1
        continue
      }
      id += 1
      counts.pages += 1
      counts.reports += page.reports.count
      counts.replies += page.replies.count
      for report in page.reports { try write(report, page: id, account) }
      for reply in page.replies { try write(reply, page: id, account) }
    }
  }

  private func write(_ report: StoredReport, page: Int64, _ account: Int64) throws(DatabaseError) {
    insertReport.bind(1, page)
    insertReport.bind(2, report.position)
    insertReport.bind(3, account)
    insertReport.bind(4, milliseconds(report.receivedAt))
    insertReport.bind(5, report.reportedAt)
    insertReport.bind(6, Int64(bitPattern: report.number))
    insertReport.bind(7, report.code)
    insertReport.bind(8, report.messageID)
    insertReport.bind(9, report.customID)
    insertReport.bind(10, report.linkID)
    insertReport.bind(11, report.detail)
    insertReport.bind(12, report.submittedAt)
    insertReport.bind(13, report.partIndex)
    insertReport.bind(14, report.partTotal)
    try insertReport.run()
  }

  private func write(_ reply: StoredReply, page: Int64, _ account: Int64) throws(DatabaseError) {
    insertReply.bind(1, page)
    insertReply.bind(2, reply.position)
    insertReply.bind(3, account)
    insertReply.bind(4, milliseconds(reply.receivedAt))
    insertReply.bind(5, reply.repliedAt)
    insertReply.bind(6, Int64(bitPattern: reply.number))
    insertReply.bind(7, reply.numberText)
    insertReply.bind(8, reply.text)
    insertReply.bind(9, reply.accessCode)
    insertReply.bind(10, reply.messageID)
    insertReply.bind(11, reply.linkID)
    insertReply.bind(12, reply.partGroup)
    insertReply.bind(13, reply.partIndex)
    insertReply.bind(14, reply.partTotal)
    try insertReply.run()
  }

  private func account(_ name: String) throws(DatabaseError) -> Int64 {
    if let id = accounts[name] { return id }
    var insert = try store.database.prepare("INSERT OR IGNORE INTO accounts(name) VALUES(?)")
    insert.bind(1, name)
    try insert.run()
    var select = try store.database.prepare("SELECT id FROM accounts WHERE name = ?")
    select.bind(1, name)
    let id = try select.step() ? select.integer(0) : 0
    accounts[name] = id
    return id
  }

  /// 1 when the loss was not known yet.
  private func write(_ loss: PossibleLoss) throws(DatabaseError) -> Int {
    var insert = try store.database.prepare("INSERT OR IGNORE INTO losses VALUES(?, ?, ?, ?, ?, ?, ?)")
    insert.bind(1, loss.account)
    insert.bind(2, loss.kind)
    insert.bind(3, milliseconds(loss.at))
    insert.bind(4, loss.spool)
    insert.bind(5, loss.offset)
    insert.bind(6, loss.salvaged)
    insert.bind(7, loss.note)
    try insert.run()
    return store.database.changes
  }

  private func write(_ polls: [LastPoll]) throws(DatabaseError) {
    guard !polls.isEmpty else { return }
    var insert = try store.database.prepare(
      "INSERT INTO polls VALUES(?, ?, ?) ON CONFLICT(account, kind) DO UPDATE SET at = max(at, excluded.at)")
    for poll in polls {
      insert.bind(1, poll.account)
      insert.bind(2, poll.kind)
      insert.bind(3, milliseconds(poll.at))
      try insert.run()
    }
  }

  private func write(deferred: [DeferredEntry], resumed: [DeferredEntry]) throws(DatabaseError) {
    guard !deferred.isEmpty || !resumed.isEmpty else { return }
    var insert = try store.database.prepare("INSERT OR IGNORE INTO deferred VALUES(?, ?, ?)")
    for entry in deferred {
      insert.bind(1, entry.spool)
      insert.bind(2, entry.offset)
      insert.bind(3, entry.account)
      try insert.run()
    }
    var delete = try store.database.prepare("DELETE FROM deferred WHERE spool = ? AND offset = ?")
    for entry in resumed {
      delete.bind(1, entry.spool)
      delete.bind(2, entry.offset)
      try delete.run()
    }
  }

  /// What `Defect.offsetBeforeCommit` does: the spool counts as read for a while before its records are kept.
  private func moveOffsets(_ progress: [String: SpoolProgress]) throws(DatabaseError) {
    try store.database.transaction { () throws(DatabaseError) in try write(progress) }
    pauseSeconds(0.2)
  }

  private func write(_ progress: [String: SpoolProgress]) throws(DatabaseError) {
    guard !progress.isEmpty else { return }
    var insert = try store.database.prepare(
      """
      INSERT INTO spools VALUES(?, ?, ?)
      ON CONFLICT(name) DO UPDATE SET read_to = excluded.read_to, finished = excluded.finished
      """)
    for (name, reached) in progress {
      insert.bind(1, name)
      insert.bind(2, reached.readTo)
      insert.bind(3, reached.isFinished ? 1 : 0)
      try insert.run()
    }
  }
}

/// Moments stand in milliseconds in all databases of qunfa.
func milliseconds(_ moment: Timestamp) -> Int64 { moment.nanoseconds / 1_000_000 }

extension Timestamp {
  init(milliseconds: Int64) { self.init(nanoseconds: milliseconds * 1_000_000) }
}

extension Statement {
  /// Nil binds NULL.
  mutating func bind(_ index: Int32, _ moment: Timestamp?) {
    if let moment { bind(index, milliseconds(moment)) } else { bind(index, nil as String?) }
  }

  func moment(_ column: Int32) -> Timestamp? { isNull(column) ? nil : Timestamp(milliseconds: integer(column)) }
}
