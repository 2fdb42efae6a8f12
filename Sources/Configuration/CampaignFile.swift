public import Platform
import TOML

/// A campaign.toml (product.md, "campaign.toml"; docs/configuration.md lists every key).
public struct CampaignFile: Sendable {
  public enum Kind: String, Sendable, CaseIterable { case marketing, notice }

  /// The campaign's identity in the ledger; fit for a folder's name.
  public let id: String
  /// The file's path, as diagnostics show it.
  public let file: String
  public let name: String
  /// Empty when none is named.
  public let department: String
  public let kind: Kind
  /// In order of preference, at least one: the first that serves a number's country takes it.
  public let accounts: [Account]
  public let contacts: Contacts
  public let message: Message
  public let delivery: Delivery
  public let warnings: [Diagnostic]

  /// `[contacts]`: which files, and which column is what.
  public struct Contacts: Sendable {
    /// What makes a later row a duplicate.
    public enum Dedupe: String, Sendable, CaseIterable {
      case phone
      case phoneAndText = "phone+text"
      case none
    }
    /// At least one; whether they exist is judged when they are opened (exit 3).
    public let files: [WorkspaceFile]
    /// The column, or the element or attribute, that holds the number.
    public let phone: String
    /// The one with the sender's own row id.
    public let id: String?
    /// The country of numbers written without one.
    public let region: String
    /// `auto`, or one of `inputEncodings`.
    public let encoding: String
    /// What stands between fields; `auto`: found out from the file.
    public let delimiter: String
    /// XML: the element that is one recipient.
    public let record: String
    public let dedupe: Dedupe
  }

  /// `[message]`: the text and what it may become.
  public struct Message: Sendable {
    /// Where the template stands.
    public enum Source: Sendable, Equatable {
      case template(WorkspaceFile)
      /// The text itself, and where it stands.
      case text(String, Place)
    }
    public enum Missing: String, Sendable, CaseIterable { case reject, empty }
    public let source: Source
    /// Appended to marketing texts that lack it; empty: nothing is.
    public let optOut: String
    /// Longer texts are rejected.
    public let maxSegments: Int
    /// What a variable without value does to its row.
    public let missing: Missing
  }

  /// `[delivery]`: when, how fast and for how much.
  public struct Delivery: Sendable {
    /// Who waits for `start`.
    public enum Timer: String, Sendable, CaseIterable {
      /// The run itself waits for `start`, or stops with exit 5.
      case wait
      /// Gateways that can send later get the messages at once with `start`.
      case gateway
    }
    public let start: Timestamp?
    public let timer: Timer
    /// Local time.
    public let window: DailyWindow?
    /// Messages a second for the whole campaign; nil: as fast as the accounts go.
    public let rate: Double?
    /// Yuan, an exact decimal as written.
    public let maxCost: String?
    public let failover: Bool
    /// Whether the accounts are asked for their balance before and after a run.
    public let recordBalances: Bool
  }

  /// Reads a campaign file.
  ///
  /// - Parameter path: for opening; paths inside the file are relative to the workspace, not to it.
  /// - Throws: all faults of the file at once.
  public static func load(path: String, configuration: Configuration) throws(ConfigurationError) -> CampaignFile {
    let table: TOMLTable
    do {
      table = try TOMLDocument.read(path)
    } catch {
      throw ConfigurationError(error, next: "Name a campaign file, or the id of a campaign that was sent before.")
    }
    return try read(table, file: path, configuration: configuration)
  }

  /// The same from bytes at hand, for tests and for the copy that a ledger keeps.
  public static func parse(
    _ text: String, file: String = "campaign.toml", configuration: Configuration
  ) throws(ConfigurationError) -> CampaignFile {
    let table: TOMLTable
    do {
      table = try TOMLDocument.parse(Array(text.utf8), file: file)
    } catch {
      throw ConfigurationError(error)
    }
    return try read(table, file: file, configuration: configuration)
  }

  private static func read(
    _ table: TOMLTable, file: String, configuration: Configuration
  ) throws(ConfigurationError) -> CampaignFile {
    var reader = CampaignReader(table, file: file, configuration: configuration)
    let campaign = reader.read()
    guard let campaign, reader.faults.isEmpty else {
      throw ConfigurationError(.invalid, reader.faults.sortedErrors)
    }
    return campaign
  }
}
