import Campaigns
import JSON
import Platform

extension Command {
  static let send = Command(
    name: "send", caption: "The main job: plan, then submit, then the result files; run again it goes on",
    operands: "CAMPAIGN", operandCount: 1...1,
    options: [
      Option("--wait", "Wait for the start and the daily window instead of ending with exit code 5"),
      Option("--again", "Plan a contact file that another campaign used within the last 24 hours"),
    ],
    details: """
      The plan is frozen in the ledger before the first call. Run again on the same campaign it goes on where it stopped and
      never sends a message twice. Writes result.csv, rejected.csv, failed.csv and manifest.json.
      Exit codes: 0 all accepted, 4 some rejected or refused, 5 paused (run again), 6 a gateway stopped the run (run again),
      7 some messages are unknown (see 'qunfa resolve --help'), 9 another process holds this campaign.
      """,
    example: "qunfa send campaign.toml"
  ) { (invocation) throws(RunError) in
    Signals.watch()
    let (workspace, campaign) = try invocation.openCampaign()
    let run = CampaignRun(campaign, workspace, console: invocation.console)
    let report = try run.send(SendOptions(again: invocation.has("--again"), wait: invocation.has("--wait")))
    invocation.console.endProgress()
    if let pause = report.pause { invocation.console.tell(pause) }
    invocation.console.print(invocation.wantsJSON ? report.json.serialized : report.text)
    return report.exitCode
  }
}

extension SendReport {
  /// What a person reads after a run.
  var text: String {
    var table = TextTable(["'\(campaign)'", "messages", "segments", ""])
    func add(_ name: String, _ count: RunSummary.Count, _ more: String = "") {
      table.add([name, String(count.messages), String(count.segments), more])
    }
    table.add(["rows read", String(summary.rowsRead), "", ""])
    table.add(["rejected", String(summary.rejectedRows), "", ""])
    table.add(["planned", String(summary.plannedMessages), String(summary.plannedSegments), ""])
    add("  accepted", summary.accepted, "\(summary.cost) yuan")
    add("  refused", summary.refused)
    add("  unsent", summary.unsent)
    if summary[.cancelled].messages > 0 { add("  of these cancelled", summary[.cancelled]) }
    add("  unknown", summary.unknown)
    var lines = [table.text, conservation]
    for stop in stops { lines.append("gateway '\(stop.account)' stopped: \(harmless(stop.reason))") }
    if summary.unknown.messages > 0 {
      let isOne = summary.unknown.messages == 1
      lines.append(
        amount(
          summary.unknown.messages, "message is unknown: a gateway may have it. It is never sent again by itself.",
          "messages are unknown: a gateway may have them. They are never sent again by themselves.")
          + "\n  Look \(isOne ? "it" : "them") up at the vendor, then "
          + "'qunfa resolve \(campaign) --unknown resend|failed|accepted'.")
    }
    lines.append("Files: \(folder)/result.csv, rejected.csv, failed.csv, manifest.json (\(duration(seconds)))")
    return lines.joined(separator: "\n")
  }

  private var conservation: String {
    let s = summary
    guard s.isConserved else {
      return "THE BOOKS DO NOT BALANCE: see the table; keep the campaign's folder as it is and report this as a fault."
    }
    return "rows read = planned + rejected: \(s.rowsRead) = \(s.plannedMessages) + \(s.rejectedRows)\n"
      + "planned = accepted + refused + unsent + unknown: \(s.plannedMessages) = \(s.accepted.messages) + "
      + "\(s.refused.messages) + \(s.unsent.messages) + \(amount(s.unknown.messages, "message")), "
      + "\(s.plannedSegments + s.failoverSegments) = \(s.accepted.segments) + \(s.refused.segments) + "
      + "\(s.unsent.segments) + \(s.unknown.segments) segments"
  }

  /// The run as `--json` shows it.
  var json: JSON {
    [
      "campaign": .string(campaign), "summary": summary.json,
      "stopped": .array(stops.map { ["gateway": .string($0.account), "reason": .string($0.reason)] }),
      "paused": pause.map { .string($0.found) } ?? .null, "exit_code": JSON(Int(exitCode.rawValue)),
      "folder": .string(folder), "seconds": .number(String(Int(seconds.rounded()))),
    ]
  }
}
