public import Campaigns
public import Messaging
public import Platform

/// One planned message as the books have it: a row of reconciliation.csv. Buffers are reused for the next.
public struct BookEntry: ~Copyable {
  public var campaign = ""
  public var department = ""
  public var row = 0
  public var externalID = ByteBuffer(capacity: 64)
  /// E.164 digits without `+`.
  public var number: UInt64 = 0
  /// Two letters, such as `CN`.
  public var region = ""
  public var gateway = ""
  public var endpoint = ""
  public var linkID = ""
  /// Several ids of one long text stand joined by a blank.
  public var messageID = ByteBuffer(capacity: 64)
  /// Nil when it never was submitted.
  public var submittedAt: Timestamp?
  /// When the plan was made.
  public var plannedAt = Timestamp(seconds: 0)
  /// The ledger's word.
  public var ledgerState = MessageState.planned
  /// The last known state, reports included.
  public var state = DeliveryState.planned
  /// The gateway took it: by its answer, or because a report proves it.
  public var isAccepted = false
  /// The code of the submit answer; `refused` messages have one.
  public var answerCode = ""
  /// Empty without a report.
  public var reportCode = ""
  public var reportMeaning = ""
  public var reportedAt: Timestamp?
  /// Nil without a report.
  public var match: MatchKind?
  public var segments = 0
  public var units = 0
  /// Segments that the contract bills (`bill_on`), 0 when none.
  public var billableSegments = 0
  /// Yuan a segment; nil when the account had no price.
  public var unitPrice: Money?
  /// Price times billable segments.
  public var cost = Money.zero
  /// UTF-16 units of the signature that the platform adds or qunfa put before the text, for causes of differences.
  public var signatureUnits = 0

  /// Alike for all messages of one call of one campaign and for no others: sinks keep what they made of campaign,
  /// department, gateway, link id and submission under it.
  public var callKey = 0
  /// Alike for all entries with the same report code and meaning; -1 when they are this message's own.
  public var reportKey = -1

  public init() {}

  /// Whole seconds from submission to report; nil without both.
  public var latency: Int? {
    guard let submittedAt, let reportedAt else { return nil }
    return Int(reportedAt.seconds - submittedAt.seconds)
  }
}

/// Somebody who wants every planned message once, campaign by campaign, in row order.
public protocol BookSink: AnyObject {
  func take(_ entry: borrowing BookEntry) throws(RunError)
}
