import Campaigns
import JSON
import Platform

extension Command {
  static let resolve = Command(
    name: "resolve", caption: "A person's decision about messages whose fate is unknown",
    operands: "CAMPAIGN", operandCount: 1...1,
    options: [
      Option("--unknown", value: "WORD", "resend, failed or accepted: what unknown messages shall be"),
      Option("--only", value: "FILE", "Only the messages of this list: result.csv cut down by hand, or phone numbers"),
    ],
    details: """
      An unknown message is one that a gateway may have. Look it up at the vendor first: 'resend' sends it a second time
      when the gateway had it. Who decided what, and when, stands in the ledger. Writes the result files anew.
      FILE is a table with a column 'row' (as result.csv has it), else a list of phone numbers.
      Exit codes: 0 done, 7 some messages are still unknown, 9 another process holds this campaign.
      """,
    example: "qunfa resolve 2026-11-double11 --unknown failed --only checked.csv"
  ) { (invocation) throws(RunError) in
    let word = try invocation.required("--unknown")
    guard let resolution = Resolution(rawValue: word) else {
      let words = Resolution.allCases.map(\.rawValue)
      throw RunError(
        .usage,
        Diagnostic(
          "found '\(word)' for --unknown", expected: "resend, failed or accepted",
          next: nearest(to: word, among: words).map { "Did you mean '\($0)'?" }))
    }
    let (workspace, campaign) = try invocation.openSentCampaign()
    let run = CampaignRun(campaign, workspace, console: invocation.console)
    let report = try run.resolve(
      resolution, only: invocation.value("--only").map(workspace.listFile), person: personAtWork())
    for warning in report.warnings { invocation.console.tell(warning) }
    invocation.console.print(invocation.wantsJSON ? report.json.serialized : report.text)
    return report.exitCode
  }
}

extension Workspace {
  /// A list that the command line names: relative to the current folder, else to the workspace.
  fileprivate func listFile(_ name: String) -> String {
    (try? Files.isThere(name)) == true ? name : configuration.path(name)
  }
}

extension ResolveReport {
  var warnings: [Diagnostic] {
    var warnings: [Diagnostic] = []
    if proven > 0 {
      warnings.append(
        Diagnostic(
          amount(proven, "unknown message is", "unknown messages are")
            + (resolution == .resend ? " not sent again" : " left as the reports have " + (proven == 1 ? "it" : "them"))
            + ": reports prove that the gateway took \(proven == 1 ? "it" : "them")", severity: .note))
    }
    if unused > 0 {
      warnings.append(
        Diagnostic(
          amount(unused, "entry of the list names", "entries of the list name")
            + " no unknown message of this campaign", severity: .warning,
          next: "They changed nothing."))
    }
    if ofOthers > 0 {
      warnings.append(
        Diagnostic(
          amount(ofOthers, "row of the list belongs", "rows of the list belong") + " to another campaign",
          severity: .warning, next: "They changed nothing."))
    }
    return warnings
  }

  var text: String {
    var lines: [String]
    switch resolution {
    case _ where decided == 0: lines = ["'\(state.campaign)': no unknown message to decide about."]
    case .resend:
      lines = [
        "'\(state.campaign)': \(amount(decided, "message waits", "messages wait")) to be sent again: 'qunfa send \(state.campaign)' sends \(decided == 1 ? "it" : "them")."
      ]
    case .failed, .accepted:
      lines = ["'\(state.campaign)': \(amount(decided, "message")) decided as \(resolution.rawValue)."]
    }
    lines += state.closingLines
    return lines.joined(separator: "\n")
  }

  var json: JSON {
    [
      "campaign": .string(state.campaign), "decision": .string(resolution.rawValue), "decided": JSON(decided),
      "proven_by_reports": JSON(proven),
      "unused": JSON(unused), "of_other_campaigns": JSON(ofOthers), "summary": state.summary.json,
      "folder": .string(state.folder), "exit_code": JSON(Int(exitCode.rawValue)),
    ]
  }
}
