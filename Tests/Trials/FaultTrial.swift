import Glibc
public import Judge
import Platform
import TestSupport

/// Spoils one system call of a small run, each in turn, lets a plain run finish the campaign and asks the judge.
public final class FaultTrial {
  /// What is done to a call.
  public enum Effect: Sendable, Hashable, CustomStringConvertible {
    case kill
    case error(String)

    var injection: String {
      switch self {
      case .kill: "signal=KILL"
      case .error(let name): "error=\(name)"
      }
    }

    public var description: String {
      switch self {
      case .kill: "SIGKILL"
      case .error(let name): name
      }
    }
  }

  /// Points of one kind, tried at one gateway.
  public struct Tally: Sendable {
    public var command: String
    public var gateway: String
    public var call: String
    public var effect: Effect
    /// Calls of this kind in a run, of the thread that makes most of them.
    public var points = 0
    public var tried = 0
    public var violations: [Violation] = []
  }

  /// Errors that such a call can meet in life.
  static let errors: [String: [String]] = [
    "openat": ["EIO", "ENOSPC"], "write": ["EIO", "ENOSPC", "EINTR"], "pwrite64": ["EIO", "ENOSPC"],
    "fdatasync": ["EIO", "ENOSPC"], "fsync": ["EIO", "ENOSPC"], "rename": ["EIO", "ENOSPC"], "unlink": ["EIO"],
    "ftruncate": ["EIO", "ENOSPC"], "mkdir": ["EIO", "ENOSPC"], "socket": ["EMFILE"],
    "connect": ["ECONNREFUSED", "EINTR"],
    "sendto": ["ECONNRESET", "EINTR"], "recvfrom": ["ECONNRESET", "EINTR"], "read": ["EIO", "EINTR"],
  ]

  /// Before a mainland number's eleven digits.
  private static let china = 86 * 100_000_000_000

  private let gateway: String
  /// Points of one kind at most; more are stepped over evenly.
  private let limit: Int
  private let recipients = 20
  private var sandbox: SandboxProcess
  private var runs = 0

  public init(_ gateway: String, limit: Int) throws {
    self.gateway = gateway
    self.limit = limit
    sandbox = try FaultTrial.freshSandbox()
  }

  /// The judge reads its whole log at each point, so it must not grow long.
  private static func freshSandbox() throws -> SandboxProcess {
    let reports = TrialWorkspace.allGateways.map { "[gateway.\($0).reports]\ndelay = [0, 0]\nreplies = 0\n" }.joined()
    return try SandboxProcess(faults: "magic = false\n\(reports)", logsAll: true)
  }

  /// Kills `command` at every call of the wanted kinds.
  ///
  /// - Parameter calls: nil: all interesting ones.
  public func kills(of command: String, at calls: [String]? = nil) throws -> [Tally] {
    let counts = try counts(of: command)
    return try SystemCalls.interesting.filter { calls?.contains($0) ?? true }.compactMap { call in
      guard let points = counts[call], points > 0 else { return nil }
      return try tally(command, call, .kill, points)
    }
  }

  /// Lets the wanted kinds of calls fail.
  public func errors(in command: String, at calls: [String]? = nil) throws -> [Tally] {
    let counts = try counts(of: command)
    return try FaultTrial.errors.sorted { $0.key < $1.key }.filter { calls?.contains($0.key) ?? true }
      .flatMap { call, errors -> [Tally] in
        guard let points = counts[call], points > 0 else { return [] }
        return try errors.map { try tally(command, call, .error($0), points) }
      }
  }

  private func tally(_ command: String, _ call: String, _ effect: Effect, _ points: Int) throws -> Tally {
    var tally = Tally(command: command, gateway: gateway, call: call, effect: effect, points: points)
    for point in stride(from: 1, through: points, by: max(1, (points + limit - 1) / limit)) {
      let violations = try `try`(command, call, effect, point)
      tally.tried += 1
      tally.violations += violations.map { violation in
        Violation(
          "\(violation.what), after \(effect) at \(call) \(point) of \(command)", in: violation.place, violation.count)
      }
    }
    return tally
  }

  /// How many calls of each kind an undisturbed run makes.
  private func counts(of command: String) throws -> [String: Int] {
    let workspace = try prepared(for: command)
    let log = workspace.folder.path + "/strace"
    let result = try workspace.start(arguments(command), through: SystemCalls.counting(into: log)).wait()
    guard [0, 5].contains(result.exitCode) else {
      throw ChildError("a plain run under strace ended with \(result.exitCode): \(result.errors)")
    }
    try fetchAll(workspace)
    return try SystemCalls.counts(in: log)
  }

  /// The next workspace must not find what this one left at the gateways.
  private func fetchAll(_ workspace: TrialWorkspace) throws {
    guard ToolCommands.has("pull") else { return }
    // The sandbox looks every tenth of a second for what is due.
    usleep(150_000)
    try workspace.run("pull")
  }

  private func arguments(_ command: String) -> [String] { command == "send" ? ["send", "c.toml"] : [command] }

  /// A workspace in which `command` is the next thing to do.
  private func prepared(for command: String) throws -> TrialWorkspace {
    runs += 1
    if runs % 40 == 0 { sandbox = try FaultTrial.freshSandbox() }
    var setup = TrialWorkspace.Setup()
    setup.gateways = [gateway]
    setup.batch = 10
    setup.concurrency = 2
    let workspace = try TrialWorkspace(setup, gatewaysAt: sandbox.address)
    try workspace.addCampaign("c", gateways: [gateway], first: first, count: recipients)
    if command != "send" { try workspace.run("send", "c.toml") }
    if command == "reconcile" { try workspace.run("pull") }
    return workspace
  }

  /// Numbers of their own for every run: the sandbox remembers all.
  private var first: Int { 13_000_000_000 + runs * recipients }

  private func `try`(_ command: String, _ call: String, _ effect: Effect, _ point: Int) throws -> [Violation] {
    let workspace = try prepared(for: command)
    let spoiled = try workspace.start(
      arguments(command), through: SystemCalls.injecting(effect.injection, into: call, when: point)
    ).wait(deadline: 60)
    var violations: [Violation] = []
    // 127: the system's loader could not even start the tool. 128 and more: a signal ended it.
    let documented = 0...9
    if effect != .kill, !documented.contains(Int(spoiled.exitCode)) || spoiled.exitCode == 1, spoiled.exitCode != 127 {
      violations.append(Violation("ended with \(spoiled.exitCode)", in: command, 1))
    }
    var exitCode = try workspace.run("send", "c.toml").exitCode
    // An account that stopped at a broken connection goes on with the next run.
    if exitCode == 6 { exitCode = try workspace.run("send", "c.toml").exitCode }
    if ![0, 4, 7].contains(exitCode) {
      violations.append(Violation("the run after it ended with \(exitCode)", in: "send", 1))
    }
    try fetchAll(workspace)
    if ToolCommands.has("reconcile") {
      let books = try workspace.run("reconcile")
      // 8: mobset's reports name no number, those for what a kill made unknown are nobody's.
      if ![0, 4, 5, 7, 8].contains(books.exitCode) {
        let words = books.errors.split(separator: "\n").first { $0.contains("error: ") } ?? ""
        violations.append(Violation("the books ended with \(books.exitCode), \(words)", in: "reconcile", 1))
      }
    }
    var evidence = workspace.evidence(["c"], sandbox)
    evidence.numbers = UInt64(Self.china + first)...UInt64(Self.china + first + recipients - 1)
    evidence.unknownBound[gateway] = workspace.setup.batch * workspace.setup.concurrency
    evidence.lossBound = 1
    evidence.isReconciled = ToolCommands.has("reconcile")
    if !ToolCommands.has("pull") { evidence.handedLog = nil }
    return try violations + Verdict(on: evidence).violations
  }
}
