public import Platform
import TOML

/// A workspace's qunfa.toml (product.md, "qunfa.toml"; docs/configuration.md lists every key).
public struct Configuration: Sendable {
  /// The folder that holds qunfa.toml; paths in configuration files are relative to it.
  public let workspace: String
  /// The file's path, as diagnostics show it.
  public let file: String
  /// Ledgers, spool and reports.
  public let data: String
  /// Output files.
  public let output: String
  /// The zone of windows, local dates and output files.
  public let zone: NamedZone
  public let csvEncoding: CSVEncoding
  public let csvLineEnding: CSVLineEnding
  /// Seconds without a report after which a message counts as expired.
  public let reportTimeout: Int
  public let suppression: Suppression
  /// Nil without a `[listen]`.
  public let listen: Listen?
  /// In the order of the file.
  public let accounts: [Account]
  /// By gateway name.
  public let bills: [String: ColumnMap]
  /// By gateway name.
  public let imports: [String: ColumnMap]
  /// What a person should know although the file can be used.
  public let warnings: [Diagnostic]

  /// The encoding of output files.
  public enum CSVEncoding: String, Sendable, CaseIterable {
    case utf8BOM = "utf-8-bom"
    case utf8 = "utf-8"
    case gb18030
  }

  public enum CSVLineEnding: String, Sendable, CaseIterable { case lf, crlf }

  /// Numbers that get nothing, and the replies that opt out.
  public struct Suppression: Sendable {
    /// Names may hold `*`; see `WorkspaceFile.matches()`.
    public let files: [WorkspaceFile]
    public let keywords: [String]
    public static let standardKeywords = ["T", "TD", "R", "N", "退订", "0000", "STOP", "UNSUBSCRIBE"]
  }

  /// The receiver of pushed reports and replies.
  public struct Listen: Sendable {
    public let address: String
    /// 0 takes any free port.
    public let port: Int
    /// The last part of the path that pushes come to: `/push/<gateway>/<secret>`.
    public let pathSecret: SecretSource
    /// Addresses that may push; empty: all.
    public let sources: [AddressRange]
  }

  public func account(_ name: String) -> Account? { accounts.first { $0.name == name } }

  /// A path that a configuration names, as the system finds it.
  public func path(_ name: String) -> String { Files.join(workspace, name) }

  /// A path that lies in the workspace, relative to it; any other as it is. The reverse of `path`.
  public func relative(_ path: String) -> String {
    let folder = Files.join(workspace, "")
    return !folder.isEmpty && path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path
  }

  /// Reads `qunfa.toml` of a workspace.
  ///
  /// - Throws: all faults of the file at once. No secret is resolved: see `Account.open()`.
  public static func load(workspace: String, registry: GatewayRegistry) throws(ConfigurationError) -> Configuration {
    let file = Files.join(workspace, "qunfa.toml")
    let table: TOMLTable
    do {
      table = try TOMLDocument.read(file)
    } catch {
      throw ConfigurationError(error, next: "Make a workspace with `qunfa init DIR`, or name one with `qunfa -C DIR`.")
    }
    return try read(table, file: file, workspace: workspace, registry: registry, mode: Files.permissions(file) ?? 0o600)
  }

  /// The same from bytes at hand, for tests and samples.
  public static func parse(
    _ text: String, file: String = "qunfa.toml", workspace: String = ".", registry: GatewayRegistry,
    mode: UInt32 = 0o600
  ) throws(ConfigurationError) -> Configuration {
    let table: TOMLTable
    do {
      table = try TOMLDocument.parse(Array(text.utf8), file: file)
    } catch {
      throw ConfigurationError(error)
    }
    return try read(table, file: file, workspace: workspace, registry: registry, mode: mode)
  }

  private static func read(
    _ table: TOMLTable, file: String, workspace: String, registry: GatewayRegistry, mode: UInt32
  ) throws(ConfigurationError) -> Configuration {
    var reader = ConfigurationReader(table, file: file, workspace: workspace, registry: registry)
    let configuration = reader.read(mode: mode)
    guard let configuration, reader.faults.isEmpty else {
      throw ConfigurationError(.invalid, reader.faults.sortedErrors)
    }
    return configuration
  }
}
