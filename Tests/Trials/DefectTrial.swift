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
  }

  /// Nil: no scenario can show it yet, because the commands are not there.
  public static func scenario(for defect: Defect) -> Scenario? {
    let scenario: Scenario =
      switch defect {
      case .intentAfterCall, .recoveryForgetsCalls: .killsOfSend
      case .timeoutIsRefusal, .timeoutIsNotSent, .halfAnswerIsWhole, .silenceIsAcceptance: .badAnswers
      case .everythingIsUnknown, .answerNotKept, .rowDropped, .segmentsMiscounted: .quiet
      case .lockIgnored: .rivals
      case .deliveriesCountedTwice, .reportToOtherAccount: .quiet
      case .pageNotKept, .lossUntold: .badPages
      case .pushAnsweredEarly, .offsetBeforeCommit: .killsOfReceiving
      }
    let needs: [String] =
      switch defect {
      case .deliveriesCountedTwice: ["reconcile"]
      case .reportToOtherAccount, .pageNotKept, .offsetBeforeCommit, .lossUntold: ["pull"]
      case .pushAnsweredEarly: ["listen"]
      default: []
      }
    return needs.allSatisfy(ToolCommands.has) ? scenario : nil
  }

  /// What the judge finds in a scenario.
  public static func run(_ scenario: Scenario, with defect: Defect?) throws -> [Violation] {
    let environment = defect.map { ["QUNFA_DEFECT=\($0.rawValue)"] } ?? []
    if scenario == .rivals { return try Rivals.run(processes: 6, environment: environment) }
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
      options.recipients = 400
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
    case .rivals: break
    }
    var storm = try Storm(options)
    return try storm.run().violations
  }
}
