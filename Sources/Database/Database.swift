import CSQLite
import Platform

/// One open SQLite database: a single connection, which is also the only one that checkpoints.
///
/// `synchronous = FULL` unless it is being built beside its final name. Closing happens with the value's end;
/// statements may end after it.
@safe public struct Database: ~Copyable {
  let handle: OpaquePointer
  public let path: String

  /// How a database is opened.
  public enum Mode: Sendable, Equatable {
    /// Write-ahead log, every commit durable.
    case readWrite
    /// No journal, nothing durable until `finishBuilding()`: for a file beside its final name that is thrown away on
    /// failure.
    case building
    /// Rollback journal, every commit durable: for small files that several processes write in turn. Releases of SQLite
    /// before 3.51.3 can damage a write-ahead log that two connections write and checkpoint at once.
    case shared
    /// Never changes the file. Works beside a process that writes, without the log's files, and in a folder that this
    /// process may not write.
    case readOnly
  }

  private init(_ handle: OpaquePointer, path: String) {
    unsafe self.handle = handle
    self.path = path
  }

  /// - Parameter applicationID: written into a new file, checked in an old one, so that no other program's database is
  ///   taken for ours.
  public static func open(_ path: String, _ mode: Mode, applicationID: Int32) throws(DatabaseError) -> Database {
    guard mode == .readOnly else { return try connect(path, name: path, mode, applicationID) }
    do throws(DatabaseError) { return try connect(path, name: path, mode, applicationID) } catch {
      // A write-ahead log needs its index beside it, which nobody can make in a folder that is closed to us. Without a
      // log nobody writes, and the file alone is the whole truth.
      guard error.primaryCode == SQLITE_CANTOPEN, (try? Files.length(path + "-wal") ?? 0) == 0 else { throw error }
      return try connect(path, name: "file:" + escaped(path) + "?immutable=1", mode, applicationID)
    }
  }

  /// A path as SQLite's file addresses want it.
  private static func escaped(_ path: String) -> String {
    var address = ""
    for scalar in path.unicodeScalars {
      switch scalar {
      case "%": address += "%25"
      case "?": address += "%3f"
      case "#": address += "%23"
      default: address.unicodeScalars.append(scalar)
      }
    }
    return address
  }

  private static func connect(
    _ path: String, name: String, _ mode: Mode, _ applicationID: Int32
  ) throws(DatabaseError) -> Database {
    Database.configureOnce
    let flags =
      switch mode {
      case .readWrite, .building, .shared: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
      case .readOnly: SQLITE_OPEN_READONLY | (name == path ? 0 : SQLITE_OPEN_URI)
      }
    var opened: OpaquePointer?
    let code = unsafe sqlite3_open_v2(name, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, nil)
    guard let handle = unsafe opened else {
      throw DatabaseError(code: SQLITE_NOMEM, message: "out of memory", path: path, operation: "open")
    }
    let database = unsafe Database(handle, path: path)
    guard code == SQLITE_OK else { throw database.fault("open") }
    unsafe sqlite3_extended_result_codes(handle, 1)
    unsafe sqlite3_busy_timeout(handle, 5000)
    try database.prepareConnection(mode, applicationID)
    return database
  }

  deinit { unsafe sqlite3_close_v2(handle) }

  // Memory statistics cost a lock at every allocation; set once before the first connection.
  private static let configureOnce: Void = { _ = qunfa_sqlite3_no_memory_statistics() }()

  private func prepareConnection(_ mode: Mode, _ applicationID: Int32) throws(DatabaseError) {
    try execute("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON")
    switch mode {
    case .building:
      // Written once from end to end: a journal would only double the bytes. 16 KB pages measured best for this shape.
      try execute(
        """
        PRAGMA page_size = 16384; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
        PRAGMA cache_size = -8192; PRAGMA application_id = \(applicationID)
        """)
    case .shared:
      try identify(applicationID)
      try execute("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL")
    case .readWrite:
      try identify(applicationID)
      let journal = try text("PRAGMA journal_mode = WAL")
      guard journal == "wal" else {
        throw DatabaseError(
          code: SQLITE_ERROR, message: "the journal mode is '\(journal)', not 'wal'; is this a network file system?",
          path: path, operation: "open")
      }
      try execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864")
    case .readOnly:
      try check(applicationID)
    }
  }

  private func identify(_ applicationID: Int32) throws(DatabaseError) {
    let fresh = try number("PRAGMA page_count") == 0
    if fresh { try execute("PRAGMA application_id = \(applicationID)") }
    try check(applicationID)
  }

  private func check(_ applicationID: Int32) throws(DatabaseError) {
    let found = try number("PRAGMA application_id")
    guard found == Int64(applicationID) else {
      throw DatabaseError(
        code: SQLITE_NOTADB, message: "this is not a database of qunfa (application id \(found))", path: path,
        operation: "open")
    }
  }

  /// Runs one or more statements that give no rows.
  public func execute(_ sql: String) throws(DatabaseError) {
    guard unsafe sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw fault(sql) }
  }

  /// Compiles one statement; its owner finalises it.
  public func prepare(_ sql: String) throws(DatabaseError) -> Statement {
    var prepared: OpaquePointer?
    guard unsafe sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil) == SQLITE_OK,
      let statement = unsafe prepared
    else { throw fault(sql) }
    return unsafe Statement(statement, of: handle, path: path)
  }

  /// The first column of the first row as an integer, 0 when there is none.
  public func number(_ sql: String) throws(DatabaseError) -> Int64 {
    var statement = try prepare(sql)
    guard try statement.step() else { return 0 }
    let number = statement.integer(0)
    while try statement.step() {}
    return number
  }

  /// The first column of the first row as text, empty when there is none.
  public func text(_ sql: String) throws(DatabaseError) -> String {
    var statement = try prepare(sql)
    guard try statement.step() else { return "" }
    let text = statement.text(0)
    // To its end: what a statement changes is committed, or fails, behind its last row.
    while try statement.step() {}
    return text
  }

  /// Runs `body` in one transaction: all of it is durable when this returns, none of it when it throws.
  public func transaction<Result>(
    _ body: () throws(DatabaseError) -> Result
  ) throws(DatabaseError) -> Result {
    try execute("BEGIN IMMEDIATE")
    do throws(DatabaseError) {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      // After some faults SQLite has rolled back by itself; a second rollback would hide the first error.
      if unsafe sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
      throw error
    }
  }

  /// Rows that the last INSERT, UPDATE or DELETE changed.
  public var changes: Int { Int(unsafe sqlite3_changes(handle)) }

  /// What a quick check of the whole file finds; nil when it is sound.
  public func damage() throws(DatabaseError) -> String? {
    let found = try text("PRAGMA quick_check(1)")
    return found == "ok" ? nil : found
  }

  /// Moves what the write-ahead log holds into the file and empties the log.
  public func checkpoint() throws(DatabaseError) { try execute("PRAGMA wal_checkpoint(TRUNCATE)") }

  func fault(_ operation: String) -> DatabaseError {
    let words = unsafe String(cString: sqlite3_errmsg(handle))
    return DatabaseError(
      code: unsafe sqlite3_extended_errcode(handle), message: words, path: path,
      operation: String(operation.prefix(120)))
  }
}
