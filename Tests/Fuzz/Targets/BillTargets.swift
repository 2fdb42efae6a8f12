import Campaigns
import Configuration
import Delivery
import Gateways
import Messaging
import Platform
import Reconciliation
import Tables
import TestSupport

extension FuzzTarget {
  /// A vendor's bill; the first byte chooses the columns and whether the header is given.
  static let bills = FuzzTarget("bills") { bytes in
    var input = Input(bytes)
    let choice = input.byte()
    let gateway = ["juhe", "youe", "18sms"][Int(choice & 0x7F) % 3]
    let header = choice & 0x80 == 0 ? headers[gateway] ?? "" : ""
    guard let workspace, let folder = try? TemporaryFolder(),
      let path = try? folder.write("bill.csv", Array(header.utf8) + input.rest)
    else { return "no workspace" }
    guard let bill = try? Bill.read(gateway: gateway, files: [path], workspace) else { return nil }
    if let words = fault(of: bill) { return words }
    // Two months may come in two files: the sums add up.
    guard let both = try? Bill.read(gateway: gateway, files: [path, path], workspace) else {
      return "a bill that was read cannot be read again"
    }
    guard let doubled = try? bill.amount + bill.amount, both.badRows == bill.badRows * 2 else { return nil }
    if both.segments != bill.segments * 2 || both.sumRows != bill.sumRows * 2 { return "segments do not add up" }
    return both.amount == doubled ? nil : "amounts do not add up"
  }

  /// One row of a bill, its cells parted by NULs: what was read is written in plain forms and read as the same.
  static let billCells = FuzzTarget("bill-cells", mostBytes: 256) { bytes in
    var input = Input(bytes)
    let cells = (0..<5).map { _ in input.part(before: 0).text }
    guard let folder = try? TemporaryFolder() else { return "no folder" }
    guard let bill = read(cells, in: folder), bill.badRows == 0, bill.sumRows == 0, let day = bill.firstDay else {
      return nil
    }
    let date = FixedZone.utc.civil(Timestamp(seconds: Int64(day) * 86_400)).date
    let plain = ["13800138000", "1", "\(bill.segments)", bill.amount.description, date]
    guard let again = read(plain, in: folder), again.badRows == 0 else { return "a plain row cannot be read" }
    if again.segments != bill.segments { return "segments are read as others" }
    if again.firstDay != day { return "a date is read as another" }
    return again.amount == bill.amount ? nil : "an amount is read as another"
  }

  private static func read(_ cells: [String], in folder: TemporaryFolder) -> Bill? {
    let row = cells.map {
      "\"" + $0.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
    guard let workspace,
      let path = try? folder.write("bill.csv", (headers["youe"] ?? "") + row.joined(separator: ",") + "\n")
    else { return nil }
    return try? Bill.read(gateway: "youe", files: [path], workspace)
  }

  private static func fault(of bill: Bill) -> String? {
    if bill.faults.count > min(bill.badRows, Limits.billFaults) { return "more faults than rows or their bound" }
    for fault in bill.faults where fault.description.utf8.contains(where: { $0 < 0x20 && $0 != 0x0A }) {
      return "a control character in words for people"
    }
    if bill.segments < 0 { return "a negative number of segments" }
    guard let first = bill.firstDay, let last = bill.lastDay else { return nil }
    // The years 2000 to 2099, counted from 1970.
    return 10_957 <= first && first <= last && last < 47_482 ? nil : "a day that no bill has"
  }

  /// A file of reports that a vendor's portal exported; the first byte chooses the columns.
  static let imports = FuzzTarget("imports") { bytes in
    var input = Input(bytes)
    let account = input.choice(of: ["juhe", "youe"])
    guard let map = workspace?.imports[account], let folder = try? TemporaryFolder(),
      let path = try? folder.write("reports.csv", Array(input.rest))
    else { return "no workspace" }
    do {
      var table = try ImportedTable(path, map)
      var taken = 0
      var before = -1
      while let report = try table.next() {
        taken += 1
        if table.position <= before { return "rows out of order" }
        before = table.position
        if report.code.isEmpty { return "a report without a status" }
        if report.messageID.isEmpty, report.linkID.isEmpty, report.number.isEmpty { return "a report of nothing" }
        if let time = report.reportedAt, !(1...12).contains(time.month) || !(1...31).contains(time.day) {
          return "a day that no calendar has"
        }
      }
      return taken + table.unreadable == table.position + 1 ? nil : "rows are missing"
    } catch {
      return nil
    }
  }

  private static let headers = [
    "juhe": "号码,消息编号,计费条数,单价,提交时间\n", "youe": "手机号,批次,条数,金额,日期\n", "18sms": "日期,计费条数,金额\n",
  ]

  private static let workspace = try? Configuration.parse(
    """
    [gateways.juhe]
    protocol = "juhe"
    url = "http://127.0.0.1:1"
    account = "1"
    password = "env:NONE"
    price = "0.035"
    [gateways.youe]
    protocol = "youe"
    uid = "1"
    password = "env:NONE"
    price = "0.04"
    [gateways.18sms]
    protocol = "18sms"
    account = "1"
    password = "env:NONE"
    price = "0.04"
    [bills.juhe]
    columns = { phone = "号码", message_id = "消息编号", segments = "计费条数", price = "单价", date = "提交时间" }
    [bills.youe]
    columns = { phone = "手机号", link_id = "批次", segments = "条数", amount = "金额", date = "日期" }
    [bills.18sms]
    columns = { date = "日期", segments = "计费条数", amount = "金额" }
    [imports.juhe]
    columns = { phone = "号码", message_id = "消息编号", status = "状态", reported_at = "时间" }
    [imports.youe]
    columns = { phone = "手机号", link_id = "批次", status = "结果", reported_at = "时间" }

    """, registry: GatewayRegistry(allGateways))
}
