package import Campaigns
package import Configuration
package import Messaging
package import Platform
import Tables

/// A vendor's bill, read: lines of messages, or totals (`[bills.NAME]` says which column is what).
package final class Bill {
  package let gateway: String
  package private(set) var files: [String] = []
  /// Whether it has a line for each message or segment; else it has totals.
  package let hasMessages: Bool
  /// Whether it says money as well as segments.
  package private(set) var hasMoney = false
  package private(set) var hasDates = false
  package private(set) var hasIDs = false
  let lines = BillLines()
  private(set) var totals: [BillTotal] = []
  package private(set) var segments = 0
  package private(set) var amount = Money.zero
  /// Rows that cannot be read, which are in none of the sums.
  package private(set) var badRows = 0
  /// Rows that add up others (合计), which are passed over.
  package private(set) var sumRows = 0
  /// What is wrong with the first of the bad rows.
  package private(set) var faults: [Diagnostic] = []
  /// What else a person must know.
  package private(set) var warnings: [Diagnostic] = []
  /// The first and the last day that a line names.
  package private(set) var firstDay: Int?
  package private(set) var lastDay: Int?

  /// SHA-256 of the files, where there are several.
  private var digests: [[UInt8]] = []

  private init(gateway: String, hasMessages: Bool) {
    self.gateway = gateway
    self.hasMessages = hasMessages
  }

  /// Reads the bill of a gateway, which may come in several files (two months).
  ///
  /// - Throws: exit 2 without a `[bills.NAME]`, exit 3 for a file or column that is not there. A bad row throws
  ///   nothing: it is counted and told.
  package static func read(gateway: String, files: [String], _ configuration: Configuration) throws(RunError) -> Bill {
    let map = try columnMap(gateway, configuration)
    let bill = Bill(gateway: gateway, hasMessages: map.hasMessages)
    for file in files { try bill.read(file, map, isOnlyFile: files.count == 1) }
    bill.lines.buildIndexes()
    return bill
  }

  private static func columnMap(_ gateway: String, _ configuration: Configuration) throws(RunError) -> ColumnMap {
    guard configuration.account(gateway) != nil else {
      let names = configuration.accounts.map(\.name)
      throw RunError(
        .usage,
        Diagnostic(
          "no gateway is called '\(gateway)'", expected: "one of " + names.joined(separator: ", "),
          next: nearest(to: gateway, among: names).map { "Did you mean '\($0)'?" }))
    }
    if let map = configuration.bills[gateway] { return map }
    throw RunError(
      .usage,
      Diagnostic(
        "there is no [bills.\(gateway)]", at: Place(file: configuration.file),
        expected: "the names of the columns of this vendor's bill",
        next: """
          Add it, with the names as they stand in the file's header:
          [bills.\(gateway)]
          columns = { phone = "号码", message_id = "消息编号", segments = "计费条数", price = "单价", date = "提交时间" }
          """))
  }

  // MARK: - Rows

  private func read(_ file: String, _ map: ColumnMap, isOnlyFile: Bool) throws(RunError) {
    files.append(file)
    try onTable { () throws(TableError) in
      let options = TableOptions(
        encoding: map.encoding, delimiter: map.delimiter, record: "row", digest: !isOnlyFile)
      var reader = try TableReader(path: file, options: options)
      var row = BillRow(try BillColumns(map, reader), file: file)
      hasMoney = hasMoney || row.columns.hasMoney
      hasDates = hasDates || row.columns.date != nil
      hasIDs = hasIDs || row.columns.id != nil || row.columns.link != nil
      var fields = Fields()
      while try next(&reader, &fields) {
        row.line = reader.line
        if let fault = reader.fault {
          note(Diagnostic(fault, at: Place(file: file, line: reader.line)))
        } else if row.isSum(fields) {
          sumRows += 1
        } else if hasMessages {
          addLine(fields, &row)
        } else {
          addTotal(fields, &row)
        }
      }
      if let digest = reader.digest { note(digest, of: file) }
    }
  }

  /// The same file twice bills everything twice.
  private func note(_ digest: [UInt8], of file: String) {
    if let index = digests.firstIndex(of: digest) {
      warnings.append(
        Diagnostic(
          "the same bill as \(files[index]): every line of gateway '\(gateway)' counts twice", severity: .warning,
          at: Place(file: file), next: "Name each bill once."))
    }
    digests.append(digest)
  }

  private func next(_ reader: inout TableReader, _ fields: inout Fields) throws(TableError) -> Bool {
    fields.clear()
    return try reader.next(into: &fields)
  }

  private func note(_ fault: Diagnostic) {
    badRows += 1
    if faults.count < Limits.billFaults { faults.append(fault) }
  }

  private func addLine(_ fields: borrowing Fields, _ row: inout BillRow) {
    var line = BillLines.Line()
    line.row = UInt32(clamping: row.line)
    do throws(BillFault) {
      let segments = try row.segments(fields) ?? 0
      line.segments = Int32(segments)
      line.number = try row.number(fields)
      if let day = try row.day(fields) {
        line.day = Int32(day.day)
        note(day: day.day)
      }
      let price = try row.price(fields)
      let written = try row.amount(fields)
      guard let amount = try? written ?? price.map({ price throws(MoneyError) in try price * segments }) ?? .zero,
        let sum = try? self.amount + amount
      else { throw row.fault(.amount, "is too large to be calculated", "a smaller amount") }
      guard !lines.isFull else { throw row.fault(.segments, "is one line too many", "at most \(Limits.billLines)") }
      if let price { line.price = lines.index(of: price) }
      if row.columns.hasMoney { line.amount = lines.index(of: amount) }
      try row.withTexts(fields) { id, link in lines.add(line, id: id, link: link) }
      self.amount = sum
      self.segments += segments
    } catch {
      note(error.diagnostic)
    }
  }

  private func addTotal(_ fields: borrowing Fields, _ row: inout BillRow) {
    do throws(BillFault) {
      guard let day = try row.day(fields) else { throw row.fault(.date, "is empty", BillRow.dateForms) }
      let total = BillTotal(
        day: day.day, isMonth: day.isMonth, segments: try row.segments(fields), amount: try row.amount(fields))
      guard let sum = try? amount + (total.amount ?? .zero) else {
        throw row.fault(.amount, "is too large to be calculated", "a smaller amount")
      }
      amount = sum
      segments += total.segments ?? 0
      note(day: day.day)
      totals.append(total)
    } catch {
      note(error.diagnostic)
    }
  }

  private func note(day: Int) {
    firstDay = min(firstDay ?? day, day)
    lastDay = max(lastDay ?? day, day)
  }

  /// The moments of `day` that the bill can know of: its first to its last day, whole months.
  func covers(_ day: Int) -> Bool {
    guard let firstDay, let lastDay else { return true }
    return (Calendar.month(firstDay)...Calendar.month(lastDay)).contains(Calendar.month(day))
  }
}

/// One row of a bill of totals.
struct BillTotal {
  /// The first day of the month when `isMonth`.
  var day: Int
  var isMonth: Bool
  var segments: Int?
  var amount: Money?
}

/// Why a row of a bill cannot be read.
struct BillFault: Explained {
  var diagnostic: Diagnostic
}

/// Where the columns of a bill stand.
struct BillColumns {
  let phone, id, link, segments, price, amount, date: Int?
  let names: [ColumnMap.Role: String]
  var hasMoney: Bool { price != nil || amount != nil }

  init(_ map: ColumnMap, _ reader: borrowing TableReader) throws(TableError) {
    func find(_ role: ColumnMap.Role, _ reader: borrowing TableReader) throws(TableError) -> Int? {
      guard let name = map.columns[role] else { return nil }
      return try reader.column(named: name)
    }
    names = map.columns
    phone = try find(.phone, reader)
    id = try find(.messageID, reader)
    link = try find(.linkID, reader)
    segments = try find(.segments, reader)
    price = try find(.price, reader)
    amount = try find(.amount, reader)
    date = try find(.date, reader)
  }
}

/// Reads one row after the other, its buffers used again.
struct BillRow: ~Copyable {
  let columns: BillColumns
  let file: String
  var line = 0
  private var cell = ByteBuffer()
  private var linkCell = ByteBuffer()
  /// The last price, which most rows repeat.
  private var lastPrice = ByteBuffer()
  private var lastPriceValue: Money?

  static let dateForms = "a date such as 2026-11-11, 2026/11/1, 2026年11月11日 or 20261111, with or without a time"

  init(_ columns: BillColumns, file: String) {
    self.columns = columns
    self.file = file
  }

  func fault(_ role: ColumnMap.Role, _ found: String, _ expected: String) -> BillFault {
    let (name, place) = place(of: role)
    return BillFault(diagnostic: Diagnostic("\"\(name)\" \(found)", at: place, expected: expected))
  }

  /// What is wrong is the value in `cell`, which is shown unless it may be somebody's number, name or text.
  func unfit(_ role: ColumnMap.Role, _ expected: String) -> BillFault {
    let (name, place) = place(of: role)
    return BillFault(
      diagnostic: Diagnostic("found \(shownCell) in column \"\(name)\"", at: place, expected: expected))
  }

  private var shownCell: String {
    if cell.isEmpty { return "nothing" }
    var run = 0
    var longest = 0
    for index in 0..<cell.count {
      let byte = cell.span[index]
      run = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? run + 1 : 0
      longest = max(longest, run)
    }
    if longest > 8 { return "a number of \(longest) digits" }
    if case .valid = PhoneNumber.judge(cell.span) { return "a phone number" }
    // A name is short, too.
    let figures = "¥￥元年月日".unicodeScalars
    let isFigure = cell.span.text.unicodeScalars.allSatisfy { $0.value < 0x41 || figures.contains($0) }
    return cell.count > 32 || !isFigure ? "a text of \(cell.count) bytes" : "'\(cell.span.text)'"
  }

  private func place(of role: ColumnMap.Role) -> (name: String, place: Place) {
    let column: Int? =
      switch role {
      case .phone: columns.phone
      case .messageID: columns.id
      case .linkID: columns.link
      case .segments: columns.segments
      case .price: columns.price
      case .amount: columns.amount
      default: columns.date
      }
    return (columns.names[role] ?? role.rawValue, Place(file: file, line: line, column: column.map { $0 + 1 }))
  }

  /// Whether the row adds up others, as many bills end: 合计.
  mutating func isSum(_ fields: borrowing Fields) -> Bool {
    for index in 0..<min(fields.count, 2) {
      let field = fields[index]
      guard field.count >= 4, field.count <= 32, field[0] > 0x7F || field[0] | 0x20 == UInt8(ascii: "t") else {
        continue
      }
      BillCell.fold(field, into: &cell)
      let words = ["合计", "总计", "小计", "合计:", "总计:", "合计：", "total", "Total", "TOTAL"]
      if words.contains(cell.span.text) { return true }
    }
    return false
  }

  mutating func segments(_ fields: borrowing Fields) throws(BillFault) -> Int? {
    guard let column = columns.segments else { return nil }
    BillCell.fold(fields[column], into: &cell)
    guard let count = BillCell.count(cell.span), count <= Limits.billSegments else {
      throw unfit(.segments, "whole segments such as 2")
    }
    return count
  }

  /// 0 when the bill has no numbers, or this line only an id.
  mutating func number(_ fields: borrowing Fields) throws(BillFault) -> UInt64 {
    guard let column = columns.phone else { return 0 }
    BillCell.fold(fields[column], into: &cell)
    if let number = BillCell.number(fields[column], folded: cell.span) { return number }
    // Some vendors mask numbers (138****0000) and name the message by its id.
    if let id = columns.id, !fields.isEmpty(id) { return 0 }
    throw fault(
      .phone, cell.isEmpty ? "is empty" : "is no number that can be read", "a phone number, or an id of the message")
  }

  mutating func day(_ fields: borrowing Fields) throws(BillFault) -> BillCell.Day? {
    guard let column = columns.date else { return nil }
    BillCell.fold(fields[column], into: &cell)
    guard let day = BillCell.day(cell.span) else {
      throw unfit(.date, Self.dateForms)
    }
    return day
  }

  mutating func price(_ fields: borrowing Fields) throws(BillFault) -> Money? {
    guard let column = columns.price else { return nil }
    if lastPriceValue != nil, fields[column].isEqual(to: lastPrice.span) { return lastPriceValue }
    let price = try money(.price, fields[column])
    lastPrice.clear()
    lastPrice.append(fields[column])
    lastPriceValue = price
    return price
  }

  mutating func amount(_ fields: borrowing Fields) throws(BillFault) -> Money? {
    guard let column = columns.amount else { return nil }
    return try money(.amount, fields[column])
  }

  private mutating func money(_ role: ColumnMap.Role, _ field: borrowing Span<UInt8>) throws(BillFault) -> Money {
    BillCell.fold(field, into: &cell)
    guard let money = BillCell.money(cell.span) else {
      throw unfit(role, "an amount in yuan such as 0.035")
    }
    return money
  }

  /// Hands on the ids of message and call, which may be empty.
  mutating func withTexts(
    _ fields: borrowing Fields, _ body: (borrowing Span<UInt8>, borrowing Span<UInt8>) -> Void
  ) throws(BillFault) {
    cell.clear()
    linkCell.clear()
    if let column = columns.id { BillCell.fold(fields[column], into: &cell) }
    if let column = columns.link { BillCell.fold(fields[column], into: &linkCell) }
    guard cell.count <= Limits.billIDBytes, linkCell.count <= Limits.billIDBytes else {
      throw fault(.messageID, "is too long for an id", "at most \(Limits.billIDBytes) bytes")
    }
    body(cell.span, linkCell.span)
  }
}
