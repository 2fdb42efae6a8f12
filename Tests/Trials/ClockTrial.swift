import Glibc
public import Judge
import Platform
import TestSupport

/// Clocks that step, zones and languages: the same work comes out.
public enum ClockTrial {
  private static let library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"

  private static let recipients = 400

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

  /// The clock jumps while a run is under way, by a file that the faked clock reads at each look: nothing goes out
  /// twice, the account stops, and with the right clock the rest goes out.
  ///
  /// - Returns: by gateway and step, what the runs came to.
  public static func jumps(
    hours: [Int], gateways: [String] = TrialWorkspace.allGateways
  ) throws -> (lines: [String], violations: [Violation]) {
    var lines: [String] = []
    var violations: [Violation] = []
    for gateway in gateways {
      for step in hours {
        let (sandbox, workspace) = try prepare(gateway, rate: 200)
        try workspace.folder.write("clock", "+0")
        let run = try workspace.start(
          ["send", "c.toml"],
          more: [
            "LD_PRELOAD=\(library)", "FAKETIME_TIMESTAMP_FILE=\(workspace.folder.path)/clock", "FAKETIME_NO_CACHE=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1",
          ])
        // A rate of 200 sends 400 messages in two seconds.
        guard ChildProcess.wait(deadline: 30, until: { (try? sandbox.taken().count) ?? 0 > 60 }) else {
          throw ChildError("\(gateway): nothing was sent: \(run.errors)")
        }
        try workspace.folder.write("clock", "\(step > 0 ? "+" : "-")\(abs(step))h")
        let jumped = try run.wait()
        let before = try sandbox.taken().count
        let right = try workspace.run("send", "c.toml")
        lines.append(
          "\(gateway), \(step) h in the middle: ended with \(jumped.exitCode) after \(before) messages, "
            + "then with the right clock \(right.exitCode)")
        if jumped.exitCode != 6 || before >= recipients {
          violations.append(Violation("a jump of \(step) h ended with \(jumped.exitCode)", in: gateway, 1))
        }
        if right.exitCode != 0 {
          violations.append(Violation("with the right clock it ended with \(right.exitCode)", in: gateway, 1))
        }
        violations += try judge(workspace, sandbox, gateway)
      }
    }
    return (lines, violations)
  }

  /// The zones and languages of a machine change no byte of what goes out, no line of the files, no signature (the sandbox
  /// refuses wrong ones), and windows are those of the workspace's zone.
  public static func zones(gateways: [String] = TrialWorkspace.allGateways) throws -> [Violation] {
    let worlds = [
      [], ["TZ=America/St_Johns", "LANG=tr_TR.UTF-8", "LC_ALL=tr_TR.UTF-8"],
      ["TZ=Pacific/Kiritimati", "LANG=zh_CN.GB18030"],
    ]
    var violations: [Violation] = []
    for gateway in gateways {
      var texts: Set<String> = []
      var results: Set<String> = []
      for world in worlds {
        let (sandbox, workspace) = try prepare(gateway, delivery: "window = \"\(window(isOpen: true))\"")
        let result = try workspace.start(["send", "c.toml"], more: world).wait()
        if result.exitCode != 0 { violations.append(Violation("ended with \(result.exitCode)", in: gateway, 1)) }
        texts.insert(try sandbox.taken().map { "\($0.number) \($0.text)" }.sorted().joined(separator: "\n"))
        // Without ids and times, which differ from run to run.
        let rows = CSVText(try workspace.folder.read("out/c/result.csv")).rows
        results.insert(
          rows.map {
            "\($0["row"] ?? "") \($0["phone"] ?? "") \($0["state"] ?? "") \($0["cost"] ?? "") \($0["text"] ?? "")"
          }
          .joined(separator: "\n"))
        violations += try judge(workspace, sandbox, gateway)
        violations += try closedWindow(gateway, world)
      }
      if texts.count != 1 {
        violations.append(Violation("different texts by zone and language", in: gateway, texts.count))
      }
      if results.count != 1 {
        violations.append(Violation("different files by zone and language", in: gateway, results.count))
      }
    }
    return violations
  }

  /// Outside of the window nothing goes out, whatever zone the machine is in.
  private static func closedWindow(_ gateway: String, _ world: [String]) throws -> [Violation] {
    let (sandbox, workspace) = try prepare(gateway, delivery: "window = \"\(window(isOpen: false))\"")
    let result = try workspace.start(["send", "c.toml"], more: world).wait()
    let sent = try sandbox.taken().count
    if result.exitCode == 5, sent == 0 { return [] }
    return [Violation("a closed window ended with \(result.exitCode), messages sent", in: gateway, sent)]
  }

  /// A window of Beijing, where no hour is ever left out or doubled, that is open or closed now and for two hours more.
  private static func window(isOpen: Bool) -> String {
    let hour = (time(nil) / 3600 + 8) % 24
    func text(_ hours: Int) -> String {
      let of = (hour + hours + 24) % 24
      return "\(of < 10 ? "0" : "")\(of):00"
    }
    return isOpen ? "\(text(-2))-\(text(4))" : "\(text(4))-\(text(10))"
  }

  private static func prepare(
    _ gateway: String, rate: Int = 100_000, delivery: String = ""
  ) throws -> (SandboxProcess, TrialWorkspace) {
    let sandbox = try SandboxProcess(faults: "magic = false\n", logsAll: true)
    var setup = TrialWorkspace.Setup()
    setup.gateways = [gateway]
    setup.batch = 10
    setup.rate = rate
    let workspace = try TrialWorkspace(setup, gatewaysAt: sandbox.address)
    try workspace.addCampaign(
      "c", gateways: [gateway], first: 13_000_000_000, count: recipients, delivery: delivery)
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
