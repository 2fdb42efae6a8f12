public import Configuration
public import Ledger
import Platform

/// A workspace's folders and what they hold.
public struct Workspace: Sendable {
  public let configuration: Configuration

  public init(_ configuration: Configuration) { self.configuration = configuration }

  /// Ledgers, opt-outs, balances: qunfa's own memory.
  public var data: String { configuration.path(configuration.data) }
  /// Files for people.
  public var output: String { configuration.path(configuration.output) }

  public func ledgerFolder(of campaign: String) -> String { data + "/campaigns/" + campaign }
  public func outputFolder(of campaign: String) -> String { output + "/" + campaign }

  public func store() throws(LedgerError) -> WorkspaceStore { try WorkspaceStore(folder: data) }

  /// The ids of the campaigns that have a ledger, sorted.
  public var campaigns: [String] {
    Files.names(in: data + "/campaigns").filter { CampaignLedger.exists(in: ledgerFolder(of: $0)) }
  }
}
