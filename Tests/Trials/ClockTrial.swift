public import Judge
import Platform
import TestSupport

/// Clocks that step, zones and languages: the same work comes out.
public enum ClockTrial {
  private static let library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"

  /// Nil when the clock can be stepped here, else why not.
  public static var obstacle: String? { Files.exists(library) ? nil : "libfaketime is not installed" }

  /// The tool's clock is so many hours off; gateways that sign with the time refuse, the others warn or stop.
  ///
  /// - Returns: by gateway and step, what the run came to.
  public static func steps(hours: [Int]) throws -> (lines: [String], violations: [Violation]) {
    var lines: [String] = []
    var violations: [Violation] = []
    for gateway in TrialWorkspace.allGateways {
      for step in hours {
        let (sandbox, workspace) = try prepare(gateway)
        let off = try workspace.start(
          ["send", "c.toml"],
          more: [
            "LD_PRELOAD=\(library)", "FAKETIME=\(step > 0 ? "+" : "-")\(abs(step))h", "FAKETIME_DONT_FAKE_MONOTONIC=1",
          ]
        ).wait()
        let right = try workspace.run("send", "c.toml")
        lines.append("\(gateway), \(step) h: ended with \(off.exitCode), then with the right clock \(right.exitCode)")
        // 15 minutes off stop the account (design.md, section 5).
        if off.exitCode != 6 {
          violations.append(Violation("a clock \(step) h off ended with \(off.exitCode)", in: gateway, 1))
        }
        violations += try judge(workspace, sandbox, gateway)
      }
    }
    return (lines, violations)
  }

  /// The zones and languages of a machine change no byte of what goes out and no line of the files but none.
  public static func zones() throws -> [Violation] {
    var texts: Set<String> = []
    var results: Set<String> = []
    let worlds = [
      [], ["TZ=America/St_Johns", "LANG=tr_TR.UTF-8", "LC_ALL=tr_TR.UTF-8"],
      ["TZ=Pacific/Kiritimati", "LANG=zh_CN.GB18030"],
    ]
    var violations: [Violation] = []
    for world in worlds {
      let (sandbox, workspace) = try prepare("juhe")
      let result = try workspace.start(["send", "c.toml"], more: world).wait()
      if result.exitCode != 0 { violations.append(Violation("ended with \(result.exitCode)", in: "zones", 1)) }
      texts.insert(try sandbox.taken().map { "\($0.number) \($0.text)" }.sorted().joined(separator: "\n"))
      // Without ids and times, which differ from run to run.
      let rows = CSVText(try workspace.folder.read("out/c/result.csv")).rows
      results.insert(
        rows.map {
          "\($0["row"] ?? "") \($0["phone"] ?? "") \($0["state"] ?? "") \($0["cost"] ?? "") \($0["text"] ?? "")"
        }
        .joined(separator: "\n"))
      violations += try judge(workspace, sandbox, "juhe")
    }
    if texts.count != 1 {
      violations.append(Violation("different texts by zone and language", in: "zones", texts.count))
    }
    if results.count != 1 {
      violations.append(Violation("different files by zone and language", in: "zones", results.count))
    }
    return violations
  }

  private static func prepare(_ gateway: String) throws -> (SandboxProcess, TrialWorkspace) {
    let sandbox = try SandboxProcess(faults: "magic = false\n", logsAll: true)
    var setup = TrialWorkspace.Setup()
    setup.gateways = [gateway]
    setup.batch = 10
    let workspace = try TrialWorkspace(setup, gatewaysAt: sandbox.address)
    try workspace.addCampaign("c", gateways: [gateway], first: 13_000_000_000, count: 400)
    return (sandbox, workspace)
  }

  private static func judge(
    _ workspace: TrialWorkspace, _ sandbox: SandboxProcess, _ gateway: String
  ) throws -> [Violation] {
    var evidence = workspace.evidence(["c"], sandbox)
    evidence.handedLog = nil
    return try Verdict(on: evidence).violations
  }
}
