public import Ledger
import Messaging
public import Platform

/// The reports of a workspace, and whose they are among all its campaigns.
///
/// A report names its message by an id: that is looked up message by message (`CampaignJoin`). Two questions need all
/// ledgers: which unknown message a report without a known id belongs to, and whether a report belongs to nobody.
public final class WorkspaceJoin {
  private let data: String
  public let settings: JoinSettings
  /// Nil while nothing is loaded, and when the workspace has no reports.
  public private(set) var index: ReportIndex?
  /// Campaigns whose messages have marked their reports.
  private var marked: Set<String> = []
  /// Reports of unknown messages by campaign and row.
  private var byPhone: [String: [Int: [Int]]] = [:]
  private var key: [UInt8]?

  /// - Parameter data: the workspace's data folder.
  public init(data: String, settings: JoinSettings) {
    self.data = data
    self.settings = settings
  }

  /// Loads the reports received in that time; none when there is no store.
  public func load(since start: Timestamp) throws(LedgerError) {
    guard try ReportStore.exists(in: data) else { return }
    key = try WorkspaceStore.keyIfMade(in: data)
    index = ReportIndex(
      try ReportStore(folder: data, readOnly: true).columns(since: start, names: settings.logins), settings)
  }

  /// A campaign's messages with their reports.
  /// - Parameter epoch: the ledger's fact of that name.
  public func join(_ calls: CallTable, campaign: String, epoch: String) throws(LedgerError) -> CampaignJoin {
    let identity = key.map { LinkIdentity(key: $0, epoch: epoch, campaign: campaign) }
    let join = CampaignJoin(calls, index, settings, identity: identity)
    join.byPhone = byPhone[campaign] ?? [:]
    join.isRunning = try CampaignLedger.isHeld(in: folder(campaign))
    return join
  }

  /// Notes that all messages of a campaign were joined.
  public func noteMarked(_ campaign: String) { marked.insert(campaign) }

  private func folder(_ campaign: String) -> String { data + "/campaigns/" + campaign }

  // MARK: All ledgers

  /// A message that no report names and whose id nobody knows.
  private struct Unknown {
    var campaign: String
    var row: Int
    /// The account's login.
    var gateway: String
    /// Others that no report names only make it doubtful whose a report is.
    var isUnknown: Bool
    /// Milliseconds since 1970.
    var submitted: Int64
  }

  /// Joins the messages of all campaigns that were not joined yet, then gives what is left over to the unknown
  /// messages: a report belongs to one when account and number agree, it came after the submission and not later than
  /// `report_timeout`, and no other message fits whose id nobody knows.
  ///
  /// - Parameter all: false when only left-over reports are asked for: nothing is read when there are none.
  public func settle(all: Bool) throws(LedgerError) {
    guard let index, index.reports.count > 0 else { return }
    var unknown: [UInt64: [Unknown]] = [:]
    let wanted = all ? nil : leftNumbers(index)
    if let wanted, wanted.isEmpty { return }
    for campaign in try CampaignLedger.campaigns(in: data) where !marked.contains(campaign) {
      try mark(campaign, only: wanted, &unknown)
      marked.insert(campaign)
    }
    guard !unknown.isEmpty else { return }
    assign(index, unknown)
  }

  /// The numbers of the reports that belong to nobody so far, and 0 when one of them names none.
  private func leftNumbers(_ index: ReportIndex) -> Set<UInt64> {
    var numbers: Set<UInt64> = []
    for report in 0..<index.reports.count where index.fate(report) == .unmatched {
      numbers.insert(index.reports.numbers[report])
    }
    return numbers
  }

  private func mark(
    _ campaign: String, only wanted: Set<UInt64>?, _ unknown: inout [UInt64: [Unknown]]
  ) throws(LedgerError) {
    let ledger = try CampaignLedger(folder: folder(campaign), readOnly: true)
    try ledger.snapshot { () throws(LedgerError) in
      let join = try join(try ledger.callTable(), campaign: campaign, epoch: try ledger.fact("epoch") ?? "")
      try ledger.forEachBlock { block in
        for message in 0..<block.count {
          if let wanted, !wanted.contains(block.numbers[message]), !wanted.contains(0) { continue }
          let joined = join.join(block, message)
          guard joined.match == nil, let place = joined.call, join.mayBeAnyones(joined, place) else { continue }
          let call = join.calls.entries[place].call
          guard let submittedAt = call.submittedAt else { continue }
          let key = TextHash.key(join.seed(ofCall: place), number: block.numbers[message])
          unknown[key, default: []].append(
            Unknown(
              campaign: campaign, row: block.rows[message], gateway: settings.login(of: call.gateway),
              isUnknown: joined.ledgerState == .unknown,
              submitted: submittedAt.nanoseconds / 1_000_000))
        }
        return true
      }
    }
  }

  private func assign(_ index: ReportIndex, _ unknown: [UInt64: [Unknown]]) {
    let reports = index.reports
    let seeds = reports.accountNames.map { ReportColumns.seed(of: $0) }
    for report in 0..<reports.count where index.fate(report) == .unmatched && reports.numbers[report] != 0 {
      let account = Int(reports.accounts[report])
      let key = TextHash.key(seeds[account], number: reports.numbers[report])
      guard let candidates = unknown[key] else { continue }
      let fitting = candidates.filter { candidate in
        candidate.gateway == reports.accountNames[account] && fits(candidate, reports, report)
      }
      guard fitting.count == 1, let owner = fitting.first, owner.isUnknown else { continue }
      byPhone[owner.campaign, default: [:]][owner.row, default: []].append(report)
      index.mark(report, .joined)
    }
  }

  /// Gateways tell times to the minute or second, by their own clocks: a minute's grace. It came after the submission
  /// by our own clock.
  private func fits(_ message: Unknown, _ reports: ReportColumns, _ report: Int) -> Bool {
    let reported = reports.reported[report]
    return reports.received[report] >= message.submitted && reported >= message.submitted - 60_000
      && reported <= message.submitted + Int64(settings.reportTimeout) * 1000
  }
}

extension MessageColumns {
  /// A message of the block, as a join asks about it.
  public func message(_ index: Int) -> JoinableMessage {
    JoinableMessage(
      row: rows[index], number: numbers[index], root: Int(roots[index]), position: Int(positions[index]),
      segments: Int(segments[index]))
  }
}
