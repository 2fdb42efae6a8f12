public import Campaigns

/// What one `pull`, `listen` or `import-reports` brought in.
public struct ReceivingReport: Sendable, Equatable {
  public var reports = 0
  public var replies = 0
  /// Pages, pushes or files that were kept.
  public var pages = 0
  /// Fetches that broke off.
  public var possibleLosses = 0
  public var exitCode = ExitCode.done

  public init() {}
}
