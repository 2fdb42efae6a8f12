import Database
import Messaging
import Platform
import TestSupport
import Testing

@testable import Ledger

@Suite struct DecisionChangesTests {
  private let moment = Timestamp(seconds: 1_794_362_400)

  private final class NoMessages: BulkSource {
    func advance() -> Bool { false }
    func value(_ column: Int, into result: borrowing BulkResult) {}
  }

  // The builder's connection ends with this function.
  private func freeze(in folder: String) throws {
    let builder = try LedgerBuilder(folder: folder)
    try builder.load(messages: NoMessages())
    try builder.finish(
      calls: [PlannedCall(id: 1, gateway: "j", endpoint: "p2p", count: 4, firstRow: 1, lastRow: 4)],
      FrozenPlan(facts: [], inputs: [], rejected: []))
  }

  /// A ledger with one call of four messages that was settled so.
  private func ledger(_ folder: TemporaryFolder, _ settlement: Settlement) throws -> CampaignLedger {
    try freeze(in: folder.path)
    let ledger = try CampaignLedger(folder: folder.path)
    try ledger.commit([
      .intend(call: 1, attempt: 1, link: "1", bodySHA256: "", at: moment),
      .settle(call: 1, link: "1", settlement, at: moment),
    ])
    return ledger
  }

  private func decide(_ settlement: Settlement) -> Change {
    .decide(call: 1, settlement, decision: "test", person: "alice", positions: [0, 2], at: moment)
  }

  @Test func `messages that are sent again get calls of their own, and the decision is kept`() throws {
    let folder = try TemporaryFolder()
    let ledger = try ledger(folder, Settlement(.unknown, note: "timeout"))
    let made = try ledger.commit([
      .resend(
        call: 1,
        parts: [
          CallPart(first: 0, count: 1, gateway: "j", endpoint: "p2p"),
          CallPart(first: 2, count: 2, gateway: "j", endpoint: "p2p", segments: [2, 3]),
        ], person: "alice", positions: [0, 2, 3], at: moment)
    ])
    #expect(made == [2, 3])
    #expect(try ledger.call(1)?.state == .unknown)
    let call = try #require(try ledger.call(3))
    #expect(call.root == 1 && call.first == 2 && call.count == 2 && call.state == .planned && call.lastRow == 4)
    #expect(try ledger.segments(of: 3) == [2, 3])
    #expect(
      try ledger.decisions() == [
        .init(at: moment, person: "alice", decision: "resend", call: 1, positions: [0, 2, 3])
      ])
  }

  @Test(arguments: [
    (Settlement(.unknown), Settlement(.accepted)), (Settlement(.unknown), Settlement(.failed)),
    (Settlement(.accepted), Settlement(.cancelled)),
    (Settlement(.mixed, states: [.accepted, .cancelled, .accepted, .cancelled]), Settlement(.cancelled)),
    (Settlement(.mixed, states: [.accepted, .unknown, .accepted, .unknown]), Settlement(.accepted)),
  ])
  func `a decision moves a call along the table`(_ before: Settlement, _ after: Settlement) throws {
    let folder = try TemporaryFolder()
    let ledger = try ledger(folder, before)
    try ledger.commit([decide(after)])
    #expect(try ledger.settlement(of: 1) == after)
  }

  @Test(arguments: [
    (Settlement(.unknown), Settlement(.cancelled)), (Settlement(.unknown), Settlement(.planned)),
    (Settlement(.refused), Settlement(.accepted)), (Settlement(.accepted), Settlement(.failed)),
    (Settlement(.mixed), Settlement(.planned)),
  ])
  func `the database refuses every other move, and the decision with it`(
    _ before: Settlement, _ after: Settlement
  ) throws {
    let folder = try TemporaryFolder()
    let ledger = try ledger(folder, before)
    #expect(throws: LedgerError.self) { try ledger.commit([decide(after)]) }
    #expect(try ledger.settlement(of: 1) == before)
    #expect(try ledger.decisions().isEmpty)
  }
}
