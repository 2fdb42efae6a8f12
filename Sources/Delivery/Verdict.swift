public import Messaging
public import Platform

/// What the reports say of one message.
public struct Verdict: Sendable, Equatable {
  /// `delivered`, `failed`, `expired`, `partial`; nil while no final report is there.
  public var state: DeliveryState?
  /// The code of the report that decides, else of the last pending one; empty without a report.
  public var code = ""
  /// Its meaning, with a flag when reports contradict each other.
  public var meaning = ""
  public var reportedAt: Timestamp?
  /// Nil without a report.
  public var match: MatchKind?

  public init() {}

  public static let none = Verdict()
}
