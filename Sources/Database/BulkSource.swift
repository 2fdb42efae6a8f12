import CSQLite
public import Platform

/// Rows that SQLite fetches by itself: `INSERT … SELECT` from a virtual table needs no bind, step and reset a row.
///
/// `advance` is called before every row; the values it leaves must stay as they are until the next call.
public protocol BulkSource: AnyObject {
  /// Moves to the next row; false at the end.
  func advance() -> Bool
  /// The value of a column of the current row.
  func value(_ column: Int, into result: borrowing BulkResult)
}

/// Where a bulk source puts a value.
@safe public struct BulkResult: ~Copyable {
  private let context: OpaquePointer

  init(_ context: OpaquePointer) { unsafe self.context = context }

  public func set(_ value: Int) { unsafe sqlite3_result_int64(context, Int64(value)) }
  public func setNull() { unsafe sqlite3_result_null(context) }

  /// UTF-8 as text, without a copy: the buffer must stay as it is until the source advances.
  public func set(text buffer: borrowing ByteBuffer, _ range: Range<Int>) {
    unsafe buffer.span.extracting(range).withUnsafeBufferPointer { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) {
        unsafe qunfa_sqlite3_result_text_static(context, $0.baseAddress, Int32($0.count))
      }
    }
  }
}

extension Database {
  /// Runs `sql`, in which the table `incoming` is `source`.
  /// - Parameter columns: the columns' names and types as in `CREATE TABLE`, e.g. `row INTEGER, text TEXT`.
  public func insert(from source: any BulkSource, columns: String, _ sql: String) throws(DatabaseError) {
    let load = Load(source: source, declaration: "CREATE TABLE incoming(\(columns))")
    // Retained until this function returns; SQLite's callbacks borrow it.
    let pointer = unsafe Unmanaged.passRetained(load)
    defer { unsafe pointer.release() }
    guard unsafe sqlite3_create_module_v2(handle, "incoming", bulkModule, pointer.toOpaque(), nil) == SQLITE_OK else {
      throw fault("create module")
    }
    let ran = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
    let failure = ran == SQLITE_OK ? nil : fault(sql)
    unsafe sqlite3_create_module_v2(handle, "incoming", nil, nil, nil)
    if let failure { throw failure }
  }
}

private final class Load {
  let source: any BulkSource
  let declaration: String
  var ended = false
  var row: Int64 = 0

  init(source: any BulkSource, declaration: String) {
    self.source = source
    self.declaration = declaration
  }
}

// SQLite's structures start with its own fields; ours follow them in the same allocation.
@unsafe private struct BulkTable {
  var base = unsafe sqlite3_vtab()
  var load: Unmanaged<Load>
}

@unsafe private struct BulkCursor {
  var base = unsafe sqlite3_vtab_cursor()
  var load: Unmanaged<Load>
}

// For the program's life: SQLite keeps the pointer, and disconnects the table only when it next prepares a statement.
private nonisolated(unsafe) let bulkModule: UnsafePointer<sqlite3_module> = {
  var module = sqlite3_module()
  module.iVersion = 0
  // xCreate stays empty: the table is there by its module's name alone and needs no CREATE VIRTUAL TABLE.
  unsafe module.xConnect = { database, auxiliary, _, _, table, _ in
    let load = unsafe Unmanaged<Load>.fromOpaque(auxiliary!)
    let declared = unsafe load.takeUnretainedValue().declaration
    guard unsafe sqlite3_declare_vtab(database, declared) == SQLITE_OK else { return SQLITE_ERROR }
    let memory = UnsafeMutablePointer<BulkTable>.allocate(capacity: 1)
    unsafe memory.initialize(to: BulkTable(load: load))
    unsafe table!.pointee = unsafe UnsafeMutableRawPointer(memory).assumingMemoryBound(to: sqlite3_vtab.self)
    return SQLITE_OK
  }
  unsafe module.xDisconnect = { table in
    unsafe UnsafeMutableRawPointer(table!).assumingMemoryBound(to: BulkTable.self).deallocate()
    return SQLITE_OK
  }
  unsafe module.xBestIndex = { _, information in
    unsafe information!.pointee.estimatedRows = 1_000_000
    unsafe information!.pointee.estimatedCost = 1_000_000
    return SQLITE_OK
  }
  unsafe module.xOpen = { table, cursor in
    let load = unsafe UnsafeMutableRawPointer(table!).assumingMemoryBound(to: BulkTable.self).pointee.load
    let memory = UnsafeMutablePointer<BulkCursor>.allocate(capacity: 1)
    unsafe memory.initialize(to: BulkCursor(load: load))
    unsafe cursor!.pointee = unsafe UnsafeMutableRawPointer(memory).assumingMemoryBound(to: sqlite3_vtab_cursor.self)
    return SQLITE_OK
  }
  unsafe module.xClose = { cursor in
    unsafe UnsafeMutableRawPointer(cursor!).assumingMemoryBound(to: BulkCursor.self).deallocate()
    return SQLITE_OK
  }
  unsafe module.xFilter = { cursor, _, _, _, _ in unsafe advance(cursor) }
  unsafe module.xNext = { cursor in unsafe advance(cursor) }
  unsafe module.xEof = { cursor in unsafe load(cursor).ended ? 1 : 0 }
  unsafe module.xColumn = { cursor, context, column in
    unsafe load(cursor).source.value(Int(column), into: BulkResult(context!))
    return SQLITE_OK
  }
  unsafe module.xRowid = { cursor, row in
    unsafe row!.pointee = unsafe load(cursor).row
    return SQLITE_OK
  }
  let kept = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
  unsafe kept.initialize(to: module)
  return unsafe UnsafePointer(kept)
}()

private func load(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Load {
  unsafe UnsafeMutableRawPointer(cursor!).assumingMemoryBound(to: BulkCursor.self).pointee.load
    ._withUnsafeGuaranteedRef { $0 }
}

private func advance(_ cursor: UnsafeMutablePointer<sqlite3_vtab_cursor>?) -> Int32 {
  let load = unsafe load(cursor)
  load.ended = !load.source.advance()
  load.row += 1
  return SQLITE_OK
}
