public import Configuration
public import Messaging
import Platform

/// What `plan` tells: counts, calls, segments, cost, finish time, lint.
public struct PlanReport: Sendable {
  public let campaign: String
  public let summary: PlanSummary
  public let lint: SegmentReport
  /// Seconds of sending at the configured pace.
  public let duration: Double
  public let forecast: PlanForecast
  /// What `max_cost` allows, when the plan costs more.
  public let overLimit: Money?

  init(
    _ campaign: CampaignFile, _ rules: AudienceRules, _ summary: PlanSummary, zone: any Zone, now: Timestamp
  ) throws(RunError) {
    self.campaign = campaign.id
    self.summary = summary
    lint = try onMoney { () throws(MoneyError) in try summary.lint.report() }
    duration = summary.duration(rules.routes, rate: campaign.delivery.rate)
    forecast = PlanForecast(duration: duration, window: campaign.delivery.sendingWindow, zone: zone, now: now)
    let limit = try onMoney { () throws(MoneyError) in try campaign.delivery.maxCost.map(Money.init(parsing:)) }
    overLimit = limit.flatMap { summary.cost > $0 ? $0 : nil }
  }

  public var exitCode: ExitCode {
    if !summary.isConserved { return .unbalanced }
    return summary.rejectedRows > 0 ? .partly : .done
  }
}

extension CampaignFile.Delivery {
  /// With `timer = "gateway"` the start is the gateways' affair where they can; the window is ours all the same.
  public var sendingWindow: SendingWindow { SendingWindow(start: start, daily: window) }
}

/// Runs `body`, its money error turned into a run's.
func onMoney<Result>(_ body: () throws(MoneyError) -> Result) throws(RunError) -> Result {
  try mapping(body) { RunError(.usage, $0.diagnostic) }
}
