import Configuration
import Gateways
import Messaging
import Platform
import TestSupport
import Testing

@testable import Campaigns
@testable import Ledger

/// What a run finds of the run before it that was killed.
@Suite struct RecoveryTests {
  private let fixture: SendingFixture
  private let recovery: Recovery
  private let time = Timestamp(seconds: 1_794_362_400)

  init() throws {
    fixture = try SendingFixture((1...6).map { ("j", "p2p", ["one \($0)", "two \($0)"]) })
    let configuration = try Configuration.parse(
      """
      data = "data"
      output = "out"
      [gateways.j]
      protocol = "juhe"
      url = "http://127.0.0.1:1"
      account = "922011"
      password = "secret"
      price = "0.035"
      """, workspace: fixture.folder.path, registry: GatewayRegistry(allGateways))
    let campaign = try CampaignFile.parse(
      """
      id = "night"
      name = "Night"
      kind = "notice"
      gateways = ["j"]
      [contacts]
      files = ["contacts.csv"]
      phone = "phone"
      [message]
      text = "Hello"
      """, configuration: configuration)
    recovery = Recovery(campaign: campaign, configuration: configuration, ledger: fixture.ledger)
  }

  private func intend(_ call: Int, attempt: Int = 1) throws {
    try fixture.ledger.commit([
      .intend(call: call, attempt: attempt, link: "link-\(call)-\(attempt)", bodySHA256: "", at: time)
    ])
  }

  private func answer(_ call: Int, attempt: Int = 1, _ body: String) throws {
    var log = try AnswerLog(folder: fixture.folder.path)
    log.append(call: call, attempt: attempt, status: 200, body: Array(body.utf8))
    try log.synchronize()
  }

  @Test func `nothing under way is nothing to settle`() throws {
    #expect(try recovery.run(at: time).calls == 0)
    #expect(try fixture.states().allSatisfy { $0 == "planned" })
  }

  @Test func `an answer on disk is read now, without one a call is unknown`() throws {
    for call in 1...5 { try intend(call) }
    // Rows 1 and 2: the second is not in the answer.
    try answer(1, #"{"status":"0","list":[{"mid":"4C2C","mobile":"13800138001","result":0}]}"#)
    try answer(2, #"{"status":"3"}"#)
    try answer(3, "<html>")
    // The answer of another attempt says nothing about this one.
    try answer(4, attempt: 2, #"{"status":"3"}"#)
    let settled = try recovery.run(at: time)
    #expect(settled.calls == 5 && settled.answered == 3 && settled.unknownMessages == 1 + 2 + 2 + 2)
    #expect(try fixture.states() == ["mixed", "planned", "unknown", "unknown", "unknown", "planned"])
    #expect(try fixture.fates().prefix(2) == [.accepted, .unknown])
    #expect(try fixture.ledger.settlement(of: 1).ids?.first == "4C2C")
    #expect(try fixture.ledger.settlement(of: 4).note == "the run ended before the answer was on disk")
    // Settled is settled.
    #expect(try recovery.run(at: time).calls == 0)
    // The refused call goes out again under an id of its own.
    try intend(2, attempt: 2)
    #expect(try fixture.ledger.call(2)?.linkID == "link-2-2")
  }
}
