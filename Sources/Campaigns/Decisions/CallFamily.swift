import Ledger
import Messaging

/// The calls that carry, or carried, the messages of one planned call: itself and those it was divided into.
struct CallFamily {
  /// Oldest first; the planned call itself stands first.
  let calls: [Call]

  /// All families of a ledger, in the order of their planned calls.
  static func all(_ store: any CallStore) throws(LedgerError) -> [CallFamily] {
    var members: [Int: [Call]] = [:]
    try store.forEachCall { members[$0.root, default: []].append($0) }
    return members.keys.sorted().map { CallFamily(calls: members[$0] ?? []) }
  }

  /// For each call the messages, by their index in it, about which it has the word: the newest call that covers a
  /// message has it.
  var held: [[Int]] {
    guard calls.count > 1 else { return calls.map { Array(0..<$0.count) } }
    let end = calls.map { $0.first + $0.count }.max() ?? 0
    var speakers = [Int](repeating: 0, count: end)
    for (index, call) in calls.enumerated() {
      for position in call.first..<call.first + call.count { speakers[position] = index }
    }
    return calls.enumerated().map { index, call in
      (0..<call.count).filter { speakers[call.first + $0] == index }
    }
  }
}

extension Settlement {
  /// The state of each of a call's `count` messages.
  func messageStates(count: Int) -> [MessageState] {
    if let states, states.count == count { return states }
    return Array(repeating: state.ofMessages ?? .unknown, count: count)
  }

  /// The same settlement with some of its messages in another state, and a word on why.
  func deciding(_ positions: [Int], as state: MessageState, count: Int, note: String) -> Settlement {
    var states = messageStates(count: count)
    for position in positions { states[position] = state }
    var decided = self
    let alike = states.allSatisfy { $0 == state }
    decided.state = alike ? CallState(state) : .mixed
    decided.states = alike ? nil : states
    decided.note = self.note.isEmpty ? note : self.note + "; " + note
    return decided
  }
}
