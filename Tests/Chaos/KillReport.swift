import Judge
import Platform
import TestSupport
import Trials

/// `make chaos`: a storm of kills, told as a table.
enum KillReport {
  /// Returns the number of violations.
  static func run(kills: Int, seed: Int?) throws -> Int {
    var options = Storm.Options()
    options.kills = kills
    options.seed = UInt64(seed ?? Int(Timestamp.now.nanoseconds % 1_000_000_000))
    options.isTalkative = true
    tellAtOnce(
      "chaos: \(kills) kills, seed \(options.seed); again with: make chaos KILLS=\(kills) SEED=\(options.seed)")
    var storm = try Storm(options)
    let result = try storm.run()
    tellAtOnce(text(result))
    return result.violations.count
  }

  private static func text(_ result: Storm.Result) -> String {
    let commands = result.kills.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    let kills = result.kills.values.reduce(0, +)
    var lines = [
      "", "\(kills) kills (\(commands)) in \(Int(result.seconds)) s",
      "\(result.recipients) recipients in \(result.campaigns) campaigns", "",
      row([
        "gateway", "kills", "in flight", "planned", "taken", "twice", "lost", "unknown", "bound", "handed", "pushed",
        "stored",
        "cut", "may be lost", "pages lost",
      ]),
    ]
    for (name, figures) in result.verdict.figures.sorted(by: { $0.key < $1.key }) {
      lines.append(
        row([
          name, "\(result.killsOfSend[name] ?? 0)", "\(result.callsUnderWay[name] ?? 0)", "\(figures.planned)",
          "\(figures.taken)", "\(figures.takenTwice)",
          "\(figures.lost)", "\(figures.unknown)", "\(result.unknownBound[name] ?? 0)", "\(figures.handed)",
          "\(figures.pushed)",
          "\(figures.stored)", "\(result.fetchesCut[name] ?? 0)", "\(figures.possibleLosses)",
          "\(figures.missingPages.count)",
        ]))
    }
    for (name, figures) in result.verdict.figures.sorted(by: { $0.key < $1.key }) where !figures.missingPages.isEmpty {
      lines.append("\(name): pages of which something is missing: \(figures.missingPages.joined(separator: ", "))")
    }
    lines += ["", "violations: \(result.violations.count)"] + result.violations.map { "  \($0)" }
    return lines.joined(separator: "\n")
  }

  static func row(_ cells: [String]) -> String {
    cells.enumerated().map { index, cell in
      let blanks = String(repeating: " ", count: max(0, 9 - cell.count))
      return index == 0 ? cell + blanks : blanks + cell
    }.joined(separator: " ")
  }
}
