import Database
import Messaging
import Platform
import TestSupport
import Testing

@testable import Campaigns
@testable import Ledger

@Suite struct StatusTests {
  @Test func `messages and segments are counted by state, the newest call having the word`() throws {
    let fixture = try DecisionFixture()
    try fixture.send(1, Settlement(.mixed, states: [.accepted, .refused, .unknown, .accepted]))
    try fixture.send(2, Settlement(.unknown))
    try fixture.ledger().commit([
      .resend(
        call: 2, parts: [CallPart(first: 1, count: 2, gateway: "j", endpoint: "send", segments: [2, 3])],
        person: "alice", positions: [1, 2], at: fixture.console.time)
    ])
    let status = try fixture.status()
    #expect(status.count(.accepted) == .init(messages: 2, segments: 2))
    #expect(status.count(.refused) == .init(messages: 1, segments: 1))
    #expect(status.count(.unknown) == .init(messages: 3, segments: 3))
    #expect(status.count(.planned) == .init(messages: 4, segments: 7))
    #expect(status.calls == [.mixed: 1, .unknown: 1, .planned: 2])
    #expect(status.planned == 10)
    #expect(status.rowsRead == 10)
    #expect(status.name == "Night")
    #expect(status.plannedAt == DecisionFixture.planned)
    #expect(status.exitCode == .unknownMessages)
    #expect(try fixture.status(segments: false).count(.planned) == .init(messages: 4, segments: 0))
  }

  @Test(arguments: [
    (3599.0, Age.underHour), (3600, .underSixHours), (21_600, .underDay), (86_400, .underThreeDays), (259_200, .older),
  ])
  func `waiting and unknown messages are told by gateway and age`(_ seconds: Double, _ age: Age) throws {
    let fixture = try DecisionFixture()
    try fixture.send(3, Settlement(.unknown))
    fixture.console.time = DecisionFixture.planned + seconds
    let status = try fixture.status()
    var waiting = AgedMessages(gateway: "j")
    waiting.counts[age.rawValue] = 8
    var unknown = AgedMessages(gateway: "m")
    unknown.counts[age.rawValue] = 2
    #expect(status.waiting == [waiting])
    #expect(status.unknown == [unknown])
  }

  @Test func `the most serious state has the exit code`() throws {
    let fixture = try DecisionFixture()
    #expect(try fixture.status().exitCode == .paused)
    try fixture.send(1, Settlement(.refused))
    #expect(try fixture.status().exitCode == .paused)
    try fixture.send(2, Settlement(.accepted))
    try fixture.send(3, Settlement(.unknown))
    #expect(try fixture.status().exitCode == .unknownMessages)
    _ = try fixture.run.resolve(.accepted, only: nil, person: "alice")
    #expect(try fixture.status().exitCode == .partly)
  }

  @Test func `all accepted is done, nothing sent is not`() throws {
    let fixture = try DecisionFixture()
    for call in 1...3 { try fixture.send(call, Settlement(.accepted)) }
    #expect(try fixture.status().exitCode == .done)
    #expect(try fixture.workspace.status(of: "other", segments: true, now: .now).exitCode == .paused)
  }

  @Test func `a call under way is in flight while a run is at work, else unknown`() throws {
    let fixture = try DecisionFixture()
    try fixture.send(1, nil)
    #expect(try fixture.status().count(.unknown).messages == 4)
    #expect(try !fixture.status().isRunning)
    let lock = try HeldLock.take(fixture.workspace.ledgerFolder(of: "night") + "/lock")
    let status = try fixture.status()
    withExtendedLifetime(lock) {}
    #expect(status.isRunning)
    #expect(status.count(.sending).messages == 4)
    #expect(status.exitCode == .paused)
  }

  @Test func `the ledger is read beside its writer, without the log's files, and never changed`() throws {
    let fixture = try DecisionFixture()
    let path = fixture.workspace.ledgerFolder(of: "night") + "/ledger.db"
    let before = try Manifest.digest(of: path)
    // As the plan left it: no log yet.
    #expect(!Files.exists(path + "-wal"))
    #expect(try fixture.status().count(.planned).messages == 10)
    #expect(try Manifest.digest(of: path) == before)
    // A writer that is still there, with commits in its log only.
    let writer = try fixture.ledger()
    try writer.commit([.cancel(call: 3, at: fixture.console.time)])
    #expect((Files.size(path + "-wal") ?? 0) > 0)
    #expect(try fixture.status().count(.cancelled).messages == 2)
    // And it goes on writing afterwards.
    try writer.commit([.cancel(call: 2, at: fixture.console.time)])
    #expect(try fixture.status().count(.cancelled).messages == 6)
    try writer.checkpoint()
  }

  @Test func `one reading sees one state of the ledger`() throws {
    let fixture = try DecisionFixture()
    let writer = try fixture.ledger()
    let reader = try CampaignLedger(folder: fixture.workspace.ledgerFolder(of: "night"), readOnly: true)
    try reader.snapshot { () throws(LedgerError) in
      #expect(try reader.call(3)?.state == .planned)
      try writer.commit([.cancel(call: 3, at: fixture.console.time)])
      #expect(try reader.call(3)?.state == .planned)
    }
    #expect(try reader.call(3)?.state == .cancelled)
  }

  @Test func `what is known of the accounts needs no store`() throws {
    let fixture = try DecisionFixture()
    let store = try fixture.workspace.store()
    #expect(try fixture.workspace.accountsLastKnown().balances.isEmpty)
    try store.remember(pace: 210, of: "j", at: fixture.console.time)
    for (seconds, amount) in [(2.0, "7"), (1, "8")] {
      try store.record([
        .init(at: fixture.console.time + seconds, gateway: "m", product: "", amount: amount, unit: "messages")
      ])
    }
    let known = try fixture.workspace.accountsLastKnown()
    #expect(known.paces.map { "\($0.gateway) \($0.rate)" } == ["j 210.0"])
    #expect(known.balances.map(\.words) == ["7 messages"])
  }
}
