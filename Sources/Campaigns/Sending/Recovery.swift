import Configuration
import Gateways
import Ledger
import Messaging
import Platform

/// Settles the calls that were under way when an earlier run died.
///
/// A crash forgets every proof that nothing was sent, so each of them is unknown, unless its answer was made durable
/// before the crash: then the answer is read now.
struct Recovery {
  struct Settled {
    var calls = 0
    var answered = 0
    var unknownMessages = 0
  }

  let campaign: CampaignFile
  let configuration: Configuration
  let ledger: CampaignLedger

  func run(at time: Timestamp) throws(RunError) -> Settled {
    var settled = Settled()
    let calls = try onLedger { () throws(LedgerError) in
      try ledger.calls(in: .sending, of: nil, after: 0, limit: Int(Int32.max))
    }
    guard !calls.isEmpty else { return settled }
    var attempts: [Int: Int] = [:]
    for call in calls { attempts[call.id] = call.attempt }
    let answers = try onLedger { () throws(LedgerError) in
      try AnswerLog.answers(in: ledger.folder, to: attempts)
    }
    for call in calls {
      settled.calls += 1
      let change = try change(for: call, answers[call.id], at: time)
      if answers[call.id] != nil { settled.answered += 1 }
      if case .settle(_, _, let settlement, _) = change {
        settled.unknownMessages +=
          settlement.states?.count { $0 == .unknown } ?? (settlement.state == .unknown ? call.count : 0)
      }
      try onLedger { () throws(LedgerError) in _ = try ledger.commit([change]) }
    }
    return settled
  }

  private func change(
    for call: Call, _ answer: AnswerLog.Answer?, at time: Timestamp
  ) throws(RunError) -> Change {
    let lost = Change.settle(
      call: call.id, link: call.linkID,
      Settlement(.unknown, note: "the run ended before the answer was on disk"), at: time)
    if Defect.isPlanted(.recoveryForgetsCalls) {
      return .putBack(call: call.id, link: call.linkID, ending: "put back", code: "", at: time)
    }
    guard let answer, let account = campaign.accounts.first(where: { $0.name == call.gateway }) else { return lost }
    let gateway = try mapping({ () throws(ConfigurationError) in try account.open() }) {
      RunError(.usage, $0.diagnostics)
    }
    let messages = try onLedger { () throws(LedgerError) in try ledger.messages(of: call) }
    let identity = try identity()
    let recipients = (0..<messages.count).map { index in
      Submission.Recipient(
        number: messages.numbers[index],
        customID: account.abilities.takesCustomIDs
          ? identity.custom(call: call.id, attempt: call.attempt, position: index) : "",
        text: messages.texts[index])
    }
    let submission = Submission(
      endpoint: Endpoint(rawValue: call.endpoint) ?? account.abilities.sameContent, recipients: recipients,
      linkID: call.linkID, time: call.submittedAt ?? time)
    let outcome = gateway.outcome(of: GatewayAnswer(status: answer.status, body: answer.body), to: submission)
    switch SendDecision.ending(of: outcome, count: call.count) {
    case .settled(let settlement): return .settle(call: call.id, link: call.linkID, settlement, at: time)
    case .halve(let code):
      return .divide(
        call: call.id, link: call.linkID, ending: "halved", code: code, into: SendDecision.halves(of: call), at: time)
    case .slowDown(let code), .accountStopped(let code):
      return .putBack(call: call.id, link: call.linkID, ending: "put back", code: code, at: time)
    case .notSent: return lost
    }
  }

  func identity() throws(RunError) -> LinkIdentity {
    try onLedger { () throws(LedgerError) in
      LinkIdentity(
        key: try WorkspaceStore.key(in: configuration.data), epoch: try ledger.fact("epoch") ?? "",
        campaign: campaign.id)
    }
  }
}
