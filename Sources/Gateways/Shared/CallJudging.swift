import Messaging

/// Turns what an answer says into what became of the call, by the gateway's code table.
///
/// A code that the table does not list is `.unknown`: only a documented no proves that nothing was accepted.
struct CallJudging {
  /// The call's code when it was taken.
  var success: String
  var codes: [CodeMeaning]
  /// The entry's code when its message was taken; nil where entries have no code, so that to be listed is to be taken.
  var entrySuccess: String?

  func outcome(of answer: ListAnswer, to submission: Submission) -> CallOutcome {
    guard !answer.code.isEmpty else { return CallOutcome(.unknown("the answer has no status")) }
    guard answer.code == success else { return refusal(answer) }
    let matching = AnswerMatching(answer.entries ?? [], to: submission.recipients) { state(of: $0) }
    guard matching.matched > 0 else {
      let reason = "the answer says yes but names none of the call's numbers"
      return CallOutcome(.unknown(reason), code: answer.code, notes: matching.notes)
    }
    if let stop = wholeCall(matching.outcomes) {
      return CallOutcome(stop.verdict, code: stop.code, notes: matching.notes)
    }
    return CallOutcome(.settled(matching.outcomes), code: answer.code, notes: matching.notes)
  }

  private func refusal(_ answer: ListAnswer) -> CallOutcome {
    if let entries = answer.entries, entries.contains(where: { state(of: $0) == .accepted }) {
      return CallOutcome(.unknown("the status says no but the list has accepted messages"), code: answer.code)
    }
    guard let row = codes.first(where: { $0.code == answer.code }), row.answer != .accepted else {
      return CallOutcome(.unknown("the document does not list this code"), code: answer.code)
    }
    let silent = CallOutcome.Verdict.unknown("the gateway does not say whether it took the call")
    return CallOutcome(row.answer.verdict ?? silent, code: answer.code)
  }

  private func state(of entry: AnswerEntry) -> MessageState {
    guard let entrySuccess else { return .accepted }
    if entry.code == entrySuccess { return .accepted }
    switch codes.first(where: { $0.code == entry.code })?.answer {
    case .refused, .memberToBlame, .slowDown, .account: return .refused
    case .accepted, .unknown, nil: return .unknown
    }
  }

  /// When every message was refused, and for a reason that lies in the account, no other call will fare better; when
  /// every one was refused for haste, the call can go again.
  private func wholeCall(_ outcomes: [MessageOutcome]) -> (verdict: CallOutcome.Verdict, code: String)? {
    guard outcomes.allSatisfy({ $0.state == .refused }) else { return nil }
    let rows = outcomes.compactMap { outcome in codes.first { $0.code == outcome.code } }
    if let row = rows.first(where: { $0.answer == .account }) { return (.account, row.code) }
    if let row = rows.first, rows.allSatisfy({ $0.answer == .slowDown }) { return (.slowDown, row.code) }
    return nil
  }
}

extension AnswerClass {
  /// What a no of this class means for the whole call; nil where the class is no proof of one.
  var verdict: CallOutcome.Verdict? {
    switch self {
    case .refused: .refused
    case .memberToBlame: .memberToBlame
    case .slowDown: .slowDown
    case .account: .account
    case .accepted, .unknown: nil
    }
  }
}

extension Gateway {
  /// Whether the code says that we asked too fast.
  static func asksForPatience(_ code: String) -> Bool { meaning(of: code)?.answer == .slowDown }
}
