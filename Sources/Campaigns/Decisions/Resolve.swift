import Delivery
import Ledger
import Messaging
import Platform

/// What a person decides about messages whose fate is unknown.
public enum Resolution: String, Sendable, CaseIterable {
  /// They did not arrive and shall be sent again, in new calls.
  case resend
  /// They did not arrive and shall not be sent.
  case failed
  /// They arrived.
  case accepted
}

/// What a `resolve` came to.
public struct ResolveReport: Sendable {
  public let resolution: Resolution
  /// Messages that were decided.
  public let decided: Int
  /// Messages that stay as they are because a report proves that the gateway took them: sent again they would arrive
  /// twice, and a decision would hide what the report says.
  public var proven = 0
  /// Entries of the list that name no unknown message of this campaign.
  public let unused: Int
  /// Entries of the list that belong to another campaign.
  public let ofOthers: Int
  /// The campaign as it stands now, and its files.
  public let state: SendReport

  /// Unknown messages that wait for a decision still.
  public var left: Int { state.summary.unknown.messages }

  /// The decision is carried out: only messages that are still unknown, and books that do not balance, are told.
  public var exitCode: ExitCode {
    .mostSerious([
      state.summary.isConserved ? .done : .unbalanced, left > 0 ? .unknownMessages : .done,
    ])
  }
}

extension CampaignRun {
  /// Carries out a person's decision about messages whose fate is unknown: all of them, or those that a list names.
  ///
  /// - Parameters:
  ///   - list: a result.csv with only the rows that are meant (column `row`), or a list of phone numbers.
  ///   - person: who decides; it is recorded.
  public func resolve(_ resolution: Resolution, only list: String?, person: String) throws(RunError) -> ResolveReport {
    takeReports()
    var selection: Selection?
    if let list { selection = try Selection(path: list, campaign: campaign) }
    var decided = 0
    var proven = 0
    let state = try deciding { (ledger) throws(RunError) in
      try onLedger { () throws(LedgerError) in
        // One transaction: a decision is carried out for all messages it names or for none.
        var changes: [Change] = []
        let join = try workspace.join(of: campaign.id, ledger, now: console.now())
        for family in try CallFamily.all(ledger) {
          for (change, positions) in try self.changes(resolution, family, ledger, &selection, person, join, &proven) {
            changes.append(change)
            decided += positions
          }
        }
        try ledger.commit(changes)
      }
    }
    return ResolveReport(
      resolution: resolution, decided: decided, proven: proven, unused: selection?.unused ?? 0,
      ofOthers: selection?.ofOthers ?? 0,
      state: state)
  }

  private func changes(
    _ resolution: Resolution, _ family: CallFamily, _ ledger: CampaignLedger, _ selection: inout Selection?,
    _ person: String, _ join: CampaignJoin?, _ proven: inout Int
  ) throws(LedgerError) -> [(change: Change, positions: Int)] {
    guard family.calls.contains(where: { $0.state == .unknown || $0.state == .mixed }) else { return [] }
    var changes: [(change: Change, positions: Int)] = []
    for (call, held) in zip(family.calls, family.held) where call.state == .unknown || call.state == .mixed {
      let settlement = try ledger.settlement(of: call.id)
      let states = settlement.messageStates(count: call.count)
      var positions = held.filter { states[$0] == .unknown }
      if selection != nil, !positions.isEmpty {
        let messages = try ledger.messages(of: call)
        positions = positions.filter {
          selection?.takes(row: messages.rows[$0], number: messages.numbers[$0]) ?? true
        }
      }
      if let join, !positions.isEmpty {
        let messages = try ledger.messages(of: call)
        let unproven = positions.filter {
          !join.join(
            JoinableMessage(
              row: messages.rows[$0], number: messages.numbers[$0], root: call.root, position: call.first + $0,
              segments: messages.segments[$0])
          ).isAccepted
        }
        proven += positions.count - unproven.count
        positions = unproven
      }
      guard !positions.isEmpty else { continue }
      let change = try change(resolution, call, settlement, positions, ledger, person)
      changes.append((change, positions.count))
    }
    return changes
  }

  private func change(
    _ resolution: Resolution, _ call: Call, _ settlement: Settlement, _ positions: [Int], _ ledger: CampaignLedger,
    _ person: String
  ) throws(LedgerError) -> Change {
    let state: MessageState
    switch resolution {
    case .resend:
      return .resend(
        call: call.id, parts: try Self.parts(of: call, positions, segments: ledger.segments(of: call.id)),
        person: person, positions: positions, at: console.now())
    case .failed: state = .failed
    case .accepted: state = .accepted
    }
    let which = positions.count == call.count ? "" : "\(positions.count) of \(call.count) messages "
    let decided = settlement.deciding(
      positions, as: state, count: call.count, note: which + "decided as \(state.rawValue) by \(person)")
    return .decide(
      call: call.id, decided, decision: resolution.rawValue, person: person, positions: positions, at: console.now())
  }

  /// New calls for some messages of a call: one for each run of neighbours.
  static func parts(of call: Call, _ positions: [Int], segments: [Int]?) -> [CallPart] {
    var parts: [CallPart] = []
    for position in positions {
      let first = call.first + position
      let own = segments?[safe: position]
      if let last = parts.last, last.first + last.count == first {
        parts[parts.count - 1].count += 1
        if let own { parts[parts.count - 1].segments?.append(own) }
      } else {
        parts.append(
          CallPart(
            first: first, count: 1, gateway: call.gateway, endpoint: call.endpoint, segments: own.map { [$0] }))
      }
    }
    return parts
  }
}
