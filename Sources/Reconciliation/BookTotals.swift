import Campaigns
import Delivery
public import Messaging

/// Messages, segments and money of one view of the books.
public struct BookSum: Sendable, Equatable {
  public var messages = 0
  public var segments = 0
  public var billableSegments = 0
  public var cost = Money.zero

  public init() {}
}

/// What a walk through the books came to, in the ledgers' own way of counting, and what became of the reports.
public struct BookTotals: Sendable {
  public var campaigns: [String]
  /// Added up by account and country: price times the sum of their billable segments.
  public var ledger = BookSum()
  /// Whether every ledger has as many messages and segments as its plan counted.
  public var plansHold = true
  /// Reports of the time that was looked at.
  public var reportsRead = 0
  public var reportsJoined = 0
  /// They repeat an earlier report.
  public var reportsDoubled = 0
  public var reportsUnmatched = 0
}

extension BookTotals {
  init(campaigns: [String]) { self.campaigns = campaigns }

  /// - Parameter seen: messages and planned segments of the whole campaign, asked for or not.
  mutating func add(
    _ campaign: BookCampaign, _ tariffs: [EntryMaker.Tariff], seen: (messages: Int, segments: Int)
  ) throws(RunError) {
    if seen.messages != campaign.plannedMessages || seen.segments != campaign.plannedSegments { plansHold = false }
    for tariff in tariffs {
      ledger.messages += tariff.messages
      ledger.segments += tariff.segments
      ledger.billableSegments += tariff.billable
      guard let price = tariff.price else { continue }
      try onMoney { () throws(MoneyError) in ledger.cost = try ledger.cost + price * tariff.billable }
    }
  }

  mutating func count(_ index: ReportIndex?) {
    guard let index else { return }
    reportsRead = index.reports.count
    reportsJoined = index.count(.joined)
    reportsDoubled = index.count(.doubled)
    reportsUnmatched = index.count(.unmatched)
  }
}
