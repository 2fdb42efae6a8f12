import CSQLite
public import Platform

/// A prepared statement. Parameters count from 1, columns from 0, as in SQLite.
@safe public struct Statement: ~Copyable {
  private let handle: OpaquePointer
  private let database: OpaquePointer
  private let path: String

  init(_ handle: OpaquePointer, of database: OpaquePointer, path: String) {
    unsafe self.handle = handle
    unsafe self.database = database
    self.path = path
  }

  deinit { unsafe sqlite3_finalize(handle) }

  // MARK: Parameters

  public mutating func bind(_ index: Int32, _ value: Int64) { unsafe sqlite3_bind_int64(handle, index, value) }
  public mutating func bind(_ index: Int32, _ value: Int) { unsafe sqlite3_bind_int64(handle, index, Int64(value)) }

  /// Nil binds NULL.
  public mutating func bind(_ index: Int32, _ value: String?) {
    guard var value else {
      unsafe sqlite3_bind_null(handle, index)
      return
    }
    value.withUTF8 { bytes in
      _ = unsafe bytes.withMemoryRebound(to: CChar.self) {
        unsafe qunfa_sqlite3_bind_text_transient(handle, index, $0.baseAddress, Int32($0.count))
      }
    }
  }

  /// UTF-8 as text.
  public mutating func bind(_ index: Int32, text value: borrowing Span<UInt8>) {
    unsafe value.withUnsafeBufferPointer { bytes in
      _ = unsafe bytes.withMemoryRebound(to: CChar.self) {
        unsafe qunfa_sqlite3_bind_text_transient(handle, index, $0.baseAddress, Int32($0.count))
      }
    }
  }

  /// Binds bytes to the parameter `index`, which counts from 1.
  public mutating func bind(_ index: Int32, blob value: [UInt8]) {
    _ = unsafe qunfa_sqlite3_bind_blob_transient(handle, index, value, Int32(value.count))
  }

  // MARK: Running

  /// True when there is a row to read.
  public mutating func step() throws(DatabaseError) -> Bool {
    switch unsafe sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw fault()
    }
  }

  /// Runs a statement without rows and makes it ready to run again.
  public mutating func run() throws(DatabaseError) {
    while try step() {}
    reset()
  }

  /// Makes the statement ready to run again; parameters keep their values.
  public mutating func reset() { unsafe sqlite3_reset(handle) }

  // MARK: Columns

  public func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }
  public func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(handle, column) == SQLITE_NULL }
  public func text(_ column: Int32) -> String { bytes(column).text }
  public func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

  /// A copy of the column's bytes.
  public func bytes(_ column: Int32) -> [UInt8] {
    let count = Int(unsafe sqlite3_column_bytes(handle, column))
    guard count > 0, let start = unsafe sqlite3_column_blob(handle, column) else { return [] }
    return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  /// Appends the column's bytes to `buffer` without another copy.
  public func append(_ column: Int32, to buffer: inout ByteBuffer) {
    let count = Int(unsafe sqlite3_column_bytes(handle, column))
    guard count > 0, let start = unsafe sqlite3_column_blob(handle, column) else { return }
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
    unsafe buffer.append(bytes.bindMemory(to: UInt8.self).span)
  }

  /// Lets `body` look at the column's bytes where SQLite has them; they are valid only during the call.
  public func withBytes<Result>(_ column: Int32, _ body: (borrowing Span<UInt8>) -> Result) -> Result {
    let count = Int(unsafe sqlite3_column_bytes(handle, column))
    guard count > 0, let start = unsafe sqlite3_column_blob(handle, column) else { return body(Span()) }
    return unsafe body(UnsafeRawBufferPointer(start: start, count: count).bindMemory(to: UInt8.self).span)
  }

  private func fault() -> DatabaseError {
    let words = unsafe String(cString: sqlite3_errmsg(database))
    let sql = unsafe sqlite3_sql(handle).map { unsafe String(cString: $0) } ?? ""
    return DatabaseError(
      code: unsafe sqlite3_extended_errcode(database), message: words, path: path, operation: String(sql.prefix(120)))
  }
}
