import Configuration
import Gateways
import Ledger
import Messaging
import Platform

/// What a `cancel` came to.
public struct CancelReport: Sendable {
  /// Messages of one gateway that its timer holds and that were not withdrawn.
  public struct Left: Sendable, Equatable {
    public var gateway: String
    public var messages: Int
    /// The gateway has no way to withdraw; otherwise it can be tried again.
    public var isFinal: Bool
    public var reason: String
  }

  /// Messages that had not been handed to a gateway.
  public let cancelled: Int
  /// Timed messages that their gateway withdrew.
  public let withdrawn: Int
  public let left: [Left]
  /// The campaign as it stands now, and its files.
  public let state: SendReport

  public var exitCode: ExitCode {
    .mostSerious([
      state.summary.isConserved ? .done : .unbalanced, state.summary.unknown.messages > 0 ? .unknownMessages : .done,
      left.contains { !$0.isFinal } ? .gatewayStopped : .done, left.isEmpty ? .done : .partly,
    ])
  }
}

extension CampaignRun {
  /// Withdraws what is not yet sent, and what gateways hold for a start that is still to come.
  ///
  /// - Parameter person: who decides; it is recorded.
  public func cancel(person: String) throws(RunError) -> CancelReport {
    try cancel(person: person) { (accounts) throws(RunError) in try NetworkTransport(accounts) }
  }

  /// The same over the transport that `connect` makes when a gateway has to be asked.
  func cancel(
    person: String, connect: ([Account]) throws(RunError) -> any Transport
  ) throws(RunError) -> CancelReport {
    var cancelled = 0
    var withdrawal = Withdrawal(person: person, console: console)
    let state = try deciding { (ledger) throws(RunError) in
      cancelled = try onLedger { () throws(LedgerError) in try cancelPlanned(ledger) }
      guard isTimed else { return }
      let families = try onLedger { () throws(LedgerError) in try CallFamily.all(ledger) }
      let timed = campaign.accounts.filter { account in
        account.abilities.timed && families.contains { $0.holds(account.name) }
      }
      guard !timed.isEmpty else { return }
      let transport = try connect(timed)
      for account in timed {
        let gateway = try mapping({ () throws(ConfigurationError) in try account.open() }) {
          RunError(.usage, $0.diagnostics)
        }
        try onLedger { () throws(LedgerError) in
          try withdrawal.run(SendingAccount(account, gateway), families, ledger, transport)
        }
      }
    }
    return CancelReport(cancelled: cancelled, withdrawn: withdrawal.withdrawn, left: withdrawal.left, state: state)
  }

  /// Whether what the gateways took is still waiting there for the campaign's start.
  private var isTimed: Bool {
    campaign.delivery.timer == .gateway && campaign.delivery.start.map { $0 > console.now() } ?? false
  }

  private func cancelPlanned(_ ledger: CampaignLedger) throws(LedgerError) -> Int {
    var messages = 0
    var after = 0
    while true {
      let page = try ledger.calls(in: .planned, of: nil, after: after, limit: Limits.callsPerDecision)
      guard let last = page.last else { return messages }
      after = last.id
      try ledger.commit(page.map { .cancel(call: $0.id, at: console.now()) })
      messages += page.reduce(0) { $0 + $1.count }
    }
  }
}

extension CallFamily {
  /// Whether a gateway took messages of it.
  fileprivate func holds(_ gateway: String) -> Bool {
    calls.contains { $0.gateway == gateway && ($0.state == .accepted || $0.state == .mixed) }
  }
}
