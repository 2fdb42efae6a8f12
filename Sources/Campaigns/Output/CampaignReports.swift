package import Delivery
package import Ledger
import Messaging
package import Platform

extension Workspace {
  /// A campaign's messages with their reports; nil when no report ever came, which is told without reading anything.
  package func join(
    of campaign: String, _ ledger: CampaignLedger, now: Timestamp
  ) throws(LedgerError) -> CampaignJoin? {
    guard try ReportStore.exists(in: data) else { return nil }
    let reports = WorkspaceJoin(data: data, settings: JoinSettings(configuration, now: now))
    let plannedAt = Timestamp(seconds: Int64(try ledger.fact("planned_at") ?? "") ?? 0)
    // A report may come before its answer is recorded, and a clock may be off.
    try reports.load(since: plannedAt + -86_400)
    // When another campaign cannot be read, any report may be one of its own: then none is given to an unknown message.
    if try ledger.hasUnknown() { try? reports.settle(all: true) }
    return try reports.join(try ledger.callTable(), campaign: campaign, epoch: try ledger.fact("epoch") ?? "")
  }
}
