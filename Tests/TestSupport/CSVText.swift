/// A CSV file as rows of named cells; written for the tests and sharing nothing with the tool's own reader.
public struct CSVText: Sendable {
  public let header: [String]
  public let rows: [[String: String]]

  /// Reads RFC 4180 with commas; a byte order mark is skipped.
  public init(_ text: String) {
    var records: [[String]] = []
    var record: [String] = []
    var cell: [UInt8] = []
    var isQuoted = false
    var bytes = Array(text.utf8)[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    var index = bytes.startIndex
    func endCell() {
      record.append(String(decoding: cell, as: UTF8.self))
      cell = []
    }
    while index < bytes.endIndex {
      let byte = bytes[index]
      index += 1
      if isQuoted {
        if byte != UInt8(ascii: "\"") {
          cell.append(byte)
        } else if index < bytes.endIndex, bytes[index] == UInt8(ascii: "\"") {
          cell.append(byte)
          index += 1
        } else {
          isQuoted = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isQuoted = true
      case UInt8(ascii: ","): endCell()
      case UInt8(ascii: "\r"): continue
      case UInt8(ascii: "\n"):
        endCell()
        records.append(record)
        record = []
      default: cell.append(byte)
      }
    }
    header = records.first ?? []
    let names = header
    rows = records.dropFirst().map { cells in
      Dictionary(zip(names, cells), uniquingKeysWith: { first, _ in first })
    }
  }

  /// A column's cells.
  public subscript(column: String) -> [String] { rows.map { $0[column] ?? "" } }
}
