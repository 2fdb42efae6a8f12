import Database
import Gateways
import Messaging
import Platform
import TestSupport
import Testing

@testable import Campaigns
@testable import Ledger

/// Answers in words, so that a test reads as what the gateway said: `ok`, `refused`, `blame`, `slow`, `account`; anything
/// else cannot be read. The request shows endpoint, link id and recipients.
private enum Words {
  static func request(_ submission: Submission) -> GatewayRequest {
    let recipients = submission.recipients.map { "\($0.number)=\($0.text.text)" }
    let lines = [submission.endpoint.rawValue, submission.linkID] + recipients
    return GatewayRequest(url: "http://gateway", body: Array(lines.joined(separator: "\n").utf8))
  }

  static func outcome(_ answer: GatewayAnswer, _ submission: Submission) -> CallOutcome {
    switch answer.body.text {
    case "ok":
      CallOutcome(.settled(submission.recipients.map { MessageOutcome(.accepted, ids: ["id\($0.number)"]) }), code: "0")
    case "refused": CallOutcome(.refused, code: "5")
    case "blame": CallOutcome(.memberToBlame, code: "4")
    case "slow": CallOutcome(.slowDown, code: "8")
    case "account": CallOutcome(.account, code: "1")
    default: CallOutcome(.unknown("the answer cannot be read"))
    }
  }
}

/// A gateway with a point-to-point endpoint.
struct PairGateway: Gateway {
  static let name = "pair"
  static let settings: [GatewaySetting] = []
  static let abilities = GatewayAbilities(pointToPoint: .p2p, sameContent: .send, mostPerCall: 100, usualPerCall: 10)
  static let codes = [CodeMeaning("1", .account, "no money", "余额不足")]
  init(url: String?, values: GatewayValues) {}
  init() {}
  func request(for submission: Submission) -> GatewayRequest { Words.request(submission) }
  func outcome(of answer: GatewayAnswer, to submission: Submission) -> CallOutcome { Words.outcome(answer, submission) }
  func balanceRequest(at time: Timestamp) -> GatewayRequest? { nil }
  func balance(in answer: GatewayAnswer) -> BalanceOutcome { .unreadable("") }
}

/// A gateway whose point-to-point endpoint takes no line breaks.
struct LineGateway: Gateway {
  static let name = "line"
  static let settings: [GatewaySetting] = []
  static let abilities = GatewayAbilities(
    pointToPoint: .p2p, sameContent: .send, mostPerCall: 100, usualPerCall: 10, pointToPointTakesLineBreaks: false)
  static let codes: [CodeMeaning] = []
  init(url: String?, values: GatewayValues) {}
  init() {}
  func request(for submission: Submission) -> GatewayRequest { Words.request(submission) }
  func outcome(of answer: GatewayAnswer, to submission: Submission) -> CallOutcome { Words.outcome(answer, submission) }
  func balanceRequest(at time: Timestamp) -> GatewayRequest? { nil }
  func balance(in answer: GatewayAnswer) -> BalanceOutcome { .unreadable("") }
}

/// A gateway without one, whose outcomes can be watched.
struct PlainGateway: Gateway {
  static let name = "plain"
  static let settings: [GatewaySetting] = []
  static let abilities = GatewayAbilities(pointToPoint: nil, sameContent: .batch, mostPerCall: 100, usualPerCall: 10)
  static let codes: [CodeMeaning] = []
  var watch: @Sendable (GatewayAnswer) -> Void = { _ in }
  init(url: String?, values: GatewayValues) {}
  init() {}
  func request(for submission: Submission) -> GatewayRequest { Words.request(submission) }
  func outcome(of answer: GatewayAnswer, to submission: Submission) -> CallOutcome {
    watch(answer)
    return Words.outcome(answer, submission)
  }
  func balanceRequest(at time: Timestamp) -> GatewayRequest? { nil }
  func balance(in answer: GatewayAnswer) -> BalanceOutcome { .unreadable("") }
}

/// Clocks that only move when someone waits, and the far ends of all connections.
final class SendingWorld: Transport, SendingEnvironment {
  struct Request {
    var account: String
    var endpoint: String
    var link: String
    var recipients: [String]
    var at: Double
  }

  let zone: any Zone = FixedZone.beijing
  /// 2026-11-11 10:00 in Beijing.
  let began = Timestamp(seconds: 1_794_362_400)
  private(set) var clock = 0.0
  private(set) var requests: [Request] = []
  private(set) var told: [String] = []
  private(set) var differences: [Int] = []
  private var flying: [(at: Double, Completion)] = []
  var isInterrupted = false
  /// What the far end makes of a request, and after how many seconds.
  var answer: (Request) -> (Completion.Result, after: Double) = { _ in (SendingWorld.says("ok"), 0.05) }
  var onSubmit: (Request) -> Void = { _ in }

  static func says(_ words: String, date: Timestamp? = nil) -> Completion.Result {
    .answered(GatewayAnswer(status: 200, body: Array(words.utf8)), date: date)
  }

  func submit(_ request: GatewayRequest, to account: String, timeout: Double, tag: UInt64) {
    let lines = request.body.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let seen = Request(account: account, endpoint: lines[0], link: lines[1], recipients: Array(lines[2...]), at: clock)
    requests.append(seen)
    onSubmit(seen)
    let (result, after) = answer(seen)
    flying.append((clock + after, Completion(tag: tag, result: result)))
  }

  func wait(until deadline: Double) -> [Completion] {
    clock = max(clock, min(deadline, flying.map(\.at).min() ?? deadline)) + 0.000_01
    let landed = flying.filter { $0.at <= clock }.map(\.1)
    flying.removeAll { $0.at <= clock }
    return landed
  }

  func now() -> Timestamp { began + clock }
  func monotonic() -> Double { clock }
  func progress(_ sender: Sender) { precondition(clock < 100_000, "the sender does not end") }
  func settled(_ settlement: Settlement, count: Int) {}
  func stopped(account: String, reason: String, next: String) { told.append("\(account): \(reason)") }
  func clockDiffers(account: String, seconds: Int) { differences.append(seconds) }
}

/// A frozen plan of calls, each with its texts, and a sender for it.
final class SendingFixture {
  let folder: TemporaryFolder
  let ledger: CampaignLedger
  let world = SendingWorld()
  var accounts = [SendingFixture.account("a", PairGateway())]
  var window = SendingWindow(start: nil, daily: nil)
  var failover = false
  var rate: Double?
  var spendLimit: SpendLimit?
  var ownSignatures = OwnSignatures()

  typealias Plan = (gateway: String, endpoint: String, texts: [String])

  init(_ calls: [Plan]) throws {
    folder = try TemporaryFolder()
    var rows: [PlannedText] = []
    for (index, call) in calls.enumerated() {
      for (position, text) in call.texts.enumerated() {
        rows.append(PlannedText(row: rows.count + 1, call: index + 1, position: position, text: text))
      }
    }
    do {
      let builder = try LedgerBuilder(folder: folder.path)
      try builder.load(messages: PlannedTexts(rows))
      try builder.finish(
        calls: calls.enumerated().map { index, call in
          let mine = rows.filter { $0.call == index + 1 }.map(\.row)
          return PlannedCall(
            id: index + 1, gateway: call.gateway, endpoint: call.endpoint, count: mine.count, firstRow: mine[0],
            lastRow: mine[mine.count - 1])
        }, FrozenPlan(facts: [("epoch", "e")], inputs: [], rejected: []))
    }
    ledger = try CampaignLedger(folder: folder.path)
  }

  /// Calls of two texts each at account `a`.
  convenience init(calls: Int) throws {
    try self.init((1...calls).map { ("a", "p2p", ["one \($0)", "two \($0)"]) })
  }

  static func account(
    _ name: String, _ gateway: any Gateway, rate: Double = 1e6, concurrency: Int = 1, batch: Int = 10,
    signature: String = "", isAdded: Bool = false
  ) -> SendingAccount {
    SendingAccount(
      name: name, gateway: gateway, pace: Pacer.Limits(rate: rate, calls: 1e6, concurrency: concurrency), timeout: 45,
      batch: batch, regions: [], signature: Signature(text: Array(signature.utf8), addedByGateway: isAdded))
  }

  func sender(_ store: (any CallStore)? = nil) throws -> Sender {
    var settings = Sender.Settings(
      campaign: "night", identity: LinkIdentity(key: [1], epoch: "e", campaign: "night"), window: window, sendAt: nil,
      failover: failover, rate: rate, learnt: [:])
    settings.ownSignatures = ownSignatures
    return Sender(
      store: store ?? ledger, answers: try AnswerLog(folder: folder.path), transport: world, accounts: accounts,
      settings: settings, spendLimit: spendLimit, environment: world)
  }

  /// `state` of every call, by id.
  func states() throws -> [String] {
    var states: [String] = []
    try ledger.forEachCall { states.append($0.state.rawValue) }
    return states
  }

  /// The state of every message in row order.
  func fates() throws -> [MessageState] {
    let directory = try MessageDirectory(ledger)
    var places: [(Int, Int)] = []
    try ledger.forEachMessage { (message) throws(LedgerError) in places.append((message.root, message.position)) }
    return try places.map { try directory.fate(root: $0.0, position: $0.1).state }
  }
}

struct PlannedText {
  var row: Int
  var call: Int
  var position: Int
  var text: String
  var segments = 1
}

/// A plan's rows as SQLite fetches them.
final class PlannedTexts: BulkSource {
  private let rows: [PlannedText]
  private var index = -1
  private var words = ByteBuffer()
  private var text = ByteBuffer()

  init(_ rows: [PlannedText]) {
    self.rows = rows
    words.append("CNUCS-2")
  }

  func advance() -> Bool {
    index += 1
    guard index < rows.count else { return false }
    text.clear()
    text.append(rows[index].text)
    return true
  }

  func value(_ column: Int, into result: borrowing BulkResult) {
    switch column {
    case 0: result.set(rows[index].row)
    case 1: result.setNull()
    case 2: result.set(8_613_800_138_000 + rows[index].row)
    case 3: result.set(text: words, 0..<2)
    case 4: result.set(rows[index].call)
    case 5: result.set(rows[index].position)
    case 6: result.set(text: words, 2..<7)
    case 7: result.set(text.count)
    case 8: result.set(rows[index].segments)
    default: result.set(text: text, 0..<text.count)
    }
  }
}
