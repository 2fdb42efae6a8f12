import Gateways
import Messaging
import Platform
import TestSupport
import Testing

@testable import Campaigns
@testable import Ledger

@Suite struct CancelTests {
  /// An hour after the fixture's present.
  private static let timer = """
    start = 2026-11-11T11:00:00+08:00
    timer = "gateway"
    """
  private static func answer(_ statuses: [(String, Int)]) -> String {
    let details = statuses.map { #"{"SmsID":"\#($0.0)","Status":\#($0.1)}"# }.joined(separator: ",")
    return #"{"Code":1,"Message":"ok","Details":[\#(details)]}"#
  }

  @Test func `what waits is cancelled, what was sent stays`() throws {
    let fixture = try DecisionFixture()
    try fixture.send(1, Settlement(.accepted))
    let report = try fixture.run.cancel(person: "alice")
    #expect(report.cancelled == 6)
    #expect(report.withdrawn == 0)
    #expect(report.left.isEmpty)
    #expect(report.exitCode == .done)
    #expect(report.state.summary.isConserved)
    #expect(
      try fixture.states()
        == Array(repeating: "accepted", count: 4) + Array(repeating: "cancelled", count: 6))
    let again = try fixture.run.cancel(person: "alice")
    #expect(again.cancelled == 0)
  }

  @Test func `unknown messages are told when a campaign is cancelled`() throws {
    let fixture = try DecisionFixture()
    try fixture.send(1, Settlement(.unknown))
    #expect(try fixture.run.cancel(person: "alice").exitCode == .unknownMessages)
  }

  @Test func `timed messages are withdrawn, all parts of a long one or none`() throws {
    let fixture = try DecisionFixture(delivery: CancelTests.timer)
    try fixture.send(3, Settlement(.accepted, ids: ["101", "102 103"]))
    let first = ScriptedTransport(bodies: [CancelTests.answer([("101", 1), ("102", 1), ("103", -5)])])
    var report = try fixture.run.cancel(person: "alice") { _ in first }
    #expect(first.requests.map(\.account) == ["m"])
    #expect(first.requests[0].body.contains("Methods=SmsCancel"))
    #expect(
      first.requests[0].body.hasSuffix("SmsID=101%2C102%2C103") || first.requests[0].body.hasSuffix("SmsID=101,102,103")
    )
    #expect(report.cancelled == 8)
    #expect(report.withdrawn == 1)
    #expect(
      report.left == [
        .init(gateway: "m", messages: 1, isFinal: false, reason: "the gateway did not confirm it")
      ])
    #expect(report.exitCode == .gatewayStopped)
    #expect(try fixture.states()[8...9] == ["cancelled", "accepted"])
    #expect(try fixture.ledger().settlement(of: 3).states == [.cancelled, .accepted])

    let second = ScriptedTransport(bodies: [CancelTests.answer([("102", 1), ("103", 1)])])
    report = try fixture.run.cancel(person: "bob") { _ in second }
    #expect(report.withdrawn == 1)
    #expect(report.left.isEmpty)
    #expect(report.exitCode == .done)
    let ledger = try fixture.ledger()
    #expect(try ledger.call(3)?.state == .cancelled)
    #expect(
      try ledger.settlement(of: 3).note
        == "1 of 2 messages withdrawn by alice; 1 of 2 messages withdrawn by bob")
    #expect(
      try ledger.decisions().map { "\($0.person) \($0.decision) \($0.positions)" } == [
        "alice cancel [0]", "bob cancel [1]",
      ])
  }

  @Test(arguments: [
    (Completion.Result.notSent("connection refused"), "connection refused"),
    (.unknown("timeout"), "timeout"),
    (
      .answered(GatewayAnswer(status: 200, body: Array(#"{"Code":-103,"Message":"no"}"#.utf8)), date: nil),
      "the gateway answered that it withdrew none"
    ),
  ])
  func `what a gateway does not withdraw stays accepted`(_ result: Completion.Result, _ reason: String) throws {
    let fixture = try DecisionFixture(delivery: CancelTests.timer)
    try fixture.send(3, Settlement(.accepted, ids: ["101", "102"]))
    let report = try fixture.run.cancel(person: "alice") { _ in ScriptedTransport([result]) }
    #expect(report.left == [.init(gateway: "m", messages: 2, isFinal: false, reason: reason)])
    #expect(report.exitCode == .gatewayStopped)
    #expect(try fixture.states()[8...9] == ["accepted", "accepted"])
  }

  @Test func `a gateway with a timer but no way back keeps its messages`() throws {
    let fixture = try DecisionFixture(delivery: CancelTests.timer, timed: "y")
    try fixture.send(3, Settlement(.accepted, ids: ["101", "102"]))
    let transport = ScriptedTransport([])
    let report = try fixture.run.cancel(person: "alice") { _ in transport }
    #expect(transport.requests.isEmpty)
    #expect(
      report.left == [
        .init(gateway: "y", messages: 2, isFinal: true, reason: "the gateway has no way to withdraw them")
      ])
    #expect(report.exitCode == .partly)
  }

  @Test(arguments: ["", "start = 2026-11-11T11:00:00+08:00", "start = 2026-11-11T09:00:00+08:00\ntimer = \"gateway\""])
  func `no gateway is asked unless it holds messages for a start to come`(_ delivery: String) throws {
    let fixture = try DecisionFixture(delivery: delivery)
    try fixture.send(3, Settlement(.accepted, ids: ["101", "102"]))
    let transport = ScriptedTransport([])
    let report = try fixture.run.cancel(person: "alice") { _ in transport }
    #expect(transport.requests.isEmpty)
    #expect(report.left.isEmpty)
    #expect(report.cancelled == 8)
  }
}
