import Gateways
public import Ledger
public import Messaging
import Platform

/// One message of a plan, as a join asks about it.
public struct JoinableMessage: Sendable {
  public var row: Int
  /// E.164 digits without `+`.
  public var number: UInt64
  public var root: Int
  public var position: Int
  /// As planned.
  public var segments: Int

  public init(row: Int, number: UInt64, root: Int, position: Int, segments: Int) {
    self.row = row
    self.number = number
    self.root = root
    self.position = position
    self.segments = segments
  }
}

/// The reports of one message, short: strings only where reports have to be explained.
public struct JoinedMessage {
  /// The call that has the word about it, a place in the campaign's `CallTable`; nil when the ledger has none.
  public var call: Int?
  /// Its index in the call.
  public var index = 0
  public var ledgerState = MessageState.unknown
  /// `delivered`, `failed`, `expired`, `partial`; nil while no final report is there.
  public var state: DeliveryState?
  /// Place in the index's `meanings` of the report that decides; -1 without one.
  public var meaning = -1
  /// Milliseconds since 1970; meaningless without a report.
  public var reported: Int64 = 0
  public var match: MatchKind?
  /// Set instead of `meaning` when several reports or a timeout had to be weighed.
  public var verdict: Verdict?
  public var segments = 0
}

/// A campaign's messages with their reports. Reports never change the ledger: this is made anew whenever it is asked.
public final class CampaignJoin {
  public let calls: CallTable
  /// Nil when there are no reports at all.
  public let index: ReportIndex?
  private let settings: JoinSettings
  /// For our ids of messages; nil where there is no key.
  private let identity: LinkIdentity?
  /// Reports that belong to unknown messages by account, number and time, by row.
  var byPhone: [Int: [Int]] = [:]
  /// Whether a run is at work: what is being sent is not unknown yet.
  public var isRunning = false

  /// What is the same for all calls of an account.
  private struct AccountFacts {
    var seed: UInt64
    var takesCustomIDs: Bool
    var reportsByPart: Bool
  }
  private let accounts: [AccountFacts]
  /// For each call the place of its account.
  private let accountOfCall: [Int32]
  private var lastLink: (call: Int, hashes: [UInt64]) = (-1, [])
  /// The state of all messages of the call that was looked at last; nil when they differ.
  private var lastState: (call: Int, state: MessageState?) = (-1, nil)
  private var found: [(report: Int, part: Int)] = []
  var ahead = LookAhead()

  public init(_ calls: CallTable, _ index: ReportIndex?, _ settings: JoinSettings, identity: LinkIdentity?) {
    self.calls = calls
    self.index = index
    self.settings = settings
    self.identity = identity
    var names: [String: Int32] = [:]
    var accounts: [AccountFacts] = []
    accountOfCall = calls.entries.map { entry in
      if let known = names[entry.call.gateway] { return known }
      let type = settings.gateways[entry.call.gateway]
      accounts.append(
        AccountFacts(
          seed: ReportColumns.seed(of: settings.login(of: entry.call.gateway)),
          takesCustomIDs: type?.abilities.takesCustomIDs ?? false,
          reportsByPart: type?.reportsByPart ?? false))
      names[entry.call.gateway] = Int32(accounts.count - 1)
      return Int32(accounts.count - 1)
    }
    self.accounts = accounts
  }

  /// What ledger and reports say of one message; marks its reports as joined.
  public func join(_ message: JoinableMessage) -> JoinedMessage {
    var joined = JoinedMessage()
    joined.segments = message.segments
    guard let place = calls.newest(root: message.root, position: message.position) else { return joined }
    joined.call = place
    joined.index = message.position - calls.entries[place].call.first
    joined.ledgerState = ledgerState(place, joined.index)
    joined.segments = calls.entries[place].segments(joined.index) ?? message.segments
    if index != nil { joined.match = findReports(message, place, joined.index) }
    weigh(message, &joined)
    return joined
  }

  /// The seed under which the ids of a call's account are hashed.
  func seed(ofCall place: Int) -> UInt64 { accounts[Int(accountOfCall[place])].seed }

  func ledgerState(_ place: Int, _ index: Int) -> MessageState {
    if lastState.call == place, let state = lastState.state { return state }
    let state = calls.entries[place].state(index)
    let settled = state == .sending && !isRunning ? .unknown : state
    lastState = (place, calls.entries[place].isUniform ? settled : nil)
    return settled
  }

  // MARK: Finding

  /// Fills `found` with the message's reports in the order of arrival.
  private func findReports(_ message: JoinableMessage, _ place: Int, _ index: Int) -> MatchKind? {
    found.removeAll(keepingCapacity: true)
    var match = find(message.number, place, index)
    let earlier = calls.earlier(root: message.root, position: message.position)
    if !earlier.isEmpty {
      for other in earlier.reversed() {
        let more = find(message.number, other, message.position - calls.entries[other].call.first)
        match = match ?? more
      }
      found.sort { $0.report < $1.report }
    }
    if match == nil, let reports = byPhone[message.row] {
      for report in reports { found.append((report, 0)) }
      match = .phone
    }
    return match
  }

  private func find(_ number: UInt64, _ place: Int, _ index: Int) -> MatchKind? {
    guard let reports = self.index else { return nil }
    let facts = accounts[Int(accountOfCall[place])]
    let before = found.count
    let ids = calls.idRange(place, at: index)
    if !ids.isEmpty, !reports.byMessage.isEmpty { findIDs(ids, number, facts, reports) }
    if found.count > before { return .messageID }
    if !reports.byLink.isEmpty {
      for hash in linkHashes(place, facts.seed) { add(reports.byLink, hash, number, 0) }
      if found.count > before { return .linkID }
    }
    if !reports.byCustom.isEmpty, facts.takesCustomIDs, let identity {
      let call = calls.entries[place].call
      for attempt in stride(from: 1, through: call.attempt, by: 1) {
        let id = identity.custom(call: call.id, attempt: attempt, position: index)
        let hash = TextHash.of(id, seed: facts.seed)
        add(reports.byCustom, hash, number, 0)
        if reports.reports.hasNumberless { add(reports.byCustom, hash, 0, 0) }
      }
      if found.count > before { return .customID }
    }
    return nil
  }

  /// An id that a whole call shares says nothing without the number.
  private func findIDs(_ ids: Range<Int>, _ number: UInt64, _ facts: AccountFacts, _ reports: ReportIndex) {
    let isOwn = !facts.reportsByPart && reports.reports.hasNumberless
    let parts = calls.forEachID(ids, seed: facts.seed) { part, hash in
      add(reports.byMessage, hash, number, part)
      if isOwn { add(reports.byMessage, hash, 0, part) }
    }
    if parts > 1 { found.sort { $0.report < $1.report } }
  }

  private func add(_ table: KeyTable, _ hash: UInt64, _ number: UInt64, _ part: Int) {
    var report = table.first(TextHash.key(hash, number: number))
    while let current = report {
      found.append((current, part))
      report = table.next(after: current)
    }
  }

  private func linkHashes(_ place: Int, _ seed: UInt64) -> [UInt64] {
    if lastLink.call == place { return lastLink.hashes }
    let entry = calls.entries[place]
    let links = (entry.call.linkID.isEmpty ? [] : [entry.call.linkID]) + entry.earlierLinks
    lastLink = (place, links.map { TextHash.of($0, seed: seed) })
    return lastLink.hashes
  }

  /// Whether a report without an id that we know may be this message's: it may have been taken, and under what id was
  /// never learnt. What a run is sending is not unknown yet.
  func mayBeAnyones(_ joined: JoinedMessage, _ place: Int) -> Bool {
    switch joined.ledgerState {
    case .unknown: true
    case .accepted, .failed: calls.idRange(place, at: joined.index).isEmpty
    case .planned, .sending, .refused, .cancelled: false
    }
  }

  // MARK: Weighing

  private func weigh(_ message: JoinableMessage, _ joined: inout JoinedMessage) {
    guard let place = joined.call else { return }
    let waits = joined.match == nil ? joined.ledgerState == .accepted : true
    guard waits else { return }
    if joined.match != nil, let index, found.count == 1, partCount(place, joined.index) == 1 {
      let report = found[0].report
      let meaning = index.meaning(of: report)
      if let state = index.meanings[meaning].status.final {
        index.mark(report, .joined)
        joined.state = state
        joined.meaning = meaning
        joined.reported = index.reports.reported[report]
        return
      }
    }
    let age = calls.entries[place].call.submittedAt.map { settings.now - $0.nanoseconds / 1_000_000 } ?? 0
    let isOver = age > Int64(settings.reportTimeout) * 1000
    guard joined.match != nil || isOver else { return }
    weighAll(place, isOver, &joined)
  }

  private func weighAll(_ place: Int, _ isOver: Bool, _ joined: inout JoinedMessage) {
    var reports: [RollUp.Report] = []
    let byPart = accounts[Int(accountOfCall[place])].reportsByPart
    if joined.match != nil, let index {
      markAll(most: byPart ? max(1, joined.segments) : 1, index)
      reports = found.map { report, part in
        let named = Int(index.reports.parts[report])
        // Looked up first: it may add to the meanings.
        let meaning = index.meaning(of: report)
        return RollUp.Report(
          part: part > 0 ? part : max(0, named - 1), index.meanings[meaning],
          at: Timestamp(nanoseconds: index.reports.reported[report] * 1_000_000))
      }
    }
    let ids = partCount(place, joined.index)
    let parts: RollUp.Parts =
      byPart && ids <= 1 && joined.segments > 1 ? .unnumbered(joined.segments) : .ids(max(1, ids))
    var verdict = RollUp.verdict(reports, parts: parts, silence: isOver ? settings.reportTimeout : nil)
    verdict.match = joined.match
    joined.state = verdict.state
    joined.verdict = verdict
  }

  /// The same code at the same time for the same part: the gateway said it twice.
  /// - Parameter most: how often it may say so, one report a part.
  private func markAll(most: Int, _ index: ReportIndex) {
    let columns = index.reports
    for (order, one) in found.enumerated() {
      var alike = 0
      // Only so many back: a message with thousands of reports is a gateway's fault, not ours to weigh.
      for other in found[max(0, order - Limits.reportsCompared)..<order]
      where other.part == one.part && columns.codes[other.report] == columns.codes[one.report]
        && columns.reported[other.report] == columns.reported[one.report]
        && columns.parts[other.report] == columns.parts[one.report]
      {
        alike += 1
      }
      index.mark(one.report, alike < most ? .joined : .doubled)
    }
  }

  /// How many ids the message has; 1 without any.
  private func partCount(_ place: Int, _ index: Int) -> Int {
    max(1, calls.idCount(calls.idRange(place, at: index)))
  }
}

extension CampaignJoin {
  /// The verdict of a joined message with its words.
  public func verdict(of joined: JoinedMessage) -> Verdict {
    if let verdict = joined.verdict { return verdict }
    guard joined.meaning >= 0, let meaning = index?.meanings[joined.meaning] else { return .none }
    var verdict = Verdict()
    verdict.state = joined.state
    verdict.code = meaning.code
    verdict.meaning = meaning.words
    verdict.reportedAt = Timestamp(nanoseconds: joined.reported * 1_000_000)
    verdict.match = joined.match
    return verdict
  }
}

extension StatusClass {
  /// The state that a final status gives a message of one part; nil for a status that is not final.
  var final: DeliveryState? {
    switch self {
    case .delivered: .delivered
    case .failed: .failed
    case .expired: .expired
    case .pending: nil
    }
  }
}

extension JoinedMessage {
  /// Whether the gateway took it: by its answer, or because a report proves it.
  public var isAccepted: Bool {
    switch ledgerState {
    case .accepted: true
    case .unknown, .sending: match != nil
    case .planned, .refused, .cancelled, .failed: state == .delivered || state == .partial
    }
  }

  /// The last known state. A report outweighs the ledger's word where the message was handed over; where the ledger
  /// says that it was not, or a person decided so, only a report that it arrived does.
  public var lastKnown: DeliveryState {
    guard isAccepted else { return DeliveryState(ledgerState) }
    return state ?? .accepted
  }
}
