import Judge
import Platform
import TestSupport
import Trials

/// `make faults`: every system call of a small run killed, then spoiled, told as a table.
enum FaultReport {
  /// - Parameter gateway: 1 to 5 for one of them alone, in the order juhe, emay, mobset, youe, 18sms.
  /// - Parameter command: 1 to 3 for one of them alone: send, pull, reconcile.
  /// - Parameter kills: SIGKILL alone, no errors.
  /// - Returns: the number of violations.
  static func run(limit: Int, gateway: Int?, command: Int?, kills: Bool) throws -> Int {
    if let obstacle = SystemCalls.obstacle {
      tellAtOnce("faults: skipped: \(obstacle)")
      return 0
    }
    tellAtOnce("faults: at most \(limit) points a kind of call; more are stepped over evenly")
    let commands = ["send", "pull", "reconcile"].enumerated().filter { command == nil || command == $0.offset + 1 }
      .map(\.element).filter(ToolCommands.has)
    var all: [FaultTrial.Tally] = []
    for (index, name) in TrialWorkspace.allGateways.enumerated() where gateway == nil || gateway == index + 1 {
      let gateway = name
      let trial = try FaultTrial(gateway, limit: limit)
      for command in commands where command == "send" || gateway != "18sms" {
        let tallies = try trial.kills(of: command) + (kills ? [] : trial.errors(in: command))
        all += tallies
        tell(command, gateway, tallies)
      }
    }
    let violations = all.flatMap(\.violations)
    tellAtOnce(
      "\nfaults: \(sum(all, \.tried)) points tried of \(sum(all, \.points)), violations: \(violations.count)")
    return violations.count
  }

  /// Full disks and failing syncs. Returns the number of violations.
  static func disk(points: Int) throws -> Int {
    var violations = Chaos.report("disk full by a limit on files", try DiskTrial.fullDisk())
    if let found = try DiskTrial.smallFileSystem() {
      violations += Chaos.report("disk full on a small file system", found)
    } else {
      tellAtOnce("disk full on a small file system: skipped: this system does not permit the namespace")
    }
    if let obstacle = SystemCalls.obstacle {
      tellAtOnce("failing syncs: skipped: \(obstacle)")
    } else {
      violations += Chaos.report("failing syncs", try DiskTrial.failingSyncs(points: points, tell: tellAtOnce))
      for gateway in ["youe", "juhe"] {
        let found = try DiskTrial.failingPulls(gateway, points: points, tell: tellAtOnce)
        violations += Chaos.report("failing syncs of pull, \(gateway)", found)
      }
      violations += Chaos.report(
        "failing syncs of listen", try DiskTrial.failingPushes(points: min(points, 12), tell: tellAtOnce))
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

  private static func tell(_ command: String, _ gateway: String, _ tallies: [FaultTrial.Tally]) {
    tellAtOnce("\n\(command), \(gateway): \(sum(tallies, \.tried)) points tried of \(sum(tallies, \.points))")
    for tally in tallies {
      tellAtOnce(
        "  \(tally.call) \(tally.effect): \(tally.tried) of \(tally.points), violations: \(tally.violations.count)")
      for violation in tally.violations { tellAtOnce("    \(violation)") }
    }
  }

  private static func sum(_ tallies: [FaultTrial.Tally], _ field: KeyPath<FaultTrial.Tally, Int>) -> Int {
    tallies.reduce(0) { $0 + $1[keyPath: field] }
  }
}
