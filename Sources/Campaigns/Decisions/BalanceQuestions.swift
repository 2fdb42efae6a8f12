public import Gateways
import Platform

/// What became of asking one account for its balance.
public struct BalanceAnswer: Sendable, Equatable {
  /// What became of the question.
  public enum Result: Sendable, Equatable {
    case told([BalanceOutcome.Line])
    /// The gateway tells no balance.
    case untold
    /// Why there is no answer, for people.
    case failed(String)
  }
  public var account: String
  public var result: Result

  public init(_ account: String, _ result: Result) {
    self.account = account
    self.result = result
  }
}

/// Asks accounts for their balances, side by side.
struct BalanceQuestions {
  struct Question {
    var account: SendingAccount
    /// Seconds that the answer may take.
    var timeout: Double
    /// Monotonic seconds.
    var notBefore: Double
    var attempts = 0
  }

  let transport: any Transport
  let console: any RunConsole
  /// How often an account is asked that says it was asked too fast.
  let attempts: Int
  let monotonic: () -> Double

  private var nextTag: UInt64 = BalanceQuestions.firstTag
  /// Far from the tags of calls, which use the same transport.
  private static let firstTag: UInt64 = 1 << 63

  init(
    _ transport: any Transport, _ console: any RunConsole, attempts: Int,
    monotonic: @escaping () -> Double = { monotonicSeconds() }
  ) {
    self.transport = transport
    self.console = console
    self.attempts = attempts
    self.monotonic = monotonic
  }

  /// The answers in the order of the questions. Each is asked when its time has come; a signal ends the waiting.
  mutating func ask(_ questions: [Question]) -> [BalanceAnswer] {
    var answers: [String: BalanceAnswer.Result] = [:]
    var waiting = questions
    var open: [UInt64: Question] = [:]
    while !waiting.isEmpty || !open.isEmpty {
      if console.isInterrupted {
        for question in waiting { answers[question.account.name] = .failed("stopped by a signal") }
        waiting = []
      }
      let now = monotonic()
      for question in waiting where question.notBefore <= now { start(question, now, &open, &answers) }
      waiting.removeAll { $0.notBefore <= now }
      for completion in transport.wait(until: nextMoment(waiting, now)) {
        guard let question = open.removeValue(forKey: completion.tag) else { continue }
        if let again = take(completion, question, &answers) { waiting.append(again) }
      }
      for (tag, question) in open where question.notBefore < monotonic() {
        // The transport ends every request; this is only for one that forgets to.
        open[tag] = nil
        answers[question.account.name] = .failed("no answer")
      }
    }
    return questions.map { BalanceAnswer($0.account.name, answers[$0.account.name] ?? .untold) }
  }

  private func nextMoment(_ waiting: [Question], _ now: Double) -> Double {
    min(now + 0.5, max(now, waiting.map(\.notBefore).min() ?? now + 0.5))
  }

  private mutating func start(
    _ question: Question, _ now: Double, _ open: inout [UInt64: Question],
    _ answers: inout [String: BalanceAnswer.Result]
  ) {
    guard let request = question.account.gateway.balanceRequest(at: console.now()) else {
      answers[question.account.name] = .untold
      return
    }
    var asked = question
    asked.attempts += 1
    // From here on the moment at which it is given up.
    asked.notBefore = now + question.timeout + 5
    nextTag += 1
    open[nextTag] = asked
    transport.submit(request, to: question.account.name, timeout: question.timeout, tag: nextTag)
  }

  /// The question when it has to be asked once more.
  private func take(
    _ completion: Completion, _ question: Question, _ answers: inout [String: BalanceAnswer.Result]
  ) -> Question? {
    let account = question.account
    switch completion.result {
    case .answered(let answer, _):
      switch account.gateway.balance(in: answer) {
      case .told(let lines): answers[account.name] = .told(lines)
      case .refused(let code): answers[account.name] = .failed(account.words(for: code))
      case .unreadable(let reason): answers[account.name] = .failed("the answer cannot be read: \(reason)")
      case .slowDown(let code):
        guard question.attempts < attempts else {
          answers[account.name] = .failed(account.words(for: code))
          return nil
        }
        var again = question
        again.notBefore = monotonic() + max(1, account.abilities.balanceInterval)
        return again
      }
    case .cutShort(_, let reason), .notSent(let reason), .unknown(let reason):
      answers[account.name] = .failed("no answer: \(reason)")
    }
    return nil
  }
}

extension SendingAccount {
  /// A code of the gateway in the words of its document.
  func words(for code: String) -> String {
    let meaning = type(of: gateway).meaning(of: code)
    return "the gateway answered \(code)" + (meaning.map { ": \($0.english) (\($0.chinese))" } ?? "")
  }
}
