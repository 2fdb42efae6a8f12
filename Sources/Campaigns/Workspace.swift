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
    if Files.exists(name), !Files.isFolder(name) { return name }
    let inWorkspace = configuration.path(name)
    if Files.exists(inWorkspace), !Files.isFolder(inWorkspace) { return inWorkspace }
    let kept = ledgerFolder(of: name) + "/campaign.toml"
    if !name.contains("/"), Files.exists(kept) { return kept }
    let near = nearest(to: name, among: campaigns).map { "Did you mean '\($0)'? " } ?? ""
    throw RunError(
      .usage,
      Diagnostic(
        "no campaign file '\(name)', and no campaign of that id in the ledger",
        expected: "a campaign.toml or a known id",
        next: near + "Known: " + (campaigns.isEmpty ? "none yet" : campaigns.joined(separator: ", "))))
  }

  /// The ids of the campaigns that have a ledger, sorted.
  public var campaigns: [String] {
    Files.names(in: data + "/campaigns").filter { CampaignLedger.exists(in: ledgerFolder(of: $0)) }
  }
}
