import Messaging
import Platform
import TestSupport
import Testing

@testable import Campaigns
@testable import Ledger

@Suite struct ResolveTests {
  @Test(arguments: [(Resolution.accepted, MessageState.accepted), (.failed, .failed)])
  func `a decision about all unknown messages is carried out and recorded`(
    _ resolution: Resolution, _ state: MessageState
  ) throws {
    let fixture = try DecisionFixture()
    try fixture.send(1, Settlement(.accepted))
    try fixture.send(2, Settlement(.unknown, note: "timeout"))
    try fixture.send(3, Settlement(.mixed, states: [.accepted, .unknown], ids: ["a", ""]))
    let report = try fixture.run.resolve(resolution, only: nil, person: "alice")
    #expect(report.decided == 5)
    #expect(report.left == 0)
    #expect(report.exitCode == .done)
    let word = state.rawValue
    #expect(
      try fixture.states() == [
        "accepted", "accepted", "accepted", "accepted", word, word, word, word, "accepted", word,
      ])
    let ledger = try fixture.ledger()
    #expect(
      try ledger.decisions() == [
        .init(at: fixture.console.time, person: "alice", decision: word, call: 2, positions: [0, 1, 2, 3]),
        .init(at: fixture.console.time, person: "alice", decision: word, call: 3, positions: [1]),
      ])
    #expect(try ledger.settlement(of: 2).note == "timeout; decided as \(word) by alice")
    #expect(try ledger.settlement(of: 3).note == "1 of 2 messages decided as \(word) by alice")
    #expect(try ledger.settlement(of: 3).ids == ["a", ""])
  }

  @Test func `a result file cut down by hand names the messages that are meant`() throws {
    let fixture = try DecisionFixture()
    for call in 1...3 { try fixture.send(call, Settlement(.unknown)) }
    let list = try fixture.folder.write(
      "only.csv", "campaign,row,phone\nnight,5,x\nnight,7,x\nother,1,x\nnight,99,x\n")
    let report = try fixture.run.resolve(.failed, only: list, person: "alice")
    #expect(report.decided == 2)
    #expect(report.unused == 1)
    #expect(report.ofOthers == 1)
    #expect(report.left == 8)
    #expect(report.exitCode == .unknownMessages)
    #expect(
      try fixture.states() == [
        "unknown", "unknown", "unknown", "unknown", "failed", "unknown", "failed", "unknown", "unknown", "unknown",
      ])
    #expect(try fixture.folder.read("out/night/failed.csv").hasPrefix("phone,state,code,meaning\n13800138015,failed,"))
  }

  @Test func `messages to be sent again belong to new calls, one for each run of neighbours`() throws {
    let fixture = try DecisionFixture()
    for call in 1...3 { try fixture.send(call, Settlement(.unknown)) }
    let list = try fixture.folder.write(
      "only.txt", "number\n+86 138 0013 8011\n13800138012\n0086-13800138014\n13800138020\n")
    let report = try fixture.run.resolve(.resend, only: list, person: "alice")
    #expect(report.decided == 4)
    #expect(report.unused == 0)
    let ledger = try fixture.ledger()
    var made: [String] = []
    try ledger.forEachCall { call in
      if call.id > 3 {
        made.append("\(call.id): \(call.root) \(call.first)+\(call.count) \(call.gateway) \(call.state)")
      }
    }
    #expect(made == ["4: 1 0+2 j planned", "5: 1 3+1 j planned", "6: 3 1+1 m planned"])
    #expect(try ledger.call(1)?.state == .unknown)
    #expect(try ledger.decisions().map(\.decision) == ["resend", "resend"])
    #expect(try ledger.decisions().map(\.positions) == [[0, 1, 3], [1]])
    #expect(
      try fixture.states() == [
        "planned", "planned", "unknown", "planned", "unknown", "unknown", "unknown", "unknown", "unknown", "planned",
      ])
  }

  @Test func `what was moved to a newer call is not decided twice`() throws {
    let fixture = try DecisionFixture()
    try fixture.send(1, Settlement(.accepted))
    try fixture.send(2, Settlement(.unknown))
    try fixture.send(3, Settlement(.accepted))
    let list = try fixture.folder.write("only.csv", "row\n5\n")
    #expect(try fixture.run.resolve(.resend, only: list, person: "alice").decided == 1)
    // Row 5 waits in call 4; only 6 to 8 are unknown still.
    #expect(try fixture.run.resolve(.accepted, only: nil, person: "bob").decided == 3)
    #expect(try fixture.ledger().decisions().last?.positions == [1, 2, 3])
    #expect(try fixture.run.resolve(.failed, only: nil, person: "bob").decided == 0)
    #expect(try fixture.states()[4...7] == ["planned", "accepted", "accepted", "accepted"])
    // Sent again and unknown again: now the newer call's message is the one to decide.
    try fixture.send(4, Settlement(.unknown))
    #expect(try fixture.run.resolve(.failed, only: nil, person: "bob").decided == 1)
    #expect(try fixture.states()[4...7] == ["failed", "accepted", "accepted", "accepted"])
  }

  @Test func `segments of another gateway go with the messages that are sent again`() throws {
    let parts = CampaignRun.parts(
      of: Call(
        id: 9, root: 1, first: 10, count: 4, gateway: "m", endpoint: "send", firstRow: 1, lastRow: 20, state: .unknown,
        attempt: 1, linkID: "", submittedAt: nil, code: "", note: ""), [0, 1, 3], segments: [1, 2, 3, 4])
    #expect(
      parts == [
        CallPart(first: 10, count: 2, gateway: "m", endpoint: "send", segments: [1, 2]),
        CallPart(first: 13, count: 1, gateway: "m", endpoint: "send", segments: [4]),
      ])
  }

  @Test func `calls that a dead run left under way are unknown and can be decided`() throws {
    let fixture = try DecisionFixture()
    try fixture.send(1, nil)
    let report = try fixture.run.resolve(.accepted, only: nil, person: "alice")
    #expect(report.decided == 4)
    #expect(fixture.console.told.first?.contains("1 call was under way: 0 had the answer on disk") == true)
    #expect(try fixture.states()[0...4] == ["accepted", "accepted", "accepted", "accepted", "planned"])
  }

  @Test(arguments: [
    ("only.csv", "row\n5\nfive\n", ":3: error: 'row' is no whole number; expected a row number of result.csv"),
    (
      "only.csv", "row,phone\n5\n",
      ":2: error: the record is damaged: 1 field, expected 2; expected a row number of result.csv"
    ),
    (
      "only.txt", "phone\n13800138011\nnobody\n",
      ": error: 1 line holds no number; expected a phone number in every line"
    ),
  ])
  func `a list that cannot be understood decides nothing`(_ name: String, _ text: String, _ words: String) throws {
    let fixture = try DecisionFixture()
    try fixture.send(2, Settlement(.unknown))
    let list = try fixture.folder.write(name, text)
    let error = #expect(throws: RunError.self) {
      _ = try fixture.run.resolve(.failed, only: list, person: "alice")
    }
    #expect(error?.code == .input)
    #expect(error?.diagnostic.description.hasPrefix(list + words) == true)
    #expect(try fixture.ledger().call(2)?.state == .unknown)
  }

  @Test func `while another process holds the campaign nothing is decided`() throws {
    let fixture = try DecisionFixture()
    let lock = try HeldLock.take(fixture.workspace.ledgerFolder(of: "night") + "/lock")
    let error = #expect(throws: RunError.self) {
      _ = try fixture.run.resolve(.failed, only: nil, person: "alice")
    }
    withExtendedLifetime(lock) {}
    #expect(error?.code == .locked)
  }

  @Test func `a campaign that was never sent has nothing to decide`() throws {
    let fixture = try DecisionFixture()
    try Files.remove(fixture.workspace.ledgerFolder(of: "night") + "/ledger.db")
    let error = #expect(throws: RunError.self) { _ = try fixture.run.cancel(person: "alice") }
    #expect(error?.code == .usage)
    #expect(
      error?.diagnostic.found == "nothing was sent of the campaign 'night': it has no ledger")
  }

  @Test func `failed csv is not written from contact files that have changed`() throws {
    let fixture = try DecisionFixture()
    try fixture.send(2, Settlement(.unknown))
    try fixture.folder.write("contacts.csv", "phone\n13900139000\n")
    _ = try fixture.run.resolve(.failed, only: nil, person: "alice")
    #expect(fixture.console.told.count == 1)
    #expect(
      fixture.console.told.first?.contains(
        "failed.csv is not written: 'contacts.csv' is not the file that the campaign was planned from") == true)
    #expect(!Files.exists(fixture.folder.path + "/out/night/failed.csv"))
  }
}
