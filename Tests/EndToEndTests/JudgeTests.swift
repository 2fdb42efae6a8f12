import Judge
import Platform
import TestSupport
import Testing
import Trials

/// The judge that `make chaos` trusts is judged itself: it must find every defect that a debug build can plant.
@Suite struct JudgeTests {
  @Test(arguments: DefectTrial.charges)
  func `a planted defect is found`(_ charge: DefectTrial.Charge) throws {
    if let obstacle = DefectTrial.obstacle(to: charge.scenario) {
      return print("judge: \(charge): left out, \(obstacle)")
    }
    let violations = try DefectTrial.run(charge)
    print("judge: \(charge): \(violations.map(\.description).joined(separator: "; "))")
    #expect(DefectTrial.proves(violations, charge), "\(charge): \(violations)")
  }

  @Test(arguments: DefectTrial.Scenario.allCases)
  func `without a defect nothing is found`(_ scenario: DefectTrial.Scenario) throws {
    if let obstacle = DefectTrial.obstacle(to: scenario) { return print("judge: \(scenario): left out, \(obstacle)") }
    #expect(try DefectTrial.run(scenario, with: nil) == [])
  }

  @Test func `a storm of kills breaks no promise`() throws {
    var options = Storm.Options()
    options.kills = 50
    options.seed = UInt64(truncatingIfNeeded: Timestamp.now.nanoseconds) % 1_000_000_000
    print("storm: make chaos KILLS=50 SEED=\(options.seed)")
    var storm = try Storm(options)
    #expect(try storm.run().violations == [])
  }

  @Test func `of many processes on one campaign one owns it`() throws {
    #expect(try Rivals.run(processes: 64) == [])
  }
}
