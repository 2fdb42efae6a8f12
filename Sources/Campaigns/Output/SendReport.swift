import Configuration
import JSON
import Ledger
import Messaging
public import Platform

/// What a `send` came to: what is printed, and the exit code.
public struct SendReport: Sendable {
  public let campaign: String
  public let summary: RunSummary
  public let stops: [(account: String, reason: String)]
  /// Why sending paused, for people; nil when it did not.
  public let pause: Diagnostic?
  /// When sending may go on.
  public let resumesAt: Timestamp?
  public let folder: String
  /// Seconds from start to end.
  public let seconds: Double
  /// Messages that only `max_cost` keeps from going to another gateway than the one that stopped.
  public var heldBack = 0

  public var exitCode: ExitCode {
    var codes: [ExitCode] = []
    if !summary.isConserved { codes.append(.unbalanced) }
    if summary.unknown.messages > 0 { codes.append(.unknownMessages) }
    if pause != nil { codes.append(.paused) }
    // What waits for a higher max_cost alone waits for no gateway.
    if !stops.isEmpty, summary[.planned].messages > heldBack { codes.append(.gatewayStopped) }
    let short = summary.refused.messages + summary.unsent.messages + summary.rejectedRows
    if short > 0 { codes.append(.partly) }
    return .mostSerious(codes)
  }
}

extension CampaignRun {
  /// Writes `result.csv`, `failed.csv` and `manifest.json` from the ledger.
  /// - Parameter checkingContacts: whether the contact files may have changed since the plan: `failed.csv` has rows of
  ///   them.
  func writeFiles(
    _ ledger: CampaignLedger, _ ending: SendEnding, started: Timestamp
  ) throws(RunError) -> SendReport {
    let join = try onLedger { () throws(LedgerError) in try workspace.join(of: campaign.id, ledger, now: console.now())
    }
    let files = ResultFiles(
      campaign: campaign, configuration: configuration, store: ledger, folder: outputFolder, join: join)
    var (summary, failures) = try files.writeResults()
    let counts = try frozenCounts(ledger)
    summary.rowsRead = counts.rows
    summary.plannedMessages = counts.messages
    summary.plannedSegments = counts.segments
    for (reason, rows) in try onLedger({ () throws(LedgerError) in try ledger.rejected() }) {
      summary.rejected[reason] = rows
    }
    try writeFailures(files, failures, ledger)
    try writeRejected()
    try onLedger { () throws(LedgerError) in try ledger.checkpoint() }
    let outputs = ["result.csv", "rejected.csv", "failed.csv"].map { outputFolder + "/" + $0 }
    try Manifest.write(
      outputFolder + "/manifest.json", campaign: campaign, configuration: configuration, store: ledger,
      summary: summary, outputs: outputs, started: started, ended: console.now())
    var (pause, resumesAt) = words(ending.pause)
    if let heldBack = ending.heldBack.map(words) {
      if pause == nil { pause = heldBack } else { console.tell(heldBack) }
    }
    return SendReport(
      campaign: campaign.id, summary: summary, stops: ending.stops, pause: pause, resumesAt: resumesAt,
      folder: outputFolder, seconds: console.now() - started, heldBack: ending.heldBack?.messages ?? 0)
  }

  /// The rejected rows as the frozen plan has them: a later `plan` may have written others, or the folder may be gone.
  private func writeRejected() throws(RunError) {
    let frozen = ledgerFolder + "/rejected.csv"
    // A campaign that was frozen by a version that did not keep the file.
    guard try isThere(frozen) else { return }
    try onOutput { () throws(FileError) in try Files.copy(frozen, to: outputFolder + "/rejected.csv") }
  }

  func frozenCounts(_ ledger: CampaignLedger) throws(RunError) -> (rows: Int, messages: Int, segments: Int) {
    let text = try onLedger { () throws(LedgerError) in try ledger.fact("counts") } ?? "{}"
    let json = try? JSON(parsing: text)
    func number(_ key: String) -> Int { json?[key]?.text.flatMap { Int($0) } ?? 0 }
    return (number("rows_read"), number("planned_messages"), number("planned_segments"))
  }

  /// The failed messages' own columns stand only in the contact files, which are read again for them.
  private func writeFailures(
    _ files: ResultFiles, _ failures: [ResultFiles.Failure], _ ledger: CampaignLedger
  ) throws(RunError) {
    guard !failures.isEmpty else {
      let header = try onLedger { () throws(LedgerError) in try ledger.fact("header") } ?? "[]"
      return try files.writeNoFailures(header: (try? JSON(parsing: header))?.elements?.compactMap(\.text) ?? [])
    }
    var inputs: [String: String] = [:]
    for input in try onLedger({ () throws(LedgerError) in try ledger.inputs() }) where input.role == "contacts" {
      inputs[input.path] = input.sha256
    }
    do throws(RunError) {
      guard let changed = try files.writeFailures(failures, inputs: inputs) else { return }
      try leaveNoFailures("'\(changed)' is not the file that the campaign was planned from")
    } catch {
      // The ledger has what matters; the rows' own columns stand only in the contact files.
      guard error.code == .input else { throw error }
      console.tell(error.diagnostic)
      try leaveNoFailures("the contact files cannot be read any more")
    }
  }

  /// An older failed.csv would list people who have their message by now.
  private func leaveNoFailures(_ reason: String) throws(RunError) {
    try onOutput { () throws(FileError) in try Files.remove(outputFolder + "/failed.csv") }
    console.tell(
      Diagnostic(
        "failed.csv is not written: \(reason)", severity: .warning, at: Place(file: outputFolder),
        next: "See result.csv for the messages that did not go out."))
  }

  private func words(_ pause: Pause?) -> (Diagnostic?, Timestamp?) {
    switch pause {
    case nil: return (nil, nil)
    case .interrupted:
      return (
        Diagnostic(
          "sending was stopped by a signal", severity: .note, next: "Run the same command again: it goes on here."),
        nil
      )
    case .notYet(let moment):
      let when = configuration.zone.civil(moment).spaced
      return (
        Diagnostic(
          "sending is allowed again at \(when)", severity: .note,
          next: "Run the same command again then, or let it wait with --wait."), moment
      )
    case .overLimit(let cost, let limit):
      return (
        Diagnostic(
          "the campaign costs \(cost) yuan and max_cost allows \(limit)", severity: .note,
          at: Place(file: campaign.file), next: "Raise max_cost when that is meant, then run the same command again."),
        nil
      )
    }
  }

  private func words(_ heldBack: HeldBack) -> Diagnostic {
    let many = amount(heldBack.messages, "message waits", "messages wait")
    let cost = heldBack.cost.map { "\($0) yuan" } ?? "more than can be calculated"
    return Diagnostic(
      "\(many) with the gateway that stopped: moved to the next one, the campaign would cost \(cost)",
      severity: .warning, at: Place(file: campaign.file), expected: "at most \(heldBack.limit) yuan (max_cost)",
      next: "Settle what stopped the gateway, or raise max_cost when that is meant; then run the same command again.")
  }
}
