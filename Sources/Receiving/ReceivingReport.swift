public import Campaigns

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
  public var rows = 0
  /// The same bytes were taken in before: nothing changed.
  public var isKnown = false
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
