import Delivery
import JSON
public import Ledger
import Messaging
public import Platform

extension Workspace {
  /// Where a campaign stands. The ledger is opened for reading only and is never changed.
  /// - Parameter segments: whether segments are wanted: they stand with the messages, all of which are read for them.
  public func status(of id: String, segments: Bool, now: Timestamp) throws(RunError) -> CampaignStatus {
    var status = CampaignStatus(id: id)
    let folder = ledgerFolder(of: id)
    guard try hasLedger(id) else { return status }
    status.isRunning = try onLedger { () throws(LedgerError) in try CampaignLedger.isHeld(in: folder) }
    try onLedger { () throws(LedgerError) in
      let ledger = try CampaignLedger(folder: folder, readOnly: true)
      try ledger.snapshot { () throws(LedgerError) in
        try status.read(facts: ledger)
        var standing = Standing(now: now, plannedAt: status.plannedAt ?? now, isRunning: status.isRunning)
        for family in try CallFamily.all(ledger) { try standing.add(family, ledger, segments: segments) }
        if segments { try ledger.forEachPlace { standing.count(root: $0, position: $1, segments: $2) } }
        status.take(standing)
        if segments, let join = try join(of: id, ledger, now: now) { try status.read(join, ledger, now: now) }
      }
    }
    return status
  }
}

extension CampaignStatus {
  fileprivate mutating func read(facts ledger: CampaignLedger) throws(LedgerError) {
    name = try ledger.fact("name") ?? ""
    plannedAt = Timestamp(seconds: Int64(try ledger.fact("planned_at") ?? "") ?? 0)
    let counts = try? JSON(parsing: try ledger.fact("counts") ?? "{}")
    rowsRead = counts?["rows_read"]?.text.flatMap { Int($0) } ?? 0
    rejected = try ledger.rejected().reduce(0) { $0 + $1.rows }
  }

  fileprivate mutating func take(_ standing: Standing) {
    for (state, count) in zip(MessageState.allCases, standing.counts) where count.messages > 0 { states[state] = count }
    calls = standing.calls
    waiting = standing.waiting.sorted { $0.key < $1.key }.map(\.value)
    unknown = standing.unknown.sorted { $0.key < $1.key }.map(\.value)
  }
}

extension CampaignStatus {
  /// What reports say, message by message.
  fileprivate mutating func read(_ join: CampaignJoin, _ ledger: CampaignLedger, now: Timestamp) throws(LedgerError) {
    var counts: [DeliveryState: Int] = [:]
    var ages: [String: AgedMessages] = [:]
    var proven = 0
    let plannedAt = plannedAt ?? now
    try ledger.forEachBlock { block in
      for index in 0..<block.count {
        let joined = join.join(block.message(index))
        guard joined.isAccepted, let place = joined.call else { continue }
        if joined.ledgerState == .unknown { proven += 1 }
        counts[joined.lastKnown, default: 0] += 1
        guard joined.lastKnown == .accepted else { continue }
        let call = join.calls.entries[place].call
        let age = Age(seconds: now - (call.submittedAt ?? plannedAt))
        ages[call.gateway, default: AgedMessages(gateway: call.gateway)].counts[age.rawValue] += 1
      }
      return true
    }
    reported = counts
    awaiting = ages.sorted { $0.key < $1.key }.map(\.value)
    self.proven = proven
  }
}

/// Adds up what the calls say about their messages.
private struct Standing {
  let now: Timestamp
  let plannedAt: Timestamp
  let isRunning: Bool
  /// In the order of `MessageState.allCases`.
  var counts = [RunSummary.Count](repeating: .init(), count: MessageState.allCases.count)
  var calls: [CallState: Int] = [:]
  var waiting: [String: AgedMessages] = [:]
  var unknown: [String: AgedMessages] = [:]
  /// The state of each message of a planned call, by its position in it.
  private var states: [Int: [UInt8]] = [:]
  /// Segments that differ from the plan's, by planned call and position.
  private var ownSegments: [Int: [Int: Int]] = [:]

  init(now: Timestamp, plannedAt: Timestamp, isRunning: Bool) {
    self.now = now
    self.plannedAt = plannedAt
    self.isRunning = isRunning
  }

  mutating func add(_ family: CallFamily, _ ledger: CampaignLedger, segments: Bool) throws(LedgerError) {
    guard let root = family.calls.first else { return }
    var places = [UInt8](repeating: UInt8(MessageState.allCases.firstIndex(of: .unknown) ?? 0), count: root.count)
    for (call, held) in zip(family.calls, family.held) {
      calls[call.state, default: 0] += 1
      guard !held.isEmpty else { continue }
      let states: [MessageState]
      if call.state == .mixed {
        states = try ledger.settlement(of: call.id).messageStates(count: call.count)
      } else {
        states = Array(repeating: state(of: call), count: call.count)
      }
      let own = segments && call.id != call.root ? try ledger.segments(of: call.id) : nil
      for index in held {
        let state = MessageState.allCases.firstIndex(of: states[index]) ?? 0
        counts[state].messages += 1
        let position = call.first + index
        if position < places.count { places[position] = UInt8(state) }
        if let own = own?[safe: index] { ownSegments[call.root, default: [:]][position] = own }
      }
      age(call, waiting: held.count { states[$0] == .planned }, unknown: held.count { states[$0] == .unknown })
    }
    if segments { self.states[root.id] = places }
  }

  /// Without a run at work a call that was being sent has lost its outcome.
  private func state(of call: Call) -> MessageState {
    call.state == .sending && !isRunning ? .unknown : call.state.ofMessages ?? .unknown
  }

  private mutating func age(_ call: Call, waiting: Int, unknown: Int) {
    if waiting > 0 {
      let age = Age(seconds: now - plannedAt)
      self.waiting[call.gateway, default: AgedMessages(gateway: call.gateway)].counts[age.rawValue] += waiting
    }
    if unknown > 0 {
      let age = Age(seconds: now - (call.submittedAt ?? plannedAt))
      self.unknown[call.gateway, default: AgedMessages(gateway: call.gateway)].counts[age.rawValue] += unknown
    }
  }

  mutating func count(root: Int, position: Int, segments: Int) {
    guard let state = states[root]?[safe: position] else { return }
    counts[Int(state)].segments += ownSegments[root]?[position] ?? segments
  }
}

extension Workspace {
  /// The pace that each account last bore, and what it was last told to have.
  public func accountsLastKnown() throws(RunError) -> (
    paces: [(gateway: String, rate: Double, learntAt: Timestamp)], balances: [WorkspaceStore.Balance]
  ) {
    // No store, nothing known; looking must not make one.
    guard Files.isFolder(data) else { return ([], []) }
    return try onLedger { () throws(LedgerError) in
      let store = try self.store()
      var paces: [(gateway: String, rate: Double, learntAt: Timestamp)] = []
      for account in configuration.accounts {
        guard let pace = try store.pace(of: account.name) else { continue }
        paces.append((account.name, pace.rate, pace.learntAt))
      }
      return (paces, try store.lastBalances())
    }
  }
}
