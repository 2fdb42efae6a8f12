import Platform
import TestSupport

@testable import Tables

/// A record as a test compares it.
struct ReadRecord: Equatable, CustomStringConvertible {
  var line: Int
  var fields: [String]
  var fault: String?

  init(_ line: Int, _ fields: [String], fault: String? = nil) {
    self.line = line
    self.fields = fields
    self.fault = fault
  }

  var description: String { "\(line): \(fields)\(fault.map { " (\($0))" } ?? "")" }
}

/// A table read to its end.
struct ReadTable {
  var header: [String] = []
  var records: [ReadRecord] = []
  var encoding = ""
  var digest: [UInt8]?

  init(path: String, _ options: TableOptions = TableOptions()) throws(TableError) {
    var reader = try TableReader(path: path, options: options)
    header = reader.header
    var fields = Fields()
    while try reader.next(into: &fields) { records.append(ReadRecord(reader.line, fields.texts, fault: reader.fault)) }
    encoding = reader.encoding
    digest = reader.digest
  }

  /// Reads a text under a file's name.
  init(_ bytes: [UInt8], name: String = "table.csv", _ options: TableOptions = TableOptions()) throws {
    let folder = try TemporaryFolder()
    try self.init(path: folder.write(name, bytes), options)
  }

  init(_ text: String, name: String = "table.csv", _ options: TableOptions = TableOptions()) throws {
    try self.init(Array(text.utf8), name: name, options)
  }
}

/// The error that reading a text gives, with the folder's name taken out.
func failure(
  _ bytes: [UInt8], name: String = "table.csv", _ options: TableOptions = TableOptions()
) throws -> (code: TableError.Code, words: String)? {
  let folder = try TemporaryFolder()
  let path = try folder.write(name, bytes)
  do {
    _ = try ReadTable(path: path, options)
    return nil
  } catch {
    var words = error.diagnostic.description
    words.replace(folder.path + "/", with: "")
    return (error.code, words)
  }
}

func failure(
  _ text: String, name: String = "table.csv", _ options: TableOptions = TableOptions()
) throws -> (code: TableError.Code, words: String)? {
  try failure(Array(text.utf8), name: name, options)
}

/// Records as the rules of CSV see them, without a header: what public test suites show.
func rawRecords(_ bytes: [UInt8], delimiter: UInt8 = UInt8(ascii: ",")) -> [(fields: [String], fault: String?)] {
  var records: [(fields: [String], fault: String?)] = []
  var fields = Fields()
  var position = 0
  while true {
    fields.clear()
    switch CSVRecord.read(bytes.span, from: position, atEnd: true, Separators(delimiter: delimiter), into: &fields) {
    case .blank(let next): position = next
    case .record(let next, _, let fault):
      records.append((fields.texts, fault))
      position = next
    case .endless(let next):
      records.append((fields.texts, "endless"))
      position = next
    case .end: return records
    case .needMore:
      records.append(([], "asked for more at the end"))
      return records
    }
  }
}
