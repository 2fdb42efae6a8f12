/// What happened at one platform since the sandbox was started.
public struct SandboxCounts: Sendable, Equatable {
  /// Requests of every kind.
  public var calls = 0
  /// Calls that hand texts over.
  public var submits = 0
  /// Numbers in those of them that could be read.
  public var messages = 0
  public var accepted = 0
  /// Numbers refused one by one, and those of calls that were refused whole.
  public var refused = 0
  /// Submit calls refused whole, other than as too fast.
  public var refusedCalls = 0
  /// Calls answered as too fast.
  public var slowDowns = 0
  /// Calls that something befell on purpose.
  public var faults = 0
  /// Segments of the accepted messages, by the rule of the platform's country.
  public var segments = 0
  /// Reports and replies handed out, repetitions included.
  public var reports = 0
  public var replies = 0
  /// Pushes that failed, and reports and replies that were dropped because the receiver failed before.
  public var pushFailures = 0

  /// The counts by their names, in the order of the page.
  var named: [(name: String, value: Int)] {
    [
      ("calls", calls), ("submits", submits), ("messages", messages), ("accepted", accepted), ("refused", refused),
      ("refused_calls", refusedCalls), ("slow_downs", slowDowns), ("faults", faults), ("segments", segments),
      ("reports", reports), ("replies", replies), ("push_failures", pushFailures),
    ]
  }
}
