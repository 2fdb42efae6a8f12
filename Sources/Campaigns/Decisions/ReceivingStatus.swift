import Configuration
import Delivery
public import Gateways
import Ledger
public import Platform

/// What comes back from the gateways, and what of it was not taken in yet; read from the store beside whatever runs.
public struct ReceivingStatus: Sendable {
  /// One account.
  public struct Gateway: Sendable {
    public var name: String
    /// When it last gave a good answer to a pull, for each kind that it can be asked for; nil: never.
    public var polls: [(kind: PullKind, at: Timestamp?)] = []
    /// Answers that broke off, pushes that could not be read.
    public var possibleLosses = 0
    public var lastLoss: Timestamp?
    /// Entries that wait because qunfa.toml does not tell how to read them.
    public var deferred = 0
    /// Kinds that were not polled for half of the time for which the gateway keeps them.
    public var overdue: [PullKind] = []
  }

  /// In the order of qunfa.toml; behind them those that are not configured any more.
  public var gateways: [Gateway] = []
  /// Bytes of the spool that were not taken in yet.
  public var spoolBytes = 0
  /// Files of the spool that hold them.
  public var spoolFiles = 0

  public init() {}

  /// Whether there is anything to show: a workspace that never received anything has nothing.
  public var isEmpty: Bool {
    spoolBytes == 0
      && gateways.allSatisfy { $0.possibleLosses == 0 && $0.deferred == 0 && $0.polls.allSatisfy { $0.at == nil } }
  }

  /// Reports wait to be fetched before they are gone, or for their account to be configured: 5.
  public var exitCode: ExitCode {
    gateways.contains { !$0.overdue.isEmpty || $0.deferred > 0 } ? .paused : .done
  }
}

extension Workspace {
  /// Looks without writing anything. Messages that wait for a report are told by the join, not here.
  public func receivingStatus(now: Timestamp) throws(RunError) -> ReceivingStatus {
    try onLedger { () throws(LedgerError) in
      var status = ReceivingStatus()
      let store =
        try ReportStore.exists(in: data) ? try ReportStore(folder: data, readOnly: true) : nil
      let progress = try store?.progress() ?? [:]
      let spool = SpoolReader(folder: data)
      for name in try spool.names() {
        let reached = progress[name] ?? SpoolProgress(readTo: 0, isFinished: false)
        let behind = try spool.length(name) - reached.readTo
        guard !reached.isFinished, behind > 0 else { continue }
        status.spoolBytes += behind
        status.spoolFiles += 1
      }
      let polls = try store?.lastPolls() ?? []
      var gateways = configuration.accounts.map { $0.received(polls, now: now) }
      let place = { (name: String) in
        if let known = gateways.firstIndex(where: { $0.name == name }) { return known }
        gateways.append(ReceivingStatus.Gateway(name: name))
        return gateways.count - 1
      }
      for loss in try store?.lossCounts() ?? [] {
        let index = place(loss.account)
        gateways[index].possibleLosses += loss.count
        gateways[index].lastLoss = max(gateways[index].lastLoss ?? loss.last, loss.last)
      }
      for entry in try store?.deferredEntries() ?? [] {
        let index = place(entry.account)
        gateways[index].deferred += 1
      }
      status.gateways = gateways
      return status
    }
  }
}

extension Account {
  fileprivate func received(_ polls: [LastPoll], now: Timestamp) -> ReceivingStatus.Gateway {
    var gateway = ReceivingStatus.Gateway(name: name)
    guard let type = type as? any ReportingGateway.Type else { return gateway }
    for kind in type.pulls {
      let last = polls.first { $0.account == name && $0.kind == kind.rawValue }?.at
      gateway.polls.append((kind, last))
      // Of an account that was never polled nobody knows whether anything is there.
      guard let last, let kept = type.retention(of: kind), now - last > Double(kept) / 2 else { continue }
      gateway.overdue.append(kind)
    }
    return gateway
  }
}
