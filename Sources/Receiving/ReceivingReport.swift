public import Campaigns
public import Platform

/// What one `pull` brought in.
public struct PullReport: Sendable, Equatable {
  /// One account and kind.
  public struct Row: Sendable, Equatable {
    public var gateway: String
    /// `reports` or `replies`.
    public var kind: String
    /// Answers that held something.
    public var pages = 0
    public var reports = 0
    public var replies = 0
    /// Fetches of which records may be lost.
    public var possibleLosses = 0

    init(gateway: String, kind: String) {
      self.gateway = gateway
      self.kind = kind
    }
  }
  public var rows: [Row] = []
  public var exitCode = ExitCode.done

  public init() {}
}

/// What one `import-reports` did.
public struct ImportReport: Sendable, Equatable {
  /// Rows of the file.
  public var rows: Int { kept + leftOut }
  /// Rows that are reports.
  public var kept = 0
  /// Rows that are malformed, name no status or name no message.
  public var leftOut = 0
  /// What is wrong with the first of those left out.
  public var faults: [Diagnostic] = []
  /// The same bytes were taken in before: nothing changed.
  public var isKnown = false

  public var exitCode: ExitCode { leftOut > 0 ? .partly : .done }
}

/// What `pull` and `import-reports` do with what they kept.
public struct AfterReceiving {
  /// Takes what is new in the spool into the report store.
  public var intake: () throws(RunError) -> Void
  /// Whether no message that was sent within the report timeout waits for its report.
  public var isComplete: () throws(RunError) -> Bool

  public init(
    intake: @escaping () throws(RunError) -> Void, isComplete: @escaping () throws(RunError) -> Bool
  ) {
    self.intake = intake
    self.isComplete = isComplete
  }
}
