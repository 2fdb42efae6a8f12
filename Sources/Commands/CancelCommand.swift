import Campaigns
import JSON
import Platform

extension Command {
  static let cancel = Command(
    name: "cancel", caption: "Withdraws what is not yet sent, and timed messages at gateways that can",
    operands: "CAMPAIGN", operandCount: 1...1,
    details: """
      Messages that wait become 'cancelled' for good. Messages that a gateway holds for a start still to come are withdrawn
      where the gateway can (mobset). What was sent stays sent. Writes the result files anew.
      Exit codes: 0 done, 4 a gateway cannot withdraw what it holds, 6 a gateway did not withdraw all (run again),
      7 some messages are unknown, 9 another process holds this campaign (stop its 'send' first).
      """,
    example: "qunfa cancel 2026-11-double11"
  ) { (invocation) throws(RunError) in
    let (workspace, campaign) = try invocation.openSentCampaign()
    let report = try CampaignRun(campaign, workspace, console: invocation.console).cancel(person: personAtWork())
    invocation.console.print(invocation.wantsJSON ? report.json.serialized : report.text)
    return report.exitCode
  }
}

extension CancelReport {
  var text: String {
    let summary = state.summary
    var lines: [String] = []
    if cancelled + withdrawn == 0, left.isEmpty {
      lines.append("'\(state.campaign)': nothing was waiting, nothing was withdrawn.")
    } else {
      lines.append(
        "'\(state.campaign)': \(cancelled == 0 ? "no waiting messages" : amount(cancelled, "waiting message")) cancelled."
      )
    }
    if withdrawn > 0 { lines.append("\(amount(withdrawn, "timed message")) withdrawn at their gateway.") }
    for left in left {
      lines.append(
        "\(amount(left.messages, "timed message stays", "timed messages stay")) with gateway '\(left.gateway)': \(harmless(left.reason)).\n"
          + (left.isFinal
            ? "  Ask the vendor to stop them before their time." : "  Run the same command again before their time."))
    }
    if summary.accepted.messages > 0 {
      lines.append(amount(summary.accepted.messages, "message is", "messages are") + " accepted.")
    }
    lines += state.closingLines
    return lines.joined(separator: "\n")
  }

  var json: JSON {
    [
      "campaign": .string(state.campaign), "cancelled": JSON(cancelled), "withdrawn": JSON(withdrawn),
      "left": .array(
        left.map {
          ["gateway": .string($0.gateway), "messages": JSON($0.messages), "reason": .string($0.reason)]
        }),
      "summary": state.summary.json, "folder": .string(state.folder), "exit_code": JSON(Int(exitCode.rawValue)),
    ]
  }
}

extension SendReport {
  /// What follows a decision: unknown messages, books that do not balance, the files.
  var closingLines: [String] {
    var lines: [String] = []
    if summary.unknown.messages > 0 {
      lines.append(
        amount(
          summary.unknown.messages, "message is unknown: look it up", "messages are unknown: look them up")
          + " at the vendor, then\n"
          + "  qunfa resolve \(campaign) --unknown resend|failed|accepted [--only FILE]")
    }
    if !summary.isConserved {
      lines.append(
        "THE BOOKS DO NOT BALANCE: keep the campaign's folder as it is and report this as a fault.")
    }
    lines.append("Files: \(folder)/result.csv, failed.csv, manifest.json")
    return lines
  }
}
