public import Configuration
import Gateways
import Ledger
import Messaging
public import Platform

/// The main job, on one screen: tonight's contact file in, every message out once, the result files back.
///
///     replies → read → judge → merge → plan → freeze ─► for each call: intent → pace → submit → outcome ─► files
///
/// `plan` stops after the plan and leaves nothing behind but its files. `send` freezes the plan in the campaign's
/// ledger, sends what the ledger has as planned, and writes the result files from the ledger. Run again it finds the
/// ledger and goes on where it stopped.
public struct CampaignRun {
  let campaign: CampaignFile
  let workspace: Workspace
  let console: any RunConsole
  var configuration: Configuration { workspace.configuration }
  var ledgerFolder: String { workspace.ledgerFolder(of: campaign.id) }
  var outputFolder: String { workspace.outputFolder(of: campaign.id) }

  public init(_ campaign: CampaignFile, _ workspace: Workspace, console: any RunConsole) {
    self.campaign = campaign
    self.workspace = workspace
    self.console = console
  }

  /// The dry run: `plan.csv`, `rejected.csv` and the sums. Sends nothing, leaves the ledger as it was.
  public func plan() throws(RunError) -> PlanReport {
    takeReports()
    let (audience, rules, _) = try openAudience(digests: false)
    try writePlan(audience, rules)
    if audience.summary.rowsRead == 0 { console.tell(noRows) }
    if try hasLedger() {
      console.tell(
        Diagnostic(
          "the campaign '\(campaign.id)' was planned before: 'send' goes on with that plan, not with this one",
          severity: .note, at: Place(file: ledgerFolder)))
    }
    return try PlanReport(campaign, rules, audience.summary, zone: configuration.zone, now: console.now())
  }

  /// The main job. Throws only when nothing could be done or the disk refused; everything else stands in the report.
  public func send(_ options: SendOptions) throws(RunError) -> SendReport {
    try requireMemory(options)
    let lock = try takeLock()
    defer { withExtendedLifetime(lock) {} }
    let started = console.now()
    takeReports()
    try forgetEmptyPlan()
    if try hasLedger() {
      try checkUnchanged()
    } else {
      // A secret that is not there is told while nothing is fixed yet.
      _ = try openAccounts()
      try freeze(options)
    }
    let ledger = try onLedger { () throws(LedgerError) in try CampaignLedger(folder: ledgerFolder) }
    try settleInterrupted(ledger)
    try tellOfNewPrices(ledger)
    let ending = try sendPlanned(ledger, options)
    return try writeFiles(ledger, ending, started: started)
  }

  // MARK: Steps

  func hasLedger() throws(RunError) -> Bool { try workspace.hasLedger(campaign.id) }

  /// Opens the contact files, the template and the suppression lists; whatever cannot be used stops the run here.
  func openAudience(digests: Bool) throws(RunError) -> (Audience, AudienceRules, Suppression) {
    let store = try onLedger { () throws(LedgerError) in try workspace.store() }
    let suppression = try Suppression(configuration, store)
    for warning in suppression.warnings { console.tell(warning) }
    let rules = try mapping({ () throws(MoneyError) in
      try AudienceRules(campaign, suppressed: suppression.numbers)
    }) { RunError(.usage, $0.diagnostic) }
    let template = try CampaignTemplate(campaign.message)
    return (try Audience(campaign, rules, template: template, digests: digests), rules, suppression)
  }

  func takeLock() throws(RunError) -> HeldLock {
    let path = ledgerFolder + "/lock"
    try onOutput { () throws(FileError) in try Files.makeFolder(ledgerFolder) }
    // `status` looks at the lock for an instant; only who still has it at the second look holds the campaign.
    for attempt in 0..<2 {
      if attempt > 0 { pauseSeconds(0.1) }
      if let lock = try onOutput({ () throws(FileError) in try HeldLock.take(path) }) { return lock }
    }
    throw RunError(
      .locked,
      Diagnostic(
        "another process holds the campaign '\(campaign.id)'", at: Place(file: path),
        next: "Wait until it ends, or see what it does with 'qunfa status \(campaign.id)'."))
  }

  /// Calls that were being sent when an earlier run died: their answer may be on disk; without one they are unknown.
  func settleInterrupted(_ ledger: CampaignLedger) throws(RunError) {
    let recovery = Recovery(campaign: campaign, configuration: configuration, ledger: ledger)
    let settled = try recovery.run(at: console.now())
    guard settled.calls > 0 else { return }
    console.tell(
      Diagnostic(
        "an earlier run ended while \(amount(settled.calls, "call was", "calls were")) under way: \(settled.answered) had the answer on disk, "
          + "\(amount(settled.calls - settled.answered, "is", "are")) unknown (\(amount(settled.unknownMessages, "message")))",
        severity: .warning, at: Place(file: ledgerFolder)))
  }
}

/// What `send` is asked for beside the campaign.
public struct SendOptions: Sendable {
  /// Plan the same contact file again under a new id within a day.
  public var again: Bool
  /// Wait for `start`, the window or the spend limit's release instead of ending with exit code 5.
  public var wait: Bool

  public init(again: Bool = false, wait: Bool = false) {
    self.again = again
    self.wait = wait
  }
}

/// Who is told what happens during a run.
public protocol RunConsole: AnyObject {
  /// The wall clock; tests give their own.
  func now() -> Timestamp
  /// A person or the system asked to stop.
  var isInterrupted: Bool { get }
  /// A warning or note for people.
  func tell(_ diagnostic: Diagnostic)
  /// Called while the run waits for its window.
  /// - Parameter moment: in local time, for people.
  func waiting(until moment: String)
  /// Called often; the console decides what it shows.
  func progress(_ progress: SendProgress)
}

/// How far sending is.
public struct SendProgress: Sendable {
  public var total: Int
  public var done: Int
  public var unknown: Int
  public var inFlight: Int
  /// Messages a second of the accounts' present pace.
  public var rate: Double
  public var isSlowed: Bool
}
