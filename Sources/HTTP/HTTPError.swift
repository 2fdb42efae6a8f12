public import Platform

/// Why a server could not start or a client could not be made.
public struct HTTPError: Explained {
  /// What could not be done.
  public enum Code: Sendable, Equatable {
    /// The address is not a number of IP version 4 or 6.
    case address
    /// The system refused the address and port.
    case bind
    /// The key and certificate cannot be used.
    case certificate
    /// The system has no memory, threads or descriptors left.
    case resources
  }
  public var code: Code
  public var diagnostic: Diagnostic

  init(_ code: Code, _ found: String, expected: String? = nil, next: String? = nil) {
    self.code = code
    diagnostic = Diagnostic(found, expected: expected, next: next)
  }
}
