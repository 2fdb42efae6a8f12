import Gateways
import Ledger
import Platform

/// Keeps what a run's accounts had before it sent and have after it: the third view of what a campaign cost.
///
/// Best effort: an account is asked once, waits for nobody, and what goes wrong changes nothing in the run.
struct BalanceWatch {
  private let accounts: [SendingAccount]
  private let store: WorkspaceStore
  private let campaign: String
  private let console: any RunConsole
  private let monotonic: () -> Double
  private var questions: BalanceQuestions
  /// When an account was last asked, on the monotonic clock.
  private var askedAt: [String: Double] = [:]
  /// Accounts that did not answer; they are not asked again.
  private var silent: Set<String> = []

  init(
    _ accounts: [SendingAccount], _ store: WorkspaceStore, _ transport: any Transport, _ console: any RunConsole,
    campaign: String, monotonic: @escaping () -> Double = { monotonicSeconds() }
  ) {
    self.accounts = accounts.filter { $0.abilities.tellsBalance }
    self.store = store
    self.campaign = campaign
    self.console = console
    self.monotonic = monotonic
    questions = BalanceQuestions(transport, console, attempts: 1, monotonic: monotonic)
  }

  /// Asks the accounts that may be asked now.
  mutating func ask() {
    guard !accounts.isEmpty, !console.isInterrupted else { return }
    let known = (try? store.lastBalances()) ?? []
    let now = monotonic()
    let ready = accounts.filter { account in
      !silent.contains(account.name)
        && account.abilities.secondsToBalance(account.name, known, now: console.now()) == 0
        && askedAt[account.name].map { now - $0 >= account.abilities.balanceInterval } ?? true
    }
    for account in ready { askedAt[account.name] = now }
    let answers = questions.ask(
      ready.map { .init(account: $0, timeout: min($0.timeout, Limits.balanceWatchSeconds), notBefore: now) })
    for answer in answers {
      guard case .failed(let reason) = answer.result else { continue }
      silent.insert(answer.account)
      console.tell(
        Diagnostic("the balance of gateway '\(answer.account)' is not recorded: \(reason)", severity: .note))
    }
    let entries = answers.flatMap { $0.entries(at: console.now(), campaign: campaign) }
    do throws(LedgerError) { try store.record(entries) } catch {
      var diagnostic = error.diagnostic
      diagnostic.severity = .warning
      console.tell(diagnostic)
    }
  }
}
