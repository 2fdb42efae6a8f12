package import Configuration
package import Gateways
import Ledger
import Messaging
package import Platform
package import Tables

/// The rows of a vendor's export file as reports, by the column map of `[imports.NAME]`. The one place that judges a
/// row: `import-reports` counts by it what the intake will keep.
package struct ImportedTable: ~Copyable {
  private var reader: TableReader
  private let columns: [ColumnMap.Role: Int]
  private var fields = Fields()
  private let path: String
  /// Rows that are malformed, name no status or name no message.
  package private(set) var unreadable = 0
  /// What is wrong with the first of them.
  package private(set) var faults: [Diagnostic] = []
  /// The data row that `next` gave, from 0; unreadable ones count.
  package private(set) var position = -1
  /// SHA-256 of the file, at its end, when it was asked for.
  package var digest: [UInt8]? { reader.digest }

  package init(_ path: String, _ map: ColumnMap, digest: Bool = false) throws(TableError) {
    let options = TableOptions(encoding: map.encoding, delimiter: map.delimiter, digest: digest)
    let opened = try TableReader(path: path, options: options)
    var columns: [ColumnMap.Role: Int] = [:]
    for (role, name) in map.columns { columns[role] = try opened.column(named: name) }
    self.columns = columns
    self.path = path
    reader = opened
  }

  /// The next row that holds a report; nil at the end.
  package mutating func next() throws(TableError) -> StatusReport? {
    while try reader.next(into: &fields) {
      position += 1
      let code = text(.status)
      let report = StatusReport(
        messageID: text(.messageID), linkID: text(.linkID), number: number(), code: code,
        reportedAt: RecordValues.time(text(.reportedAt)), raw: fields.texts.joined(separator: ","))
      let names = !report.messageID.isEmpty || !report.linkID.isEmpty || !report.number.isEmpty
      if reader.fault == nil, !code.isEmpty, names { return report }
      leaveOut(reader.fault ?? (code.isEmpty ? "the row has no status" : "the row has neither an id nor a number"))
    }
    return nil
  }

  private mutating func leaveOut(_ fault: String) {
    unreadable += 1
    guard faults.count < Limits.importFaults else { return }
    faults.append(
      Diagnostic("left out: \(fault)", severity: .warning, at: Place(file: path, line: reader.line)))
  }

  /// A cell without the blanks, and without the mark that keeps spreadsheets from reading it as a number.
  private func text(_ role: ColumnMap.Role) -> String {
    guard let column = columns[role], column < fields.count else { return "" }
    let cell = fields[column]
    var start = 0
    var end = cell.count
    while start < end, cell[start] <= 0x20 { start += 1 }
    while start < end, cell[end - 1] <= 0x20 { end -= 1 }
    if start < end, cell[start] == UInt8(ascii: "'") { start += 1 }
    return cell.extracting(start..<end).text
  }

  /// People write numbers in more ways than gateways do.
  private func number() -> String {
    guard let column = columns[.phone], column < fields.count else { return "" }
    if case .valid(let number, _) = PhoneNumber.judge(fields[column]) { return "+\(number)" }
    return text(.phone)
  }
}

/// Why an imported file was not taken in to its end.
enum ImportFault: Explained {
  case table(TableError)
  case file(FileError)
  case store(LedgerError)

  var diagnostic: Diagnostic {
    switch self {
    case .table(let error): error.diagnostic
    case .file(let error): error.diagnostic
    case .store(let error): error.diagnostic
    }
  }
}

func onTable<Result: ~Copyable>(_ body: () throws(TableError) -> Result) throws(ImportFault) -> Result {
  do throws(TableError) { return try body() } catch { throw .table(error) }
}

extension PageDigest {
  /// SHA-256 of a file.
  static func ofFile(_ path: String) throws(ImportFault) -> [UInt8] {
    do throws(FileError) {
      let file = try File(path, .read)
      var hasher = Digest.Hasher(.sha256)
      var buffer = ByteBuffer(capacity: Limits.readBytes)
      while try file.read(into: &buffer) > 0 {
        hasher.update(buffer.span)
        buffer.clear()
      }
      return hasher.finish()
    } catch { throw .file(error) }
  }
}
