import Platform

/// An account's purse, limits and waiting reports.
struct AccountState: Sendable {
  let account: SandboxAccount
  var balance: Int
  var messages: TokenBucket
  var calls: TokenBucket
  var balanceAskedAt = -Double.infinity
  var board: ReportBoard
  /// 18sms: until when a failing receiver gets nothing.
  var pushPausedUntil = -Double.infinity
}

/// Everything that one platform remembers.
struct DeskState: Sendable {
  let gateway: SandboxGateway
  let plan: DeskPlan
  let draws: Draws
  private let magic: Bool
  var accounts: [AccountState]
  var counts = SandboxCounts()
  var mint: IDMint
  /// What the numbers of the call under way ask to happen to its answer.
  var mishap: Mishap?
  /// youe: linkids seen, which must not come again.
  var links: Set<[UInt8]> = []
  /// mobset: ids of timed messages with the second at which they go out.
  var timed: [UInt64: Int64] = [:]
  /// Whether a log of what is handed out is kept, and its lines that are not written yet.
  var logsHanded = false
  var handedLines: [UInt8] = []
  private var callsByTask: [SandboxTask: Int] = [:]
  /// Numbers that already were told "too fast" once.
  private var slowedNumbers: Set<UInt64> = []
  private var messagesTaken: UInt64 = 0

  init(_ gateway: SandboxGateway, _ faults: FaultPlan, seed: UInt64, now: Double) {
    self.gateway = gateway
    let plan = faults.desks[gateway] ?? DeskPlan(gateway)
    self.plan = plan
    magic = faults.magic
    draws = Draws(seed: seed, gateway: gateway)
    mint = IDMint(gateway, draws: draws)
    accounts = (faults.accounts[gateway] ?? [.demo(gateway)]).map { account in
      AccountState(
        account: account, balance: account.balance,
        messages: TokenBucket(rate: plan.rate, burst: plan.burst, now: now),
        calls: TokenBucket(rate: plan.callsPerSecond, burst: nil, now: now), board: ReportBoard(now: now))
    }
  }

  // MARK: A call comes in

  /// Counts the call and draws what befalls it.
  mutating func open(_ task: SandboxTask, now: Moment) -> Call {
    let number = callsByTask[task, default: 0] + 1
    callsByTask[task] = number
    counts.calls += 1
    if task == .submit { counts.submits += 1 }
    mishap = nil
    var call = Call(task: task, number: number, now: now)
    for (index, fault) in plan.faults.enumerated() where fault.task == task {
      guard fault.befalls(number, draw: draws.share(.fault, UInt64(number), index)) else { continue }
      call.fault = fault
      counts.faults += 1
      break
    }
    return call
  }

  func latency(of call: Call) -> Double {
    draws.between(plan.latency, .latency, UInt64(call.number) << 3 | UInt64(callIndex(call.task)))
  }

  private func callIndex(_ task: SandboxTask) -> Int { SandboxTask.allCases.firstIndex(of: task) ?? 0 }

  /// The account with that login, if the password is right.
  func account(_ matches: (SandboxAccount) -> Bool) -> Int? { accounts.firstIndex { matches($0.account) } }

  // MARK: Judging

  /// Marks the numbers that the faults file or the number itself wants refused, and what else they ask for. Numbers
  /// that are not mere digits are the platform's own business.
  mutating func judge(_ intake: inout Intake, _ call: Call) {
    counts.messages += intake.recipients.count
    for index in intake.recipients.indices {
      let recipient = intake.recipients[index]
      if magic, let magic = Magic(recipient.digits) {
        intake.recipients[index].magic = magic
        if magic == .refused { intake.recipients[index].isRefused = true }
        if let asked = magic.mishap { mishap = asked }
      }
      for pattern in plan.refusedNumbers where pattern.matches(intake.form[recipient.number]) {
        intake.recipients[index].isRefused = true
      }
    }
    guard !intake.recipients.isEmpty, intake.recipients[0].magic == nil else { return }
    if call.fault?.kind == .missing { intake.recipients[0].magic = .missing }
    if call.fault?.kind == .twice { intake.recipients[0].magic = .twice }
  }

  /// Whether the call is more than the account may submit now; takes its share of the limits when it is not.
  mutating func isTooFast(_ account: Int, _ intake: borrowing Intake, _ call: Call) -> Bool {
    if call.isBusy || isSlowedOnce(intake) { return true }
    let count = intake.recipients.count
    guard accounts[account].messages.allows(count, now: call.now.clock) else { return true }
    guard accounts[account].calls.allows(1, now: call.now.clock) else { return true }
    accounts[account].messages.take(count)
    accounts[account].calls.take(1)
    return false
  }

  private mutating func isSlowedOnce(_ intake: borrowing Intake) -> Bool {
    var slowed = false
    for recipient in intake.recipients where recipient.magic == .busyOnce {
      guard slowedNumbers.count < Limits.sandboxReports else { return false }
      if slowedNumbers.insert(recipient.digits).inserted { slowed = true }
    }
    return slowed
  }

  /// Whether a text carries the registered signature at its beginning or end.
  func isSigned(_ text: borrowing Span<UInt8>) -> Bool {
    let signature = Array(plan.signature.utf8)
    guard text.count >= signature.count else { return false }
    let starts = text.extracting(first: signature.count).isEqual(to: signature.span)
    return starts || text.extracting(last: signature.count).isEqual(to: signature.span)
  }

  // MARK: Taking and refusing

  /// Whether the purse holds `segments` more; takes them out when it does.
  mutating func pay(_ account: Int, segments: Int) -> Bool {
    let cost = segments * plan.price
    guard accounts[account].account.postpaid || accounts[account].balance >= cost else { return false }
    accounts[account].balance -= cost
    return true
  }

  mutating func refuse(_ messages: Int, wholeCall: Bool) {
    counts.refused += messages
    if wholeCall { counts.refusedCalls += 1 }
  }

  /// What the reports of this call will need.
  mutating func remember(_ account: Int, _ record: CallRecord, _ call: Call) {
    accounts[account].board.remember(record, call: UInt32(truncatingIfNeeded: call.number))
  }

  /// Takes a message: counts it, logs it, plans its report and perhaps a reply.
  ///
  /// - Parameter parts: reports it will have, each with an id of its own if `ids` says so.
  mutating func take(
    _ recipient: Recipient, at index: Int, of intake: borrowing Intake, account: Int, firstID: UInt64, ids: Int,
    segments: Int, outcome: Outcome? = nil, _ call: Call, _ journal: inout Journal
  ) {
    counts.accepted += 1
    counts.segments += segments
    messagesTaken += 1
    journal.note(recipient, of: intake, gateway, firstID: firstID, ids: ids)
    let fate = outcome ?? drawnOutcome(recipient)
    if let bills = journal.bills {
      let message = billed(recipient, of: intake, firstID: firstID, ids: ids, segments: segments, fate, call)
      bills.note(message, gateway, account: accounts[account].account.login)
    }
    // 18sms has nothing to fetch: without somebody to push to, its reports would wait for ever.
    if gateway == .eighteen, plan.reports.push == nil { return }
    let wait = intake.sendAt.map { max(0, Double($0) - Double(call.now.wall.seconds)) } ?? 0
    let due = call.now.clock + wait + draws.between(plan.reports.delay, .outcomeDelay, messagesTaken)
    guard let outcome = fate else { return }
    let parts = hasParts ? segments : 1
    let copies = draws.share(.repeated, messagesTaken) < plan.reports.repeated ? 2 : 1
    var report = Report(
      id: firstID, digits: recipient.digits, call: UInt32(truncatingIfNeeded: call.number),
      index: UInt16(truncatingIfNeeded: index), zeros: recipient.zeros, outcome: outcome)
    for part in 0..<parts {
      if ids > 1 { report.id = firstID + UInt64(part) }
      for _ in 0..<copies { accounts[account].board.add(report, due: due) }
      // Every second long message that fails does so in its first part only.
      if outcome == .failed, messagesTaken % 2 == 0 { report.outcome = .delivered }
    }
    if outcome == .delivered { planReply(recipient, account, call, due: due) }
  }

  /// Whether each part of a long text has a report of its own.
  private var hasParts: Bool { gateway == .mobset || gateway == .eighteen }

  private func billed(
    _ recipient: Recipient, of intake: borrowing Intake, firstID: UInt64, ids: Int, segments: Int, _ fate: Outcome?,
    _ call: Call
  ) -> BilledMessage {
    let isSilent = gateway == .eighteen && plan.reports.push == nil
    return BilledMessage(
      digits: recipient.digits, zeros: recipient.zeros, firstID: firstID, ids: ids,
      segments: gateway == .emay ? internationalSegments(intake.form[recipient.text]) : segments,
      link: intake.form[intake.link].array, outcome: isSilent ? nil : fate,
      isPartial: hasParts && segments > 1 && fate == .failed && messagesTaken % 2 == 0, time: call.now.beijing)
  }

  private func drawnOutcome(_ recipient: Recipient) -> Outcome? {
    switch recipient.magic {
    case .fails: return .failed
    case .expires: return .expired
    case .neverReports: return nil
    case .some: return .delivered
    case nil: break
    }
    let reports = plan.reports
    let draw = draws.share(.outcome, messagesTaken)
    if draw < reports.lost { return nil }
    if draw < reports.lost + reports.failed { return .failed }
    if draw < reports.lost + reports.failed + reports.expired { return .expired }
    return .delivered
  }

  private mutating func planReply(_ recipient: Recipient, _ account: Int, _ call: Call, due: Double) {
    let share = draws.share(.reply, messagesTaken)
    let asked = recipient.magic == .replies || recipient.magic == .optsOut
    guard asked || (recipient.magic == nil && share < plan.reports.replies) else { return }
    let optsOut = asked ? recipient.magic == .optsOut : share < plan.reports.replies * plan.reports.optOuts
    let reply = Answerback(
      digits: recipient.digits, call: UInt32(truncatingIfNeeded: call.number), optsOut: optsOut)
    accounts[account].board.add(reply, due: due + 1 + 4 * draws.share(.replyDelay, messagesTaken))
  }
}
