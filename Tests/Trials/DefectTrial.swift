public import Judge
public import Platform
import TestSupport

/// Puts the judge on trial: a tool with a planted defect must be found guilty, the same without it not guilty.
public enum DefectTrial {
  /// What brings a defect to light.
  public enum Scenario: Sendable, CaseIterable {
    /// Nothing happens but the work itself.
    case quiet
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
    scenarios(for: defect).map { Charge(defect: defect, scenario: $0, words: words(for: defect)) }
  }

  /// Why a scenario cannot be played here; nil when it can.
  public static func obstacle(to scenario: Scenario) -> String? { scenario == .syncs ? SystemCalls.obstacle : nil }

  /// What must be among the words of a violation, so that no other trouble passes for the defect.
  private static func words(for defect: Defect) -> String {
    switch defect {
    case .everythingIsUnknown: "no kill found their call under way"
    case .intentNotSynced: "requests before their intent was durable"
    case .answerNotSynced: "before the answer was durable"
    case .fetchNotSynced: "fetches before announcement"
    case .pageNotSynced: "pages read before they were durable"
    case .pushNotSynced: "pushes answered before they were durable"
    default: ""
    }
  }

  private static func scenarios(for defect: Defect) -> [Scenario] {
    switch defect {
    case .intentAfterCall, .recoveryForgetsCalls: [.killsOfSend]
    case .timeoutIsRefusal, .timeoutIsNotSent, .halfAnswerIsWhole, .silenceIsAcceptance: [.badAnswers]
    // With kills as well, which excuse some unknown messages.
    case .everythingIsUnknown: [.quiet, .killsOfSend]
    case .answerNotKept, .rowDropped, .segmentsMiscounted: [.quiet]
    case .lockIgnored: [.rivals]
    case .intentNotSynced, .answerNotSynced, .fetchNotSynced, .pageNotSynced, .pushNotSynced: [.syncs]
    case .deliveriesCountedTwice, .reportToOtherAccount: [.quiet]
    case .pageNotKept, .lossUntold: [.badPages]
    case .pushAnsweredEarly, .offsetBeforeCommit: [.killsOfReceiving]
    }
  }

  /// What the judge finds.
  public static func run(_ charge: Charge) throws -> [Violation] { try run(charge.scenario, with: charge.defect) }

  /// Whether what was found is the defect, and not only something.
  public static func proves(_ violations: [Violation], _ charge: Charge) -> Bool {
    violations.contains { charge.words.isEmpty || $0.what.contains(charge.words) }
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
      options.kills = 15
      options.commands = ["send", "pull", "listen", "reconcile"]
      options.hasReplies = true
    case .rivals, .syncs: break
    }
    var storm = try Storm(options)
    return try storm.run().violations
  }
}
