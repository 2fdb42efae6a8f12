import Glibc
public import Judge
import Platform
import TestSupport

/// Disks that refuse to sync while reports come in: what was not durable when it came is not asked for again and not
/// acknowledged, even if the power fails right after.
extension DiskTrial {
  private static let injected = ["fdatasync", "fsync"]

  private static func strace(_ call: String, _ when: String, log: String) -> [String] {
    [
      "/usr/bin/strace", "-f", "-qq", "-y", "-o", log, "-e", "trace=fdatasync,fsync,connect,sendto,write,unlink", "-e",
      "inject=\(call):error=EIO:when=\(when)",
    ]
  }

  // MARK: Pull

  /// Each sync of a `pull` (or every `step`th) fails once, then the power does: nothing is asked for after it, the same
  /// file is not synced again, and what a later `pull` and the spool have is all that the gateway gave, but for one page
  /// that is told.
  ///
  /// - Parameter tell: how many syncs failed, by call.
  public static func failingPulls(
    _ gateway: String = "youe", points: Int, step: Int = 1, tell: (String) -> Void = { _ in }
  ) throws -> [Violation] {
    var violations: [Violation] = []
    var requests = 0
    for call in injected {
      var (files, passedOver) = (0, 0)
      defer { tell("  pull, \(call): \(files) of files failed one by one, \(passedOver) on which nothing hangs") }
      for point in stride(from: 1, through: points, by: step) {
        let (sandbox, workspace) = try prepareReports(gateway)
        let log = workspace.folder.path + "/strace"
        let result = try workspace.start(["pull"], through: strace(call, "\(point)", log: log)).wait()
        let bytes = try Files.read(log, limit: 1 << 28)
        let trace = SyncTrace(bytes)
        guard trace.hasFailed else { break }
        let place = "pull, \(call) \(point)"
        if isPassedOver(trace, bytes, result) {
          passedOver += 1
        } else {
          files += 1
          requests += trace.requestsBefore
          violations += judge(trace, result, place)
        }
        try DurableBytes(bytes).cutPower(in: workspace.folder.path + "/data")
        violations += try finishReports(sandbox, workspace, place)
      }
    }
    if requests == 0 { violations.append(Violation("no request was seen at all", in: "pull", 1)) }
    return violations
  }

  /// Whether nothing hangs on the failed sync: a folder of SQLite's; the store's file or log when SQLite closes them, for
  /// what it has committed is durable in the log, which stays; when an account was polled, which is kept for warnings.
  private static func isPassedOver(_ trace: SyncTrace, _ bytes: [UInt8], _ result: ChildResult) -> Bool {
    if trace.isFolder || trace.failed.contains(".polls") { return true }
    let calls = tracedCalls(bytes)
    guard let place = calls.firstIndex(where: { $0.contains("(INJECTED)") }) else { return false }
    if tracedPath(calls[place]).hasSuffix("/data/accounts") { return true }
    guard ["/reports.db", "/reports.db-wal"].contains(where: trace.failed.hasSuffix), result.exitCode == 0 else {
      return false
    }
    // `fdatasync(11</…/reports.db-wal>`: one that is gone on with was not closed.
    let file = calls[place].prefix { $0 != ">" }
    return !calls[(place + 1)...].contains { $0.hasPrefix(file) }
  }

  private static func judge(_ trace: SyncTrace, _ result: ChildResult, _ place: String) -> [Violation] {
    var violations: [Violation] = []
    if result.exitCode != 6 {
      violations.append(Violation("ended with \(result.exitCode) after a failed sync", in: place, 1))
    }
    if trace.requestsAfter > 0 {
      violations.append(Violation("requests after a failed sync", in: place, trace.requestsAfter))
    }
    if trace.retries > 0 {
      violations.append(Violation("syncs of the same file after one failed", in: place, trace.retries))
    }
    return violations
  }

  /// A campaign of three pages of reports and some replies, all of which wait at the gateway.
  private static func prepareReports(_ gateway: String) throws -> (SandboxProcess, TrialWorkspace) {
    let reports = "[gateway.all.reports]\ndelay = 0\nfailed = 0\nexpired = 0\nlost = 0\nreplies = 0.2\nopt_outs = 0\n"
    let sandbox = try SandboxProcess(faults: "seed = 8\nmagic = false\n" + reports, logsAll: true)
    var setup = TrialWorkspace.Setup()
    setup.gateways = [gateway]
    let workspace = try TrialWorkspace(setup, gatewaysAt: sandbox.address)
    try workspace.addCampaign("c", gateways: [gateway], first: 13_000_000_000, count: 50)
    try workspace.run("send", "c.toml")
    // The sandbox looks every tenth of a second for what is due.
    usleep(300_000)
    return (sandbox, workspace)
  }

  /// Pulls and reconciles with a disk that works, then the judge.
  private static func finishReports(
    _ sandbox: SandboxProcess, _ workspace: TrialWorkspace, _ place: String
  ) throws -> [Violation] {
    // Made anew from what the spool still has.
    let data = workspace.folder.path + "/data"
    for name in Files.names(in: data) where name.hasPrefix("reports.db") { try Files.remove(data + "/" + name) }
    var violations: [Violation] = []
    let pull = try workspace.run("pull")
    if pull.exitCode != 0 {
      violations.append(Violation("the pull after it ended with \(pull.exitCode)", in: place, 1))
    }
    let books = try workspace.run("reconcile")
    // 5: what the lost page told of.
    if ![0, 5].contains(books.exitCode) {
      violations.append(Violation("the books after it ended with \(books.exitCode)", in: place, 1))
    }
    var evidence = workspace.evidence(["c"], sandbox)
    evidence.lossBound = 1
    evidence.isReconciled = true
    return try violations + Verdict(on: evidence).violations.map { Violation($0.what, in: place, $0.count) }
  }

  // MARK: Listen

  /// Each sync of `listen` (or every `step`th) fails once, in each of its threads, then the power does: who was told that
  /// a push is kept was told the truth; the others got 503; pushes after it are kept in another file.
  ///
  /// - Parameter tell: how many pushes were kept and refused, by call.
  public static func failingPushes(
    points: Int, step: Int = 1, tell: (String) -> Void = { _ in }
  ) throws -> [Violation] {
    var violations: [Violation] = []
    for call in injected {
      var (kept, refused) = (0, 0)
      defer { tell("  listen, \(call): \(kept) pushes kept, \(refused) refused") }
      // `1+`: the disk is gone for good.
      for when in ["1+"] + stride(from: 1, through: points, by: step).map({ "\($0)" }) {
        let run = try push(while: call, fails: when)
        guard run.failures > 0 else { break }
        kept += run.kept
        refused += run.refused
        violations += run.violations
      }
      if refused == 0 { violations.append(Violation("no push met a failing sync", in: "listen, \(call)", 1)) }
    }
    return violations
  }

  private struct PushRun {
    var kept = 0
    var refused = 0
    var failures = 0
    var violations: [Violation] = []
  }

  /// Pushes one after another, then many at once, to a listener whose disk fails.
  private static func push(while call: String, fails when: String) throws -> PushRun {
    var setup = TrialWorkspace.Setup()
    setup.gateways = ["18sms"]
    setup.listenPort = try FreePort.find()
    let workspace = try TrialWorkspace(setup, gatewaysAt: "http://127.0.0.1:9")
    let log = workspace.folder.path + "/strace"
    let listener = try workspace.start(["listen"], through: strace(call, when, log: log))
    guard ChildProcess.wait(deadline: 30, until: { listener.errors.contains("listening on ") }) else {
      listener.signal(SIGKILL)
      throw ChildError("listen did not start: \(listener.errors)")
    }
    let base = "http://127.0.0.1:\(setup.listenPort)/push/18sms/\(TrialWorkspace.secret)"
    let script = """
      one() { echo "$1 $(curl -s -o /dev/null --max-time 20 -w '%{http_code}' \
      "\(base)?msgid=p$1q&mobile=13800138000&status=DELIVRD")" >> answers$2; }
      for n in 1 2 3 4 5 6 7 8; do one $n; done
      for t in 1 2 3 4 5 6; do (for n in 1 2 3 4; do one $t$n $t; done) & done; wait
      """
    _ = try ChildProcess("/bin/sh", ["-c", script], in: workspace.folder.path).wait(deadline: 120)
    let ended = try end(listener)
    let durable = DurableBytes(try Files.read(log, limit: 1 << 28))
    return try judge(workspace, durable, ended, "listen, \(call) \(when)")
  }

  /// SIGTERM to the listener alone: strace would hand it a second one.
  private static func end(_ listener: ChildProcess) throws -> ChildResult {
    let path = "/proc/\(listener.identifier)/task/\(listener.identifier)/children"
    let children = try Files.read(path, limit: 4096).text.split(separator: " ").compactMap { pid_t($0) }
    for child in children { kill(child, SIGTERM) }
    return try listener.wait(deadline: 120)
  }

  private static func judge(
    _ workspace: TrialWorkspace, _ durable: DurableBytes, _ ended: ChildResult, _ place: String
  ) throws -> PushRun {
    var run = PushRun()
    run.failures = durable.failures
    func check(_ count: Int, _ what: String) {
      if count > 0 { run.violations.append(Violation(what, in: place, count)) }
    }
    var answers: [String: String] = [:]
    for name in Files.names(in: workspace.folder.path) where name.hasPrefix("answers") {
      for line in try workspace.folder.read(name).split(separator: "\n") {
        let words = line.split(separator: " ")
        answers["p\(words[0])q"] = words.count > 1 ? String(words[1]) : ""
      }
    }
    let answered = Set(answers.filter { $0.value == "200" }.map(\.key))
    run.kept = answered.count
    run.refused = answers.values.count { $0 == "503" }
    check(answers.count == 32 ? 0 : 1, "\(answers.count) of 32 pushes were made")
    check(answers.count - run.kept - run.refused, "pushes answered with neither 200 nor 503")
    if durable.failures > 0, run.refused == 0 { check(1, "a sync failed and nobody was told") }
    if ended.exitCode != 0 { check(1, "ended with \(ended.exitCode)") }
    check(durable.retries, "files that were written or synced after their sync had failed")
    try durable.cutPower(in: workspace.folder.path + "/data")
    let pushes = try SpooledPushes(workspace.folder.path + "/data").all
    let kept = Set(pushes.map { String($0.query.split(separator: "&")[0].dropFirst("msgid=".count)) })
    check(answered.subtracting(kept).count, "pushes answered with 200 that a power cut would lose")
    return run
  }
}
