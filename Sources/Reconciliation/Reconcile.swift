public import Campaigns
import Configuration
import Delivery
public import JSON
import Ledger
import Messaging
import Platform

/// What `reconcile` is asked for.
public struct ReconcileRequest: Sendable {
  /// Ids; empty: all campaigns.
  public var campaigns: [String]
  /// Local days, `2026-11-11`, both included; by the day of submission.
  public var from: String?
  public var to: String?

  public init(campaigns: [String] = [], from: String? = nil, to: String? = nil) {
    self.campaigns = campaigns
    self.from = from
    self.to = to
  }

  /// The same as moments.
  func selection(_ zone: any Zone) throws(RunError) -> BookSelection {
    let first = try from.map { (day) throws(RunError) in try ReconcileRequest.day(day, "--from") }
    let last = try to.map { (day) throws(RunError) in try ReconcileRequest.day(day, "--to") }
    if let from, let to, from > to {
      throw RunError(.usage, Diagnostic("--from \(from) lies behind --to \(to)", expected: "the earlier day first"))
    }
    var end: Timestamp?
    if let last {
      // A calendar day further: days of 23 or 25 hours exist.
      let noon = zone.moment(CivilTime(year: last.year, month: last.month, day: last.day, hour: 12)) + 86_400
      let next = zone.civil(noon)
      end = zone.moment(CivilTime(year: next.year, month: next.month, day: next.day))
    }
    return BookSelection(campaigns: campaigns, from: first.map { zone.moment($0) }, to: end)
  }

  private static func day(_ text: String, _ option: String) throws(RunError) -> CivilTime {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    if parts.count == 3, text.utf8.count == 10, let year = Int(parts[0]), let month = Int(parts[1]),
      let day = Int(parts[2]), (1970...2261).contains(year), (1...12).contains(month), day >= 1
    {
      let civil = CivilTime(year: year, month: month, day: day)
      // A day that the month does not have comes back as another one.
      if FixedZone.utc.civil(FixedZone.utc.moment(civil)) == civil { return civil }
    }
    throw RunError(.usage, Diagnostic("found '\(text)' for \(option)", expected: "a day such as 2026-11-11"))
  }
}

/// What a `reconcile` came to: what is printed, and the exit code.
public struct ReconcileReport: Sendable {
  public var totals: BookTotals
  /// The rows of reconciliation.csv added up.
  public var rows = BookSum()
  /// The lines of summary.csv added up.
  public var summary = BookSum()
  public var lines: [SummaryFile.Line] = []
  /// Rows of unmatched.csv.
  public var unmatched = 0
  /// Fetches that broke off and pushes that cannot be read: reports in them may be lost.
  public var possibleLosses = 0
  /// Where the files lie.
  public var folder = ""
  public var seconds = 0.0

  public func total(_ count: KeyPath<SummaryFile.Line, Int>) -> Int { lines.reduce(0) { $0 + $1[keyPath: count] } }

  /// Messages, segments and money agree between the ledgers and both files, and every report is joined, doubled or
  /// listed.
  public var isConserved: Bool {
    totals.ledger == rows && rows == summary && totals.plansHold
      && totals.reportsRead == totals.reportsJoined + totals.reportsDoubled + totals.reportsUnmatched
      && unmatched == totals.reportsUnmatched
  }

  /// What makes the exit code, the most serious first; empty when it is 0.
  public var reasons: [String] {
    var reasons: [String] = []
    if !isConserved { reasons.append("the books do not balance") }
    if unmatched > 0 {
      reasons.append(amount(unmatched, "report belongs", "reports belong") + " to nobody (unmatched.csv)")
    }
    let unknown = total(\.unknown)
    if unknown > 0 { reasons.append(amount(unknown, "message is unknown", "messages are unknown")) }
    let waiting = total(\.waiting)
    if waiting > 0 { reasons.append(amount(waiting, "message waits", "messages wait") + " for a report") }
    return reasons
  }

  public var exitCode: ExitCode {
    .mostSerious([
      isConserved && unmatched == 0 ? .done : .unbalanced,
      total(\.unknown) > 0 ? .unknownMessages : .done,
      total(\.waiting) > 0 ? .paused : .done,
    ])
  }
}

extension Books {
  /// Writes `reconciliation.csv`, `summary.csv` and `unmatched.csv` into the workspace's output folder.
  ///
  /// - Parameter others: who wants every entry besides, such as bills.
  public func reconcile(
    _ request: ReconcileRequest, others: [any BookSink] = []
  ) throws(RunError) -> ReconcileReport {
    let started = monotonicSeconds()
    let configuration = workspace.configuration
    let selection = try request.selection(configuration.zone)
    let rows = try ReconciliationFile(workspace.output + "/reconciliation.csv", configuration)
    let summary = SummaryFile(configuration)
    var report = ReconcileReport(totals: try walk(selection, to: [rows, summary] + others))
    report.unmatched = try UnmatchedFile.write(
      workspace.output + "/unmatched.csv", configuration, reports.index,
      raw: RawRecords(configuration))
    try summary.write(workspace.output + "/summary.csv", configuration)
    try rows.finish()
    report.rows = rows.sum
    report.summary = try summary.sum()
    report.lines = summary.lines
    report.possibleLosses = try possibleLosses()
    report.folder = workspace.output
    report.seconds = monotonicSeconds() - started
    return report
  }

  private func possibleLosses() throws(RunError) -> Int {
    guard try workspace.hasReports() else { return 0 }
    return try onLedger { () throws(LedgerError) in
      try ReportStore(folder: workspace.data, readOnly: true).possibleLossCount()
    }
  }
}

extension ReconcileReport {
  /// The report as `--json` shows it.
  public var json: JSON {
    func sum(_ sum: BookSum) -> JSON {
      [
        "messages": JSON(sum.messages), "segments": JSON(sum.segments),
        "billable_segments": JSON(sum.billableSegments), "cost": .string(sum.cost.description),
      ]
    }
    return [
      "campaigns": .array(totals.campaigns.map { .string($0) }),
      "planned": JSON(total(\.planned)), "accepted": JSON(total(\.accepted)), "refused": JSON(total(\.refused)),
      "unknown": JSON(total(\.unknown)), "delivered": JSON(total(\.delivered)), "failed": JSON(total(\.failed)),
      "expired": JSON(total(\.expired)), "waiting": JSON(total(\.waiting)),
      "ledger": sum(totals.ledger), "reconciliation": sum(rows), "summary": sum(summary),
      "reports": [
        "read": JSON(totals.reportsRead), "joined": JSON(totals.reportsJoined),
        "doubled": JSON(totals.reportsDoubled), "unmatched": JSON(totals.reportsUnmatched),
      ],
      "possible_losses": JSON(possibleLosses), "conserved": .boolean(isConserved),
      "exit_code": JSON(Int(exitCode.rawValue)), "folder": .string(folder),
    ]
  }
}
