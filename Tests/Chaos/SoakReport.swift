import Judge
import Platform
import Trials

/// `make soak`, told as a table.
enum SoakReport {
  /// Returns the number of violations.
  static func run(minutes: Int, rate: Int) throws -> Int {
    tellAtOnce("soak: \(minutes) minutes, \(rate) messages a second over all gateways")
    let result = try Soak(minutes: Double(minutes), rate: rate).run { tellAtOnce($0) }
    tellAtOnce(
      "\n\(Int(result.seconds)) s, \(result.recipients) recipients, gateways started anew \(result.restarts) times")
    let silences = result.silences.sorted { $0.key < $1.key }.map { "\($0.key) \(Int($0.value.rounded(.up))) s" }
    tellAtOnce(
      "longest time without a message taken: \(silences.joined(separator: ", ")) (bound \(Int(Soak.mostSilence)) s)\n")
    tellAtOnce(KillReport.row(["process", "samples", "kB first", "kB last", "kB most", "files", "files most"]))
    for (name, samples) in result.samples.sorted(by: { $0.key < $1.key }) {
      let memory = samples.map(\.kilobytes)
      let files = samples.map(\.descriptors)
      tellAtOnce(
        KillReport.row([
          name, "\(samples.count)", "\(memory.first ?? 0)", "\(memory.last ?? 0)", "\(memory.max() ?? 0)",
          "\(files.last ?? 0)", "\(files.max() ?? 0)",
        ]))
    }
    for (name, figures) in result.verdict.figures.sorted(by: { $0.key < $1.key }) {
      tellAtOnce(
        "\(name): planned \(figures.planned), taken \(figures.taken), twice \(figures.takenTwice), unknown \(figures.unknown), "
          + "handed out \(figures.handed), stored \(figures.stored), possible losses \(figures.possibleLosses)")
    }
    return Chaos.report("soak", result.violations)
  }
}
