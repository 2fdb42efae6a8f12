import Ledger
import Messaging
import Platform

/// What became of each message, by its place in the plan: the newest call that covers it has the word.
final class MessageDirectory {
  struct Fate {
    var call: Int
    var gateway: String
    /// The one for which the plan wrote the text.
    var plannedGateway: String
    var endpoint: String
    var linkID: String
    var messageID: String
    var state: MessageState
    var code: String
    var note: String
    var submittedAt: Timestamp?
    /// Segments at the gateway that carried it, nil when as planned.
    var segments: Int?
  }

  private let store: any CallStore
  /// Calls by root, oldest first.
  private var calls: [Int: [Call]] = [:]
  private var settlements: [Int: Settlement] = [:]
  private var segments: [Int: [Int]?] = [:]

  init(_ store: any CallStore) throws(LedgerError) {
    self.store = store
    var calls: [Int: [Call]] = [:]
    try store.forEachCall { call in calls[call.root, default: []].append(call) }
    self.calls = calls
  }

  func fate(root: Int, position: Int) throws(LedgerError) -> Fate {
    guard let call = calls[root]?.last(where: { position >= $0.first && position < $0.first + $0.count }) else {
      return Fate(
        call: root, gateway: "", plannedGateway: "", endpoint: "", linkID: "", messageID: "", state: .unknown, code: "",
        note: "the ledger has no call for this message", submittedAt: nil, segments: nil)
    }
    let settlement = try settlement(of: call)
    let index = position - call.first
    // A call that was being sent when the run ended has no outcome: whether the gateway has it is not known.
    let whole = call.state.ofMessages == .sending ? MessageState.unknown : call.state.ofMessages
    return Fate(
      call: call.id, gateway: call.gateway, plannedGateway: calls[root]?.first?.gateway ?? call.gateway,
      endpoint: call.endpoint, linkID: call.linkID,
      messageID: settlement.ids?[safe: index] ?? "", state: settlement.states?[safe: index] ?? whole ?? .unknown,
      code: settlement.codes?[safe: index] ?? settlement.code, note: settlement.note, submittedAt: call.submittedAt,
      segments: call.id == call.root ? nil : try segments(of: call)?[safe: index])
  }

  private func settlement(of call: Call) throws(LedgerError) -> Settlement {
    if call.state == .planned || call.state == .sending { return Settlement(call.state) }
    if let known = settlements[call.id] { return known }
    if settlements.count > Limits.cachedCalls { settlements.removeAll(keepingCapacity: true) }
    let settlement = try store.settlement(of: call.id)
    settlements[call.id] = settlement
    return settlement
  }

  private func segments(of call: Call) throws(LedgerError) -> [Int]? {
    if let known = segments[call.id] { return known }
    if segments.count > Limits.cachedCalls { segments.removeAll(keepingCapacity: true) }
    let counts = try store.segments(of: call.id)
    segments[call.id] = counts
    return counts
  }
}

extension Array {
  subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
