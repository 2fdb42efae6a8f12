import Gateways
import Ledger
import Messaging
import Platform

extension Sender {
  /// Offers the planned calls of accounts that stopped to the next accounts of the campaign. True when any moved.
  ///
  /// Only planned calls move: what is unknown never does. With a spend limit they move only as far as it allows.
  func failOver() throws(LedgerError) -> Bool {
    var moved = false
    for lane in lanes.indices where lanes[lane].stop != nil && !lanes[lane].isFailedOver {
      guard !flights.values.contains(where: { $0.lane == lane }) else { continue }
      lanes[lane].isFailedOver = true
      lanes[lane].abandonQueue()
      guard lanes.contains(where: { $0.stop == nil }) else { continue }
      var budget = try budget()
      var after = 0
      // Parts that stay are calls of this account too: nobody asks for them a second time.
      var firstMade = Int.max
      while after < firstMade {
        let page = try store.calls(in: .planned, of: lanes[lane].account.name, after: after, limit: 64)
        guard let last = page.last else { break }
        after = last.id
        var changes: [Change] = []
        for call in page where call.id < firstMade {
          let parts = try parts(of: call, leaving: lane, &budget)
          guard parts.contains(where: { $0.gateway != call.gateway }) else { continue }
          changes.append(.carve(root: call.id, parts: parts, supersedes: call.id))
          moved = true
        }
        firstMade = min(firstMade, try store.commit(changes).first ?? Int.max)
      }
      if let budget { held = budget.held }
    }
    if moved {
      for lane in lanes.indices where lanes[lane].stop == nil { lanes[lane].lookAgain() }
    }
    return moved
  }

  /// The messages that wait with accounts that stopped although others run, for the spend limit's sake alone; nil
  /// without any. When no account runs any more, the limit is not what keeps them.
  var heldBack: FailoverBudget.Held? {
    held.messages > 0 && lanes.contains { $0.stop == nil } ? held : nil
  }

  /// What the spend limit leaves, added up from the ledger: what is in flight counts as it is known there.
  private func budget() throws(LedgerError) -> FailoverBudget? {
    guard let spendLimit else { return nil }
    return FailoverBudget(limit: spendLimit.limit, cost: try spendLimit.costAtMost(store), held: held)
  }

  /// A message as an account would carry it.
  private struct Carriage {
    var lane: Int
    var text: [UInt8]
    var segments: Int
  }

  /// The call's messages as calls of other accounts, in order; what no other account takes stays.
  private func parts(
    of call: Call, leaving lane: Int, _ budget: inout FailoverBudget?
  ) throws(LedgerError) -> [CallPart] {
    let messages = try store.messages(of: call)
    let origin = try origin(of: call) ?? lanes[lane].account
    // A call that moved before has segments of its own.
    let own = try store.segments(of: call.id) ?? messages.segments
    var parts: [CallPart] = []
    var lastText: [UInt8] = []
    for index in 0..<messages.count {
      let stay = Carriage(lane: lane, text: messages.texts[index], segments: own[index])
      let target = choose(messages.regions[index], carriers(of: messages, index, origin, leaving: lane), stay, &budget)
      let account = lanes[target.lane].account
      let endpoint = target.lane == lane ? call.endpoint : endpoint(for: target.text, account)
      let pointToPoint = endpoint == account.abilities.pointToPoint?.rawValue
      if let last = parts.last, last.gateway == account.name, last.endpoint == endpoint,
        last.count < account.batch, pointToPoint || lastText == target.text || target.lane == lane
      {
        parts[parts.count - 1].count += 1
        parts[parts.count - 1].segments?.append(target.segments)
      } else {
        parts.append(
          CallPart(
            first: call.first + index, count: 1, gateway: account.name, endpoint: endpoint, segments: [target.segments])
        )
      }
      lastText = target.text
    }
    return parts
  }

  /// The accounts that run, serve the country and can carry the text, in the campaign's order. Without a spend limit
  /// only the first is asked for.
  private func carriers(
    of messages: CallMessages, _ index: Int, _ origin: SendingAccount, leaving lane: Int
  ) -> [Carriage] {
    var carriers: [Carriage] = []
    for other in lanes.indices where other != lane && lanes[other].stop == nil {
      let account = lanes[other].account
      guard account.serves(messages.regions[index]) else { continue }
      let text = form(of: messages, index, from: origin, to: account)
      let counted = Segments.count(
        TextForm.counted(text, account.signature).span,
        rule: account.abilities.international ? .international : .domestic)
      guard counted.segments <= settings.maxSegments, counted.units <= account.abilities.mostUnits ?? Int.max else {
        continue
      }
      carriers.append(Carriage(lane: other, text: text, segments: counted.segments))
      if spendLimit == nil { break }
    }
    return carriers
  }

  /// Who carries a message: the first of `carriers` that the budget allows, else it stays.
  private func choose(
    _ region: String, _ carriers: [Carriage], _ stay: Carriage, _ budget: inout FailoverBudget?
  ) -> Carriage {
    guard let spendLimit, budget != nil else { return carriers.first ?? stay }
    let costs = carriers.map { spendLimit.cost($0.segments, by: lanes[$0.lane].account.name, to: region) }
    let now = spendLimit.cost(stay.segments, by: lanes[stay.lane].account.name, to: region)
    return budget?.choose(among: costs, instead: now).map { carriers[$0] } ?? stay
  }

  private func endpoint(for text: [UInt8], _ account: SendingAccount) -> String {
    let abilities = account.abilities
    // The signature changes with the account and may bring a line break or take one away.
    guard let pointToPoint = abilities.pointToPoint,
      abilities.pointToPointTakesLineBreaks || !text.contains(0x0A)
    else { return abilities.sameContent.rawValue }
    return pointToPoint.rawValue
  }
}
