import Glibc
public import Judge
import Platform
import TestSupport

/// Disks that are full or refuse to sync: sending stops, loses nothing, and goes on when there is room again.
public enum DiskTrial {
  /// The disk becomes full at a random moment of a run, many times; each time the file size limit ends it instead of
  /// the room, which is the same to the tool.
  ///
  /// - Parameter limits: bytes that no file may grow beyond, one run each, the smallest first.
  public static func fullDisk(limits: [Int] = [4_000, 20_000, 60_000, 90_000, 120_000, 200_000]) throws -> [Violation] {
    let (sandbox, workspace) = try prepare(recipients: 400)
    var violations: [Violation] = []
    var stops = 0
    for limit in limits {
      let result = try workspace.start(["send", "c.toml"], through: ["/usr/bin/prlimit", "--fsize=\(limit)"]).wait()
      if result.exitCode == 6 { stops += 1 }
      if ![0, 6, 7].contains(result.exitCode) {
        violations.append(
          Violation("with files of \(limit) bytes it ended with \(result.exitCode)", in: "disk full", 1))
      }
    }
    if stops == 0 { violations.append(Violation("no run met the full disk", in: "disk full", 1)) }
    return try violations + finish(sandbox, workspace, stops: stops)
  }

  /// The workspace on a file system of a few hundred kilobytes, in a namespace of its own; then more room.
  ///
  /// - Returns: nil when this system does not permit the namespace.
  public static func smallFileSystem() throws -> [Violation]? {
    let probe = try ChildProcess("/usr/bin/unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"], in: "/tmp").wait()
    guard probe.exitCode == 0 else { return nil }
    let (sandbox, workspace) = try prepare(recipients: 400)
    // What lies on the small disk is copied back, so that the judge and the next run find it.
    let script = """
      mkdir disk && mount -t tmpfs -o size=600k none disk && cp -a qunfa.toml c.toml c.csv disk/ && cd disk
      dd if=/dev/zero of=ballast bs=1k count=$1 2>/dev/null
      code=0; "$2" send c.toml || code=$?
      rm ballast; cp -a data ../ ; exit $code
      """
    try workspace.folder.write("small.sh", script)
    var violations: [Violation] = []
    let result = try ChildProcess(
      "/usr/bin/unshare", ["-rm", "sh", "-e", "small.sh", "300", BuiltTool.path()], in: workspace.folder.path
    ).wait()
    if result.exitCode != 6 {
      violations.append(Violation("a full file system ended it with \(result.exitCode)", in: "disk full", 1))
    }
    return try violations + finish(sandbox, workspace, stops: 1)
  }

  /// Each sync of a run (or every `step`th) fails once: nothing is sent after it, the same file is not synced again.
  ///
  /// - Parameter tell: how many syncs failed, by call.
  public static func failingSyncs(
    _ gateway: String = "juhe", points: Int, step: Int = 1, tell: (String) -> Void = { _ in }
  ) throws -> [Violation] {
    var violations: [Violation] = []
    for call in ["fdatasync", "fsync"] {
      var files = 0
      var folders = 0
      defer { tell("  \(call): \(files) of files failed one by one, \(folders) of folders that SQLite passes over") }
      for point in stride(from: 1, through: points, by: step) {
        let (sandbox, workspace) = try prepare(gateway, recipients: 60, batch: 5, concurrency: 2)
        let log = workspace.folder.path + "/strace"
        let wrapper = [
          "/usr/bin/strace", "-f", "-qq", "-y", "-o", log, "-e", "trace=fdatasync,fsync,connect,sendto,unlink",
          "-e", "inject=\(call):error=EIO:when=\(point)",
        ]
        let result = try workspace.start(["send", "c.toml"], through: wrapper).wait()
        let trace = SyncTrace(try Files.read(log, limit: 1 << 28))
        guard trace.hasFailed else { break }
        // SQLite syncs folders for itself and goes on when that fails.
        if trace.isFolder {
          folders += 1
          continue
        }
        files += 1
        let place = "\(call) \(point)"
        if result.exitCode != 6 {
          violations.append(Violation("ended with \(result.exitCode) after a failed sync", in: place, 1))
        }
        // Calls that were handed over before, their intents durable, may still be on their way to the network.
        let most = workspace.setup.concurrency
        if trace.connectsAfter > most || trace.requestsAfter > most {
          let after = max(trace.connectsAfter, trace.requestsAfter)
          violations.append(Violation("calls begun after a failed sync", in: place, after))
        }
        if trace.retries > 0 {
          violations.append(Violation("syncs of the same file after one failed", in: place, trace.retries))
        }
        violations += try finish(sandbox, workspace, stops: 1).map { Violation($0.what, in: place, $0.count) }
      }
    }
    return violations
  }

  private static func prepare(
    _ gateway: String = "juhe", recipients: Int, batch: Int = 10, concurrency: Int = 4
  ) throws -> (SandboxProcess, TrialWorkspace) {
    let sandbox = try SandboxProcess(faults: "magic = false\n[gateway.all]\nlatency_ms = 5\n", logsAll: true)
    var setup = TrialWorkspace.Setup()
    setup.gateways = [gateway]
    (setup.batch, setup.concurrency) = (batch, concurrency)
    let workspace = try TrialWorkspace(setup, gatewaysAt: sandbox.address)
    try workspace.addCampaign("c", gateways: [gateway], first: 13_000_000_000, count: recipients)
    return (sandbox, workspace)
  }

  /// The plain run with all the room there is, and the judge.
  private static func finish(
    _ sandbox: SandboxProcess, _ workspace: TrialWorkspace, stops: Int
  ) throws -> [Violation] {
    let result = try workspace.run("send", "c.toml")
    var violations: [Violation] = []
    if ![0, 4, 7].contains(result.exitCode) {
      violations.append(Violation("the run after it ended with \(result.exitCode)", in: "send", 1))
    }
    var evidence = workspace.evidence(["c"], sandbox)
    evidence.handedLog = nil
    for name in workspace.setup.gateways {
      evidence.unknownBound[name] = stops * workspace.setup.batch * workspace.setup.concurrency
    }
    return try violations + Verdict(on: evidence).violations
  }
}
