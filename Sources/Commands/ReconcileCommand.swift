import Campaigns
import JSON
import Messaging
import Platform
import Reconciliation

extension Command {
  static let reconcile = Command(
    name: "reconcile", caption: "Joins reports to messages: reconciliation.csv, summary.csv, unmatched.csv",
    operands: "[CAMPAIGN…]", operandCount: 0...Limits.campaignsNamed,
    options: [
      Option("--from", value: "DATE", "Messages submitted on this local day or later, such as 2026-11-01"),
      Option("--to", value: "DATE", "Messages submitted on this local day or before"),
      Option("--bill", value: "GATEWAY=FILE", repeats: true, "Compares with a vendor's bill: differences.csv"),
      Option("--tolerance", value: "SEGMENTS", "Forgives so many segments of a bill (default: 0)"),
      Option("--xlsx", "Writes reconciliation.xlsx however many rows there are"),
      Option("--no-xlsx", "Writes no reconciliation.xlsx"),
    ],
    details: """
      Reads ledgers and reports and changes neither; without CAMPAIGN it takes all. The files lie in the output folder.
      Exit codes: 8 the books do not balance or reports belong to nobody, 7 some messages are unknown, 5 some wait for their
      report, else 0. docs/bills.md explains bills and every cause of a difference.
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
    let books = try workspace.holdBooks()
    defer { withExtendedLifetime(books) {} }
    let differences = try invocation.differences(request, workspace)
    let report = try Books(workspace, console: invocation.console).reconcile(
      request, others: differences.map { [$0] } ?? [])
    if report.possibleLosses > 0 { invocation.console.tell(report.lossNote) }
    let billed = try differences.map { (differences) throws(RunError) in try differences.finish() }
    for diagnostic in billed?.diagnostics ?? [] { invocation.console.tell(diagnostic) }
    let hasWorkbook = try invocation.writeWorkbook(report, billed, workspace)
    if billed == nil { invocation.tellOldDifferences(workspace) }
    let code = ExitCode.mostSerious([report.exitCode, billed?.exitCode ?? .done])
    if invocation.wantsJSON {
      invocation.console.print((billed.map { report.json.adding("bills", $0.json) } ?? report.json).serialized)
    } else {
      invocation.console.print(
        [report.text(hasWorkbook: hasWorkbook), billed?.text, reasons(for: code, report, billed)].compactMap { $0 }
          .joined(separator: "\n\n"))
    }
    return code
  }
}

extension Invocation {
  /// Bills and balances to be compared with the books; nil without a bill.
  fileprivate func differences(
    _ request: ReconcileRequest, _ workspace: Workspace
  ) throws(RunError) -> Differences? {
    if has("--xlsx"), has("--no-xlsx") {
      throw RunError(.usage, Diagnostic("found both --xlsx and --no-xlsx", expected: "one of them"))
    }
    let tolerance = try integer("--tolerance", in: 0...Limits.billSegments) ?? 0
    let bills = try bills(workspace)
    guard !bills.isEmpty else { return nil }
    let isWholeBook = request.campaigns.isEmpty && request.from == nil && request.to == nil
    return try Differences(
      bills, to: workspace.output + "/differences.csv", workspace.configuration, balances: BalanceView(workspace),
      tolerance: tolerance, isWholeBook: isWholeBook)
  }

  /// - Returns: whether reconciliation.xlsx was written.
  fileprivate func writeWorkbook(
    _ report: ReconcileReport, _ billed: DifferenceReport?, _ workspace: Workspace
  ) throws(RunError) -> Bool {
    guard !has("--no-xlsx") else { return false }
    guard has("--xlsx") || report.rows.messages <= ReconciliationWorkbook.usualRows else {
      console.tell(
        Diagnostic(
          "reconciliation.xlsx is not written: \(amount(report.rows.messages, "row"))", severity: .note,
          next: "Ask for it with --xlsx; a million rows take about a minute."))
      return false
    }
    let names = ["reconciliation", "summary", "unmatched"] + (billed == nil ? [] : ["differences"])
    try ReconciliationWorkbook.write(
      to: workspace.output + "/reconciliation.xlsx", files: names.map { "\(workspace.output)/\($0).csv" },
      bills: billed?.sums ?? [], workspace.configuration)
    return true
  }

  /// Its rows say nothing about the files that were written just now.
  fileprivate func tellOldDifferences(_ workspace: Workspace) {
    let path = workspace.output + "/differences.csv"
    guard (try? Files.isThere(path)) == true else { return }
    console.tell(
      Diagnostic(
        "this file is of an earlier reconcile with bills; it was left as it is", severity: .note,
        at: Place(file: path), next: "Name the bills with --bill to write it anew."))
  }
}

/// Why the exit code is not 0, for the last line; nil when it is.
private func reasons(for code: ExitCode, _ report: ReconcileReport, _ billed: DifferenceReport?) -> String? {
  let reasons = report.reasons + (billed?.reasons ?? [])
  return reasons.isEmpty ? nil : "Exit code \(code.rawValue): " + reasons.joined(separator: "; ") + "."
}

extension ReconcileReport {
  /// What a person reads.
  func text(hasWorkbook: Bool) -> String {
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
    let files =
      "Files: \(folder)/reconciliation.csv, summary.csv, unmatched.csv"
      + (hasWorkbook ? ", reconciliation.xlsx" : "") + " (\(duration(seconds)))"
    return [states.text, table.text + "\n" + reports + "\n" + verdict, files].joined(separator: "\n\n")
  }

  var lossNote: Diagnostic {
    Diagnostic(
      amount(possibleLosses, "fetch or push", "fetches or pushes")
        + " of reports broke off or cannot be read: records in them may be lost",
      severity: .note, next: "See docs/reports.md; messages whose report was lost end as expired.")
  }
}
