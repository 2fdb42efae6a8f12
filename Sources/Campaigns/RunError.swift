package import Configuration
package import Ledger
public import Platform

/// How a command ends (product.md, "Exit codes").
public enum ExitCode: Int32, Sendable, CaseIterable {
  case done = 0
  case internalError = 1
  case usage = 2
  case input = 3
  case partly = 4
  case paused = 5
  case gatewayStopped = 6
  case unknownMessages = 7
  case unbalanced = 8
  case locked = 9

  /// The most serious first.
  private static let order: [ExitCode] = [
    .internalError, .usage, .input, .locked, .unbalanced, .unknownMessages, .gatewayStopped, .paused, .partly, .done,
  ]

  /// The most serious of `codes`; `done` when there is none.
  public static func mostSerious(_ codes: [ExitCode]) -> ExitCode { order.first { codes.contains($0) } ?? .done }
}

/// Why a run ends before its work is done, with the exit code that says so.
public struct RunError: Explained {
  public var code: ExitCode
  public var diagnostics: [Diagnostic]

  public init(_ code: ExitCode, _ diagnostics: [Diagnostic]) {
    self.code = code
    self.diagnostics = diagnostics
  }

  public init(_ code: ExitCode, _ diagnostic: Diagnostic) { self.init(code, [diagnostic]) }

  public var diagnostic: Diagnostic { diagnostics.first ?? Diagnostic("the run ended without a reason") }

  /// A ledger that cannot be written stops all sending (6); one that cannot be understood is an internal error.
  package init(_ error: LedgerError) {
    self.init(error.isStorageFault ? .gatewayStopped : .internalError, error.diagnostic)
  }
  package init(_ error: ConfigurationError) { self.init(.usage, error.diagnostics) }
}

/// Runs `body`, its ledger error turned into a run's.
package func onLedger<Result: ~Copyable>(_ body: () throws(LedgerError) -> Result) throws(RunError) -> Result {
  do throws(LedgerError) { return try body() } catch { throw RunError(error) }
}

/// Runs `body`, its error turned into a run's.
package func mapping<Result: ~Copyable, Failure: Error>(
  _ body: () throws(Failure) -> Result, _ turn: (Failure) -> RunError
) throws(RunError) -> Result {
  do throws(Failure) { return try body() } catch { throw turn(error) }
}

/// Runs `body`, its error that of an output file: nothing may be sent when the disk refuses.
package func onOutput<Result: ~Copyable>(_ body: () throws(FileError) -> Result) throws(RunError) -> Result {
  try mapping(body) { RunError(.gatewayStopped, $0.diagnostic) }
}

/// Whether something stands there.
///
/// - Parameter code: how the run ends when the system cannot tell: 6 for what is ours, 3 for an input.
package func isThere(_ path: String, else code: ExitCode = .gatewayStopped) throws(RunError) -> Bool {
  try mapping({ () throws(FileError) in try Files.isThere(path) }) { RunError(code, $0.diagnostic) }
}
