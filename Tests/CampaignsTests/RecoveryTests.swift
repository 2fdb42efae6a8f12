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

  private func answer(_ call: Int, attempt: Int = 1, status: Int = 200, _ body: String) throws {
    var log = try AnswerLog(folder: fixture.folder.path)
    log.append(call: call, attempt: attempt, status: status, body: Array(body.utf8))
    try log.synchronize()
  }

  @Test func `an answer that broke off proves nothing, even where it reads like a whole one`() throws {
    let body = #"{"status":"0","list":[{"mid":"A1","mobile":"13800000001","result":0}]}"#
    let whole = GatewayAnswer(status: 200, body: Array(body.utf8))
    let kept = try #require(Completion(tag: 1, result: .cutShort(whole, reason: "it broke off")).kept)
    #expect(kept.body == whole.body)
    try intend(1)
    try answer(1, status: kept.status, kept.body.text)
    let settled = try recovery.run(at: time)
    #expect(settled.calls == 1)
    // Both messages of the call.
    #expect(settled.unknownMessages == 2)
    #expect(try fixture.states().first == "unknown")
    // No gateway takes such a status for an answer.
    for type in allGateways {
      let standards = type.settings.compactMap { setting in setting.standard.map { (setting.key, $0) } }
      let others = type.settings.filter { $0.standard == nil && $0.kind != .secret }.map { ($0.key, "300003") }
      let gateway = try type.init(
        url: "http://127.0.0.1:1",
        values: GatewayValues(Dictionary(standards + others) { first, _ in first }, secrets: [:]))
      for text in [body, "20260101000000,0\n1234567", "000", #"{"code":"SUCCESS","data":[]}"#] {
        let outcome = gateway.outcome(
          of: GatewayAnswer(status: 0, body: Array(text.utf8)),
          to: Submission(
            endpoint: type.abilities.sameContent,
            recipients: [.init(number: 8_613_800_000_001, customID: "", text: [104])], linkID: "1", time: time))
        guard case .unknown = outcome.verdict else {
          Issue.record("\(type.name) reads \(text)")
          continue
        }
      }
    }
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
