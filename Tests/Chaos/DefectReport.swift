import Judge
import Platform
import Trials

/// Every planted defect and what the judge says of it; needs a debug build of the tool.
enum DefectReport {
  /// Returns how many defects were not found, and how many scenarios were found guilty without one.
  static func run() throws -> Int {
    var failures = 0
    for scenario in DefectTrial.Scenario.allCases {
      failures += Chaos.report("no defect, \(scenario)", try DefectTrial.run(scenario, with: nil))
    }
    for defect in Defect.allCases {
      guard let scenario = DefectTrial.scenario(for: defect) else {
        tellAtOnce("\(defect): the commands to show it are not there")
        continue
      }
      let found = try DefectTrial.run(scenario, with: defect)
      if found.isEmpty { failures += 1 }
      tellAtOnce("\(defect), \(scenario): \(found.isEmpty ? "NOT FOUND" : "found")")
      for violation in found { tellAtOnce("  \(violation)") }
    }
    return failures
  }
}
