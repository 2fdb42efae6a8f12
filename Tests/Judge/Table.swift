import Platform
import TestSupport

/// A CSV file read row by row, for files that are too long to be held as dictionaries. Shares nothing with the tool's
/// own reader.
enum Table {
  /// Calls `body` with the wanted columns' cells of every row; a column that is not there is empty.
  ///
  /// - Returns: the number of rows.
  @discardableResult static func read(_ path: String, _ columns: [String], _ body: ([String]) -> Void) throws -> Int {
    let bytes = try Files.read(path, limit: 1 << 32)
    var places: [Int?] = []
    var record: [Range<Int>] = []
    var rows = 0
    var isHeader = true
    var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while index < bytes.count {
      index = readRecord(bytes, from: index, into: &record)
      if isHeader {
        let names = record.map { cell(bytes, $0) }
        places = columns.map { names.firstIndex(of: $0) }
        isHeader = false
        continue
      }
      rows += 1
      body(places.map { place in place.flatMap { $0 < record.count ? cell(bytes, record[$0]) : nil } ?? "" })
    }
    return rows
  }

  /// Finds the cells of the record that starts at `start`; returns where the next one starts.
  private static func readRecord(_ bytes: [UInt8], from start: Int, into record: inout [Range<Int>]) -> Int {
    record.removeAll(keepingCapacity: true)
    var cellStart = start
    var index = start
    var isQuoted = false
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if !isQuoted, byte == UInt8(ascii: ",") {
        record.append(cellStart..<index)
        cellStart = index + 1
      } else if !isQuoted, byte == 0x0A {
        break
      }
      index += 1
    }
    let end = index > cellStart && bytes[index - 1] == 0x0D ? index - 1 : index
    record.append(cellStart..<end)
    return index + 1
  }

  private static func cell(_ bytes: [UInt8], _ range: Range<Int>) -> String {
    guard range.count >= 2, bytes[range.lowerBound] == UInt8(ascii: "\"") else {
      return String(decoding: bytes[range], as: UTF8.self)
    }
    return String(decoding: bytes[range.dropFirst().dropLast()], as: UTF8.self).replacing("\"\"", with: "\"")
  }
}
