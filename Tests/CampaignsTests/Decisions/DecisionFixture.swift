import Configuration
import Database
import Gateways
import Messaging
import Platform
import TestSupport

@testable import Campaigns
@testable import Ledger

/// A workspace with a campaign of ten messages whose plan is frozen and of which nothing was sent:
/// calls 1 (rows 1 to 4) and 2 (rows 5 to 8) at juhe, call 3 (rows 9 and 10) at mobset, one segment each.
final class DecisionFixture {
  static let planned = Timestamp(seconds: 1_794_362_400)
  static let settings = """
    data = "data"
    output = "out"
    csv_encoding = "utf-8"
    [gateways.j]
    protocol = "juhe"
    url = "http://127.0.0.1:1"
    account = "922011"
    password = "secret"
    extno = "1069"
    price = "0.035"
    [gateways.m]
    protocol = "mobset"
    url = "http://127.0.0.1:1"
    corp_id = "100001"
    login_name = "admin"
    password = "secret"
    price = "0.04"
    [gateways.e]
    protocol = "emay"
    url = "http://127.0.0.1:1"
    app_id = "EUCP-EMY"
    secret_key = "1234567890123456"
    price = "0.05"
    regions = ["AU"]
    [gateways.x]
    protocol = "18sms"
    url = "http://127.0.0.1:1"
    account = "a"
    password = "secret"
    price = "0.03"
    [gateways.y]
    protocol = "youe"
    url = "http://127.0.0.1:1"
    uid = "1001"
    password = "secret"
    price = "0.03"
    """

  let folder: TemporaryFolder
  let console = QuietConsole()
  let workspace: Workspace
  let campaign: CampaignFile

  /// - Parameters:
  ///   - delivery: lines of `[delivery]`.
  ///   - timed: the account of call 3.
  ///   - more: further tables of qunfa.toml.
  init(delivery: String = "", timed: String = "m", more: String = "") throws {
    folder = try TemporaryFolder()
    let configuration = try Configuration.parse(
      DecisionFixture.settings + "\n" + more, workspace: folder.path, registry: GatewayRegistry(allGateways))
    workspace = Workspace(configuration)
    let text = """
      id = "night"
      name = "Night"
      kind = "notice"
      gateways = ["j", "\(timed)"]
      [contacts]
      files = ["contacts.csv"]
      phone = "phone"
      [message]
      text = "Hello"
      [delivery]
      \(delivery)
      """
    try folder.write("campaign.toml", text)
    campaign = try CampaignFile.load(path: folder.path + "/campaign.toml", configuration: configuration)
    let contacts = "phone\n" + (1...10).map { "138001380\(10 + $0)\n" }.joined()
    try folder.write("contacts.csv", contacts)
    let builder = try LedgerBuilder(folder: workspace.ledgerFolder(of: "night"))
    try builder.load(messages: TenMessages())
    let call = { (id: Int, gateway: String, endpoint: String, rows: ClosedRange<Int>) in
      PlannedCall(
        id: id, gateway: gateway, endpoint: endpoint, count: rows.count, firstRow: rows.lowerBound,
        lastRow: rows.upperBound)
    }
    try builder.finish(
      calls: [
        call(1, "j", "send", 1...4), call(2, "j", "send", 5...8), call(3, timed, "send", 9...10),
      ],
      FrozenPlan(
        facts: [
          ("campaign", "night"), ("name", "Night"), ("epoch", "e"), ("header", #"["phone"]"#), ("cost", "0.36"),
          ("planned_at", String(DecisionFixture.planned.seconds)),
          ("counts", #"{"rows_read":10,"planned_messages":10,"planned_segments":10}"#),
        ],
        inputs: [("contacts", "contacts.csv", Digest.hex(Digest.sha256(Array(contacts.utf8))))], rejected: []))
    try folder.write("data/campaigns/night/campaign.toml", text)
    console.time = DecisionFixture.planned + 60
  }

  var run: CampaignRun { CampaignRun(campaign, workspace, console: console) }

  func ledger() throws -> CampaignLedger { try CampaignLedger(folder: workspace.ledgerFolder(of: "night")) }

  /// Sends a call that ends so; nil leaves it under way.
  func send(_ call: Int, _ settlement: Settlement?, at time: Timestamp = planned) throws {
    let ledger = try ledger()
    let link = "link-\(call)"
    try ledger.commit([.intend(call: call, attempt: 1, link: link, bodySHA256: "", at: time)])
    if let settlement { try ledger.commit([.settle(call: call, link: link, settlement, at: time)]) }
  }

  /// The state of each row, from `result.csv`.
  func states() throws -> [String] {
    try folder.read("out/night/result.csv").split(separator: "\n").dropFirst().map { line in
      String(line.split(separator: ",", omittingEmptySubsequences: false)[9])
    }
  }

  func status(segments: Bool = true) throws -> CampaignStatus {
    try workspace.status(of: "night", segments: segments, now: console.now())
  }
}

/// The fixture's messages as rows for SQLite.
private final class TenMessages: BulkSource {
  private var row = 0
  private var words = ByteBuffer()

  init() { words.append("CNUCS2Hello") }

  func advance() -> Bool {
    row += 1
    return row <= 10
  }

  func value(_ column: Int, into result: borrowing BulkResult) {
    switch column {
    case 0: result.set(row)
    case 1: result.setNull()
    case 2: result.set(8_613_800_138_010 + row)
    case 3: result.set(text: words, 0..<2)
    case 4: result.set((row - 1) / 4 + 1)
    case 5: result.set((row - 1) % 4)
    case 6: result.set(text: words, 2..<6)
    case 7: result.set(5)
    case 8: result.set(1)
    default: result.set(text: words, 6..<11)
    }
  }
}

/// A console that remembers what it was told.
final class QuietConsole: RunConsole {
  var time = Timestamp(seconds: 0)
  var isInterrupted = false
  var told: [String] = []

  func now() -> Timestamp { time }
  func tell(_ diagnostic: Diagnostic) { told.append(diagnostic.description) }
  func waiting(until moment: String) {}
  func progress(_ progress: SendProgress) {}
}

/// A gateway that answers by a script, one answer a request, and keeps what it was asked.
final class ScriptedTransport: Transport {
  var requests: [(account: String, body: String)] = []
  /// Moves on when someone waits and nothing is there.
  var clock = 0.0
  private var script: [Completion.Result]
  private var ready: [Completion] = []

  init(_ script: [Completion.Result]) { self.script = script }

  convenience init(bodies: [String]) {
    self.init(bodies.map { .answered(GatewayAnswer(status: 200, body: Array($0.utf8)), date: nil) })
  }

  func submit(_ request: GatewayRequest, to account: String, timeout: Double, tag: UInt64) {
    requests.append((account, request.body.text))
    ready.append(Completion(tag: tag, result: script.isEmpty ? .notSent("the script is over") : script.removeFirst()))
  }

  func wait(until deadline: Double) -> [Completion] {
    if ready.isEmpty { clock = max(clock, deadline) }
    defer { ready = [] }
    return ready
  }
}
