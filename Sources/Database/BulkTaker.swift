import CSQLite
import Platform

/// Takes rows that SQLite hands over by itself: reading a million of them needs no step and no call a column.
public protocol BulkTaker: AnyObject {
  /// Takes one row; true when the scan shall pause behind it.
  func take(_ row: borrowing BulkRow) -> Bool
}

/// The columns of a row that a scan hands over, from 0 in the order in which its SQL names them.
@safe public struct BulkRow: ~Copyable {
  private let values: UnsafeMutablePointer<OpaquePointer?>
  public let count: Int

  init(_ values: UnsafeMutablePointer<OpaquePointer?>, count: Int) {
    unsafe self.values = values
    self.count = count
  }

  private func value(_ column: Int) -> OpaquePointer? {
    precondition(column >= 0 && column < count)
    return unsafe values[column]
  }

  public func integer(_ column: Int) -> Int64 { unsafe sqlite3_value_int64(value(column)) }
  public func isNull(_ column: Int) -> Bool { unsafe sqlite3_value_type(value(column)) == SQLITE_NULL }
  public func text(_ column: Int) -> String { bytes(column).text }

  /// The column's bytes where SQLite has them.
  @_lifetime(borrow self)
  public func bytes(_ column: Int) -> Span<UInt8> {
    let start = unsafe sqlite3_value_blob(value(column))
    let count = Int(unsafe sqlite3_value_bytes(value(column)))
    // An empty text has no address.
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count)
    let span = unsafe Span(_unsafeElements: bytes.bindMemory(to: UInt8.self))
    return unsafe _overrideLifetime(span, borrowing: self)
  }
}

extension Database {
  /// Gives `taker` the rows of a SELECT whose WHERE asks the function `taken` with the columns that it wants, as in
  /// `SELECT 1 FROM messages WHERE taken(row, phone) ORDER BY row`. The function is asked for every row that is looked
  /// at; conditions beside it may be judged after it.
  /// - Parameter paused: called when the taker wanted a pause; false ends the scan.
  public func scan(
    _ sql: String, _ parameters: [Int64] = [], into taker: any BulkTaker, paused: () -> Bool = { true }
  ) throws(DatabaseError) {
    let scan = Scan(taker)
    // Retained until this function returns; the callback borrows it.
    let pointer = unsafe Unmanaged.passRetained(scan)
    defer { unsafe pointer.release() }
    let added = unsafe sqlite3_create_function_v2(
      handle, "taken", -1, SQLITE_UTF8, pointer.toOpaque(), handOver, nil, nil, nil)
    guard added == SQLITE_OK else { throw fault("create function") }
    defer { unsafe sqlite3_create_function_v2(handle, "taken", -1, SQLITE_UTF8, nil, nil, nil, nil, nil) }
    try run(sql, parameters, paused)
  }

  private func run(_ sql: String, _ parameters: [Int64], _ paused: () -> Bool) throws(DatabaseError) {
    var select = try prepare(sql)
    for (index, value) in parameters.enumerated() { select.bind(Int32(index + 1), value) }
    while try select.step(), paused() {}
  }
}

private final class Scan {
  let taker: any BulkTaker
  init(_ taker: any BulkTaker) { self.taker = taker }
}

private func handOver(
  _ context: OpaquePointer?, _ count: Int32, _ values: UnsafeMutablePointer<OpaquePointer?>?
) {
  guard let data = unsafe sqlite3_user_data(context), let values = unsafe values else { return }
  let pauses = unsafe Unmanaged<Scan>.fromOpaque(data)._withUnsafeGuaranteedRef {
    $0.taker.take(unsafe BulkRow(values, count: Int(count)))
  }
  unsafe sqlite3_result_int(context, pauses ? 1 : 0)
}
