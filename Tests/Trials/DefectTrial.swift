public import Judge
public import Platform
import TestSupport

/// Puts the judge on trial: a tool with a planted defect must be found guilty, the same without it not guilty.
public enum DefectTrial {
  /// What brings a defect to light.
  public enum Scenario: Sendable, CaseIterable {
    /// Nothing happens but the work itself.
    case quiet
    /// The same, and people reply.
    case replies
    /// Answers that break off, say nothing of a number, or never come.
    case badAnswers
    /// Answers to fetches that break off.
    case badPages
    case killsOfSend
    case killsOfReceiving
    case rivals
    /// The order of the system calls, by strace.
    case syncs
  }

  /// A defect, the scenario that shows it, and words that one of the violations must have.
  public struct Charge: Sendable, CustomStringConvertible {
    public var defect: Defect
    public var scenario: Scenario
    public var words: String
    public var description: String { "\(defect), \(scenario)" }
  }

  /// All that the judge must find.
  public static let charges: [Charge] = Defect.allCases.flatMap { defect in
    let (scenarios, words) = marks(of: defect)
    return scenarios.map { Charge(defect: defect, scenario: $0, words: words) }
  }

  /// Why a scenario cannot be played here; nil when it can.
  public static func obstacle(to scenario: Scenario) -> String? { scenario == .syncs ? SystemCalls.obstacle : nil }

  /// Where a defect shows, and what must be among the words of a violation, so that no other trouble passes for it.
  private static func marks(of defect: Defect) -> ([Scenario], String) {
    switch defect {
    case .intentAfterCall, .recoveryForgetsCalls: ([.killsOfSend], "taken by the gateway more often than planned")
    case .timeoutIsRefusal: ([.badAnswers], "neither accepted nor unknown")
    case .timeoutIsNotSent: ([.badAnswers], "taken by the gateway more often than planned")
    case .halfAnswerIsWhole, .silenceIsAcceptance: ([.badAnswers], "under other ids than the gateway gave")
    // With kills as well, which excuse some unknown messages.
    case .everythingIsUnknown: ([.quiet, .killsOfSend], "no kill found their call under way")
    case .answerNotKept: ([.quiet], "without their raw answer on disk")
    case .textsExchanged: ([.quiet], "taken by the gateway with another text")
    case .lockIgnored: ([.rivals], "processes that")
    case .intentNotSynced: ([.syncs], "requests before their intent was durable")
    case .answerNotSynced: ([.syncs], "before the answer was durable")
    case .rowDropped: ([.quiet], "messages that result.csv lacks")
    case .segmentsMiscounted: ([.quiet], "unknown segments in the manifest and in the ledger")
    case .plannedSegmentsMiscounted: ([.quiet], "planned segments in the manifest and in the ledger")
    case .planDiffers: ([.quiet], "differ from plan.csv")
    case .deliveriesCountedTwice: ([.quiet], "delivered in summary.csv")
    case .pageNotKept: ([.badPages], "possible losses")
    case .fetchNotSynced: ([.syncs], "fetches before announcement")
    case .pageNotSynced: ([.syncs], "pages read before they were durable")
    case .pushNotSynced: ([.syncs], "pushes answered before they were durable")
    case .pushAnsweredEarly: ([.killsOfReceiving], "answered and are not in the store")
    case .pushesRefused: ([.killsOfReceiving], "no push was answered with 200")
    case .offsetBeforeCommit: ([.killsOfReceiving], "not in the store")
    case .lossUntold, .lossElsewhere: ([.badPages], "not listed as lost")
    case .lossInvented: ([.badPages, .killsOfReceiving], "possible losses, but no kill")
    case .replyTextLost: ([.replies], "replies in the store more often than handed out, or other ones")
    case .codeMisread: ([.quiet], "reports in the store more often than handed out, or other ones")
    case .reportToOtherAccount: ([.quiet], "not listed as lost")
    }
  }

  /// What the judge finds.
  public static func run(_ charge: Charge) throws -> [Violation] { try run(charge.scenario, with: charge.defect) }

  /// Whether what was found is the defect, and not only something.
  public static func proves(_ violations: [Violation], _ charge: Charge) -> Bool {
    violations.contains { $0.what.contains(charge.words) }
  }

  public static func run(_ scenario: Scenario, with defect: Defect?) throws -> [Violation] {
    let environment = defect.map { ["QUNFA_DEFECT=\($0.rawValue)"] } ?? []
    if scenario == .rivals { return try Rivals.run(processes: 6, environment: environment) }
    if scenario == .syncs { return try SyncTrial.run(environment: environment) }
    var options = Storm.Options()
    options.setup.environment = environment
    options.setup.gateways = ["juhe"]
    options.kills = 0
    options.recipients = 200
    options.setup.batch = 10
    options.hasReplies = false
    switch scenario {
    case .quiet: options.commands = ["send", "pull", "reconcile"]
    case .replies:
      options.commands = ["send", "pull", "reconcile"]
      options.hasReplies = true
      options.replies = 0.2
    case .killsOfSend:
      options.kills = 8
      options.commands = ["send"]
      options.recipients = 800
      options.setup.batch = 5
    case .badAnswers:
      options.excusedCalls = 4
      options.faults = ["close_after", "half_answer", "missing", "status_500_after"].enumerated()
        .map { "[[gateway.juhe.fault]]\nkind = \"\($1)\"\ncalls = [\(3 + 4 * $0)]\n" }.joined()
    case .badPages:
      options.commands = ["send", "pull", "reconcile"]
      options.excusedPages = 2
      options.faults = "[[gateway.juhe.fault]]\nkind = \"half_answer\"\non = \"report\"\ncalls = [1, 3]\n"
    case .killsOfReceiving:
      options.setup.gateways = ["juhe", "youe", "18sms"]
      options.recipients = 800
      options.setup.batch = 5
      options.kills = 24
      options.commands = ["send", "pull", "listen", "reconcile"]
      options.weights = ["send": 4, "pull": 3, "listen": 4, "reconcile": 4]
      options.hasReplies = true
    case .rivals, .syncs: break
    }
    var storm = try Storm(options)
    return try storm.run().violations
  }
}
