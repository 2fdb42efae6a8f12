import Configuration
import Gateways
import HTTP
import Ledger
import Messaging
import Platform

extension CampaignRun {
  /// Why a run ended before everything was sent; nil when nothing is left that could be.
  enum Pause {
    case notYet(until: Timestamp)
    case overLimit(cost: Money, limit: Money)
    case interrupted
  }

  /// Messages that only `max_cost` keeps with accounts that stopped.
  struct HeldBack {
    var messages: Int
    /// What the campaign would cost with all of them; nil: more than can be calculated.
    var cost: Money?
    var limit: Money
  }

  /// How the sending part of a run ended.
  struct SendEnding {
    var pause: Pause?
    var heldBack: HeldBack?
    /// Accounts that stopped, with the reason.
    var stops: [(account: String, reason: String)] = []
  }

  /// Sends what the ledger has as planned, unless it is too early, too dear, or someone asks to stop.
  func sendPlanned(_ ledger: CampaignLedger, _ options: SendOptions) throws(RunError) -> SendEnding {
    guard try hasPlanned(ledger) else { return SendEnding() }
    if let over = try costOverLimit(ledger) { return SendEnding(pause: over) }
    try withdrawSuppressed(ledger)
    try withdrawProven(ledger)
    let accounts = try openAccounts()
    var ending = SendEnding()
    while true {
      if let pause = waitForWindow(options) {
        ending.pause = pause
        return ending
      }
      ending = try sendOnce(ledger, accounts)
      guard case .notYet? = ending.pause, options.wait else { return ending }
    }
  }

  private func hasPlanned(_ ledger: CampaignLedger) throws(RunError) -> Bool {
    try onLedger { () throws(LedgerError) in
      !(try ledger.calls(in: .planned, of: nil, after: 0, limit: 1)).isEmpty
    }
  }

  private func costOverLimit(_ ledger: CampaignLedger) throws(RunError) -> Pause? {
    guard let spendLimit = try spendLimit(ledger) else { return nil }
    let cost = try costAtMost(ledger, spendLimit)
    return cost > spendLimit.limit ? .overLimit(cost: cost, limit: spendLimit.limit) : nil
  }

  /// As planned, until a failover brought other prices.
  private func costAtMost(_ ledger: CampaignLedger, _ spendLimit: SpendLimit) throws(RunError) -> Money {
    guard try onLedger({ () throws(LedgerError) in try ledger.hasMoved() }) else {
      let planned = try onLedger { () throws(LedgerError) in try ledger.fact("cost") } ?? "0"
      return try onMoney { () throws(MoneyError) in try Money(parsing: planned) }
    }
    let cost = try onLedger { () throws(LedgerError) in try spendLimit.costAtMost(ledger) }
    guard let cost else { throw RunError(.usage, MoneyError.overflow.diagnostic) }
    return cost
  }

  private func spendLimit(_ ledger: CampaignLedger) throws(RunError) -> SpendLimit? {
    guard let text = campaign.delivery.maxCost else { return nil }
    let fact = try onLedger { () throws(LedgerError) in try ledger.fact("prices") }
    let (limit, prices) = try onMoney { () throws(MoneyError) in (try Money(parsing: text), try FrozenPrices(fact)) }
    return SpendLimit(limit, prices: prices) { () throws(LedgerError) in
      try workspace.join(of: campaign.id, ledger, now: console.now())
    }
  }

  /// Waits for the start and the window when asked to, else says until when sending has to wait.
  private func waitForWindow(_ options: SendOptions) -> Pause? {
    while true {
      if console.isInterrupted { return .interrupted }
      guard let opening = window.opens(after: console.now(), configuration.zone) else { return nil }
      guard options.wait else { return .notYet(until: opening) }
      console.waiting(until: configuration.zone.civil(opening).spaced)
      pauseBriefly()
    }
  }

  /// The campaign's accounts with their secrets.
  func openAccounts() throws(RunError) -> [SendingAccount] {
    var accounts: [SendingAccount] = []
    for account in campaign.accounts {
      let gateway = try mapping({ () throws(ConfigurationError) in try account.open() }) {
        RunError(.usage, $0.diagnostics)
      }
      accounts.append(SendingAccount(account, gateway))
    }
    return accounts
  }

  private func sendOnce(
    _ ledger: CampaignLedger, _ accounts: [SendingAccount]
  ) throws(RunError) -> SendEnding {
    let store = try onLedger { () throws(LedgerError) in try workspace.store() }
    guard let locks = try AccountLocks(accounts.map(\.name), in: workspace.data, console) else {
      return SendEnding(pause: .interrupted)
    }
    defer { withExtendedLifetime(locks) {} }
    var learnt: [String: Double] = [:]
    for account in accounts {
      let pace = try onLedger { () throws(LedgerError) in try store.pace(of: account.name) }
      // A pace that was learnt long ago says little about tonight.
      if let pace, console.now() - pace.learntAt < 30 * 86_400 { learnt[account.name] = pace.rate }
    }
    let transport = try NetworkTransport(campaign.accounts)
    defer { transport.close() }
    let environment = RunEnvironment(console, configuration.zone, ledger)
    let sender = Sender(
      store: ledger, answers: try onLedger { () throws(LedgerError) in try AnswerLog(folder: ledgerFolder) },
      transport: transport, accounts: accounts, settings: try senderSettings(ledger, learnt),
      spendLimit: try spendLimit(ledger), environment: environment)
    var balances = BalanceWatch(accounts, store, transport, console, campaign: campaign.id)
    if campaign.delivery.recordBalances { balances.ask() }
    let ended = try onLedger { () throws(LedgerError) in try sender.run() }
    if campaign.delivery.recordBalances { balances.ask() }
    for (account, rate) in sender.learnt where rate != learnt[account] {
      try onLedger { () throws(LedgerError) in
        try store.remember(pace: rate, of: account, at: console.now())
      }
    }
    let limit = sender.spendLimit?.limit ?? .zero
    let heldBack = sender.heldBack.map { HeldBack(messages: $0.messages, cost: $0.needed, limit: limit) }
    return SendEnding(pause: pause(ended), heldBack: heldBack, stops: sender.stops)
  }

  private func pause(_ ending: Sender.Ending) -> Pause? {
    switch ending {
    case .finished: nil
    case .interrupted: .interrupted
    case .windowClosed(let opensAt): .notYet(until: opensAt)
    }
  }

  private func senderSettings(_ ledger: CampaignLedger, _ learnt: [String: Double]) throws(RunError) -> Sender.Settings
  {
    let recovery = Recovery(campaign: campaign, configuration: configuration, ledger: ledger)
    var settings = Sender.Settings(
      campaign: campaign.id, identity: try recovery.identity(), window: window,
      sendAt: heldUntil, failover: campaign.delivery.failover,
      rate: campaign.delivery.rate, maxSegments: campaign.message.maxSegments, learnt: learnt)
    let own = try onLedger { () throws(LedgerError) in try ledger.fact("own_signatures") }
    settings.ownSignatures = OwnSignatures(own)
    return settings
  }

  /// The moment for the gateways' timers: the first one from the start on at which the campaign may send. Nil when the
  /// run itself keeps start and window, as it does unless all accounts have a timer and the campaign says so.
  private var heldUntil: Timestamp? {
    guard campaign.delivery.timer == .gateway, campaign.accounts.allSatisfy({ $0.abilities.timed }),
      let start = campaign.delivery.start, start > console.now()
    else { return nil }
    return campaign.delivery.sendingWindow.opens(after: console.now(), configuration.zone) ?? start
  }

  /// What is handed over with a time of its own may go at any hour.
  private var window: SendingWindow {
    heldUntil == nil ? campaign.delivery.sendingWindow : SendingWindow(start: nil, daily: nil)
  }
}

extension SendingAccount {
  init(_ account: Account, _ gateway: any Gateway) {
    self.init(
      name: account.name, gateway: gateway,
      pace: Pacer.Limits(rate: account.rate, calls: account.requests, concurrency: account.concurrency),
      timeout: Double(account.timeout), batch: account.batch,
      regions: account.regions.contains("*") ? [] : Set(account.regions),
      signature: Signature(account))
  }
}
