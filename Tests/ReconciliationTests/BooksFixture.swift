import Campaigns
import Configuration
import Database
import Gateways
import Messaging
import Platform
import TestSupport

@testable import Ledger
@testable import Reconciliation

/// A workspace with ledgers and reports that a test writes, without sending anything.
final class BooksFixture {
  static let submitted = Timestamp(seconds: 1_794_362_400)
  static func settings(billOn: String) -> String {
    """
    data = "data"
    output = "out"
    csv_encoding = "utf-8"
    """
      + [
        ("j", "juhe", "account = \"1\"\npassword = \"p\"\nextno = \"1069\""),
        ("j2", "juhe", "account = \"2\"\npassword = \"p\"\nextno = \"1069\""),
        ("m", "mobset", "corp_id = \"1\"\nlogin_name = \"a\"\npassword = \"p\""),
        ("e", "emay", "app_id = \"EUCP-EMY\"\nsecret_key = \"1234567890123456\"\nregions = [\"AU\"]"),
        ("x", "18sms", "account = \"a\"\npassword = \"p\""), ("y", "youe", "uid = \"1\"\npassword = \"p\""),
      ].map { name, type, keys in
        """

        [gateways.\(name)]
        protocol = "\(type)"
        url = "http://127.0.0.1:1"
        price = "0.035"
        bill_on = "\(billOn)"
        \(keys)
        """
      }.joined()
  }

  /// One call: its messages' numbers and segments, how it ended, when it went out.
  struct TestCall {
    var gateway: String
    var numbers: [UInt64]
    var segments = 1
    /// Nil leaves it unsent.
    var settlement: Settlement?
    var link = ""
    var at = BooksFixture.submitted
  }

  let folder: TemporaryFolder
  let workspace: Workspace
  let console = FixedConsole()

  /// - Parameter more: further tables of qunfa.toml.
  init(billOn: String = "accepted", more: String = "") throws {
    folder = try TemporaryFolder()
    workspace = Workspace(
      try Configuration.parse(
        BooksFixture.settings(billOn: billOn) + "\n" + more, workspace: folder.path,
        registry: GatewayRegistry(allGateways)))
    console.time = BooksFixture.submitted + 3600
  }

  /// Writes a campaign's ledger; rows are numbered through the calls.
  func campaign(_ calls: [TestCall], id: String = "night", prices: String? = nil) throws {
    let folder = workspace.ledgerFolder(of: id)
    try plan(id, calls, prices, folder)
    let ledger = try CampaignLedger(folder: folder)
    for (index, call) in calls.enumerated() {
      guard let settlement = call.settlement else { continue }
      let link = call.link.isEmpty ? "\(id)-\(index + 1)" : call.link
      try ledger.commit([
        .intend(call: index + 1, attempt: 1, link: link, bodySHA256: "", at: call.at),
        .settle(call: index + 1, link: link, settlement, at: call.at),
      ])
    }
  }

  /// The builder ends with this: it holds the file.
  private func plan(_ id: String, _ calls: [TestCall], _ prices: String?, _ folder: String) throws {
    let builder = try LedgerBuilder(folder: folder)
    try builder.load(messages: FixtureMessages(calls))
    var row = 0
    var planned: [PlannedCall] = []
    for (index, call) in calls.enumerated() {
      planned.append(
        PlannedCall(
          id: index + 1, gateway: call.gateway, endpoint: "send", count: call.numbers.count, firstRow: row + 1,
          lastRow: row + call.numbers.count))
      row += call.numbers.count
    }
    let segments = calls.reduce(0) { $0 + $1.numbers.count * $1.segments }
    let names = Set(calls.map(\.gateway)).sorted()
    let frozen = prices ?? "{" + names.map { "\"\($0)\":{\"\":\"0.035\"}" }.joined(separator: ",") + "}"
    try builder.finish(
      calls: planned,
      FrozenPlan(
        facts: [
          ("campaign", id), ("department", "east"), ("epoch", "e"), ("prices", frozen),
          ("planned_at", String(BooksFixture.submitted.seconds)),
          ("counts", #"{"rows_read":\#(row),"planned_messages":\#(row),"planned_segments":\#(segments)}"#),
        ], inputs: [], rejected: []))
  }

  /// One report that came so many seconds after the submission.
  static func report(
    _ account: String, _ number: UInt64, id: String = "", code: String = "DELIVRD", after: Double = 60,
    _ change: (inout StoredReport) -> Void = { _ in }
  ) -> StoredReport {
    var report = StoredReport(receivedAt: submitted + after)
    report.account = account
    report.number = number
    report.messageID = id
    report.code = code
    report.reportedAt = submitted + after
    change(&report)
    return report
  }

  private var pages = 0

  /// Puts reports into the store, a page an account.
  func receive(_ reports: [StoredReport]) throws {
    try Files.makeFolder(workspace.data)
    let writer = try ReportWriter(ReportStore(folder: workspace.data))
    for report in reports {
      pages += 1
      var entry = SpoolEntry(.pull, account: report.account, kind: "reports", receivedAt: report.receivedAt)
      entry.spool = "s"
      entry.offset = pages
      var page = IntakeBatch.Page(entry, digest: Int64(pages))
      page.reports = [report]
      var batch = IntakeBatch()
      batch.add(page)
      try writer.commit(batch)
    }
  }

  @discardableResult func reconcile(_ request: ReconcileRequest = ReconcileRequest()) throws -> ReconcileReport {
    try Books(workspace, console: console).reconcile(request)
  }

  func file(_ name: String) throws -> CSVText { CSVText(try folder.read("out/" + name)) }
}

/// The fixture's messages as rows for SQLite.
private final class FixtureMessages: BulkSource {
  private let rows: [(number: UInt64, call: Int, position: Int, segments: Int)]
  private var index = -1
  private var words = ByteBuffer()

  init(_ calls: [BooksFixture.TestCall]) {
    rows = calls.enumerated().flatMap { index, call in
      call.numbers.enumerated().map { position, number in (number, index + 1, position, call.segments) }
    }
    words.append("CNUCS-2Hello")
  }

  func advance() -> Bool {
    index += 1
    return index < rows.count
  }

  func value(_ column: Int, into result: borrowing BulkResult) {
    switch column {
    case 0: result.set(index + 1)
    case 1: result.setNull()
    case 2: result.set(Int(rows[index].number))
    case 3: result.set(text: words, 0..<2)
    case 4: result.set(rows[index].call)
    case 5: result.set(rows[index].position)
    case 6: result.set(text: words, 2..<7)
    case 7: result.set(5)
    case 8: result.set(rows[index].segments)
    default: result.set(text: words, 7..<12)
    }
  }
}

/// A console with a clock of its own.
final class FixedConsole: RunConsole {
  var time = Timestamp(seconds: 0)
  var isInterrupted: Bool { false }
  var told: [String] = []

  func now() -> Timestamp { time }
  func tell(_ diagnostic: Diagnostic) { told.append(diagnostic.description) }
  func waiting(until moment: String) {}
  func progress(_ progress: SendProgress) {}
}
