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

  /// - Parameter gateway: 1 to 5 for one of them alone, in the order juhe, emay, mobset, youe, 18sms.
  /// - Parameter command: 1 to 3 for one of them alone: send, pull, reconcile.
  /// - Parameter kills: SIGKILL alone, no errors.
  /// - Parameter jobs: how many lanes are tried at the same time.
  /// - Returns: the number of violations.
  static func run(limit: Int, gateway: Int?, command: Int?, kills: Bool, jobs: Int) throws -> Int {
    if let obstacle = SystemCalls.obstacle {
      tellAtOnce("faults: skipped: \(obstacle)")
      return 0
    }
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
    let violations = all.flatMap(\.violations)
    tellAtOnce(
      "\nfaults: \(sum(all, \.tried)) points tried of \(sum(all, \.points)), violations: \(violations.count)")
    return violations.count
  }

  private static func lanes(gateway: Int?, command: Int?, kills: Bool) -> [Lane] {
    let commands = ["send", "pull", "reconcile"].enumerated().filter { command == nil || command == $0.offset + 1 }
      .map(\.element).filter(ToolCommands.has)
    let names = TrialWorkspace.allGateways.enumerated().filter { gateway == nil || gateway == $0.offset + 1 }
      .map(\.element)
    return commands.flatMap { command in
      // 18sms has no pull.
      names.filter { command == "send" || $0 != "18sms" }.flatMap { name in
        (kills ? [true] : [true, false]).map { Lane(gateway: name, command: command, kills: $0) }
      }
    }
  }

  private static func tried(_ lane: Lane, limit: Int) throws -> [FaultTrial.Tally] {
    let trial = try FaultTrial(lane.gateway, limit: limit)
    return lane.kills ? try trial.kills(of: lane.command) : try trial.errors(in: lane.command)
  }

  /// Full disks and failing syncs. Returns the number of violations.
  static func disk(points: Int) throws -> Int {
    var violations = Chaos.report("disk full by a limit on files", try DiskTrial.fullDisk())
    if let found = try DiskTrial.smallFileSystem() {
      violations += Chaos.report("disk full on a small file system", found)
    } else {
      tellAtOnce("disk full on a small file system: skipped: this system does not permit the namespace")
    }
    if let obstacle = SystemCalls.memoryObstacle {
      tellAtOnce("failing syncs: skipped: \(obstacle)")
    } else {
      violations += Chaos.report("failing syncs", try DiskTrial.failingSyncs(points: points, tell: tellAtOnce))
    }
    return violations
  }

  /// Clocks, zones and languages. Returns the number of violations.
  static func clock() throws -> Int {
    var violations = Chaos.report("zones and languages", try ClockTrial.zones())
    if let obstacle = ClockTrial.obstacle {
      tellAtOnce("clock stepped: skipped: \(obstacle)")
    } else {
      let (lines, found) = try ClockTrial.steps(hours: [-30, 5])
      for line in lines { tellAtOnce("  \(line)") }
      violations += Chaos.report("clock stepped", found)
    }
    return violations
  }

  /// In one piece, so that lanes that end at the same time do not mix.
  private static func tell(_ lane: Lane, _ tallies: [FaultTrial.Tally]) {
    let kind = lane.kills ? "SIGKILL" : "errors"
    var lines = [
      "\n\(lane.command), \(lane.gateway), \(kind): \(sum(tallies, \.tried)) points tried of \(sum(tallies, \.points))"
    ]
    for tally in tallies {
      lines.append(
        "  \(tally.call) \(tally.effect): \(tally.tried) of \(tally.points), violations: \(tally.violations.count)")
      lines += tally.violations.map { "    \($0)" }
    }
    tellAtOnce(lines.joined(separator: "\n"))
  }

  private static func sum(_ tallies: [FaultTrial.Tally], _ field: KeyPath<FaultTrial.Tally, Int>) -> Int {
    tallies.reduce(0) { $0 + $1[keyPath: field] }
  }
}
