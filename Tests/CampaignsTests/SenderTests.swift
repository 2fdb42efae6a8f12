import Configuration
import Gateways
import Messaging
import Platform
import TestSupport
import Testing

@testable import Campaigns
@testable import Ledger

@Suite struct SenderTests {
  @Test func `an intent is committed before its request goes out`() throws {
    let fixture = try SendingFixture(calls: 9)
    fixture.accounts = [SendingFixture.account("a", PairGateway(), concurrency: 4)]
    // A connection of its own sees only what is committed.
    let witness = try CampaignLedger(folder: fixture.folder.path, readOnly: true)
    var intended = 0
    fixture.world.onSubmit = { request in
      let sending = (try? witness.calls(in: .sending, of: "a", after: 0, limit: 99)) ?? []
      if sending.contains(where: { $0.linkID == request.link && $0.attempt == 1 }) { intended += 1 }
    }
    #expect(try fixture.sender().run() == .finished)
    #expect(intended == 9 && fixture.world.requests.count == 9)
    #expect(try fixture.states().allSatisfy { $0 == "accepted" })
    #expect(Set(fixture.world.requests.map(\.link)).count == 9)
    #expect(try fixture.ledger.settlement(of: 1).ids == ["id8613800138001", "id8613800138002"])
  }

  @Test func `an answer is on disk before it is read`() throws {
    let fixture = try SendingFixture([("p", "batch", ["x"]), ("p", "batch", ["y"])])
    let log = fixture.folder.path + "/answers.log"
    var gateway = PlainGateway()
    gateway.watch = { answer in
      let held = (try? Files.read(log, limit: 1 << 20).text) ?? ""
      if !held.contains("\n" + answer.body.text + "\n") { Issue.record("read before it was kept") }
    }
    fixture.accounts = [SendingFixture.account("p", gateway)]
    #expect(try fixture.sender().run() == .finished)
    #expect(try AnswerLog.answers(in: fixture.folder.path, to: [1: 1, 2: 1]).count == 2)
  }

  struct Ending: CustomTestStringConvertible {
    var name: String
    var result: Completion.Result
    var state: String
    var stops = 0
    var testDescription: String { name }
  }

  static let endings = [
    Ending(name: "ok", result: SendingWorld.says("ok"), state: "accepted"),
    Ending(name: "refused", result: SendingWorld.says("refused"), state: "refused"),
    Ending(name: "unreadable", result: SendingWorld.says("<html>"), state: "unknown"),
    Ending(name: "account", result: SendingWorld.says("account"), state: "planned", stops: 1),
    Ending(
      name: "cut short", result: .cutShort(GatewayAnswer(status: 200, body: Array("ok".utf8)), reason: "cut"),
      state: "unknown"),
    Ending(name: "no answer", result: .unknown("timed out"), state: "unknown"),
    Ending(name: "not sent", result: .notSent("no connection"), state: "planned", stops: 1),
    Ending(name: "storm", result: SendingWorld.says("slow"), state: "planned", stops: 1),
  ]

  @Test(arguments: endings) func `a request that always ends so leaves its call`(_ one: Ending) throws {
    let fixture = try SendingFixture([("a", "p2p", ["x", "y"])])
    fixture.world.answer = { _ in (one.result, 0.05) }
    let sender = try fixture.sender()
    #expect(try sender.run() == .finished)
    #expect(try fixture.states() == [one.state])
    #expect(sender.stops.count == one.stops && fixture.world.told.count == one.stops)
  }

  @Test func `a call that was put back goes out again under another id`() throws {
    let fixture = try SendingFixture(calls: 1)
    fixture.world.answer = { [world = fixture.world] _ in
      (world.requests.count == 1 ? SendingWorld.says("slow") : SendingWorld.says("ok"), 0.05)
    }
    #expect(try fixture.sender().run() == .finished)
    let links = fixture.world.requests.map(\.link)
    #expect(links.count == 2 && links[0] != links[1])
    #expect(fixture.world.requests[0].recipients == fixture.world.requests[1].recipients)
    let call = try #require(try fixture.ledger.call(1))
    #expect(call.attempt == 2 && call.linkID == links[1] && call.state == .accepted)
  }

  @Test func `a call with a bad member is halved until it stands alone`() throws {
    let fixture = try SendingFixture([("a", "p2p", ["1", "2", "3", "bad", "5"])])
    fixture.world.answer = { request in
      (SendingWorld.says(request.recipients.contains { $0.hasSuffix("=bad") } ? "blame" : "ok"), 0.01)
    }
    #expect(try fixture.sender().run() == .finished)
    #expect(try fixture.fates() == [.accepted, .accepted, .accepted, .refused, .accepted])
    // Who was in a refused call comes again; nobody whose call was accepted does.
    let taken = fixture.world.requests.map(\.recipients).filter { !$0.contains { $0.hasSuffix("=bad") } }.flatMap { $0 }
    #expect(taken.count == 4 && Set(taken).count == 4)
  }

  @Test func `an account that stops leaves the rest planned`() throws {
    let fixture = try SendingFixture(calls: 5)
    fixture.world.answer = { [world = fixture.world] _ in
      (SendingWorld.says(world.requests.count < 3 ? "ok" : "account"), 0.05)
    }
    let sender = try fixture.sender()
    #expect(try sender.run() == .finished)
    #expect(try fixture.states() == ["accepted", "accepted", "planned", "planned", "planned"])
    #expect(sender.stops.first?.reason == "the gateway answered 1: no money (余额不足)")
    // The next run goes on with what is left.
    fixture.world.answer = { _ in (SendingWorld.says("ok"), 0.05) }
    #expect(try fixture.sender().run() == .finished)
    #expect(fixture.world.requests.count == 6)
    #expect(Set(fixture.world.requests.map(\.link)).count == 6)
  }

  @Test func `calls of one text never carry another text`() throws {
    // As if two texts had one hash.
    let fixture = try SendingFixture([("a", "send", ["x", "x", "y", "x"])])
    #expect(try fixture.sender().run() == .finished)
    #expect(
      fixture.world.requests.map { $0.recipients.map { $0.split(separator: "=")[1] } } == [["x", "x"], ["y"], ["x"]])
    #expect(try fixture.states() == ["divided", "accepted", "accepted", "accepted"])
    #expect(try fixture.fates().allSatisfy { $0 == .accepted })
  }

  @Test(arguments: [
    (Completion.Result.unknown("timed out"), Limits.unknownInARow), (.notSent("refused"), Limits.notSentInARow),
  ])
  func `an account stops after so many failures in a row`(_ result: Completion.Result, _ most: Int) throws {
    let fixture = try SendingFixture(calls: 20)
    // Four failures, a success, then nothing but failures.
    fixture.world.answer = { [world = fixture.world] _ in
      (world.requests.count == most ? SendingWorld.says("ok") : result, 0.05)
    }
    let sender = try fixture.sender()
    #expect(try sender.run() == .finished)
    #expect(fixture.world.requests.count == most * 2)
    #expect(sender.stops.count == 1)
    // Whoever has no proof that nothing was sent is never sent again.
    let isUnknown = if case .unknown = result { true } else { false }
    #expect(try fixture.states().count { $0 == "unknown" } == (isUnknown ? most * 2 - 1 : 0))
  }

  @Test func `a closing window stops new calls and waits for those under way`() throws {
    let fixture = try SendingFixture(calls: 50)
    fixture.accounts = [SendingFixture.account("a", PairGateway(), rate: 0.1, concurrency: 3)]
    fixture.window = SendingWindow(start: nil, daily: DailyWindow("09:00-10:03"))
    fixture.world.answer = { _ in (SendingWorld.says("ok"), 50) }
    let ending = try fixture.sender().run()
    #expect(ending == .windowClosed(opensAt: fixture.world.began + 23 * 3600))
    #expect(try fixture.states().count { $0 == "sending" } == 0)
    // Two messages a call, ten seconds a message: a call every 20 s for three minutes.
    #expect(fixture.world.requests.count == 9)
    #expect(fixture.world.requests.allSatisfy { $0.at < 180 })
    #expect(fixture.world.clock > 205)
  }

  @Test func `whoever asks to stop gets the answers under way first`() throws {
    let fixture = try SendingFixture(calls: 10)
    fixture.world.onSubmit = { [world = fixture.world] _ in world.isInterrupted = world.requests.count == 4 }
    #expect(try fixture.sender().run() == .interrupted)
    #expect(try fixture.states().prefix(5) == ["accepted", "accepted", "accepted", "accepted", "planned"])
  }

  @Test(arguments: [(10.0, 0, 0), (400, 1, 0), (-400, 1, 0), (1000, 0, 1)])
  func `a clock that differs is told, one far off stops`(_ seconds: Double, _ told: Int, _ stops: Int) throws {
    let fixture = try SendingFixture(calls: 1)
    fixture.world.answer = { [world = fixture.world] _ in (SendingWorld.says("ok", date: world.now() + seconds), 0.05) }
    let sender = try fixture.sender()
    #expect(try sender.run() == .finished)
    #expect(fixture.world.differences.count == told && sender.stops.count == stops)
    #expect(try fixture.states() == ["accepted"])
  }

  @Test func `the campaign's own pace holds over all accounts`() throws {
    let fixture = try SendingFixture((1...40).map { ($0 % 2 == 0 ? "a" : "b", "p2p", ["x", "y"]) })
    fixture.accounts = [SendingFixture.account("a", PairGateway()), SendingFixture.account("b", PairGateway())]
    fixture.rate = 20
    #expect(try fixture.sender().run() == .finished)
    let span = (fixture.world.requests.last?.at ?? 0) - (fixture.world.requests.first?.at ?? 0)
    #expect(abs(span - 3.9) < 0.04, "40 calls of two messages at 20 a second took \(span) s")
  }
}

@Suite struct FailoverTests {
  private func fixture() throws -> SendingFixture {
    let fixture = try SendingFixture([
      ("a", "p2p", ["【甲】one", "【甲】two"]), ("a", "p2p", ["【甲】three", "【甲】three"]), ("a", "p2p", ["【甲】four", "five"]),
    ])
    fixture.failover = true
    fixture.accounts = [
      SendingFixture.account("a", PairGateway(), signature: "【甲】"),
      SendingFixture.account("b", PlainGateway(), signature: "【乙】"),
    ]
    return fixture
  }

  @Test func `planned calls go to the next account in its form, unknown ones stay`() throws {
    let fixture = try fixture()
    fixture.world.answer = { [world = fixture.world] request in
      if request.account == "b" { return (SendingWorld.says("ok"), 0.05) }
      return (world.requests.count == 1 ? .unknown("timed out") : SendingWorld.says("account"), 0.05)
    }
    #expect(try fixture.sender().run() == .finished)
    #expect(try fixture.fates() == [.unknown, .unknown, .accepted, .accepted, .accepted, .accepted])
    let moved = fixture.world.requests.filter { $0.account == "b" }
    #expect(moved.map(\.endpoint) == ["batch", "batch", "batch"])
    let texts = moved.map { $0.recipients.map { String($0.split(separator: "=")[1]) } }
    #expect(texts == [["【乙】three", "【乙】three"], ["【乙】four"], ["【乙】five"]])
    #expect(try fixture.states().prefix(3) == ["unknown", "divided", "divided"])
  }

  @Test func `a call that moves twice is counted for the account that carries it`() throws {
    let long = String(repeating: "长", count: 66)
    let fixture = try SendingFixture([("a", "p2p", [long, long, "短"])])
    fixture.failover = true
    fixture.accounts = [
      SendingFixture.account("a", PairGateway()), SendingFixture.account("b", PairGateway(), signature: "【很长的签名】"),
      SendingFixture.account("c", PairGateway(), signature: "【丙】"),
    ]
    fixture.world.answer = { [world = fixture.world] request in
      switch request.account {
      case "a": (SendingWorld.says("account"), 0.05)
      // At b the call is first halved, then the account stops.
      case "b": (SendingWorld.says(world.requests.count == 2 ? "blame" : "account"), 0.05)
      default: (SendingWorld.says("ok"), 0.05)
      }
    }
    #expect(try fixture.sender().run() == .finished)
    let directory = try MessageDirectory(fixture.ledger)
    let fates = try (0..<3).map { try directory.fate(root: 1, position: $0) }
    #expect(fates.map(\.gateway) == ["c", "c", "c"] && fates.map(\.segments) == [1, 1, 1])
    var segments: [[Int]?] = []
    try fixture.ledger.forEachCall { call in segments.append(try? fixture.ledger.segments(of: call.id)) }
    // The plan's, b's, its two halves, c's two.
    #expect(segments == [nil, [2, 2, 1], [2], [2, 1], [1], [1, 1]])
    let texts = fixture.world.requests.filter { $0.account == "c" }.flatMap(\.recipients)
    #expect(texts.map { $0.split(separator: "=")[1].prefix(4) } == ["【丙】长", "【丙】长", "【丙】短"])
  }

  @Test func `the endpoint is chosen by the text as the next account sends it`() throws {
    let fixture = try SendingFixture([("a", "p2p", ["【甲】one", "【甲】two"])])
    fixture.failover = true
    fixture.accounts = [
      SendingFixture.account("a", PairGateway(), signature: "【甲】"),
      SendingFixture.account("b", LineGateway(), signature: "【乙\n】"),
    ]
    fixture.world.answer = { request in (SendingWorld.says(request.account == "b" ? "ok" : "account"), 0.05) }
    #expect(try fixture.sender().run() == .finished)
    #expect(fixture.world.requests.filter { $0.account == "b" }.map(\.endpoint) == ["send", "send"])
  }

  @Test func `without another account everything stays planned`() throws {
    let fixture = try fixture()
    fixture.world.answer = { _ in (SendingWorld.says("account"), 0.05) }
    let sender = try fixture.sender()
    #expect(try sender.run() == .finished)
    #expect(sender.stops.map(\.account) == ["a", "b"])
    #expect(try fixture.fates().allSatisfy { $0 == .planned })
  }

  @Test func `calls in flight are awaited before an account's calls move`() throws {
    let fixture = try fixture()
    fixture.accounts[0].pace.concurrency = 3
    fixture.world.answer = { [world = fixture.world] request in
      if request.account == "b" { return (SendingWorld.says("ok"), 0.05) }
      // The first answer stops the account, the others come a minute later.
      return world.requests.count == 1 ? (SendingWorld.says("account"), 0.05) : (SendingWorld.says("ok"), 60)
    }
    #expect(try fixture.sender().run() == .finished)
    #expect(try fixture.fates().allSatisfy { $0 == .accepted })
    #expect(fixture.world.requests.filter { $0.account == "b" }.allSatisfy { $0.at >= 60 })
    #expect(fixture.world.requests.filter { $0.account == "b" }.flatMap(\.recipients).count == 2)
  }
}

/// A ledger whose disk fails at one commit.
private final class FailingStore: CallStore {
  private let ledger: CampaignLedger
  private var left: Int
  private(set) var commits = 0

  init(_ ledger: CampaignLedger, failingAt commit: Int) {
    self.ledger = ledger
    left = commit
  }

  func fact(_ key: String) throws(LedgerError) -> String? { try ledger.fact(key) }
  func inputs() throws(LedgerError) -> [(role: String, path: String, sha256: String)] { try ledger.inputs() }
  func rejected() throws(LedgerError) -> [(reason: RejectReason, rows: Int)] { try ledger.rejected() }
  func calls(in state: CallState, of gateway: String?, after: Int, limit: Int) throws(LedgerError) -> [Call] {
    try ledger.calls(in: state, of: gateway, after: after, limit: limit)
  }
  func call(_ id: Int) throws(LedgerError) -> Call? { try ledger.call(id) }
  func forEachCall(_ body: (Call) -> Void) throws(LedgerError) { try ledger.forEachCall(body) }
  func messages(of call: Call) throws(LedgerError) -> CallMessages { try ledger.messages(of: call) }
  func settlement(of call: Int) throws(LedgerError) -> Settlement { try ledger.settlement(of: call) }
  func segments(of call: Int) throws(LedgerError) -> [Int]? { try ledger.segments(of: call) }
  func forEachMessage(_ body: (borrowing StoredMessage) throws(LedgerError) -> Void) throws(LedgerError) {
    try ledger.forEachMessage(body)
  }
  func commit(_ changes: [Change]) throws(LedgerError) -> [Int] {
    guard !changes.isEmpty else { return [] }
    commits += 1
    left -= 1
    if left == 0 { throw .file(FileError("write", "ledger.db", number: 28)) }
    return try ledger.commit(changes)
  }
}

@Suite struct StorageFaultTests {
  @Test(arguments: 1...6) func `a commit that fails ends the run, and nothing goes out without its intent`(
    _ commit: Int
  ) throws {
    let fixture = try SendingFixture(calls: 10)
    fixture.accounts = [SendingFixture.account("a", PairGateway(), concurrency: 2)]
    let store = FailingStore(fixture.ledger, failingAt: commit)
    do {
      _ = try fixture.sender(store).run()
      Issue.record("the fault was not noticed")
    } catch let error as LedgerError { #expect(error.isStorageFault) }
    // The commit that failed was the last that was tried, and every request has its intent in the ledger.
    #expect(store.commits == commit)
    var links: Set<String> = []
    try fixture.ledger.forEachCall { links.insert($0.linkID) }
    #expect(fixture.world.requests.allSatisfy { links.contains($0.link) })
    if commit == 1 { #expect(fixture.world.requests.isEmpty) }
    // Whatever went out, its answer lies on disk for the next run.
    var attempts: [Int: Int] = [:]
    try fixture.ledger.forEachCall { if !$0.linkID.isEmpty { attempts[$0.id] = $0.attempt } }
    let kept = try AnswerLog.answers(in: fixture.folder.path, to: attempts)
    #expect(kept.count == fixture.world.requests.count)
  }
}
