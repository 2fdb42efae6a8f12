public import Platform
import TOML

/// A configuration that cannot be used; the program ends with exit code 2 and nothing was done.
public struct ConfigurationError: Explained, Equatable {
  /// What the fault is about.
  public enum Code: Sendable, Equatable {
    /// The file cannot be read, or is not TOML.
    case unreadable
    /// Keys or values are wrong.
    case invalid
    /// A secret's environment variable or file is not there.
    case secret
  }
  public var code: Code
  /// Every fault found, in the order of the file; at least one.
  public var diagnostics: [Diagnostic]

  /// The first fault.
  public var diagnostic: Diagnostic { diagnostics.first ?? Diagnostic("the configuration cannot be used") }

  init(_ code: Code, _ diagnostics: [Diagnostic]) {
    self.code = code
    self.diagnostics = diagnostics
  }

  init(_ error: TOMLError, next: String? = nil) {
    var diagnostic = error.diagnostic
    if error.code == .unreadable { diagnostic.next = next ?? diagnostic.next }
    self.init(.unreadable, [diagnostic])
  }
}
