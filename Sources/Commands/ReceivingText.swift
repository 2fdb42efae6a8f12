import Campaigns
import JSON
import Platform

/// What comes back from the gateways, for people.
extension ReceivingStatus {
  /// Empty when nothing was ever received.
  func text(_ zone: any Zone) -> String {
    guard !isEmpty else { return "" }
    var table = TextTable(["reports and replies", "last poll: reports", "replies", "possible losses", "cannot be read"])
    for gateway in gateways {
      let polls = ["reports", "replies"].map { kind in
        gateway.polls.first { $0.kind.rawValue == kind }.map { $0.at.map { zone.civil($0).spaced } ?? "never" } ?? ""
      }
      let losses = gateway.possibleLosses == 0 ? "" : String(gateway.possibleLosses)
      table.add([gateway.name] + polls + [losses, gateway.deferred == 0 ? "" : String(gateway.deferred)])
    }
    var blocks = [table.text]
    if spoolBytes > 0 {
      blocks.append(
        "Not taken in yet: \(spoolBytes) bytes in \(amount(spoolFiles, "file")) of the spool. 'plan', 'send', "
          + "'pull' and 'reconcile' take them in.")
    }
    for gateway in gateways where !gateway.overdue.isEmpty {
      let kinds = gateway.overdue.map(\.rawValue).joined(separator: " and ")
      blocks.append(
        "'\(gateway.name)' keeps \(kinds) for a while only, and half of it is over: "
          + "run 'qunfa pull --gateway \(gateway.name)'."
      )
    }
    return blocks.joined(separator: "\n\n")
  }

  var json: JSON {
    [
      "spool_bytes_behind": JSON(spoolBytes), "spool_files_behind": JSON(spoolFiles),
      "gateways": .array(
        gateways.map { gateway in
          [
            "gateway": .string(gateway.name),
            "last_poll": .object(
              gateway.polls.map { .init($0.kind.rawValue, $0.at.map { JSON(Int($0.seconds)) } ?? .null) }),
            "possible_losses": JSON(gateway.possibleLosses),
            "last_loss": gateway.lastLoss.map { JSON(Int($0.seconds)) } ?? .null,
            "cannot_be_read": JSON(gateway.deferred),
            "overdue": .array(gateway.overdue.map { .string($0.rawValue) }),
          ]
        }),
    ]
  }
}
