public import Judge
import Platform
import TestSupport

/// Many processes started on one campaign at once: one owns it, all others end with 9 and change nothing.
public enum Rivals {
  public static func run(processes: Int, environment: [String] = []) throws -> [Violation] {
    let sandbox = try SandboxProcess(
      faults: "seed = 1\nmagic = false\n[gateway.all]\nlatency_ms = 100\n", logsAll: true)
    var setup = TrialWorkspace.Setup()
    setup.gateways = ["juhe"]
    setup.concurrency = 1
    setup.batch = 5
    setup.environment = environment
    let workspace = try TrialWorkspace(setup, gatewaysAt: sandbox.address)
    // Long enough that the last process starts before the owner is done: a call is 0.1 s, a start less.
    let calls = max(30, processes * 2)
    try workspace.addCampaign("rivals", gateways: ["juhe"], first: 13_000_000_000, count: calls * setup.batch)
    let rivals = try (0..<processes).map { _ in try workspace.start(["send", "rivals.toml"]) }
    var owners = 0
    var strange = 0
    for rival in rivals {
      let exitCode = try rival.wait(deadline: 300).exitCode
      if exitCode == 9 { continue }
      if [0, 4, 7].contains(exitCode) { owners += 1 } else { strange += 1 }
    }
    var violations = try Verdict(on: workspace.evidence(["rivals"], sandbox)).violations
    if owners != 1 { violations.append(Violation("processes that owned the campaign", in: "rivals", owners)) }
    if strange > 0 {
      violations.append(Violation("processes that ended neither as owner nor with 9", in: "rivals", strange))
    }
    return violations
  }
}
