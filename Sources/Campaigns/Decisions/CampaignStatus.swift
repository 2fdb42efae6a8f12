public import Ledger
public import Messaging
public import Platform

/// How long ago something happened, as `status` groups it. A report is waited for during 72 hours.
public enum Age: Int, Sendable, CaseIterable {
  case underHour, underSixHours, underDay, underThreeDays, older

  init(seconds: Double) {
    self =
      switch seconds {
      case ..<3600: .underHour
      case ..<21_600: .underSixHours
      case ..<86_400: .underDay
      case ..<259_200: .underThreeDays
      default: .older
      }
  }

  public var caption: String {
    switch self {
    case .underHour: "under 1 h"
    case .underSixHours: "1 to 6 h"
    case .underDay: "6 to 24 h"
    case .underThreeDays: "1 to 3 days"
    case .older: "over 3 days"
    }
  }
}

/// Messages of one gateway by age.
public struct AgedMessages: Sendable, Equatable {
  public var gateway: String
  /// In the order of `Age`.
  public var counts = [Int](repeating: 0, count: Age.allCases.count)

  public var total: Int { counts.reduce(0, +) }
}

/// Where a campaign stands, read from its ledger beside whatever runs.
public struct CampaignStatus: Sendable, Equatable {
  public var id: String
  public var name = ""
  /// Nil when nothing of it was ever sent.
  public var plannedAt: Timestamp?
  /// A process holds the campaign.
  public var isRunning = false
  public var rowsRead = 0
  public var rejected = 0
  /// Messages and segments by state; segments are 0 where only the messages were counted.
  public var states: [MessageState: RunSummary.Count] = [:]
  public var calls: [CallState: Int] = [:]
  /// Messages not handed to a gateway, by gateway, by the time since the plan.
  public var waiting: [AgedMessages] = []
  /// Messages that a gateway may have, by gateway, by the time since the call.
  public var unknown: [AgedMessages] = []

  /// What reports say of the messages that gateways took, `accepted` for those that still wait for a final report;
  /// nil when no report ever came, or when only the calls were counted.
  public var reported: [DeliveryState: Int]?
  /// Messages that wait for a final report, by gateway, by the time since the call.
  public var awaiting: [AgedMessages] = []
  /// Unknown messages that a report proves to be accepted.
  public var proven = 0

  public init(id: String) { self.id = id }

  public func count(_ state: MessageState) -> RunSummary.Count { states[state] ?? .init() }

  public func messages(_ states: MessageState...) -> Int {
    states.reduce(0) { $0 + (self.states[$1]?.messages ?? 0) }
  }

  public var planned: Int { states.values.reduce(0) { $0 + $1.messages } }

  /// The truth for cron: 7 when a person must look, 5 while something is left to send, 4 when something did not go out.
  public var exitCode: ExitCode {
    .mostSerious([
      messages(.unknown) > proven ? .unknownMessages : .done,
      plannedAt == nil || messages(.planned, .sending) > 0 ? .paused : .done,
      rejected + messages(.refused, .failed) > 0 ? .partly : .done,
    ])
  }
}
