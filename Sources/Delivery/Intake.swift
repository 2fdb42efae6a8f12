public import Configuration
public import Ledger
public import Platform
import Tables

/// Reads what is new in the spool into the report store, joins replies and hands opt-outs to the suppression list.
///
///     spool entries ─► pages with reports and replies ─► data/reports.db ─► whole replies ─► opt-outs
///
/// Everything that a transaction reads of the spool moves with the spool's offsets in it, so a crash at any point leads
/// to the same end; the same bytes twice change nothing. With nothing new the store is opened for reading only.
public struct Intake {
  private let configuration: Configuration
  private let spool: any SpoolSource
  private let recordsAtOnce: Int
  private var folder: String { configuration.data }

  /// The workspace's own spool.
  public init(_ configuration: Configuration) {
    self.init(configuration, spool: SpoolReader(folder: configuration.data), recordsAtOnce: Limits.intakeRecords)
  }

  public init(_ configuration: Configuration, spool: any SpoolSource) {
    self.init(configuration, spool: spool, recordsAtOnce: Limits.intakeRecords)
  }

  /// - Parameter recordsAtOnce: pages and records that one transaction writes; tests take few.
  init(_ configuration: Configuration, spool: any SpoolSource, recordsAtOnce: Int) {
    self.configuration = configuration
    self.spool = spool
    self.recordsAtOnce = recordsAtOnce
  }

  /// - Parameter wait: seconds to wait for another intake; then what is there is left to it, with a warning.
  public func run(
    now: Timestamp = .now, wait: Double = Limits.intakeWaitSeconds
  ) throws(LedgerError) -> IntakeReport {
    var report = IntakeReport()
    guard try hasNews(&report) else { return report }
    guard let lock = try takeLock(wait) else {
      report.isLeftToAnother = true
      report.warnings.append(
        Diagnostic(
          "another process is taking in reports; what it has not read yet is missing here", severity: .warning,
          at: Place(file: lockPath)))
      return report
    }
    defer { withExtendedLifetime(lock) {} }
    report = IntakeReport()
    let store = try ReportStore(folder: folder)
    let writer = try ReportWriter(store)
    let run = IntakeRun(configuration, spool, writer, recordsAtOnce)
    try run.readAll()
    run.tell(&report)
    try Replies(configuration, writer).give(now: now, &report)
    return report
  }

  /// replies.csv holds what the store had at that count; an intake at work meanwhile only makes it be written again.
  public func markRepliesWritten(_ version: Int) throws(LedgerError) {
    guard let lock = try takeLock(1) else { return }
    defer { withExtendedLifetime(lock) {} }
    try ReportWriter(try ReportStore(folder: folder)).markRepliesWritten(version)
  }

  private var lockPath: String { folder + "/reports.lock" }

  /// Looks without writing anything.
  private func hasNews(_ report: inout IntakeReport) throws(LedgerError) -> Bool {
    let names = try spool.names()
    guard try ReportStore.exists(in: folder) else { return !names.isEmpty }
    let store = try ReportStore(folder: folder, readOnly: true)
    let progress = try store.progress()
    for name in names {
      let reached = progress[name] ?? SpoolProgress(readTo: 0, isFinished: false)
      if !reached.isFinished, try spool.length(name) > reached.readTo { return true }
    }
    let deferred = try store.deferredEntries()
    if deferred.contains(where: { configuration.account($0.account) != nil }) { return true }
    report.tellDeferred(deferred.map(\.account))
    return try store.hasRepliesToGive()
  }

  private func takeLock(_ wait: Double) throws(LedgerError) -> HeldFileLock? {
    let deadline = monotonicSeconds() + wait
    while true {
      do throws(FileError) {
        if let lock = try FileLock.take(lockPath) { return HeldFileLock(lock) }
      } catch { throw .file(error) }
      guard monotonicSeconds() < deadline else { return nil }
      pauseSeconds(0.05)
    }
  }
}

/// A lock that optionals can hold.
private final class HeldFileLock {
  private let lock: FileLock
  init(_ lock: consuming FileLock) { self.lock = lock }
}

/// What an intake found and changed.
public struct IntakeReport: Sendable, Equatable {
  public var counts = IntakeCounts()
  /// Replies that were given to their campaigns, long ones counted once.
  public var wholeReplies = 0
  /// Numbers that came onto the suppression list.
  public var optOuts = 0
  /// Another process holds `reports.lock`: nothing was read.
  public var isLeftToAnother = false
  /// Without numbers and texts.
  public var warnings: [Diagnostic] = []

  public init() {}

  mutating func tellDeferred(_ accounts: [String]) {
    let counts = accounts.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
    for (account, count) in counts.sorted(by: { $0.key < $1.key }) {
      warnings.append(
        Diagnostic(
          "\(amount(count, "page")) of reports and replies of the gateway '\(account)' cannot be read now",
          severity: .warning, expected: "[gateways.\(account)] in qunfa.toml, and [imports.\(account)] for files",
          next: "Put it back, and the next command reads them."))
    }
  }
}

/// One intake at work: gathers batches and commits them.
private final class IntakeRun {
  private let configuration: Configuration
  private let spool: any SpoolSource
  private let writer: ReportWriter
  private let recordsAtOnce: Int
  private var readers: [String: EntryReader?] = [:]
  private var batch = IntakeBatch()
  private var bytes = 0
  private var counts = IntakeCounts()
  private var deferred: [String] = []
  private var lossesByAccount: [String: Int] = [:]
  private var warnings: [Diagnostic] = []

  init(_ configuration: Configuration, _ spool: any SpoolSource, _ writer: ReportWriter, _ recordsAtOnce: Int) {
    self.configuration = configuration
    self.spool = spool
    self.writer = writer
    self.recordsAtOnce = recordsAtOnce
  }

  func readAll() throws(LedgerError) {
    let progress = try writer.store.progress()
    try resume()
    for name in try spool.names() {
      let reached = progress[name] ?? SpoolProgress(readTo: 0, isFinished: false)
      if reached.isFinished { continue }
      let (next, isFinished) = try spool.read(name, from: reached.readTo) { (entry) throws(LedgerError) in
        try self.take(entry)
      }
      if next != reached.readTo || isFinished {
        batch.progress[name] = SpoolProgress(readTo: next, isFinished: isFinished)
      }
    }
    try flush()
  }

  func tell(_ report: inout IntakeReport) {
    report.counts = counts
    report.warnings += warnings
    for (account, count) in lossesByAccount.sorted(by: { $0.key < $1.key }) {
      report.warnings.append(
        Diagnostic(
          "\(amount(count, "page", "pages")) of the gateway '\(account)' broke off or cannot be read: "
            + "reports may be lost",
          severity: .warning, next: "'qunfa status' lists them; ask the vendor for an export file."))
    }
    report.tellDeferred(deferred)
  }

  /// Entries whose account was not configured when they were passed over.
  private func resume() throws(LedgerError) {
    for waiting in try writer.store.deferredEntries() {
      guard configuration.account(waiting.account) != nil else {
        deferred.append(waiting.account)
        continue
      }
      if let entry = try spool.entry(waiting.spool, at: waiting.offset) {
        guard canRead(entry) else {
          deferred.append(waiting.account)
          continue
        }
        try takeIn(entry)
        batch.resumed.append(waiting)
        if isFull { try flush() }
      } else {
        batch.resumed.append(waiting)
        let note = "the spool file was deleted before its account was configured again"
        batch.losses.append(
          PossibleLoss(
            account: waiting.account, kind: "", at: .now, spool: waiting.spool, offset: waiting.offset, salvaged: 0,
            note: note))
      }
    }
    try flush()
  }

  private func take(_ entry: SpoolEntry) throws(LedgerError) {
    if isFull {
      batch.progress[entry.spool] = SpoolProgress(readTo: entry.offset, isFinished: false)
      try flush()
    }
    guard canRead(entry) else {
      deferred.append(entry.account)
      batch.deferred.append(DeferredEntry(spool: entry.spool, offset: entry.offset, account: entry.account))
      return
    }
    try takeIn(entry)
  }

  private var isFull: Bool {
    max(batch.size, batch.deferred.count) >= recordsAtOnce || bytes >= Limits.intakeBytes
  }

  private func flush() throws(LedgerError) {
    defer {
      batch = IntakeBatch()
      bytes = 0
    }
    guard !batch.isEmpty else { return }
    for loss in batch.losses { lossesByAccount[loss.account, default: 0] += 1 }
    let made = try writer.commit(batch)
    counts.pages += made.pages
    counts.repeatedPages += made.repeatedPages
    counts.reports += made.reports
    counts.replies += made.replies
    counts.possibleLosses += made.possibleLosses
  }

  private func reader(of account: String) -> EntryReader? {
    if let known = readers[account] { return known }
    let reader = configuration.account(account).flatMap { EntryReader($0) }
    readers[account] = .some(reader)
    return reader
  }

  /// A file needs its column map as well.
  private func canRead(_ entry: SpoolEntry) -> Bool {
    guard reader(of: entry.account) != nil else { return false }
    return entry.source != .import || configuration.imports[entry.account] != nil
  }

  // MARK: - Entries

  private func takeIn(_ entry: SpoolEntry) throws(LedgerError) {
    guard let reader = reader(of: entry.account) else { return }
    bytes += entry.bytes.count + entry.query.utf8.count
    if entry.source == .import { return try takeTable(entry, reader) }
    let content = reader.read(entry)
    if let loss = content.loss {
      add(loss: loss, salvaged: content.page.reports.count + content.page.replies.count, entry)
    }
    if content.isAnswer { batch.polls.append(LastPoll(account: entry.account, kind: entry.kind, at: entry.receivedAt)) }
    guard !content.page.isEmpty else { return }
    var page = IntakeBatch.Page(entry, digest: PageDigest.of(entry))
    page.note = content.page.notes.joined(separator: "; ")
    page.reports.reserveCapacity(content.page.reports.count)
    for (index, report) in content.page.reports.enumerated() {
      page.reports.append(reader.stored(report, at: index, of: entry))
    }
    for (index, reply) in content.page.replies.enumerated() {
      page.replies.append(reader.stored(reply, at: index, of: entry))
    }
    batch.add(page)
  }

  private func add(loss note: String, salvaged: Int, _ entry: SpoolEntry) {
    batch.losses.append(
      PossibleLoss(
        account: entry.account, kind: entry.source == .pull ? entry.kind : entry.source.rawValue,
        at: entry.receivedAt, spool: entry.spool,
        offset: Defect.isPlanted(.lossElsewhere) ? entry.offset + 1 : entry.offset, salvaged: salvaged, note: note))
  }

  // MARK: - Imported files

  /// An imported file, a page for each stretch of rows: it may be longer than one transaction should be.
  private func takeTable(_ entry: SpoolEntry, _ reader: EntryReader) throws(LedgerError) {
    guard let map = configuration.imports[entry.account] else { return }
    var taken = 0
    do throws(ImportFault) {
      try readTable(entry, reader, map, &taken)
    } catch {
      if case .store(let error) = error { throw error }
      var warning = error.diagnostic
      warning.severity = .warning
      warnings.append(warning)
      add(loss: "the file cannot be read to its end", salvaged: taken, entry)
    }
  }

  private func readTable(
    _ entry: SpoolEntry, _ reader: EntryReader, _ map: ColumnMap, _ taken: inout Int
  ) throws(ImportFault) {
    let path = entry.bytes.text
    let digest = try PageDigest.ofFile(path)
    var table = try onTable { () throws(TableError) in try ImportedTable(path, map) }
    var stretch = 0
    var page = IntakeBatch.Page(entry, digest: PageDigest.of(entry, file: digest, stretch: stretch))
    while let report = try onTable({ () throws(TableError) in try table.next() }) {
      page.reports.append(reader.stored(report, at: table.position, of: entry))
      taken += 1
      guard page.reports.count == recordsAtOnce else { continue }
      batch.add(page)
      stretch += 1
      page = IntakeBatch.Page(entry, digest: PageDigest.of(entry, file: digest, stretch: stretch))
      // Read again from its start after a crash: the stretches that are there then change nothing.
      if batch.resumed.isEmpty {
        batch.progress[entry.spool] = SpoolProgress(readTo: entry.offset, isFinished: false)
      }
      try flushTable()
    }
    if table.unreadable > 0 { page.note = "rows that could not be read: \(table.unreadable)" }
    if !page.reports.isEmpty || !page.note.isEmpty { batch.add(page) }
  }

  private func flushTable() throws(ImportFault) {
    do throws(LedgerError) { try flush() } catch { throw .store(error) }
  }
}
