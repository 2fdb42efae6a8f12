import Judge
import Platform
import Trials

/// Every planted defect and what the judge says of it; needs a debug build of the tool.
enum DefectReport {
  /// Returns how many defects were not found, and how many scenarios were found guilty without one.
  ///
  /// - Parameter names: of defects; empty: all.
  static func run(only names: Set<String>) throws -> Int {
    var failures = 0
    let charges = DefectTrial.charges.filter { names.isEmpty || names.contains($0.defect.rawValue) }
    for scenario in DefectTrial.Scenario.allCases where charges.contains(where: { $0.scenario == scenario }) {
      if let obstacle = DefectTrial.obstacle(to: scenario) {
        tellAtOnce("\(scenario): left out, \(obstacle)")
        continue
      }
      failures += Chaos.report("no defect, \(scenario)", try DefectTrial.run(scenario, with: nil))
    }
    for charge in charges where DefectTrial.obstacle(to: charge.scenario) == nil {
      let found = try DefectTrial.run(charge)
      let isProved = DefectTrial.proves(found, charge)
      if !isProved { failures += 1 }
      tellAtOnce("\(charge): \(isProved ? "found" : "NOT FOUND")")
      for violation in found { tellAtOnce("  \(violation)") }
    }
    return failures
  }
}
