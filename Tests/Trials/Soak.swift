import Glibc
import JSON
public import Judge
import Platform
import TestSupport

/// A long run: a sender, a listener and a pull that watches, against gateways that say "too fast", answer late and are
/// started anew; their memory and descriptors are measured all the while.
public final class Soak {
  /// What is measured of one process.
  public struct Sample: Sendable {
    public var seconds: Double
    public var kilobytes: Int
    public var descriptors: Int
  }

  public struct Result: Sendable {
    public var seconds: Double
    public var recipients: Int
    public var restarts: Int
    /// By process: every sample of it.
    public var samples: [String: [Sample]]
    /// By gateway: the longest time without a message taken while its campaign was being sent, in seconds.
    public var silences: [String: Double]
    public var verdict: Verdict
    public var violations: [Violation]
  }

  /// Growth after the first quarter that is still called flat: the allocator's play, not a leak.
  public static let flatKilobytes = 4_096
  public static let flatDescriptors = 4
  /// A storm of "too fast" holds calls for a few seconds, a gateway's restart for as long as it takes.
  public static let mostSilence = 30.0

  private let minutes: Double
  private let rate: Int
  private let listenPort: UInt16
  private var sandbox: SandboxProcess
  private let workspace: TrialWorkspace
  private var processes: [String: ChildProcess] = [:]
  private var samples: [String: [Sample]] = [:]
  private var starts = 0
  private var violations: [Violation] = []

  /// - Parameter rate: messages a second over all gateways.
  public init(minutes: Double, rate: Int = 250) throws {
    self.minutes = minutes
    self.rate = rate
    listenPort = ToolCommands.has("listen") ? try FreePort.find() : 0
    sandbox = try SandboxProcess(faults: Soak.faults(listenPort), logsAll: true)
    var setup = TrialWorkspace.Setup()
    setup.batch = 5
    setup.rate = rate / setup.gateways.count
    setup.listenPort = listenPort
    workspace = try TrialWorkspace(setup, gatewaysAt: sandbox.address)
  }

  /// No seed: ids of two lives of the sandbox must never meet.
  private static func faults(_ port: UInt16) -> String {
    var text = "magic = false\n[gateway.all]\nlatency_ms = [2, 400]\n"
    for name in TrialWorkspace.allGateways {
      // Single refusals, and after each start a storm of them: while it lasts nothing is taken, and the waits between its
      // calls grow to about four seconds.
      text += "[[gateway.\(name).fault]]\nkind = \"busy\"\nfrom = 40\nto = 43\n"
      text += "[[gateway.\(name).fault]]\nkind = \"busy\"\nprobability = 0.002\n"
      text += "[gateway.\(name).reports]\ndelay = [0.5, 3]\nfailed = 0.02\nreplies = 0.005\n"
      guard port > 0, ["youe", "18sms"].contains(name) else { continue }
      text += "push = \"http://127.0.0.1:\(port)/push/\(name)/\(TrialWorkspace.secret)\"\n"
      if name == "18sms" { text += "push_pause = 0.5\n" }
    }
    return text
  }

  public func run(tell: (String) -> Void) throws -> Result {
    let started = monotonicSeconds()
    let end = started + minutes * 60
    // Storms and restarts cost a part of the pace.
    let perGateway = Int(minutes * 60) * workspace.setup.rate * 8 / 10
    let names = workspace.setup.gateways
    for (index, name) in names.enumerated() {
      try workspace.addCampaign(name, gateways: [name], first: 13_000_000_000 + index * 100_000_000, count: perGateway)
    }
    for name in names { try start("send \(name)", ["send", "\(name).toml", "--quiet"]) }
    if listenPort > 0 { try start("listen", ["listen"]) }
    if ToolCommands.has("pull") { try start("pull", ["pull", "--watch", "1"]) }
    var restarts = 0
    let progress = try LogProgress(sandbox.log, names)
    var nextRestart = started + 45
    // A machine that is busy with other things takes longer, which proves nothing as long as there is progress.
    while monotonicSeconds() < end + max(120, minutes * 60), processes.keys.contains(where: { $0.hasPrefix("send") }) {
      sleep(2)
      try look(monotonicSeconds() - started)
      let now = monotonicSeconds()
      try progress.look(at: names.filter { processes["send \($0)"] != nil }, now)
      guard now > nextRestart, now < end - 20 else { continue }
      sandbox.stop()
      sandbox = try SandboxProcess(faults: Soak.faults(listenPort), successorOf: sandbox, logsAll: true)
      restarts += 1
      nextRestart = now + 90
      tell("  \(Int(now - started)) s: gateways started anew; \(text(of: "send juhe"))")
    }
    return try finish(started, names, perGateway, restarts, progress.silences)
  }

  private func start(_ name: String, _ arguments: [String]) throws {
    processes[name] = try workspace.start(arguments)
  }

  /// Measures all, and starts again what ended before its time.
  private func look(_ seconds: Double) throws {
    for (name, process) in processes {
      if let exitCode = process.ended() {
        processes[name] = nil
        // An account stopped because its gateway was away for too long; run again it goes on. 7, for what is unknown,
        // hides that.
        let isStopped = try exitCode == 6 || exitCode == 7 && hasUnsent(name)
        if name.hasPrefix("send"), isStopped {
          starts += 1
          try start(name, ["send", "\(name.dropFirst(5)).toml", "--quiet"])
        } else if !name.hasPrefix("send") || ![0, 4, 7].contains(exitCode) {
          violations.append(Violation("ended with \(exitCode)", in: name, 1))
        }
        continue
      }
      guard let sample = Soak.sample(process.identifier, seconds) else { continue }
      samples[name, default: []].append(sample)
    }
  }

  /// - Parameter name: of a process that sent: `send CAMPAIGN`.
  private func hasUnsent(_ name: String) throws -> Bool {
    guard name.hasPrefix("send") else { return false }
    let status = try JSON(parsing: workspace.run("status", String(name.dropFirst(5)), "--json").output)
    return status["states"]?["planned"]?["messages"]?.text != "0"
  }

  private static func sample(_ process: Int32, _ seconds: Double) -> Sample? {
    guard let status = try? Files.read("/proc/\(process)/status", limit: 1 << 16).text,
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
      let kilobytes = Int(line.filter(\.isNumber))
    else { return nil }
    return Sample(seconds: seconds, kilobytes: kilobytes, descriptors: SystemCalls.openFiles(of: process))
  }

  private func text(of name: String) -> String {
    guard let last = samples[name]?.last else { return "" }
    return "\(name): \(last.kilobytes) kB, \(last.descriptors) descriptors"
  }

  private func finish(
    _ started: Double, _ names: [String], _ perGateway: Int, _ restarts: Int, _ silences: [String: Double]
  ) throws -> Result {
    for name in processes.keys where name.hasPrefix("send") {
      violations.append(Violation("not done in time", in: name, 1))
    }
    for name in names { try workspace.run("send", "\(name).toml", "--quiet", deadline: 600) }
    // The last report is due 3 s after its message, the last reply 5 s after that.
    sleep(10)
    for process in processes.values {
      process.signal(SIGTERM)
      _ = try process.wait(deadline: 1e9)
    }
    if ToolCommands.has("pull") { try workspace.run("pull") }
    if ToolCommands.has("reconcile") { try workspace.run("reconcile") }
    for (name, samples) in samples.sorted(by: { $0.key < $1.key }) { judge(name, samples) }
    for (name, silence) in silences where silence > Soak.mostSilence {
      violations.append(Violation("seconds without progress", in: name, Int(silence)))
    }
    var evidence = workspace.evidence(names, sandbox)
    if !ToolCommands.has("pull") { evidence.handedLog = nil }
    evidence.isReconciled = ToolCommands.has("reconcile")
    // A gateway that is started anew may leave every call in flight without its answer, and every fetch.
    evidence.lossBound = restarts * 2
    for name in names {
      evidence.unknownBound[name] = restarts * workspace.setup.concurrency * workspace.setup.batch
    }
    let verdict = try Verdict(on: evidence)
    return Result(
      seconds: monotonicSeconds() - started, recipients: perGateway * names.count, restarts: restarts,
      samples: samples, silences: silences, verdict: verdict, violations: violations + verdict.violations)
  }

  /// Flat from the first quarter on: the last quarter's median beside that of the second.
  private func judge(_ name: String, _ samples: [Sample]) {
    guard samples.count >= 12 else { return }
    let quarter = samples.count / 4
    func median(_ part: ArraySlice<Sample>, _ value: (Sample) -> Int) -> Int {
      part.map(value).sorted()[part.count / 2]
    }
    let (early, late) = (samples[quarter..<2 * quarter], samples[(3 * quarter)...])
    let kilobytes = median(late, \.kilobytes) - median(early, \.kilobytes)
    if kilobytes > Soak.flatKilobytes { violations.append(Violation("kilobytes of memory grown", in: name, kilobytes)) }
    let descriptors = median(late, \.descriptors) - median(early, \.descriptors)
    if descriptors > Soak.flatDescriptors {
      violations.append(Violation("descriptors grown", in: name, descriptors))
    }
  }
}
