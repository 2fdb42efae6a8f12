package import Campaigns
package import Configuration
import Glibc
import Messaging
import Platform
import Tables

/// `reconciliation.xlsx`: what stands in the CSV files once more, for people who live in Excel.
///
/// Made from the files that were just written, so its figures are theirs. Sums first, with charts; then a sheet a
/// file, split by Excel's bound of rows. Ids and numbers stay texts; counts and amounts are numbers, as exact as
/// Excel's numbers are (about 15 digits): the CSV is the exact one.
package struct ReconciliationWorkbook: ~Copyable {
  /// Rows up to which it is made without being asked for.
  package static let usualRows = 100_000

  private var workbook: Workbook
  private let summary: Workbook.Sheet
  private let configuration: Configuration
  private var states: [String: GroupSum] = [:]
  private var gateways: [String: GroupSum] = [:]
  private var total = GroupSum()

  private struct GroupSum {
    var messages = 0
    var segments = 0
    var billable = 0
    var cost = Money.zero
  }

  /// Writes the workbook.
  ///
  /// - Parameters:
  ///   - files: the CSV files that are there, reconciliation.csv among them; a sheet is called like its file.
  ///   - bills: the sums of the bills, empty without one.
  package static func write(
    to path: String, files: [String], bills: [BillSums], _ configuration: Configuration
  ) throws(RunError) {
    var made = try ReconciliationWorkbook(path: path, configuration)
    for file in files {
      if try isThere(file) { try made.copy(file) }
    }
    made.writeSums(bills)
    try made.finish()
  }

  private init(path: String, _ configuration: Configuration) throws(RunError) {
    var workbook = try Workbook(path: path)
    summary = try workbook.addSheet("totals")
    self.workbook = consume workbook
    self.configuration = configuration
  }

  private consuming func finish() throws(RunError) { try workbook.finish() }

  // MARK: - Rows

  /// Columns of counts; those of money; all others are texts.
  private static let counts: Set<String> = [
    "row", "latency_s", "segments", "billable_segments", "planned", "accepted", "refused", "unknown", "delivered",
    "failed", "expired", "waiting",
  ]
  private static let amounts: Set<String> = ["unit_price", "cost", "ours", "theirs", "delivered_rate"]
  private static let widths: [String: Double] = [
    "phone": 16, "message_id": 24, "link_id": 24, "submitted_at": 20, "reported_at": 20, "received_at": 20,
    "campaign": 18, "external_id": 14, "report_meaning": 24, "cause": 44, "raw": 60, "row": 9,
  ]

  private mutating func copy(_ file: String) throws(RunError) {
    let name = String(Files.name(of: file).prefix { $0 != "." })
    var reader = try onTable { () throws(TableError) in
      let encoding = configuration.csvEncoding == .gb18030 ? "gb18030" : "utf-8"
      return try TableReader(
        path: file, options: TableOptions(encoding: encoding, delimiter: ",", digest: false))
    }
    let header = reader.header
    let styles = header.map { column -> Workbook.Style in
      Self.counts.contains(column) ? .count : Self.amounts.contains(column) ? .amount : .plain
    }
    let adder = name == "reconciliation" ? SumColumns(header) : nil
    var fields = Fields()
    var sheets = 0
    var sheet = try beginSheet(name, header, &sheets)
    var row = 1
    while true {
      fields.clear()
      guard try onTable({ () throws(TableError) in try reader.next(into: &fields) }) else { break }
      if row == Workbook.mostRows {
        workbook.finishTable(sheet, rows: row - 1, columns: header.count)
        sheet = try beginSheet(name, header, &sheets)
        row = 1
      }
      for column in 0..<min(fields.count, header.count) {
        write(fields[column], sheet, row: row, column: column, styles[column])
      }
      if let adder { try add(fields, adder) }
      row += 1
    }
    workbook.finishTable(sheet, rows: row - 1, columns: header.count)
  }

  private mutating func beginSheet(
    _ name: String, _ header: [String], _ sheets: inout Int
  ) throws(RunError) -> Workbook.Sheet {
    sheets += 1
    let sheet = try workbook.addSheet(sheets == 1 ? name : "\(name) \(sheets)")
    for (column, title) in header.enumerated() {
      workbook.setWidth(Self.widths[title] ?? 12, sheet, column: column)
      workbook.write(title, sheet, row: 0, column: column, .header)
    }
    return sheet
  }

  private mutating func write(
    _ field: borrowing Span<UInt8>, _ sheet: Workbook.Sheet, row: Int, column: Int, _ style: Workbook.Style
  ) {
    guard field.count > 0 else { return }
    if style != .plain, let number = Self.number(field) {
      workbook.write(number, sheet, row: row, column: column, style)
    } else {
      // The CSV's guard against formulas is not needed where a text is a text.
      let isGuarded = field[0] == UInt8(ascii: "'") && field.count > 1 && Self.isFormulaSign(field)
      workbook.write(field.extracting((isGuarded ? 1 : 0)..<field.count), sheet, row: row, column: column)
    }
  }

  private static func isFormulaSign(_ field: borrowing Span<UInt8>) -> Bool {
    let signs: [UInt8] = [UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 9, 13]
    // Full-width ＝＋－＠ begin with EF BC too.
    return signs.contains(field[1]) || field.count > 3 && field[1] == 0xEF && field[2] == 0xBC
  }

  /// The nearest binary number to plain decimal digits; nil when the field is something else.
  static func number(_ field: borrowing Span<UInt8>) -> Double? {
    var digits = 0
    for index in 0..<field.count {
      switch field[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
      case UInt8(ascii: "."): continue
      case UInt8(ascii: "-") where index == 0: continue
      default: return nil
      }
    }
    return digits > 0 && digits <= 30 ? Double(field.text) : nil
  }

  // MARK: - Sums

  /// Where the columns of the sums stand in reconciliation.csv.
  private struct SumColumns {
    let state, gateway, segments, billable, cost: Int

    init?(_ header: [String]) {
      func place(_ name: String) -> Int? { header.firstIndex(of: name) }
      guard let state = place("state"), let gateway = place("gateway"), let segments = place("segments"),
        let billable = place("billable_segments"), let cost = place("cost")
      else { return nil }
      (self.state, self.gateway, self.segments, self.billable, self.cost) = (state, gateway, segments, billable, cost)
    }
  }

  private mutating func add(_ fields: borrowing Fields, _ columns: SumColumns) throws(RunError) {
    guard fields.count > max(columns.state, columns.gateway, columns.segments, columns.billable, columns.cost) else {
      return
    }
    let segments = BillCell.count(fields[columns.segments]) ?? 0
    let billable = BillCell.count(fields[columns.billable]) ?? 0
    let cost = BillCell.money(fields[columns.cost]) ?? .zero
    func add(to sum: inout GroupSum) throws(RunError) {
      sum.messages += 1
      sum.segments += segments
      sum.billable += billable
      let before = sum.cost
      sum.cost = try onBooks { () throws(MoneyError) in try before + cost }
    }
    try add(to: &states[fields[columns.state].text, default: GroupSum()])
    try add(to: &gateways[fields[columns.gateway].text, default: GroupSum()])
    try add(to: &total)
  }

  private mutating func writeSums(_ bills: [BillSums]) {
    workbook.setWidth(26, summary, column: 0)
    for column in 1...6 { workbook.setWidth(18, summary, column: column) }
    workbook.write("Reconciliation", summary, row: 0, column: 0, .title)
    workbook.write("Amounts in yuan; the CSV files hold the exact ones.", summary, row: 1, column: 0)
    var row = 3
    row = writeGroups("state", states, from: row, chart: "Messages by state", value: 1)
    row = writeGroups("gateway", gateways, from: row, chart: "Cost by gateway, yuan", value: 4)
    writeBills(bills, from: row)
  }

  /// Returns the row behind it; a chart stands to the right.
  private mutating func writeGroups(
    _ name: String, _ groups: [String: GroupSum], from start: Int, chart: String, value: Int
  ) -> Int {
    for (column, title) in [name, "messages", "segments", "billable_segments", "cost"].enumerated() {
      workbook.write(title, summary, row: start, column: column, .header)
    }
    var row = start + 1
    for (key, sum) in groups.sorted(by: { $0.key < $1.key }) {
      write(key, sum, row: row)
      row += 1
    }
    write("total", total, row: row)
    if !groups.isEmpty {
      workbook.addChart(
        chart, summary, row: start, column: 8,
        categories: .init(sheet: "totals", column: 0, rows: start + 1...row - 1),
        series: [(chart, .init(sheet: "totals", column: value, rows: start + 1...row - 1))])
    }
    // A chart is about 15 rows high.
    return max(row + 2, start + 17)
  }

  private mutating func write(_ name: String, _ sum: GroupSum, row: Int) {
    workbook.write(name, summary, row: row, column: 0)
    workbook.write(Double(sum.messages), summary, row: row, column: 1)
    workbook.write(Double(sum.segments), summary, row: row, column: 2)
    workbook.write(Double(sum.billable), summary, row: row, column: 3)
    workbook.write(Self.double(sum.cost), summary, row: row, column: 4, .amount)
  }

  private mutating func writeBills(_ bills: [BillSums], from start: Int) {
    guard !bills.isEmpty else { return }
    let titles = ["gateway", "predicted segments", "billed segments", "predicted cost", "billed amount"]
    for (column, title) in titles.enumerated() {
      workbook.write(title, summary, row: start, column: column, .header)
    }
    for (index, bill) in bills.enumerated() {
      let row = start + 1 + index
      workbook.write(bill.gateway, summary, row: row, column: 0)
      workbook.write(Double(bill.ours.segments), summary, row: row, column: 1)
      if bill.hasSegments { workbook.write(Double(bill.theirs.segments), summary, row: row, column: 2) }
      workbook.write(Self.double(bill.oursCost), summary, row: row, column: 3, .amount)
      if bill.hasMoney { workbook.write(Self.double(bill.theirsCost), summary, row: row, column: 4, .amount) }
    }
    let rows = start + 1...start + bills.count
    workbook.addChart(
      "Predicted against billed, segments", summary, row: start, column: 8,
      categories: .init(sheet: "totals", column: 0, rows: rows),
      series: [
        ("predicted", .init(sheet: "totals", column: 1, rows: rows)),
        ("billed", .init(sheet: "totals", column: 2, rows: rows)),
      ])
  }

  private static func double(_ money: Money) -> Double { Double(money.description) ?? 0 }
}
