public import Gateways
public import Ledger
import Messaging
import Platform

/// What an ended attempt means: what the ledger writes and what the account does next.
public enum AttemptEnding: Sendable, Equatable {
  /// All messages have their outcome.
  case settled(Settlement)
  /// The gateway refused the call because of a member: two halves.
  case halve(code: String)
  /// Nothing was accepted: again later, slower.
  case slowDown(code: String)
  /// Nothing was accepted and nothing will be: the account stops.
  case accountStopped(code: String)
  /// The request never got there.
  case notSent(reason: String)
}

/// Decides what an answer means for the ledger. Pure; the table in gateways.md is its specification.
public enum SendDecision {
  /// What a call of `count` messages comes to by the gateway's outcome.
  public static func ending(of outcome: CallOutcome, count: Int) -> AttemptEnding {
    let note = outcome.notes.joined(separator: "; ")
    if Defect.isPlanted(.everythingIsUnknown) { return .settled(Settlement(.unknown, note: note)) }
    switch outcome.verdict {
    case .settled(let outcomes): return .settled(settlement(outcomes, code: outcome.code, note: note))
    case .refused: return .settled(Settlement(.refused, code: outcome.code, note: note))
    case .memberToBlame:
      // Alone it is the one to blame.
      return count == 1
        ? .settled(Settlement(.refused, code: outcome.code, note: note)) : .halve(code: outcome.code)
    case .slowDown: return .slowDown(code: outcome.code)
    case .account: return .accountStopped(code: outcome.code)
    case .unknown(let reason):
      return .settled(
        Settlement(.unknown, code: outcome.code, note: ([reason] + outcome.notes).joined(separator: "; ")))
    }
  }

  static func settlement(_ outcomes: [MessageOutcome], code: String, note: String) -> Settlement {
    guard let first = outcomes.first else { return Settlement(.unknown, code: code, note: note) }
    let silent = Defect.isPlanted(.silenceIsAcceptance) ? MessageState.unknown : nil
    let outcomes = silent == nil ? outcomes : outcomes.map { $0.state == silent ? MessageOutcome(.accepted) : $0 }
    let alike = outcomes.allSatisfy { $0.state == first.state }
    var settlement = Settlement(alike ? CallState(first.state) : .mixed, code: code, note: note)
    if !alike { settlement.states = outcomes.map(\.state) }
    if outcomes.contains(where: { !$0.ids.isEmpty }) {
      settlement.ids = outcomes.map { $0.ids.count == 1 ? $0.ids[0] : $0.ids.joined(separator: " ") }
    }
    if outcomes.contains(where: { !$0.code.isEmpty && $0.code != code }) { settlement.codes = outcomes.map(\.code) }
    return settlement
  }

  /// The parts of a halved call, in order.
  static func halves(of call: Call) -> [CallPart] {
    let half = call.count / 2
    return [
      CallPart(first: call.first, count: half, gateway: call.gateway, endpoint: call.endpoint),
      CallPart(first: call.first + half, count: call.count - half, gateway: call.gateway, endpoint: call.endpoint),
    ]
  }
}
