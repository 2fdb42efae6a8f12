import Configuration
import Messaging
import Platform
import Tables

/// The messages that a person's list names: by the column `row` where the list has one, else by their phone numbers.
///
/// A decision must be exact, so a list with anything that cannot be understood is refused as a whole.
struct Selection {
  private enum Names {
    case rows(Set<Int>)
    case numbers(Set<UInt64>)
  }
  private let names: Names
  private var usedRows: Set<Int> = []
  private var usedNumbers: Set<UInt64> = []
  /// Rows of the list that belong to another campaign.
  private(set) var ofOthers = 0

  init(path: String, campaign: CampaignFile) throws(RunError) {
    let reader = try onTable { () throws(TableError) in
      try TableReader(path: path, options: TableOptions(digest: false))
    }
    guard reader.header.contains(where: { $0.lowercased() == "row" }) else {
      let list = try NumberList(path: path, home: Region(campaign.contacts.region) ?? .mainland)
      guard list.unreadable == 0 else {
        throw RunError(
          .input,
          Diagnostic(
            amount(list.unreadable, "line holds", "lines hold") + " no number", at: Place(file: path),
            expected: "a phone number in every line",
            next: "Nothing was decided. Repair the list, or use result.csv with only the rows that are meant."))
      }
      names = .numbers(Set(list.numbers))
      return
    }
    let (rows, ofOthers) = try Selection.rows(reader, path, campaign.id)
    names = .rows(rows)
    self.ofOthers = ofOthers
  }

  private static func rows(
    _ reader: consuming TableReader, _ path: String, _ campaign: String
  ) throws(RunError) -> (rows: Set<Int>, ofOthers: Int) {
    var reader = reader
    let column = try onTable { () throws(TableError) in try reader.column(named: "row") }
    let owner = reader.header.firstIndex { $0.lowercased() == "campaign" }
    var rows: Set<Int> = []
    var ofOthers = 0
    var fields = Fields()
    while try onTable({ () throws(TableError) in try reader.next(into: &fields) }) {
      guard reader.fault == nil, column < fields.count else {
        throw refusal("the record is damaged: \(reader.fault ?? "no field 'row'")", path, reader.line)
      }
      if let owner, owner < fields.count, !fields.isEmpty(owner), fields[owner].text != campaign {
        ofOthers += 1
        continue
      }
      guard let row = Int(fields[column].text), row > 0 else {
        throw refusal("'row' is no whole number", path, reader.line)
      }
      rows.insert(row)
    }
    return (rows, ofOthers)
  }

  private static func refusal(_ found: String, _ path: String, _ line: Int) -> RunError {
    RunError(
      .input,
      Diagnostic(
        found, at: Place(file: path, line: line), expected: "a row number of result.csv",
        next: "Nothing was decided. Repair the list and run the same command again."))
  }

  /// Whether the list names this message.
  mutating func takes(row: Int, number: UInt64) -> Bool {
    switch names {
    case .rows(let rows):
      guard rows.contains(row) else { return false }
      usedRows.insert(row)
    case .numbers(let numbers):
      guard numbers.contains(number) else { return false }
      usedNumbers.insert(number)
    }
    return true
  }

  /// Entries that named no message so far.
  var unused: Int {
    switch names {
    case .rows(let rows): rows.count - usedRows.count
    case .numbers(let numbers): numbers.count - usedNumbers.count
    }
  }
}
