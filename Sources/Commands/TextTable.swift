import Platform

/// A table for a terminal: columns as wide as they must be, numbers to the right.
struct TextTable {
  private var rows: [[String]]

  init(_ header: [String]) { rows = header.allSatisfy(\.isEmpty) ? [] : [header] }

  /// A line break in a cell begins no row of its own.
  mutating func add(_ row: [String]) { rows.append(row.map { harmless($0) }) }

  var text: String {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in rows.map { column < $0.count ? TextTable.width($0[column]) : 0 }.max() ?? 0
    }
    let rightward = (0..<count).map { column in
      rows.dropFirst().contains { column < $0.count && $0[column].first?.isNumber == true }
        && rows.dropFirst().allSatisfy {
          column >= $0.count || $0[column].isEmpty || $0[column].first?.isNumber == true
        }
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let blanks = String(repeating: " ", count: widths[column] - TextTable.width(cell))
        return rightward[column] ? blanks + cell : cell + blanks
      }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }

  /// Columns on a terminal: Chinese characters take two.
  private static func width(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + (isWide($1) ? 2 : 1) }
  }

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
