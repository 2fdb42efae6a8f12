import Gateways
public import Ledger
import Messaging
public import Platform

/// Sends a frozen plan: for each call intent → pace → submit → outcome.
///
/// One loop on one thread. A turn takes the answers that came, makes them durable as they are, reads them, decides
/// which calls start, and writes all outcomes and all new intents in one transaction; only then the new requests go
/// out. So a crash at any point leaves at most the calls in flight unknown, and two syncs a turn pay for every call in
/// it.
public final class Sender {
  /// What one run of the sender is told.
  public struct Settings: Sendable {
    public var campaign: String
    public var identity: LinkIdentity
    public var window: SendingWindow
    /// Moment for the gateways' timers; nil: send at once.
    public var sendAt: Timestamp?
    public var failover: Bool
    /// Messages a second over all accounts; nil: each account's own pace alone.
    public var rate: Double?
    /// A text that another account's signature makes longer than this stays with its own account.
    public var maxSegments: Int
    /// Learnt rates by account.
    public var learnt: [String: Double]
    /// Whose texts brought a signature of their own.
    var ownSignatures = OwnSignatures()

    public init(
      campaign: String, identity: LinkIdentity, window: SendingWindow, sendAt: Timestamp?, failover: Bool,
      rate: Double?,
      maxSegments: Int = Int.max, learnt: [String: Double]
    ) {
      self.campaign = campaign
      self.identity = identity
      self.window = window
      self.sendAt = sendAt
      self.failover = failover
      self.rate = rate
      self.maxSegments = maxSegments
      self.learnt = learnt
    }
  }

  /// Why the loop ended.
  public enum Ending: Sendable, Equatable {
    /// No planned call is left that any account could take.
    case finished
    case windowClosed(opensAt: Timestamp)
    case interrupted
  }

  struct Flight {
    var call: Call
    var submission: Submission
    var startedAt: Double
    var lane: Int
  }

  let store: any CallStore
  let transport: any Transport
  let environment: any SendingEnvironment
  let settings: Settings
  /// Nil: a failover may cost what it does.
  let spendLimit: SpendLimit?
  /// What failovers left behind for the limit's sake.
  var held = FailoverBudget.Held()
  var lanes: [Lane]
  var flights: [UInt64: Flight] = [:]
  private var answers: AnswerLog
  private var campaignPace: Spacing?
  private var nextTag: UInt64 = 0
  private var turnTaker = 0
  /// Lanes for which this turn writes new calls. They look for them after the commit: before it they would find none
  /// and take their queue for empty.
  private var reopened: Set<Int> = []

  public init(
    store: any CallStore, answers: consuming AnswerLog, transport: any Transport, accounts: [SendingAccount],
    settings: Settings, spendLimit: SpendLimit? = nil, environment: any SendingEnvironment
  ) {
    self.store = store
    self.spendLimit = spendLimit
    self.answers = answers
    self.transport = transport
    self.environment = environment
    self.settings = settings
    let now = environment.monotonic()
    lanes = accounts.enumerated().map { index, account in
      let seed = UInt64(bitPattern: environment.now().nanoseconds) &+ UInt64(index)
      return Lane(
        account, pacer: Pacer(account.pace, learnt: settings.learnt[account.name], now: now, seed: seed))
    }
    campaignPace = settings.rate.map { Spacing(rate: $0, now: now) }
  }

  /// The accounts that stopped, and why.
  public var stops: [(account: String, reason: String)] {
    lanes.compactMap { lane in lane.stop.map { (lane.account.name, explain($0, lane)) } }
  }

  /// The rates that accounts bore after they said no, for the next run; nil where an account bore its configured rate.
  public var learnt: [(account: String, rate: Double?)] { lanes.map { ($0.account.name, $0.pacer.learnt) } }

  public var inFlight: Int { flights.count }
  /// Messages a second of all accounts that run.
  public var rate: Double { lanes.reduce(0) { $0 + ($1.stop == nil ? $1.pacer.rate : 0) } }
  public var isSlowed: Bool { lanes.contains { $0.stop == nil && $0.pacer.isSlowed } }

  /// Runs until nothing is left to send or something stops it. Answers in flight are always awaited, also when the disk
  /// refuses: then they are kept unread, and the next run reads them.
  public func run() throws(LedgerError) -> Ending {
    do throws(LedgerError) { return try loop() } catch {
      keepWhatComes()
      throw error
    }
  }

  /// Nothing starts any more; what is under way goes to the room that was reserved for it before it started.
  private func keepWhatComes() {
    while !flights.isEmpty {
      let completions = transport.wait(until: environment.monotonic() + 0.5)
      guard (try? keep(completions)) != nil else { return }
      for completion in completions { flights[completion.tag] = nil }
    }
  }

  private func loop() throws(LedgerError) -> Ending {
    var ending: Ending?
    while true {
      ending = ending ?? reasonToStop()
      let completions = transport.wait(until: nextMoment(starting: ending == nil))
      // Asked again: the wait may have been long.
      ending = ending ?? reasonToStop()
      let finished = try turn(completions, starting: ending == nil)
      environment.progress(self)
      guard flights.isEmpty else { continue }
      if let ending { return try hasWaitingCalls() ? ending : .finished }
      if finished, completions.isEmpty { return .finished }
    }
  }

  private func hasWaitingCalls() throws(LedgerError) -> Bool {
    !(try store.calls(in: .planned, of: nil, after: 0, limit: 1)).isEmpty
  }

  private func reasonToStop() -> Ending? {
    if environment.isInterrupted { return .interrupted }
    guard settings.sendAt == nil, let opening = settings.window.opens(after: environment.now(), environment.zone)
    else { return nil }
    return .windowClosed(opensAt: opening)
  }

  // MARK: A turn

  /// True when no call is waiting that an account could take.
  private func turn(_ completions: [Completion], starting: Bool) throws(LedgerError) -> Bool {
    var changes: [Change] = []
    var departures: [(tag: UInt64, GatewayRequest)] = []
    try keep(completions)
    for completion in completions { try settle(completion, &changes) }
    var finished = true
    if starting { finished = try depart(&changes, &departures) }
    do throws(LedgerError) {
      let messages = flights.values.reduce(0) { $0 + $1.call.count }
      if !departures.isEmpty { try answers.reserve(calls: flights.count, messages: messages) }
      if !Defect.isPlanted(.intentAfterCall) { try store.commit(changes) }
    } catch {
      // What was to start has not.
      for (tag, _) in departures { flights[tag] = nil }
      throw error
    }
    if !reopened.isEmpty { finished = false }
    for lane in reopened { lanes[lane].lookAgain() }
    reopened.removeAll()
    for (tag, request) in departures {
      guard let flight = flights[tag] else { continue }
      let account = lanes[flight.lane].account
      transport.submit(request, to: account.name, timeout: account.timeout, tag: tag)
    }
    if Defect.isPlanted(.intentAfterCall) { try commitLate(changes) }
    if starting, settings.failover, try failOver() { finished = false }
    return finished
  }

  /// What `Defect.intentAfterCall` does: the requests are out for a while before the ledger knows of them.
  private func commitLate(_ changes: [Change]) throws(LedgerError) {
    pauseSeconds(0.1)
    try store.commit(changes)
  }

  /// Raw answers are durable before anything of them is read.
  private func keep(_ completions: [Completion]) throws(LedgerError) {
    for completion in completions {
      guard let answer = completion.kept, let flight = flights[completion.tag] else { continue }
      answers.append(call: flight.call.id, attempt: flight.call.attempt, status: answer.status, body: answer.body)
    }
    try answers.synchronize()
  }

  // MARK: Outcomes

  private func settle(_ completion: Completion, _ changes: inout [Change]) throws(LedgerError) {
    guard let flight = flights.removeValue(forKey: completion.tag) else { return }
    let now = environment.monotonic()
    let ending = ending(of: completion, flight)
    if case .slowDown = ending {
      lanes[flight.lane].pacer.slowDown(startedAt: flight.startedAt, now: now)
    } else {
      lanes[flight.lane].pacer.finish(count: flight.call.count, startedAt: flight.startedAt, now: now)
    }
    count(ending, on: flight.lane, now)
    record(ending, flight, &changes)
  }

  private func ending(of completion: Completion, _ flight: Flight) -> AttemptEnding {
    switch completion.result {
    case .answered(let answer, let date):
      if let date { compareClocks(date, flight.lane) }
      let outcome = lanes[flight.lane].account.gateway.outcome(of: answer, to: flight.submission)
      return SendDecision.ending(of: outcome, count: flight.call.count)
    case .notSent(let reason): return .notSent(reason: reason)
    case .cutShort where Defect.isPlanted(.halfAnswerIsWhole): return .settled(Settlement(.accepted))
    case .cutShort(let answer, let reason):
      return .settled(Settlement(.unknown, note: "\(reason) (HTTP \(answer.status))"))
    case .unknown where Defect.isPlanted(.timeoutIsRefusal): return .settled(Settlement(.refused))
    case .unknown(let reason) where Defect.isPlanted(.timeoutIsNotSent): return .notSent(reason: reason)
    case .unknown(let reason): return .settled(Settlement(.unknown, note: reason))
    }
  }

  private func record(_ ending: AttemptEnding, _ flight: Flight, _ changes: inout [Change]) {
    let call = flight.call
    let link = flight.submission.linkID
    let at = environment.now()
    switch ending {
    case .settled(let settlement):
      changes.append(.settle(call: call.id, link: link, settlement, at: at))
      environment.settled(settlement, count: call.count)
    case .halve(let code):
      changes.append(
        .divide(
          call: call.id, link: link, ending: "halved", code: code, into: SendDecision.halves(of: call), at: at))
      reopened.insert(flight.lane)
    case .slowDown(let code): putBack(flight, "slow_down", code, at, &changes)
    case .accountStopped(let code): putBack(flight, "account", code, at, &changes)
    case .notSent(let reason): putBack(flight, "not_sent: " + reason, "", at, &changes)
    }
  }

  private func putBack(
    _ flight: Flight, _ ending: String, _ code: String, _ at: Timestamp, _ changes: inout [Change]
  ) {
    changes.append(
      .putBack(call: flight.call.id, link: flight.submission.linkID, ending: ending, code: code, at: at))
    var call = flight.call
    call.state = .planned
    lanes[flight.lane].putBack(call)
  }

  /// What an ending says about the account.
  private func count(_ ending: AttemptEnding, on lane: Int, _ now: Double) {
    switch ending {
    case .notSent(let reason):
      lanes[lane].notSentInARow += 1
      lanes[lane].heldUntil = now + Double(min(8, 1 << lanes[lane].notSentInARow)) / 4
      if lanes[lane].notSentInARow >= Limits.notSentInARow { stop(lane, .unreachable(reason)) }
      return
    case .accountStopped(let code): stop(lane, .account(code: code))
    case .settled(let settlement) where settlement.state == .unknown:
      lanes[lane].unknownInARow += 1
      if lanes[lane].unknownInARow >= Limits.unknownInARow { stop(lane, .unreadable(settlement.note)) }
      return
    case .settled, .halve, .slowDown: lanes[lane].unknownInARow = 0
    }
    lanes[lane].notSentInARow = 0
  }

  private func stop(_ lane: Int, _ reason: Lane.Stop) {
    guard lanes[lane].stop == nil else { return }
    lanes[lane].stop = reason
    environment.stopped(
      account: lanes[lane].account.name, reason: explain(reason, lanes[lane]), next: advise(reason))
  }

  private func compareClocks(_ date: Timestamp, _ lane: Int) {
    let difference = abs(environment.now() - date)
    if difference > Limits.clockStopSeconds {
      stop(lane, .clock(seconds: Int(difference)))
    } else if difference > Limits.clockWarnSeconds {
      environment.clockDiffers(account: lanes[lane].account.name, seconds: Int(difference))
    }
  }

  // MARK: Departures

  /// Starts what the pace allows, the accounts in turn.
  private func depart(
    _ changes: inout [Change], _ departures: inout [(tag: UInt64, GatewayRequest)]
  ) throws(LedgerError) -> Bool {
    var finished = true
    for offset in lanes.indices {
      let lane = (turnTaker + offset) % lanes.count
      while lanes[lane].stop == nil {
        let now = environment.monotonic()
        guard lanes[lane].heldUntil <= now, (campaignPace?.readyAt ?? 0) <= now else {
          finished = false
          break
        }
        let decision = lanes[lane].pacer.decide(now: now)
        if decision == .exhausted {
          stop(lane, .overloaded)
          break
        }
        guard decision == .go else {
          finished = false
          break
        }
        guard let call = try lanes[lane].next(from: store) else { break }
        try start(call, on: lane, now, &changes, &departures)
        finished = false
        if departures.count >= Limits.departuresPerTurn { break }
      }
    }
    turnTaker += 1
    return finished && flights.isEmpty
  }

  private func start(
    _ call: Call, on lane: Int, _ now: Double, _ changes: inout [Change],
    _ departures: inout [(tag: UInt64, GatewayRequest)]
  ) throws(LedgerError) {
    var call = call
    call.attempt += 1
    let at = environment.now()
    let submission = try submission(of: call, lanes[lane].account, at)
    guard submission.endpoint == lanes[lane].account.abilities.pointToPoint || Sender.isAlike(submission) else {
      // Two texts with the same hash in a same-content call: never send one person another's text.
      changes.append(.carve(root: call.id, parts: Sender.runs(of: submission, call), supersedes: call.id))
      reopened.insert(lane)
      return
    }
    let request = lanes[lane].account.gateway.request(for: submission)
    changes.append(
      .intend(
        call: call.id, attempt: call.attempt, link: submission.linkID,
        bodySHA256: Digest.hex(Digest.sha256(request.body)), at: at))
    lanes[lane].pacer.start(count: call.count, now: now)
    campaignPace?.take(call.count, now: now)
    nextTag += 1
    flights[nextTag] = Flight(call: call, submission: submission, startedAt: now, lane: lane)
    departures.append((nextTag, request))
  }

  /// When the loop must turn again although no answer has come.
  private func nextMoment(starting: Bool) -> Double {
    let now = environment.monotonic()
    guard starting else { return now + 0.5 }
    var moment = now + 0.5
    for lane in lanes {
      guard lane.stop == nil, lane.mayHaveCalls else { continue }
      let held = max(lane.heldUntil, campaignPace?.readyAt ?? 0)
      switch lane.pacer.decide(now: now) {
      case .go: moment = min(moment, held)
      case .wait(let until): moment = min(moment, max(until, held))
      case .full, .exhausted: continue
      }
    }
    return max(moment, now)
  }
}
