import Database
import Messaging
import Platform
import TestSupport
import Testing

@testable import Campaigns
@testable import Ledger

@Suite struct MessageDirectoryTests {
  private static let time = Timestamp(seconds: 1_794_362_400)

  /// One random but permitted change of a call.
  private static func change(_ call: Call, _ random: inout SeededGenerator) -> Change? {
    let link = "link-\(call.id)-\(call.attempt)"
    switch call.state {
    case .planned:
      switch Int.random(in: 0..<8, using: &random) {
      case 0: return .cancel(call: call.id, at: time)
      case 1 where call.count > 1:
        return .carve(root: call.id, parts: parts(call, gateway: "b", &random), supersedes: call.id)
      default:
        return .intend(
          call: call.id, attempt: call.attempt + 1, link: "link-\(call.id)-\(call.attempt + 1)", bodySHA256: "",
          at: time)
      }
    case .sending:
      switch Int.random(in: 0..<8, using: &random) {
      case 0: return .putBack(call: call.id, link: link, ending: "slow_down", code: "8", at: time)
      case 1 where call.count > 1:
        return .divide(
          call: call.id, link: link, ending: "halved", code: "4", into: SendDecision.halves(of: call), at: time)
      case 2: return .settle(call: call.id, link: link, Settlement(.refused, code: "5"), at: time)
      case 3: return .settle(call: call.id, link: link, Settlement(.unknown, note: "timed out"), at: time)
      default: return .settle(call: call.id, link: link, settlement(call.count, &random), at: time)
      }
    case .unknown:
      return .decide(
        call: call.id, Settlement(.failed), decision: "failed", person: "p", positions: Array(0..<call.count), at: time)
    default: return nil
    }
  }

  private static func settlement(_ count: Int, _ random: inout SeededGenerator) -> Settlement {
    let outcomes = (0..<count).map { index in
      let state = [MessageState.accepted, .accepted, .refused, .unknown].randomElement(using: &random) ?? .accepted
      return (state, state == .accepted ? "id \(index)" : "", state == .refused ? "\(index)" : "")
    }
    let isMixed = Set(outcomes.map(\.0)).count > 1
    return Settlement(
      isMixed ? .mixed : CallState(outcomes[0].0), code: "0", states: isMixed ? outcomes.map(\.0) : nil,
      ids: Bool.random(using: &random) ? outcomes.map(\.1) : nil,
      codes: Bool.random(using: &random) ? outcomes.map(\.2) : nil)
  }

  private static func parts(_ call: Call, gateway: String, _ random: inout SeededGenerator) -> [CallPart] {
    let cut = Int.random(in: 1..<call.count, using: &random)
    return [
      CallPart(
        first: call.first, count: cut, gateway: gateway, endpoint: "send", segments: Array(repeating: 3, count: cut)),
      CallPart(first: call.first + cut, count: call.count - cut, gateway: call.gateway, endpoint: call.endpoint),
    ]
  }

  @Test(arguments: UInt64(1)...12) func `the view for people and the directory tell the same`(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let fixture = try SendingFixture((1...6).map { ("a", "p2p", (0..<($0 * 2)).map { "text \($0)" }) })
    for _ in 0..<60 {
      var calls: [Call] = []
      try fixture.ledger.forEachCall { calls.append($0) }
      guard let call = calls.randomElement(using: &random), let change = Self.change(call, &random) else { continue }
      try fixture.ledger.commit([change])
    }
    let directory = try MessageDirectory(fixture.ledger)
    let database = try Database.open(fixture.folder.path + "/ledger.db", .readOnly, applicationID: Schema.applicationID)
    // As the sqlite3 shell has it; the tool itself never asks the view.
    try database.execute("PRAGMA trusted_schema = ON")
    var view = try database.prepare(
      """
      SELECT s.call, s.gateway, s.endpoint, coalesce(s.link_id, ''), s.message_id, s.state, s.code, s.segments, m.call, m.position
      FROM message_states s JOIN messages m ON m.row = s.row ORDER BY s.row
      """)
    var rows = 0
    while try view.step() {
      rows += 1
      let fate = try directory.fate(root: Int(view.integer(8)), position: Int(view.integer(9)))
      #expect(Int(view.integer(0)) == fate.call)
      #expect(
        [view.text(1), view.text(2), view.text(3), view.text(4)] == [
          fate.gateway, fate.endpoint, fate.linkID, fate.messageID,
        ])
      // In a file of results nothing is under way any more.
      let state = view.text(5) == "sending" ? "unknown" : view.text(5)
      #expect(state == fate.state.rawValue)
      #expect(view.text(6) == fate.code)
      #expect(Int(view.integer(7)) == fate.segments ?? 1)
    }
    #expect(rows == 42)
  }

  @Test func `a message without a call is unknown and says so`() throws {
    let fixture = try SendingFixture(calls: 1)
    let fate = try MessageDirectory(fixture.ledger).fate(root: 9, position: 0)
    #expect(fate.state == .unknown && fate.note == "the ledger has no call for this message")
  }
}
