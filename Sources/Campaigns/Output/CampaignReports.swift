package import Delivery
package import Ledger
import Messaging
public import Platform

extension Workspace {
  /// A campaign's messages with their reports; nil when no report ever came, which is told without reading anything.
  package func join(
    of campaign: String, _ ledger: CampaignLedger, now: Timestamp
  ) throws(LedgerError) -> CampaignJoin? {
    guard ReportStore.exists(in: data) else { return nil }
    let reports = WorkspaceJoin(data: data, settings: JoinSettings(configuration, now: now))
    let plannedAt = Timestamp(seconds: Int64(try ledger.fact("planned_at") ?? "") ?? 0)
    // A report may come before its answer is recorded, and a clock may be off.
    try reports.load(since: plannedAt + -86_400, before: Timestamp(nanoseconds: .max))
    if try ledger.hasUnknown() { try reports.settle(all: true) }
    return reports.join(try ledger.callTable(), campaign: campaign, epoch: try ledger.fact("epoch") ?? "")
  }

  /// Messages that gateways took and whose report is still waited for, in all campaigns that are young enough: what
  /// `pull --until-complete` goes on for.
  public func messagesWaitingForReports(now: Timestamp) throws(RunError) -> Int {
    var waiting = 0
    for campaign in campaigns {
      try onLedger { () throws(LedgerError) in
        let ledger = try CampaignLedger(folder: ledgerFolder(of: campaign), readOnly: true)
        guard let last = try ledger.lastSubmission(), now - last <= Double(configuration.reportTimeout) else { return }
        guard let join = try join(of: campaign, ledger, now: now) else {
          waiting += try ledger.callTable().accepted
          return
        }
        try ledger.forEachBlock { block in
          for index in 0..<block.count where join.join(block.message(index)).lastKnown == .accepted { waiting += 1 }
          return true
        }
      }
    }
    return waiting
  }
}
