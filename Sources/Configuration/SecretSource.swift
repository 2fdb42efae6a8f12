import Glibc
public import Messaging
public import Platform

/// Where a secret comes from. Resolved only when it is needed, so that `plan` works without it.
public struct SecretSource: Sendable {
  /// The three ways to write a secret.
  public enum Kind: Sendable {
    case literal(Secret)
    case environment(String)
    /// The path, already resolved against the workspace.
    case file(String)
  }
  public var kind: Kind
  /// The key it stands under, for messages.
  public var key: String
  public var place: Place

  /// Reads `env:NAME`, `file:PATH`, else takes the text itself.
  init(_ text: String, key: String, at place: Place, workspace: String) {
    self.key = key
    self.place = place
    if text.hasPrefix("env:") {
      kind = .environment(String(text.dropFirst(4)))
    } else if text.hasPrefix("file:") {
      kind = .file(Files.join(workspace, String(text.dropFirst(5))))
    } else {
      kind = .literal(Secret(text))
    }
  }

  public var isLiteral: Bool {
    if case .literal = kind { return true }
    return false
  }

  /// `env:NAME`, `file:PATH` or `***`: fit for manifests.
  public var shown: String {
    switch kind {
    case .literal: "***"
    case .environment(let name): "env:\(name)"
    case .file(let path): "file:\(path)"
    }
  }

  /// The secret; one line feed at a file's end is not part of it.
  public func resolve() throws(ConfigurationError) -> Secret {
    switch kind {
    case .literal(let secret): secret
    case .environment(let name): try fromEnvironment(name)
    case .file(let path): try fromFile(path)
    }
  }

  private func fromEnvironment(_ name: String) throws(ConfigurationError) -> Secret {
    let value = unsafe getenv(name)
    guard let value = unsafe value, unsafe value.pointee != 0 else {
      let state = unsafe value == nil ? "not set" : "empty"
      throw fault(
        "the environment variable \(name) is \(state)", expected: "the secret for '\(key)'",
        next: "Set it for this command, for cron or in the systemd unit (EnvironmentFile=).")
    }
    return Secret(unsafe String(cString: value))
  }

  private func fromFile(_ path: String) throws(ConfigurationError) -> Secret {
    var bytes: [UInt8]
    do {
      bytes = try Files.read(path, limit: Limits.secretBytes)
    } catch {
      throw fault(
        "cannot read the secret's file \(path): \(error.diagnostic.found)", expected: "the secret for '\(key)'",
        next: "Put the secret there, mode 0600, or correct the path; it is relative to the workspace.")
    }
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    guard !bytes.isEmpty else {
      throw fault("the secret's file \(path) is empty", expected: "the secret for '\(key)'", next: nil)
    }
    return Secret(bytes.text)
  }

  private func fault(_ found: String, expected: String, next: String?) -> ConfigurationError {
    ConfigurationError(.secret, [Diagnostic(found, at: place, expected: expected, next: next)])
  }
}
