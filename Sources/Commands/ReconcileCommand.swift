import Campaigns
import JSON
import Messaging
import Platform
import Reconciliation

extension Command {
  static let reconcile = Command(
    name: "reconcile", caption: "Join reports to messages: reconciliation.csv, summary.csv, unmatched.csv",
    operands: "[CAMPAIGN…]", operandCount: 0...Limits.campaignsNamed,
    options: [
      Option("--from", value: "DATE", "Messages submitted on this local day or later, such as 2026-11-01"),
      Option("--to", value: "DATE", "Messages submitted on this local day or before"),
    ],
    details: """
      Reads ledgers and reports and changes neither; without CAMPAIGN it takes all. The files lie in the output folder.
      Exit codes: 8 the books do not balance or reports belong to nobody, 7 some messages are unknown, 5 some wait for their
      report, else 0.
      """,
    example: "qunfa reconcile 2026-11-double11"
  ) { (invocation) throws(RunError) in
    let workspace = try invocation.openWorkspace()
    var campaigns: [String] = []
    for name in invocation.operands {
      campaigns.append(
        try workspace.campaignID(name) { (path) throws(RunError) in try invocation.campaign(path, in: workspace) })
    }
    let request = ReconcileRequest(
      campaigns: campaigns, from: invocation.value("--from"), to: invocation.value("--to"))
    let report = try Books(workspace, console: invocation.console).reconcile(request)
    if report.possibleLosses > 0 { invocation.console.tell(report.lossNote) }
    invocation.console.print(invocation.wantsJSON ? report.json.serialized : report.text)
    return report.exitCode
  }
}

extension ReconcileReport {
  /// What a person reads.
  var text: String {
    var table = TextTable(["", "messages", "segments", "billable", "yuan"])
    for (name, sum) in [("ledger", totals.ledger), ("reconciliation.csv", rows), ("summary.csv", summary)] {
      table.add([
        name, String(sum.messages), String(sum.segments), String(sum.billableSegments), sum.cost.description,
      ])
    }
    var states = TextTable(["what became of them", "messages"])
    let counts: [(String, Int)] = [
      ("planned", total(\.planned)), ("  refused", total(\.refused)), ("  unknown", total(\.unknown)),
      ("  accepted", total(\.accepted)), ("    delivered", total(\.delivered)), ("    failed", total(\.failed)),
      ("    expired", total(\.expired)), ("    waiting for a report", total(\.waiting)),
    ]
    for (name, count) in counts { states.add([name, String(count)]) }
    let reports =
      "reports read = joined + doubled + unmatched: \(totals.reportsRead) = \(totals.reportsJoined) + "
      + "\(totals.reportsDoubled) + \(totals.reportsUnmatched)"
    let verdict =
      isConserved
      ? "The books balance: ledger, reconciliation.csv and summary.csv agree."
      : "THE BOOKS DO NOT BALANCE: keep the data folder as it is and report this as a fault."
    let files = "Files: \(folder)/reconciliation.csv, summary.csv, unmatched.csv (\(duration(seconds)))"
    return [states.text, table.text + "\n" + reports + "\n" + verdict, files].joined(separator: "\n\n")
  }

  var lossNote: Diagnostic {
    Diagnostic(
      "\(amount(possibleLosses, "fetch", "fetches")) of reports broke off: records behind the break may be lost",
      severity: .note, next: "See docs/reports.md; messages whose report was lost end as expired.")
  }
}
