import Glibc
public import Judge
import Platform
import TestSupport

/// Kills the tool at random moments through its whole work, then lets it finish and asks the judge.
///
/// Which command is killed when follows from the seed alone, so a storm can be run again.
public struct Storm {
  /// What a storm is made of.
  public struct Options: Sendable {
    public var kills = 50
    public var seed: UInt64 = 1
    /// What is killed; `send` must be among them.
    public var commands = ["plan", "send", "pull", "listen", "reconcile"]
    /// How often a command is killed beside the others; unless it is here, as usual.
    public var weights: [String: Int] = [:]
    public var setup = TrialWorkspace.Setup()
    /// Recipients of one campaign; when one is sent the next begins.
    public var recipients = 800
    /// Lines for the sandbox's faults file besides latency and reports.
    public var faults = ""
    /// Calls that `faults` befalls, at each gateway.
    public var excusedCalls = 0
    /// Answers to fetches that `faults` cuts short, at each gateway.
    public var excusedPages = 0
    /// Whether people reply, which takes them up to 5 s.
    public var hasReplies = true
    /// Share of the delivered messages that somebody replies to.
    public var replies = 0.01
    /// Told each kill.
    public var isTalkative = false

    /// Few messages in flight beside those that are sent between two kills: only so the bound on unknown says something.
    public init() {
      setup.batch = 5
      setup.concurrency = 3
    }
  }

  /// What a storm came to.
  public struct Result: Sendable {
    public var kills: [String: Int] = [:]
    public var killsOfSend: [String: Int] = [:]
    public var campaigns = 0
    public var recipients = 0
    public var verdict: Verdict
    public var violations: [Violation]
    public var seconds: Double
    public var unknownBound: [String: Int]
    /// Calls that the kills found under way, by gateway.
    public var callsUnderWay: [String: Int]
    /// Fetches that the kills cut short, by gateway.
    public var fetchesCut: [String: Int]
  }

  /// One kill as the seed has it.
  private struct Strike {
    var command: String
    var gateway: String
    var microseconds: UInt32
    /// Counted from the first call or fetch, however slow the machine is, instead of from the start.
    var isMidway: Bool
  }

  /// The gateways that push their reports when somebody listens.
  private static let pushing = ["youe", "18sms"]

  private let options: Options
  private let sandbox: SandboxProcess
  private let workspace: TrialWorkspace
  private let listener: Listener?
  private var random: SeededGenerator
  private var waves: [String: Int] = [:]
  private var campaigns: [String] = []
  private var recipients = 0
  private var kills: [String: Int] = [:]
  private var killsOfSend: [String: Int] = [:]
  /// By campaign: calls that kills found under way, with their messages.
  private var underWay: [String: [Int: Int]] = [:]
  private var fetchesCut: Set<Leftovers.Fetch> = []
  private var oddities: [Violation] = []

  public init(_ options: Options) throws {
    var options = options
    options.commands = options.commands.filter { ToolCommands.has($0) }
    let listens = options.commands.contains("listen")
    if listens { options.setup.listenPort = try FreePort.find() }
    sandbox = try SandboxProcess(faults: Storm.faults(options), logsAll: true)
    workspace = try TrialWorkspace(options.setup, gatewaysAt: sandbox.address)
    listener = listens ? Listener(workspace) : nil
    random = SeededGenerator(seed: options.seed)
    self.options = options
  }

  private static func faults(_ options: Options) -> String {
    let usual =
      "delay = [0.1, 0.6]\nfailed = 0.03\nexpired = 0.01\nlost = 0.01\n"
      + (options.hasReplies ? "replies = \(options.replies)\n" : "")
    var text = "seed = \(options.seed)\nmagic = false\n\(options.faults)\n[gateway.all]\nlatency_ms = [2, 30]\n"
    for name in TrialWorkspace.allGateways {
      text += "[gateway.\(name).reports]\n\(usual)"
      guard options.setup.listenPort > 0, pushing.contains(name) else { continue }
      text += "push = \"http://127.0.0.1:\(options.setup.listenPort)/push/\(name)/\(TrialWorkspace.secret)\"\n"
      if name == "18sms" { text += "push_pause = 0.2\n" }
    }
    return text
  }

  /// The whole storm.
  public mutating func run() throws -> Result {
    let started = monotonicSeconds()
    for gateway in options.setup.gateways { try nextWave(gateway) }
    try listener?.start()
    var rounds = 0
    while kills.values.reduce(0, +) < options.kills, rounds < options.kills * 5 {
      rounds += 1
      try strike(nextStrike(), rounds)
    }
    if kills.values.reduce(0, +) < options.kills {
      oddities.append(Violation("kills that came too late to prove anything", in: "storm", options.kills))
    }
    return try finish(started)
  }

  // MARK: Kills

  private mutating func nextStrike() -> Strike {
    // As often as there is to lose: half of the kills befall `send`.
    let weights: [(String, Int, ClosedRange<UInt32>)] = [
      ("plan", 1, 2_000...60_000), ("send", 6, 5_000...500_000), ("pull", 2, 5_000...250_000),
      ("listen", 2, 1_000...200_000), ("reconcile", 1, 5_000...150_000),
    ].filter { options.commands.contains($0.0) }.map { ($0.0, options.weights[$0.0] ?? $0.1, $0.2) }
    var draw = Int.random(in: 0..<weights.reduce(0) { $0 + $1.1 }, using: &random)
    let gateway = options.setup.gateways[Int.random(in: 0..<options.setup.gateways.count, using: &random)]
    let part = UInt32.random(in: 0...1_000_000, using: &random)
    let isMidway = Int.random(in: 0..<3, using: &random) > 0
    for (command, weight, range) in weights {
      draw -= weight
      guard draw < 0 else { continue }
      let width = UInt64(range.upperBound - range.lowerBound)
      return Strike(
        command: command, gateway: gateway,
        microseconds: range.lowerBound + UInt32(width * UInt64(part) / 1_000_000),
        isMidway: isMidway)
    }
    return Strike(command: "send", gateway: gateway, microseconds: 50_000, isMidway: false)
  }

  private mutating func strike(_ strike: Strike, _ round: Int) throws {
    if strike.command == "listen" {
      note(strike, round, try killListener(strike.microseconds))
      return
    }
    let id = "\(strike.gateway)-\(waves[strike.gateway] ?? 1)"
    let logged = Files.size(sandbox.log) ?? 0
    let process = try workspace.start(arguments(strike.command, id))
    if strike.isMidway { waitForWork(of: process, strike.command, logged) }
    usleep(strike.microseconds)
    process.signal(SIGKILL)
    let ended = try process.wait()
    let isKilled = ended.exitCode == 128 + SIGKILL
    if !isKilled { judge(ended, of: strike.command, id) }
    switch (strike.command, isKilled) {
    case ("send", true): try noteCalls(of: id)
    case ("pull", true):
      fetchesCut.formUnion(try Leftovers.fetches(in: workspace.folder.path + "/data", of: process.identifier))
    case ("send", false): try nextWave(strike.gateway)
    default: break
    }
    note(strike, round, isKilled)
  }

  /// Waits until a sender's first call stands in the gateway's log, a pull's first fetch in the spool, or the books
  /// take the spool in.
  private func waitForWork(of process: ChildProcess, _ command: String, _ logged: Int) {
    let data = workspace.folder.path + "/data"
    _ = ChildProcess.wait(deadline: 5) {
      let isAtWork =
        switch command {
        case "send": Files.size(sandbox.log) ?? 0 > logged
        case "pull": Files.names(in: data + "/spool").contains { $0.contains("-\(process.identifier)-pull-") }
        case "reconcile": (try? FileLock.isHeld(data + "/reports.lock")) == true
        default: true
        }
      return isAtWork || !process.output.isEmpty
    }
  }

  /// Kills `listen` a while after it began to listen; false when it had ended by itself.
  private mutating func killListener(_ microseconds: UInt32) throws -> Bool {
    guard let listener else { return false }
    let listens = listener.listens()
    usleep(microseconds)
    let ended = try listener.kill()
    try listener.start()
    if !listens { oddities.append(Violation("listen does not listen", in: "storm", 1)) }
    let isKilled = ended?.exitCode == 128 + SIGKILL
    if !isKilled { oddities.append(Violation("listen ended with \(ended?.exitCode ?? -1)", in: "storm", 1)) }
    return listens && isKilled
  }

  /// What a kill of `send` found under way: no more than the account may have in flight.
  private mutating func noteCalls(of id: String) throws {
    let calls = try Leftovers.calls(in: "\(workspace.folder.path)/data/campaigns/\(id)")
    underWay[id, default: [:]].merge(calls) { $1 }
    if calls.count > options.setup.concurrency || calls.values.contains(where: { $0 > options.setup.batch }) {
      oddities.append(Violation("more under way at a kill than concurrency and batch allow", in: id, calls.count))
    }
  }

  private func arguments(_ command: String, _ id: String) -> [String] {
    switch command {
    case "plan", "send": [command, workspace.campaignFile(id)]
    default: [command]
    }
  }

  private mutating func note(_ strike: Strike, _ round: Int, _ isKilled: Bool) {
    if isKilled {
      kills[strike.command, default: 0] += 1
      if strike.command == "send" { killsOfSend[strike.gateway, default: 0] += 1 }
    }
    guard options.isTalkative else { return }
    let target = ["plan", "send"].contains(strike.command) ? " \(strike.gateway)" : ""
    tellAtOnce(
      "  \(round): \(strike.command)\(target) after \(strike.microseconds / 1000) ms\(isKilled ? "" : ": it was done")")
  }

  private mutating func nextWave(_ gateway: String, of count: Int? = nil) throws {
    let wave = waves[gateway, default: 0] + 1
    waves[gateway] = wave
    let index = TrialWorkspace.allGateways.firstIndex(of: gateway) ?? 0
    let id = "\(gateway)-\(wave)"
    let first = 13_000_000_000 + index * 100_000_000 + wave * options.recipients
    try workspace.addCampaign(id, gateways: [gateway], first: first, count: count ?? options.recipients)
    recipients += count ?? options.recipients
    campaigns.append(id)
    // For plan.csv, which the judge reads.
    judge(try workspace.run("plan", workspace.campaignFile(id)), of: "plan", id)
  }

  private mutating func judge(_ result: ChildResult, of command: String, _ id: String) {
    let exitCode = result.exitCode
    let isExpected =
      switch command {
      case "send": [0, 4, 7].contains(exitCode) || (options.excusedCalls > 0 && exitCode == 6)
      case "reconcile": [0, 4, 5, 7].contains(exitCode) || exitCode == 8 && mayHaveStrangers
      default: exitCode == 0 || exitCode == 4
      }
    if isExpected { return }
    let words = result.errors.split(separator: "\n").first { $0.contains("error: ") } ?? ""
    oddities.append(Violation("\(command) ended with \(exitCode), \(words)", in: id, 1))
  }

  /// Mobset's reports name no number: those for messages that a kill made unknown belong to nobody.
  private var mayHaveStrangers: Bool { killsOfSend["mobset"] ?? 0 > 0 }

  // MARK: The end

  private mutating func finish(_ started: Double) throws -> Result {
    // Nothing of these is lost to a kill, so that every way must have brought something.
    if options.kills > 0 { for gateway in options.setup.gateways { try nextWave(gateway, of: 50) } }
    for id in campaigns {
      var tries = 0
      repeat {
        tries += 1
        let result = try workspace.run("send", workspace.campaignFile(id))
        judge(result, of: "send", id)
        if result.exitCode != 6 { break }
      } while tries < 5
    }
    try fetchRest()
    if let listener, let ended = try listener.stop(), ended.exitCode != 0 {
      oddities.append(Violation("listen ended with \(ended.exitCode)", in: "storm", 1))
    }
    // Takes in what was pushed last.
    if ToolCommands.has("pull") { try workspace.run("pull") }
    if ToolCommands.has("reconcile") { judge(try workspace.run("reconcile"), of: "reconcile", "workspace") }
    var evidence = workspace.evidence(campaigns, sandbox)
    if !ToolCommands.has("pull") { evidence.handedLog = nil }
    evidence.isReconciled = ToolCommands.has("reconcile")
    evidence.fetchesCut = fetchesCut
    evidence.excusedPages = options.excusedPages
    evidence.callsUnderWay = underWay.mapValues { Set($0.keys) }
    evidence.excusedUnknown = options.excusedCalls * options.setup.batch
    var callsUnderWay: [String: Int] = [:]
    for name in options.setup.gateways {
      let calls = underWay.filter { $0.key.hasPrefix(name + "-") }.flatMap(\.value.values)
      callsUnderWay[name] = calls.count
      evidence.unknownBound[name] = calls.reduce(evidence.excusedUnknown, +)
    }
    let verdict = try Verdict(on: evidence)
    if evidence.handedLog != nil { demandReceipts(verdict) }
    return Result(
      kills: kills, killsOfSend: killsOfSend, campaigns: campaigns.count,
      recipients: recipients, verdict: verdict, violations: oddities + verdict.violations,
      seconds: monotonicSeconds() - started, unknownBound: evidence.unknownBound,
      callsUnderWay: callsUnderWay,
      fetchesCut: fetchesCut.reduce(into: [:]) { $0[$1.account, default: 0] += 1 })
  }

  /// A receiver that never worked would break no promise: nothing was handed to it.
  private mutating func demandReceipts(_ verdict: Verdict) {
    for name in options.setup.gateways {
      let pushes = listener != nil && Storm.pushing.contains(name)
      // 18sms has nothing that could be fetched.
      guard pushes || name != "18sms" else { continue }
      guard let figures = verdict.figures[name] else { continue }
      if pushes, figures.pushed == 0 { oddities.append(Violation("no push was answered with 200", in: name, 1)) }
      if figures.stored == 0 { oddities.append(Violation("nothing came into the report store", in: name, 1)) }
    }
  }

  /// Until nothing more comes: the last report is due 0.6 s after its message, the last reply 5 s after that.
  private mutating func fetchRest() throws {
    guard ToolCommands.has("pull") else { return }
    var size = -1
    let end = monotonicSeconds() + (options.hasReplies ? 6 : 1)
    while true {
      let found = Files.size(sandbox.handedLog) ?? 0
      if found == size, monotonicSeconds() > end { return }
      size = found
      judge(try workspace.run("pull"), of: "pull", "workspace")
      usleep(300_000)
    }
  }
}
