import Glibc
import Judge
import Platform
import TestSupport
import Trials

/// Trials of the built tool beside this program; `make chaos`, `make faults`, `make soak` and `make forge` start them.
@main struct Chaos {
  static func main() {
    var arguments = CommandLine.arguments.dropFirst()
    let name = arguments.popFirst() ?? ""
    let options = Options(Array(arguments))
    do {
      let violations =
        switch name {
        case "kills": try KillReport.run(kills: options["kills"] ?? 50, seed: options["seed"])
        case "defects": try DefectReport.run(only: Set(arguments))
        case "soak": try SoakReport.run(minutes: options["minutes"] ?? 60, rate: options["rate"] ?? 250)
        case "forge": try ForgeReport.run(pushes: options["pushes"] ?? 20_000)
        case "disk": try FaultReport.disk(points: options["points"] ?? 50)
        case "clock": try FaultReport.clock()
        case "faults":
          try FaultReport.run(
            limit: options["points"] ?? 20, gateway: options["gateway"], command: options["command"],
            kills: options["kills"] == 1, jobs: options["jobs"] ?? 1)
        case "rivals":
          try report("\(options["processes"] ?? 64) processes", Rivals.run(processes: options["processes"] ?? 64))
        default: usage()
        }
      exit(violations == 0 ? 0 : 1)
    } catch {
      tellAtOnce("the trial could not be made: \(error)")
      exit(2)
    }
  }

  /// Prints what was found; returns how much.
  static func report(_ name: String, _ violations: [Violation]) -> Int {
    tellAtOnce("\(name): violations: \(violations.count)")
    for violation in violations { tellAtOnce("  \(violation)") }
    return violations.count
  }

  private static func usage() -> Never {
    tellAtOnce(
      "usage: chaos kills [kills=N] [seed=N] | faults [points=N] [gateway=1…5] [command=1…6] [kills=1] [jobs=N] | disk [points=N] | rivals [processes=N] | clock | soak [minutes=N] [rate=N] | forge [pushes=N] | defects [NAME…]"
    )
    exit(2)
  }
}

/// `name=number` words.
struct Options {
  private var values: [String: Int] = [:]

  init(_ words: [String]) {
    for word in words {
      let parts = word.split(separator: "=")
      if parts.count == 2, let value = Int(parts[1]) { values[String(parts[0])] = value }
    }
  }

  subscript(name: String) -> Int? { values[name] }
}
