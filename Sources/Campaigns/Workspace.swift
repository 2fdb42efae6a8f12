public import Configuration
public import Ledger
import Platform

/// A workspace's folders and what they hold.
public struct Workspace: Sendable {
  public let configuration: Configuration

  public init(_ configuration: Configuration) { self.configuration = configuration }

  /// Ledgers, opt-outs, balances: qunfa's own memory.
  public var data: String { configuration.data }
  /// Files for people.
  public var output: String { configuration.output }

  public func ledgerFolder(of campaign: String) -> String { data + "/campaigns/" + campaign }
  public func outputFolder(of campaign: String) -> String { output + "/" + campaign }

  public func store() throws(LedgerError) -> WorkspaceStore { try WorkspaceStore(folder: data) }

  /// The campaign file that a command line names: a file, or the id of a campaign that the ledger knows, of which the
  /// ledger keeps the file as it was planned.
  public func campaignFile(_ name: String) throws(RunError) -> String {
    if isFile(name) { return name }
    let inWorkspace = configuration.path(name)
    if isFile(inWorkspace) { return inWorkspace }
    if !name.contains("/"), let kept = try keptCampaignFile(of: name) { return kept }
    let campaigns = try campaigns()
    let near = nearest(to: name, among: campaigns).map { "Did you mean '\($0)'? " } ?? ""
    throw RunError(
      .usage,
      Diagnostic(
        "no campaign file '\(name)', and no campaign of that id in the ledger",
        expected: "a campaign.toml or a known id",
        next: near + "Known: " + (campaigns.isEmpty ? "none yet" : campaigns.joined(separator: ", "))))
  }

  /// The ids of the campaigns that have a ledger, sorted.
  public func campaigns() throws(RunError) -> [String] {
    try onLedger { () throws(LedgerError) in try CampaignLedger.campaigns(in: data) }
  }

  /// Whether a campaign has a ledger.
  func hasLedger(_ campaign: String) throws(RunError) -> Bool {
    try onLedger { () throws(LedgerError) in try CampaignLedger.exists(in: ledgerFolder(of: campaign)) }
  }

  /// Whether any report was ever taken in.
  package func hasReports() throws(RunError) -> Bool {
    try onLedger { () throws(LedgerError) in try ReportStore.exists(in: data) }
  }

  /// Whether a file that the command line names, not a folder, stands there. One that cannot be looked at is none: the
  /// name may well mean another.
  func isFile(_ path: String) -> Bool { (try? Files.isThere(path)) == true && !Files.isFolder(path) }
}
