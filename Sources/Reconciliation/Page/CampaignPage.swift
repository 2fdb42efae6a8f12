public import Campaigns
import JSON
import Ledger
import Messaging
import Platform

/// Writes a campaign's report page from its ledger and the reports.
///
///     ledger ─► facts ─┐
///     books ─► figures ─┴─► page ─► report.html
public struct CampaignPage {
  private let id: String
  private let department: String
  private let workspace: Workspace
  private let console: any RunConsole

  /// What was written.
  public struct Result: Sendable {
    public var path: String
    public var messages: Int
    public var isConserved: Bool

    public var exitCode: ExitCode { isConserved ? .done : .unbalanced }
  }

  /// - Parameter id: of a campaign that has a ledger.
  public init(_ id: String, department: String, _ workspace: Workspace, console: any RunConsole) {
    self.id = id
    self.department = department
    self.workspace = workspace
    self.console = console
  }

  /// - Parameter path: nil: `report.html` in the campaign's output folder.
  public func write(to path: String?) throws(RunError) -> Result {
    let figures = PageFigures()
    let totals = try Books(workspace, console: console).walk(BookSelection(campaigns: [id]), to: [figures])
    var facts = try facts()
    facts.ledger = totals.ledger
    let page = ReportPage(facts, figures)
    let path = path ?? workspace.outputFolder(of: id) + "/report.html"
    try page.write(path)
    return Result(
      path: path, messages: figures.total.messages, isConserved: page.isConserved && totals.plansHold)
  }

  private func facts() throws(RunError) -> PageFacts {
    let configuration = workspace.configuration
    var facts = PageFacts(
      campaign: id, writtenAt: console.now(), toolVersion: Manifest.toolVersion, zone: configuration.zone,
      zoneName: configuration.zone.name)
    facts.department = department
    try onLedger { () throws(LedgerError) in
      let ledger = try CampaignLedger(folder: workspace.ledgerFolder(of: id), readOnly: true)
      facts.name = try ledger.fact("name") ?? ""
      facts.plannedAt = try ledger.fact("planned_at").flatMap { Int64($0) }.map { Timestamp(seconds: $0) }
      facts.plannedCost = try ledger.fact("cost").flatMap { try? Money(parsing: $0) }
      let counts = try? JSON(parsing: try ledger.fact("counts") ?? "{}")
      facts.rowsRead = counts?["rows_read"]?.text.flatMap { Int($0) } ?? 0
      facts.planned = counts?["planned_messages"]?.text.flatMap { Int($0) } ?? 0
      facts.rejected = try ledger.rejected()
    }
    return facts
  }
}
