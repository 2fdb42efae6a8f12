import Judge
import Platform
import Synchronization
import TestSupport
import Trials

/// `make faults`: every system call of a small run killed, then spoiled, told as a table.
enum FaultReport {
  /// Points that are tried one after another: a lane has a sandbox and workspaces of its own.
  private struct Lane: Sendable {
    var gateway: String
    var command: String
    var kills: Bool
  }

  private struct Progress {
    var waiting: ArraySlice<Lane>
    var tallies: [FaultTrial.Tally] = []
    var failure: (any Error)?
  }

  private static let commands = ["plan", "send", "resume", "pull", "listen", "reconcile"]

  /// - Parameter gateway: 1 to 5 for one of them alone, in the order juhe, emay, mobset, youe, 18sms.
  /// - Parameter command: 1 to 6 for one of them alone: plan, send, resume, pull, listen, reconcile.
  /// - Parameter kills: SIGKILL alone, no errors.
  /// - Parameter jobs: how many lanes are tried at the same time.
  /// - Returns: the number of violations.
  static func run(limit: Int, gateway: Int?, command: Int?, kills: Bool, jobs: Int) throws -> Int {
    if let obstacle = SystemCalls.obstacle { throw ChildError(obstacle) }
    tellAtOnce("faults: at most \(limit) points a kind of call; more are stepped over evenly")
    let lanes = lanes(gateway: gateway, command: command, kills: kills)
    let progress = Mutex(Progress(waiting: lanes[...]))
    let threads = (0..<min(max(1, jobs), lanes.count)).compactMap { _ in
      SystemThread.start {
        while let lane = progress.withLock({ $0.failure == nil ? $0.waiting.popFirst() : nil }) {
          do {
            let tallies = try tried(lane, limit: limit)
            tell(lane, tallies)
            progress.withLock { $0.tallies += tallies }
          } catch {
            progress.withLock { $0.failure = error }
          }
        }
      }
    }
    guard !threads.isEmpty else { throw ChildError("the system has no thread for the trial") }
    for thread in threads { thread.join() }
    let (all, failure) = progress.withLock { ($0.tallies, $0.failure) }
    if let failure { throw failure }
    let violations = all.flatMap(\.violations).count
    tellAtOnce("\nfaults: \(summary(all)), violations: \(violations)")
    // Threads share their calls out anew in each run, but a trial that seldom meets its points proves nothing.
    guard sum(all, \.met) * 10 < sum(all, \.tried) * 9 else { return violations }
    tellAtOnce("faults: fewer than nine points of ten were met: this pass proves nothing")
    return violations + 1
  }

  private static func lanes(gateway: Int?, command: Int?, kills: Bool) -> [Lane] {
    let names = TrialWorkspace.allGateways.enumerated().filter { gateway == nil || gateway == $0.offset + 1 }
      .map(\.element)
    return commands.enumerated().filter { command == nil || command == $0.offset + 1 }.flatMap { _, command in
      names.filter { serves($0, command) }.flatMap { name in
        (kills ? [true] : [true, false]).map { Lane(gateway: name, command: command, kills: $0) }
      }
    }
  }

  /// 18sms has no pull, emay and mobset no pushes; a plan talks to no gateway, so one is as good as five.
  private static func serves(_ gateway: String, _ command: String) -> Bool {
    switch command {
    case "plan": gateway == "juhe"
    case "pull": gateway != "18sms"
    case "listen": ["juhe", "youe", "18sms"].contains(gateway)
    default: true
    }
  }

  private static func tried(_ lane: Lane, limit: Int) throws -> [FaultTrial.Tally] {
    let trial = try FaultTrial(lane.command, lane.gateway, limit: limit)
    return lane.kills ? try trial.kills() : try trial.errors()
  }

  /// Full disks and failing syncs. Returns the number of violations.
  static func disk(points: Int) throws -> Int {
    var violations = Chaos.report("disk full by a limit on files", try DiskTrial.fullDisk())
    guard let found = try DiskTrial.smallFileSystem() else {
      throw ChildError("this system does not permit a namespace for a small file system")
    }
    violations += Chaos.report("disk full on a small file system", found)
    if let obstacle = SystemCalls.memoryObstacle { throw ChildError(obstacle) }
    violations += Chaos.report("failing syncs", try DiskTrial.failingSyncs(points: points, tell: tellAtOnce))
    for gateway in ["youe", "juhe"] {
      let found = try DiskTrial.failingPulls(gateway, points: points, tell: tellAtOnce)
      violations += Chaos.report("failing syncs of pull, \(gateway)", found)
    }
    let pushes = try DiskTrial.failingPushes(points: min(points, 12), tell: tellAtOnce)
    return violations + Chaos.report("failing syncs of listen", pushes)
  }

  /// Clocks, zones and languages. Returns the number of violations.
  static func clock() throws -> Int {
    var violations = Chaos.report("zones and languages", try ClockTrial.zones())
    if let obstacle = ClockTrial.obstacle { throw ChildError(obstacle) }
    let hours = [-30, 5]
    let off = try ClockTrial.steps(hours: hours)
    let stepped = try ClockTrial.jumps(hours: hours)
    for line in off.lines + stepped.lines { tellAtOnce("  \(line)") }
    violations += Chaos.report("clock off", off.violations)
    violations += Chaos.report("clock stepped", stepped.violations)
    return violations
  }

  /// In one piece, so that lanes that end at the same time do not mix.
  private static func tell(_ lane: Lane, _ tallies: [FaultTrial.Tally]) {
    let kind = lane.kills ? "SIGKILL" : "errors"
    var lines = ["\n\(lane.command), \(lane.gateway), \(kind): \(summary(tallies))"]
    for tally in tallies {
      let exits = tally.exits.sorted { $0.key < $1.key }.map { "\($0.key) × \($0.value)" }.joined(separator: ", ")
      lines.append(
        "  \(tally.call) \(tally.effect): \(tally.met) met of \(tally.tried) tried of \(tally.points), "
          + "ended with \(exits), violations: \(tally.violations.count)")
      lines += tally.violations.map { "    \($0)" }
    }
    tellAtOnce(lines.joined(separator: "\n"))
  }

  private static func summary(_ tallies: [FaultTrial.Tally]) -> String {
    "\(sum(tallies, \.met)) points met of \(sum(tallies, \.tried)) tried of \(sum(tallies, \.points))"
  }

  private static func sum(_ tallies: [FaultTrial.Tally], _ field: KeyPath<FaultTrial.Tally, Int>) -> Int {
    tallies.reduce(0) { $0 + $1[keyPath: field] }
  }
}
