import Glibc
import Judge
import Platform
import TestSupport

/// Makes workspaces in which one command is the next thing to do, runs it spoiled, finishes plainly, asks the judge.
final class FaultStage {
  /// What one spoiled run came to.
  struct Run {
    var exitCode: Int32
    /// Of what was promised, once plain runs have finished.
    var violations: [Violation]
    var hasFailed: Bool
  }

  /// Before a mainland number's eleven digits.
  private static let china = 86 * 100_000_000_000
  /// Calls in flight hold a fifth of a campaign at most, so that calling everything unknown does not pass.
  private static let (batch, concurrency) = (2, 2)
  private var recipients: Int { command == "resume" ? 40 : 20 }

  let command: String
  private let gateway: String
  private let listenPort: UInt16
  private var sandbox: SandboxProcess
  private var runs = 0

  init(_ command: String, _ gateway: String) throws {
    self.command = command
    self.gateway = gateway
    // 18sms gives its reports by pushes alone.
    listenPort = command == "listen" || command == "reconcile" && gateway == "18sms" ? try FreePort.find() : 0
    sandbox = try FaultStage.freshSandbox(gateway, listenPort)
  }

  /// The judge reads its whole log at each point, so it must not grow long.
  private static func freshSandbox(_ gateway: String, _ port: UInt16) throws -> SandboxProcess {
    var reports = TrialWorkspace.allGateways.map { "[gateway.\($0).reports]\ndelay = [0, 0]\nreplies = 0\n" }
    if port > 0, let index = TrialWorkspace.allGateways.firstIndex(of: gateway) {
      reports[index] += "push = \"http://127.0.0.1:\(port)/push/\(gateway)/\(TrialWorkspace.secret)\"\n"
      if gateway == "18sms" { reports[index] += "push_pause = 0\n" }
    }
    return try SandboxProcess(faults: "magic = false\n\(reports.joined())", logsAll: true)
  }

  /// How the command ends when nothing is spoiled.
  static func plainExits(of command: String) -> Set<Int32> {
    switch command {
    case "reconcile": [0, 5]
    // What the killed run had in flight is unknown.
    case "resume": [0, 4, 7]
    default: [0]
    }
  }

  /// How many calls of each kind an undisturbed run makes.
  func counts() throws -> [String: Int] {
    let workspace = try prepared()
    let log = workspace.folder.path + "/strace"
    let exitCode = try perform(workspace, through: SystemCalls.counting(into: log))
    guard FaultStage.plainExits(of: command).contains(exitCode) else {
      throw ChildError("a plain \(command) under strace ended with \(exitCode)")
    }
    try fetchAll(workspace)
    return try SystemCalls.counts(in: log)
  }

  /// - Parameter wrapper: strace; it writes its log to `strace` in the workspace.
  func spoiled(by wrapper: [String]) throws -> Run {
    let workspace = try prepared()
    let exitCode = try perform(workspace, through: wrapper)
    let hasFailed = try SystemCalls.hasFailed(in: workspace.folder.path + "/strace")
    return try Run(exitCode: exitCode, violations: finish(workspace), hasFailed: hasFailed)
  }

  // MARK: Steps

  /// A workspace in which the command is the next thing to do.
  private func prepared() throws -> TrialWorkspace {
    runs += 1
    if runs % 40 == 0 { sandbox = try FaultStage.freshSandbox(gateway, listenPort) }
    var setup = TrialWorkspace.Setup()
    setup.gateways = [gateway]
    (setup.batch, setup.concurrency) = (FaultStage.batch, FaultStage.concurrency)
    // A machine that is busy with other points must not look like a gateway that does not answer.
    setup.timeout = 20
    setup.listenPort = listenPort
    let workspace = try TrialWorkspace(setup, gatewaysAt: sandbox.address)
    try workspace.addCampaign("c", gateways: [gateway], first: first, count: recipients)
    if command == "resume" {
      try `break`(workspace)
    } else if command == "reconcile", listenPort > 0 {
      let listener = try listening(workspace)
      try workspace.run("send", "c.toml")
      waitForPushes { false }
      try end(listener)
    } else if ["pull", "reconcile"].contains(command) {
      try workspace.run("send", "c.toml")
    }
    if command == "reconcile", listenPort == 0 { try fetchAll(workspace) }
    return workspace
  }

  /// A `send` that is killed with half of the campaign out; then the last recipient opts out.
  private func `break`(_ workspace: TrialWorkspace) throws {
    let log = workspace.folder.path + "/strace"
    let wrapper = SystemCalls.injecting("signal=KILL", into: "sendto", when: 5, log: log)
    let broken = try workspace.start(["send", "c.toml"], through: wrapper).wait()
    guard broken.exitCode == 128 + SIGKILL else {
      throw ChildError("the run to be resumed ended with \(broken.exitCode)")
    }
    guard try workspace.run("optout", "add", "\(first + recipients - 1)").exitCode == 0 else {
      throw ChildError("nobody could opt out")
    }
  }

  /// Numbers of their own for every run: the sandbox remembers all.
  private var first: Int { 13_000_000_000 + runs * recipients }

  /// Runs the command; a listener gets its pushes and is ended in order unless it ended before.
  private func perform(_ workspace: TrialWorkspace, through wrapper: [String]) throws -> Int32 {
    guard command == "listen" else {
      let arguments =
        switch command {
        case "plan", "send": [command, "c.toml"]
        case "resume": ["send", "c.toml"]
        default: [command]
        }
      return try workspace.start(arguments, through: wrapper).wait(deadline: 60).exitCode
    }
    let listener = try listening(workspace, through: wrapper)
    if listener.exitCode == nil {
      try workspace.run("send", "c.toml")
      waitForPushes { listener.hasEnded }
    }
    return try end(listener)
  }

  /// A listener that answers, or has ended. What it says proves nothing: the write of those words may be the one that
  /// is spoiled.
  private func listening(_ workspace: TrialWorkspace, through wrapper: [String] = []) throws -> StartedListener {
    let listener = StartedListener(try workspace.start(["listen"], through: wrapper))
    let port = listenPort
    guard ChildProcess.wait(deadline: 30, until: { listener.hasEnded || FreePort.isTaken(port) }) else {
      throw ChildError("the listener neither listens nor ends: \(listener.process.errors)")
    }
    return listener
  }

  /// Until the sandbox has tried all its pushes: its log of what it handed out no longer grows.
  private func waitForPushes(unless hasEnded: () -> Bool) {
    var size = -1
    var quiet = 0
    for _ in 0..<100 where quiet < 3 && !hasEnded() {
      usleep(100_000)
      let found = Files.size(sandbox.handedLog) ?? 0
      quiet = found == size ? quiet + 1 : 0
      size = found
    }
  }

  /// strace passes a signal of the terminal's kind on to nobody, so the whole group is told.
  @discardableResult private func end(_ listener: StartedListener) throws -> Int32 {
    if let exitCode = listener.exitCode { return exitCode }
    listener.process.signal(SIGTERM)
    return try listener.process.wait(deadline: 1e9).exitCode
  }

  /// The next workspace must not find what this one left at the gateways.
  private func fetchAll(_ workspace: TrialWorkspace) throws {
    guard listenPort == 0 else { return }
    // The sandbox looks every tenth of a second for what is due.
    usleep(150_000)
    try workspace.run("pull")
  }

  /// Plain runs finish what the spoiled one left; then the judge speaks.
  private func finish(_ workspace: TrialWorkspace) throws -> [Violation] {
    var violations: [Violation] = []
    var exitCode = try workspace.run("send", "c.toml").exitCode
    // An account that stopped at a broken connection goes on with the next run.
    if exitCode == 6 { exitCode = try workspace.run("send", "c.toml").exitCode }
    if ![0, 4, 7].contains(exitCode) {
      violations.append(Violation("the run after it ended with \(exitCode)", in: "send", 1))
    }
    try fetchAll(workspace)
    let books = try workspace.run("reconcile")
    // 8: mobset's reports name no number, those for what a kill made unknown are nobody's.
    if !([0, 4, 5, 7] + (gateway == "mobset" ? [8] : [])).contains(books.exitCode) {
      let words = books.errors.split(separator: "\n").first { $0.contains("error: ") } ?? ""
      violations.append(Violation("the books ended with \(books.exitCode), \(words)", in: "reconcile", 1))
    }
    var evidence = workspace.evidence(["c"], sandbox)
    evidence.numbers =
      UInt64(FaultStage.china + first)...UInt64(FaultStage.china + first + recipients - 1)
    let sends = ["send": 1, "resume": 2][command] ?? 0
    evidence.unknownBound[gateway] = sends * FaultStage.batch * FaultStage.concurrency
    evidence.lossBound = command == "pull" ? 1 : 0
    evidence.isReconciled = true
    if command == "resume" { evidence.withdrawn[gateway] = 1 }
    if command == "resume", try sandbox.taken().contains(where: { $0.number.hasSuffix("\(first + recipients - 1)") }) {
      violations.append(Violation("sent to somebody who opted out", in: "send", 1))
    }
    return try violations + Verdict(on: evidence).violations
  }
}

/// A listener, perhaps under strace, and how it ended once it has.
private final class StartedListener {
  let process: ChildProcess
  private(set) var exitCode: Int32?

  init(_ process: ChildProcess) { self.process = process }

  var hasEnded: Bool {
    if exitCode == nil { exitCode = process.ended() }
    return exitCode != nil
  }
}
