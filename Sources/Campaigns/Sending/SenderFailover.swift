import Gateways
import Ledger
import Messaging
import Platform

extension Sender {
  /// Offers the planned calls of accounts that stopped to the next accounts of the campaign. True when any moved.
  ///
  /// Only planned calls move: what is unknown never does.
  func failOver() throws(LedgerError) -> Bool {
    var moved = false
    for lane in lanes.indices where lanes[lane].stop != nil && !lanes[lane].isFailedOver {
      guard !flights.values.contains(where: { $0.lane == lane }) else { continue }
      lanes[lane].isFailedOver = true
      lanes[lane].abandonQueue()
      var after = 0
      while true {
        let page = try store.calls(in: .planned, of: lanes[lane].account.name, after: after, limit: 64)
        guard let last = page.last else { break }
        after = last.id
        var changes: [Change] = []
        for call in page {
          let parts = try parts(of: call, leaving: lane)
          guard parts.contains(where: { $0.gateway != call.gateway }) else { continue }
          changes.append(.carve(root: call.id, parts: parts, supersedes: call.id))
          moved = true
        }
        try store.commit(changes)
      }
    }
    if moved {
      for lane in lanes.indices where lanes[lane].stop == nil { lanes[lane].lookAgain() }
    }
    return moved
  }

  /// The call's messages as calls of other accounts, in order; what no other account takes stays.
  private func parts(of call: Call, leaving lane: Int) throws(LedgerError) -> [CallPart] {
    let messages = try store.messages(of: call)
    let origin = try origin(of: call) ?? lanes[lane].account
    // A call that moved before has segments of its own.
    let own = try store.segments(of: call.id) ?? messages.segments
    var parts: [CallPart] = []
    var lastText: [UInt8] = []
    for index in 0..<messages.count {
      let text = messages.texts[index]
      let target = other(messages.regions[index], text, origin, leaving: lane) ?? lane
      let account = lanes[target].account
      let endpoint = target == lane ? call.endpoint : endpoint(for: text, origin, account)
      let segments = target == lane ? own[index] : measure(text, origin, account).segments
      let pointToPoint = endpoint == account.abilities.pointToPoint?.rawValue
      if let last = parts.last, last.gateway == account.name, last.endpoint == endpoint,
        last.count < account.batch, pointToPoint || lastText == text || target == lane
      {
        parts[parts.count - 1].count += 1
        parts[parts.count - 1].segments?.append(segments)
      } else {
        parts.append(
          CallPart(
            first: call.first + index, count: 1, gateway: account.name, endpoint: endpoint, segments: [segments]))
      }
      lastText = text
    }
    return parts
  }

  /// The next account in the campaign's order that runs, serves the country and can carry the text.
  private func other(
    _ region: String, _ text: [UInt8], _ origin: SendingAccount, leaving lane: Int
  ) -> Int? {
    lanes.indices.first { index in
      guard index != lane, lanes[index].stop == nil, lanes[index].account.serves(region) else { return false }
      let counted = measure(text, origin, lanes[index].account)
      return counted.segments <= settings.maxSegments
        && counted.units <= lanes[index].account.abilities.mostUnits ?? Int.max
    }
  }

  private func endpoint(for text: [UInt8], _ origin: SendingAccount, _ account: SendingAccount) -> String {
    let abilities = account.abilities
    // The signature changes with the account and may bring a line break or take one away.
    let text = TextForm.adapt(text, from: origin.signature, to: account.signature)
    guard let pointToPoint = abilities.pointToPoint,
      abilities.pointToPointTakesLineBreaks || !text.contains(0x0A)
    else { return abilities.sameContent.rawValue }
    return pointToPoint.rawValue
  }

  private func measure(_ text: [UInt8], _ origin: SendingAccount, _ account: SendingAccount) -> Segments {
    let sent = TextForm.adapt(text, from: origin.signature, to: account.signature)
    let counted = TextForm.counted(sent, account.signature)
    return Segments.count(counted.span, rule: account.abilities.international ? .international : .domestic)
  }
}
