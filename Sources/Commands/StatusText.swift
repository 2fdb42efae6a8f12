import Campaigns
import JSON
import Ledger
import Messaging
import Platform

/// Where a campaign stands, for people.
struct StatusText {
  private let status: CampaignStatus
  private let facts: AccountFacts
  private let zone: any Zone

  init(_ status: CampaignStatus, _ facts: AccountFacts, _ zone: any Zone) {
    self.status = status
    self.facts = facts
    self.zone = zone
  }

  var text: String {
    guard let plannedAt = status.plannedAt else {
      return "'\(status.id)': nothing was sent yet; 'qunfa send' plans and sends it."
    }
    let name = status.name.isEmpty || status.name == status.id ? "" : " (\(harmless(status.name)))"
    let run = status.isRunning ? "a run is at work" : "no run is at work"
    var blocks = ["'\(status.id)'\(name), planned \(zone.civil(plannedAt).spaced), \(run)", states]
    let calls = CallState.allCases.compactMap { state in status.calls[state].map { "\($0) \(state.rawValue)" } }
    blocks.append("calls: " + (calls.isEmpty ? "none" : calls.joined(separator: ", ")))
    if !status.waiting.isEmpty { blocks.append(StatusText.ages("unsent since the plan", status.waiting)) }
    if !status.unknown.isEmpty { blocks.append(StatusText.ages("unknown since the call", status.unknown)) }
    if let reported = status.reported { blocks.append(StatusText.reports(reported)) }
    if !status.awaiting.isEmpty {
      blocks.append(StatusText.ages("waiting for a report since the call", status.awaiting))
    }
    let own = Set((status.waiting + status.unknown).map(\.gateway))
    blocks.append(contentsOf: accounts(own))
    // Messages that wait for a report, by age and gateway, come from the join and stand here.
    let receiving = facts.receiving.text(zone)
    if !receiving.isEmpty { blocks.append(receiving) }
    blocks.append(contentsOf: advice)
    return blocks.joined(separator: "\n\n")
  }

  private var states: String {
    var table = TextTable(["", "messages", "segments"])
    table.add(["rows read", String(status.rowsRead), ""])
    table.add(["rejected", String(status.rejected), ""])
    table.add(["planned", String(status.planned), String(status.states.values.reduce(0) { $0 + $1.segments })])
    for (caption, state) in StatusText.captions {
      let count = status.count(state)
      guard count.messages > 0 || state == .accepted else { continue }
      table.add(["  " + caption, String(count.messages), String(count.segments)])
    }
    return table.text
  }

  private static let captions: [(String, MessageState)] = [
    ("accepted", .accepted), ("refused", .refused), ("failed", .failed), ("unsent", .planned),
    ("in flight", .sending), ("unknown", .unknown), ("cancelled", .cancelled),
  ]

  private static func reports(_ counts: [DeliveryState: Int]) -> String {
    var table = TextTable(["by reports", "messages"])
    let captions: [(String, DeliveryState)] = [
      ("delivered", .delivered), ("partial", .partial), ("failed", .failed), ("expired", .expired),
      ("waiting for a report", .accepted),
    ]
    for (caption, state) in captions { table.add([caption, String(counts[state] ?? 0)]) }
    return table.text
  }

  private static func ages(_ caption: String, _ messages: [AgedMessages]) -> String {
    let ages = Age.allCases.filter { age in messages.contains { $0.counts[age.rawValue] > 0 } }
    var table = TextTable([caption, "messages"] + ages.map(\.caption))
    for line in messages {
      table.add([line.gateway, String(line.total)] + ages.map { String(line.counts[$0.rawValue]) })
    }
    return table.text
  }

  private func accounts(_ own: Set<String>) -> [String] {
    var blocks: [String] = []
    if !facts.paces.isEmpty {
      var table = TextTable(["pace learnt", "messages a second", "on"])
      for pace in facts.paces {
        table.add([pace.gateway, String(Int(pace.rate.rounded())), zone.civil(pace.learntAt).spaced])
      }
      blocks.append(table.text)
    }
    if !facts.balances.isEmpty {
      var table = TextTable(["last balance", "", "asked"])
      for balance in facts.balances {
        let product = balance.product.isEmpty ? "" : " (product \(balance.product))"
        table.add([balance.gateway + product, balance.words, zone.civil(balance.at).spaced])
      }
      blocks.append(table.text)
    }
    return blocks
  }

  private var advice: [String] {
    var lines: [String] = []
    if status.messages(.unknown) > status.proven {
      lines.append(
        "Unknown messages are never sent again by themselves. Look them up at the vendor, then\n"
          + "  qunfa resolve \(status.id) --unknown resend|failed|accepted [--only FILE]")
    }
    if status.messages(.planned) > 0, !status.isRunning {
      lines.append(
        "Unsent messages are sent by 'qunfa send \(status.id)' and withdrawn by 'qunfa cancel \(status.id)'.")
    }
    return lines
  }

  /// A line for each campaign.
  static func overview(_ statuses: [CampaignStatus], _ zone: any Zone) -> String {
    guard !statuses.isEmpty else { return "No campaign was sent yet." }
    var table = TextTable([
      "campaign", "planned", "messages", "accepted", "refused", "failed", "unsent", "in flight", "unknown",
      "cancelled", "rejected", "",
    ])
    for status in statuses {
      let counts = [
        status.planned, status.messages(.accepted), status.messages(.refused), status.messages(.failed),
        status.messages(.planned), status.messages(.sending), status.messages(.unknown), status.messages(.cancelled),
        status.rejected,
      ]
      table.add(
        [status.id, status.plannedAt.map { zone.civil($0).spaced } ?? ""] + counts.map(String.init)
          + [status.isRunning ? "a run is at work" : ""])
    }
    return table.text
  }
}

/// What is known of the accounts, whatever the campaign.
struct AccountFacts {
  var paces: [(gateway: String, rate: Double, learntAt: Timestamp)] = []
  var balances: [WorkspaceStore.Balance] = []
  /// Empty where it was not asked for.
  var receiving = ReceivingStatus()
}

extension Workspace {
  func accountFacts() throws(RunError) -> AccountFacts {
    let (paces, balances) = try accountsLastKnown()
    return AccountFacts(paces: paces, balances: balances)
  }
}

extension CampaignStatus {
  func json(_ facts: AccountFacts, isOverview: Bool = false) -> JSON {
    var states: [JSON.Member] = []
    for state in MessageState.allCases {
      let count = count(state)
      states.append(
        .init(
          state.rawValue,
          isOverview
            ? JSON(count.messages) : ["messages": JSON(count.messages), "segments": JSON(count.segments)]))
    }
    var members: [JSON.Member] = [
      .init("campaign", .string(id)), .init("name", .string(name)),
      .init("planned_at", plannedAt.map { JSON(Int($0.seconds)) } ?? .null), .init("running", .boolean(isRunning)),
      .init("rows_read", JSON(rowsRead)), .init("rejected", JSON(rejected)), .init("planned", JSON(planned)),
      .init("states", .object(states)),
      .init(
        "calls",
        .object(CallState.allCases.compactMap { state in calls[state].map { .init(state.rawValue, JSON($0)) } })),
      .init("waiting", .array(waiting.map(\.json))), .init("unknown", .array(unknown.map(\.json))),
    ]
    if let reported {
      let states: [DeliveryState] = [.delivered, .partial, .failed, .expired, .accepted]
      members.append(
        .init("reported", .object(states.map { .init($0.rawValue, JSON(reported[$0] ?? 0)) })))
      members.append(.init("awaiting_report", .array(awaiting.map(\.json))))
    }
    if !isOverview {
      members.append(
        .init(
          "paces",
          .array(
            facts.paces.map {
              [
                "gateway": .string($0.gateway), "rate": .number(String(Int($0.rate.rounded()))),
                "learnt_at": JSON(Int($0.learntAt.seconds)),
              ]
            })))
      members.append(.init("balances", .array(facts.balances.map(\.json))))
      members.append(.init("receiving", facts.receiving.json))
    }
    members.append(.init("exit_code", JSON(Int(exitCode.rawValue))))
    return .object(members)
  }
}

extension AgedMessages {
  fileprivate var json: JSON {
    .object(
      [.init("gateway", .string(gateway)), .init("messages", JSON(total))]
        + Age.allCases.map { .init($0.key, JSON(counts[$0.rawValue])) })
  }
}

extension Age {
  /// The name in `--json`.
  fileprivate var key: String {
    switch self {
    case .underHour: "under_1h"
    case .underSixHours: "1h_to_6h"
    case .underDay: "6h_to_24h"
    case .underThreeDays: "1d_to_3d"
    case .older: "over_3d"
    }
  }
}

extension WorkspaceStore.Balance {
  var json: JSON {
    [
      "gateway": .string(gateway), "product": .string(product), "amount": .string(amount), "unit": .string(unit),
      "yuan": yuan.map { .string($0.description) } ?? .null, "asked_at": JSON(Int(at.seconds)),
      "campaign": .string(campaign),
    ]
  }
}
