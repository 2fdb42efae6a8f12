public import Configuration
import Messaging
import Platform
package import Tables

/// `rejected.csv`: every input row that is not planned, with its reason and its own columns.
public struct RejectedFile: ~Copyable {
  private var writer: CSVWriter

  public static let columns = ["file", "line", "row", "phone", "reason", "detail"]

  public init(_ path: String, _ configuration: Configuration, header: [String]) throws(RunError) {
    writer = try .begin(path, configuration, header: RejectedFile.columns + header)
  }

  mutating func add(
    _ finding: Finding, file: String, line: Int, row: Int, _ fields: borrowing Fields, phone: Int, _ places: [Int?]
  ) throws(RunError) {
    writer.field(file)
    writer.field(decimal: line)
    writer.field(decimal: row)
    if phone < fields.count { writer.field(fields[phone]) } else { writer.field("") }
    writer.field(finding.reason.rawValue)
    writer.field(finding.detail)
    writer.append(fields, places)
    try onWriting { () throws(TableError) in try writer.endRow() }
  }

  /// Gives the file its name, durably.
  public consuming func finish() throws(RunError) {
    try finishing(writer)
  }
}

extension CSVWriter {
  /// The record's fields in the common header's places. What a damaged record has beyond its columns is left out: every
  /// line of a CSV file has the same number of fields (RFC 4180, section 2), and `file` and `line` lead to the rest.
  mutating func append(_ fields: borrowing Fields, _ places: [Int?]) {
    for place in places {
      if let place, place < fields.count { field(fields[place]) } else { field("") }
    }
  }
}

/// Gives a written file its name, durably.
package func finishing(_ writer: consuming CSVWriter, isDurable: Bool = true) throws(RunError) {
  do throws(TableError) {
    try writer.finish(isDurable: isDurable)
  } catch {
    throw RunError(.gatewayStopped, error.diagnostic)
  }
}
