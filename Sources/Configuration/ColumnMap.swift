import Platform
import TOML

/// Which column of a vendor's file is what: a `[bills.NAME]` or `[imports.NAME]`.
public struct ColumnMap: Sendable {
  /// What a column can hold. `rawValue` is the key under `columns`.
  public enum Role: String, Sendable, CaseIterable {
    case phone
    case messageID = "message_id"
    case linkID = "link_id"
    case segments, price, amount, date, status
    case reportedAt = "reported_at"
  }

  /// The file's encoding; `auto` looks at the bytes.
  public let encoding: String
  /// What stands between fields; `auto`: found out from the file.
  public let delimiter: String
  /// The columns' names as they stand in the header.
  public let columns: [Role: String]

  /// Whether the file has a row for each message rather than totals.
  public var hasMessages: Bool {
    columns[.phone] != nil || columns[.messageID] != nil || columns[.linkID] != nil
  }

  enum Kind {
    case bill, report

    var roles: [Role] {
      switch self {
      case .bill: [.phone, .messageID, .linkID, .segments, .price, .amount, .date, .status]
      case .report: [.phone, .messageID, .linkID, .status, .reportedAt]
      }
    }
  }

  static let bill = Kind.bill
  static let report = Kind.report

  /// Notes its faults in the reader's `faults`; what comes back is then not used.
  init(_ opened: KeyReader, _ kind: Kind) {
    var reader = opened
    encoding = reader.encoding("encoding")
    delimiter = reader.delimiter("delimiter")
    var columns: [Role: String] = [:]
    if var inner = reader.table("columns", .required) {
      for role in kind.roles { columns[role] = inner.text(role.rawValue, expected: "a column's name") }
      inner.finish()
    }
    self.columns = columns
    reader.finish()
    if reader.has("columns") { judge(reader, kind) }
  }

  private func judge(_ reader: KeyReader, _ kind: Kind) {
    let faulty: (found: String, expected: String)? =
      switch kind {
      case .bill where hasMessages && columns[.segments] == nil:
        ("no column for segments", "segments, which is what a bill counts")
      case .bill where !hasMessages && columns[.date] == nil:
        ("neither a message's column nor a date", "phone, message_id or link_id; or date for a bill of totals")
      case .bill where !hasMessages && columns[.segments] == nil && columns[.amount] == nil:
        ("neither segments nor amount", "at least one of them in a bill of totals")
      case .report where !hasMessages:
        ("no column that names a message", "message_id, link_id or phone")
      case .report where columns[.status] == nil:
        ("no column for the status", "status")
      default: nil
      }
    if let faulty { reader.fault("columns", found: faulty.found + reader.whereabouts, expected: faulty.expected) }
  }
}
