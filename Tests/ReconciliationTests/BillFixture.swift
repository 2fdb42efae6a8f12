import Campaigns
import Configuration
import Gateways
import Messaging
import Platform
import TestSupport

@testable import Reconciliation

/// A message of ours as a test writes it.
struct OurMessage {
  var number: UInt64 = 8_613_800_000_001
  var id = ""
  var link = ""
  var gateway = "juhe-main"
  var campaign = "c1"
  var segments = 1
  /// Nil: all of them.
  var billable: Int?
  var price: String? = "0.035"
  var state = DeliveryState.delivered
  var ledgerState = MessageState.accepted
  var submitted = "2026-11-11"
  var reported: String?
  var units = 20
  var signatureUnits = 0

  /// Nine o'clock in Beijing of a day.
  static func moment(_ day: String) -> Timestamp {
    let parts = day.split(separator: "-").compactMap { Int($0) }
    return FixedZone.beijing.moment(CivilTime(year: parts[0], month: parts[1], day: parts[2], hour: 9))
  }

  func give(to sink: any BookSink) throws {
    var entry = BookEntry()
    entry.campaign = campaign
    entry.gateway = gateway
    entry.region = "CN"
    entry.number = number
    entry.linkID = link
    entry.messageID.append(id)
    entry.segments = segments
    entry.units = units
    entry.signatureUnits = signatureUnits
    entry.state = state
    entry.ledgerState = ledgerState
    entry.isAccepted = ledgerState == .accepted
    entry.submittedAt = Self.moment(submitted)
    entry.reportedAt = reported.map(Self.moment)
    entry.billableSegments = billable ?? segments
    entry.unitPrice = try price.map { try Money(parsing: $0) }
    if let unit = entry.unitPrice { entry.cost = try unit * entry.billableSegments }
    try sink.take(entry)
  }
}

/// A workspace with bills for three accounts.
struct BillFixture {
  let folder: TemporaryFolder
  let configuration: Configuration

  init(more: String = "") throws {
    folder = try TemporaryFolder()
    configuration = try Configuration.parse(
      """
      \(more)
      [gateways.juhe-main]
      protocol = "juhe"
      url = "http://127.0.0.1:1"
      account = "1"
      password = "p"
      price = "0.035"
      [gateways.youe-a]
      protocol = "youe"
      uid = "1"
      password = "p"
      price = "0.04"
      [gateways.18sms-a]
      protocol = "18sms"
      account = "1"
      password = "p"
      price = "0.04"
      [bills.juhe-main]
      columns = { phone = "号码", message_id = "消息编号", segments = "计费条数", price = "单价", date = "提交时间" }
      [bills.youe-a]
      columns = { phone = "手机号", link_id = "批次", segments = "条数", amount = "金额", date = "日期" }
      [bills.18sms-a]
      columns = { date = "日期", segments = "计费条数", amount = "金额" }

      """, workspace: folder.path, registry: GatewayRegistry(allGateways))
  }

  func bill(_ lines: String, gateway: String = "juhe-main", name: String = "bill.csv") throws -> Bill {
    let header =
      switch gateway {
      case "juhe-main": "号码,消息编号,计费条数,单价,提交时间\n"
      case "youe-a": "手机号,批次,条数,金额,日期\n"
      default: "日期,计费条数,金额\n"
      }
    let path = try folder.write(name, header + lines)
    return try Bill.read(gateway: gateway, files: [path], configuration)
  }

  /// Compares and returns the report with the rows of differences.csv.
  func compare(
    _ bills: [Bill], _ messages: [OurMessage], balances: BalanceView = BalanceView([]), tolerance: Int = 0,
    isWholeBook: Bool = true
  ) throws -> (report: DifferenceReport, file: CSVText) {
    let path = folder.path + "/differences.csv"
    let differences = try Differences(
      bills, to: path, configuration, balances: balances, tolerance: tolerance, isWholeBook: isWholeBook)
    for message in messages { try message.give(to: differences) }
    let report = try differences.finish()
    return (report, CSVText(try folder.read("differences.csv")))
  }
}
