import Glibc
public import Judge
import Platform
import TestSupport

/// `send`, `pull` and `listen` under strace: everything that counts on bytes comes after their sync.
public enum SyncTrial {
  private static let recipients = 60

  /// Only where `SystemCalls.obstacle` is nil.
  public static func run(environment: [String] = []) throws -> [Violation] {
    let faults =
      "seed = 1\nmagic = false\n[gateway.all]\nlatency_ms = [2, 10]\n[gateway.juhe.reports]\ndelay = [0, 0.2]\n"
    let sandbox = try SandboxProcess(faults: faults)
    var setup = TrialWorkspace.Setup()
    setup.gateways = ["juhe", "youe"]
    setup.batch = 5
    setup.concurrency = 3
    setup.listenPort = try FreePort.find()
    setup.environment = environment
    let workspace = try TrialWorkspace(setup, gatewaysAt: sandbox.address)
    try workspace.addCampaign("syncs", gateways: ["juhe"], first: 13_000_000_000, count: recipients)
    var violations: [Violation] = []

    var order = try trace(workspace, ["send", workspace.campaignFile("syncs")], &violations)
    order.judgeSending(calls: recipients / setup.batch, messages: recipients)
    violations += order.violations

    // Until the last report is due.
    usleep(400_000)
    order = try trace(workspace, ["pull", "--gateway", "juhe"], &violations)
    order.judgePulling()
    violations += order.violations
    return try violations + listening(workspace)
  }

  private static func strace(into log: String) -> [String] {
    let calls = [
      "openat", "write", "writev", "pwrite64", "pwritev", "fdatasync", "fsync", "connect", "sendto", "sendmsg",
      "recvfrom", "recvmsg", "read",
    ]
    return [
      "/usr/bin/strace", "-f", "-qq", "-yy", "-s", "100000", "-o", log, "-e", "trace=" + calls.joined(separator: ","),
    ]
  }

  private static func trace(
    _ workspace: TrialWorkspace, _ words: [String], _ violations: inout [Violation]
  ) throws -> SyncOrder {
    let log = "\(workspace.folder.path)/\(words[0]).strace"
    let result = try workspace.start(words, through: strace(into: log)).wait(deadline: 120)
    if result.exitCode != 0 {
      violations.append(Violation("\(words[0]) ended with \(result.exitCode)", in: "syncs", 1))
    }
    return try SyncOrder(log: log)
  }

  private static func listening(_ workspace: TrialWorkspace) throws -> [Violation] {
    let log = workspace.folder.path + "/listen.strace"
    let process = try workspace.start(["listen"], through: strace(into: log))
    defer { process.signal(SIGKILL) }
    guard ChildProcess.wait(deadline: 30, until: { process.errors.contains("listening on") }) else {
      return [Violation("listen does not listen", in: "syncs", 1)]
    }
    let tokens = (1...4).map { "2011111111111111111\($0)" }
    for token in tokens {
      let body = "Class=rpt&SmsName=demo&Mobile=13000000000&LinkId=\(token)&Report=DELIVRD"
      let request = """
        POST /push/youe/\(TrialWorkspace.secret) HTTP/1.1\r\nHost: x\r\n\
        Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)
        """
      _ = try Loopback.ask(workspace.setup.listenPort, Array(request.utf8))
    }
    process.signal(SIGTERM)
    _ = try process.wait(deadline: 1e9)
    var order = try SyncOrder(log: log)
    order.judgeListening(tokens)
    return order.violations
  }
}
