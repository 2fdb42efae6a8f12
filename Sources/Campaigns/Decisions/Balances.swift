import Configuration
public import Gateways
public import Ledger
public import Messaging
import Platform

/// What a `balance` came to.
public struct BalanceReport: Sendable {
  public let answers: [BalanceAnswer]

  public var exitCode: ExitCode {
    answers.contains { if case .failed = $0.result { true } else { false } } ? .gatewayStopped : .done
  }
}

extension Workspace {
  /// Asks accounts for their balances and keeps what they tell.
  ///
  /// An account that may be asked only every so often is waited for.
  /// - Parameter names: accounts; empty: all that tell a balance.
  public func balances(of names: [String], console: any RunConsole) throws(RunError) -> BalanceReport {
    try balances(of: names, console: console) { (accounts) throws(RunError) in try NetworkTransport(accounts) }
  }

  /// The same over the transport that `connect` makes.
  func balances(
    of names: [String], console: any RunConsole, monotonic: @escaping () -> Double = { monotonicSeconds() },
    connect: ([Account]) throws(RunError) -> any Transport
  ) throws(RunError) -> BalanceReport {
    let accounts = try accounts(names)
    let store = try onLedger { () throws(LedgerError) in try self.store() }
    let asked = try onLedger { () throws(LedgerError) in try store.lastBalances() }
    var questions: [BalanceQuestions.Question] = []
    for account in accounts {
      let gateway = try mapping({ () throws(ConfigurationError) in try account.open() }) {
        RunError(.usage, $0.diagnostics)
      }
      let wait = account.abilities.secondsToBalance(account.name, asked, now: console.now())
      questions.append(
        .init(
          account: SendingAccount(account, gateway), timeout: Double(account.timeout), notBefore: monotonic() + wait))
    }
    guard !questions.isEmpty else { return BalanceReport(answers: []) }
    var inquiry = BalanceQuestions(
      try connect(accounts), console, attempts: Limits.balanceAttempts, monotonic: monotonic)
    let answers = inquiry.ask(questions)
    try onLedger { () throws(LedgerError) in
      try store.record(answers.flatMap { $0.entries(at: console.now(), campaign: "") })
    }
    return BalanceReport(answers: answers)
  }

  private func accounts(_ names: [String]) throws(RunError) -> [Account] {
    guard !names.isEmpty else { return configuration.accounts.filter { $0.abilities.tellsBalance } }
    var accounts: [Account] = []
    for name in names where !accounts.contains(where: { $0.name == name }) {
      guard let account = configuration.account(name) else {
        let known = configuration.accounts.map(\.name)
        let near = nearest(to: name, among: known).map { "Did you mean '\($0)'? " } ?? ""
        throw RunError(
          .usage,
          Diagnostic(
            "no gateway '\(name)'", at: Place(file: configuration.file), expected: "a [gateways.NAME]",
            next: near + "Known: " + (known.isEmpty ? "none" : known.joined(separator: ", "))))
      }
      accounts.append(account)
    }
    return accounts
  }
}

extension GatewayAbilities {
  /// Seconds until an account may be asked again, from when it last told something.
  func secondsToBalance(_ account: String, _ asked: [WorkspaceStore.Balance], now: Timestamp) -> Double {
    guard balanceInterval > 0, let last = asked.filter({ $0.gateway == account }).map(\.at).max() else { return 0 }
    // A clock that was set back must not make anyone wait for hours.
    return min(balanceInterval, max(0, balanceInterval - (now - last)))
  }
}

extension BalanceAnswer {
  /// What the workspace keeps of it.
  func entries(at moment: Timestamp, campaign: String) -> [WorkspaceStore.Balance] {
    guard case .told(let lines) = result else { return [] }
    return lines.map {
      WorkspaceStore.Balance(
        at: moment, gateway: account, product: $0.product, amount: $0.amount, unit: $0.unit.rawValue, campaign: campaign
      )
    }
  }
}

extension WorkspaceStore.Balance {
  /// The amount in yuan, exact; nil when the account counts in messages.
  public var yuan: Money? { unit == BalanceOutcome.Unit.li.rawValue ? try? Money(parsingLi: amount) : nil }

  /// `12.345 yuan`, `1000 messages`.
  public var words: String { yuan.map { "\($0) yuan" } ?? "\(amount) \(unit)" }
}

extension BalanceOutcome.Line {
  /// The amount in yuan, exact; nil when the account counts in messages.
  public var yuan: Money? { unit == .li ? try? Money(parsingLi: amount) : nil }

  /// `12.345 yuan`, `1000 messages`.
  public var words: String { yuan.map { "\($0) yuan" } ?? "\(amount) \(unit.rawValue)" }
}
