public import Campaigns
import Configuration
import Delivery
import Gateways
import Ledger
import Messaging
public import Platform

/// The books, on one screen: every planned message with what ledger and reports say of it.
///
///     spool ─► reports ─► index ─┐
///     ledgers ─► calls, messages ──┴─► join ─► bill ─► entry ─► sinks (files, page, bills)
///
/// The ledgers are read on a thread of their own, ahead of the join and while the reports are loaded. Nothing here
/// changes a ledger or the report store.
public final class Books {
  let workspace: Workspace
  private let console: any RunConsole
  /// The reports and whose they are; complete after `walk`.
  let reports: WorkspaceJoin

  public init(_ workspace: Workspace, console: any RunConsole) {
    self.workspace = workspace
    self.console = console
    reports = WorkspaceJoin(data: workspace.data, settings: JoinSettings(workspace.configuration, now: console.now()))
  }

  /// Gives every planned message that is asked for to all sinks, campaign by campaign, in row order.
  /// - Returns: what it came to, in the ledgers' own way of counting.
  public func walk(_ selection: BookSelection, to sinks: [any BookSink]) throws(RunError) -> BookTotals {
    try workspace.takeReports(now: console.now(), console.tell)
    let chosen = try campaigns(selection)
    let reader = try BookReader.start(chosen.map { ($0.id, workspace.ledgerFolder(of: $0.id)) })
    defer { reader.stop() }
    try loadReports(chosen, selection)
    var totals = BookTotals(campaigns: chosen.map(\.id))
    let sinks = SinkChain(sinks)
    var callKeys = 0
    var next = try reader.next()
    while case .campaign(let campaign)? = next {
      try requireAccounts(of: campaign)
      let join = try onLedger { () throws(LedgerError) in
        try reports.join(campaign.calls, campaign: campaign.id, epoch: campaign.epoch)
      }
      let prices = try onMoney { () throws(MoneyError) in try FrozenPrices(campaign.prices) }
      var maker = EntryMaker(campaign, join, workspace.configuration, prices: prices, callKeys: callKeys)
      callKeys += campaign.calls.entries.count + 1
      var seen = (messages: 0, segments: 0)
      next = try reader.next()
      while case .messages(let block)? = next {
        try take(block, &maker, selection, sinks, &seen)
        next = try reader.next()
      }
      try totals.add(campaign, maker.tariffs, seen: seen)
      reports.noteMarked(campaign.id)
    }
    // What is left over may be another campaign's.
    try onLedger { () throws(LedgerError) in try reports.settle(all: false) }
    totals.count(reports.index)
    return totals
  }

  private func take(
    _ block: MessageColumns, _ maker: inout EntryMaker, _ selection: BookSelection, _ sinks: SinkChain,
    _ seen: inout (messages: Int, segments: Int)
  ) throws(RunError) {
    let isLimited = selection.from != nil || selection.to != nil
    for index in 0..<block.count {
      seen.messages += 1
      seen.segments += Int(block.segments[index])
      if isLimited, !selection.holds(maker.day(block.message(index))) {
        maker.pass(block.message(index))
        continue
      }
      try onMoney { () throws(MoneyError) in try maker.fill(block, index) }
      try sinks.take(maker.entry)
    }
  }

  // MARK: Steps

  /// What an account's reports mean and what its contract bills stands in qunfa.toml: without it every figure would be
  /// another one, in silence.
  private func requireAccounts(of campaign: BookCampaign) throws(RunError) {
    let used = Set(campaign.calls.entries.map(\.call.gateway))
    let missing = used.filter { workspace.configuration.account($0) == nil }.sorted()
    guard let name = missing.first else { return }
    throw RunError(
      .usage,
      Diagnostic(
        "the campaign '\(campaign.id)' was sent through '\(name)', which is not there any more",
        at: Place(file: workspace.configuration.file), expected: "[gateways.\(name)]",
        next: "Put it back with its protocol, price and bill_on; it need not be usable."))
  }

  private struct Chosen {
    var id: String
    var plannedAt: Timestamp
    var hasUnknown: Bool
  }

  private func campaigns(_ selection: BookSelection) throws(RunError) -> [Chosen] {
    var chosen: [Chosen] = []
    for id in selection.campaigns.isEmpty ? try workspace.campaigns() : selection.campaigns {
      try workspace.requireLedger(of: id)
      guard !chosen.contains(where: { $0.id == id }) else { continue }
      try onLedger { () throws(LedgerError) in
        let ledger = try CampaignLedger(folder: workspace.ledgerFolder(of: id), readOnly: true)
        let plannedAt = Timestamp(seconds: Int64(try ledger.fact("planned_at") ?? "") ?? 0)
        chosen.append(Chosen(id: id, plannedAt: plannedAt, hasUnknown: try ledger.hasUnknown()))
      }
    }
    return chosen
  }

  /// A report may come before its answer is recorded, and a clock may be off: a day's grace before the plan.
  private func loadReports(_ chosen: [Chosen], _ selection: BookSelection) throws(RunError) {
    guard let first = chosen.map(\.plannedAt).min() else { return }
    let day = 86_400.0
    let start = max(first, selection.from ?? first) + -day
    try onLedger { () throws(LedgerError) in
      try reports.load(since: start)
      if chosen.contains(where: \.hasUnknown) { try reports.settle(all: true) }
    }
  }
}

/// Sinks one behind the other: going through a list of them for every message costs more than some of them do.
private final class SinkChain {
  private let first: (any BookSink)?
  private let rest: SinkChain?

  init(_ sinks: [any BookSink]) {
    first = sinks.first
    rest = sinks.count > 1 ? SinkChain(Array(sinks.dropFirst())) : nil
  }

  func take(_ entry: borrowing BookEntry) throws(RunError) {
    try first?.take(entry)
    try rest?.take(entry)
  }
}

/// Which messages are asked for.
public struct BookSelection: Sendable {
  /// Ids; empty: all that the workspace knows.
  public var campaigns: [String]
  /// Messages submitted from here on; those that never were count by their plan.
  public var from: Timestamp?
  /// Messages submitted before.
  public var to: Timestamp?

  public init(campaigns: [String] = [], from: Timestamp? = nil, to: Timestamp? = nil) {
    self.campaigns = campaigns
    self.from = from
    self.to = to
  }

  func holds(_ moment: Timestamp) -> Bool {
    if let from, moment < from { return false }
    if let to, moment >= to { return false }
    return true
  }
}

/// Runs `body`, a calculation with amounts: one that does not fit is told.
func onMoney<Result>(_ body: () throws(MoneyError) -> Result) throws(RunError) -> Result {
  do throws(MoneyError) { return try body() } catch { throw RunError(.internalError, error.diagnostic) }
}
