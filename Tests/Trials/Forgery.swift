import Glibc
public import Judge
import Platform
import TestSupport

/// Forged pushes at a listener that has true ones behind it: states, memory and service stay as they were.
public final class Forgery {
  public struct Result: Sendable {
    public var seconds = 0.0
    /// By what was tried.
    public var answered: [String: Int] = [:]
    public var intruders: [String: Int] = [:]
    /// Pushes with the right secret, which are kept.
    public var kept = 0
    public var spoolBytes = 0
    /// What the report store grew by.
    public var storeBytes = 0
    public var unmatched = 0
    public var kilobytesBefore = 0
    public var kilobytesEarly = 0
    public var kilobytesLate = 0
    public var kilobytesMost = 0
    public var descriptorsBefore = 0
    public var descriptorsAfter = 0
    public var descriptorsMost = 0
    /// Seconds that a true push took on a connection of its own, at the worst.
    public var slowestDuring = 0.0
    public var slowestAfter = 0.0
    public var violations: [Violation] = []
  }

  /// Growth after the first quarter that is still called flat.
  public static let flatKilobytes = 8_192
  public static let flatDescriptors = 4
  private static let names = ["juhe", "youe", "18sms"]

  private let pushes: Int
  /// True messages of a campaign; there are two campaigns at each gateway.
  private let recipients: Int
  private let sandbox: SandboxProcess
  private let workspace: TrialWorkspace
  private let port: UInt16
  private var result = Result()
  private var samples: [(kilobytes: Int, descriptors: Int)] = []

  public init(pushes: Int) throws {
    self.pushes = pushes
    recipients = pushes < 100_000 ? 60 : 200
    port = try FreePort.find()
    sandbox = try SandboxProcess(faults: Forgery.faults(port), logsAll: true)
    var setup = TrialWorkspace.Setup()
    setup.gateways = Forgery.names
    setup.listenPort = port
    let proof = "push_receiver = \"\(Forger.receiver)\"\npush_password = \"\(Forger.password)\"\n"
    // The last table of the file, so that others can follow: of each protocol an account that sends nothing.
    setup.lines["18sms"] = proof + Forgery.twins(proof)
    workspace = try TrialWorkspace(setup, gatewaysAt: sandbox.address)
  }

  private static func twins(_ proof: String) -> String {
    let accounts = [
      "juhe": "account = \"twin\"\npassword = \"twin\"\nurl = \"http://127.0.0.1:9\"\n",
      "youe": "uid = \"demo\"\npassword = \"twin\"\nurl = \"http://127.0.0.1:9\"\n",
      "18sms": "account = \"twin\"\npassword = \"twin\"\n" + proof,
    ]
    return names.map { name in
      "[gateways.\(name)\(Forger.twin)]\nprotocol = \"\(name)\"\nprice = \"0.05\"\nsignature = \"【示例】\"\n"
        + (accounts[name] ?? "")
    }.joined()
  }

  private static func faults(_ port: UInt16) -> String {
    var text = "seed = 7\nmagic = false\n"
    for name in names {
      text += "[gateway.\(name).reports]\ndelay = 0\nfailed = 0.1\nexpired = 0\nlost = 0\nreplies = 0\n"
      text += "push = \"http://127.0.0.1:\(port)/push/\(name)/\(TrialWorkspace.secret)\"\n"
      guard name == "18sms" else { continue }
      text += "receiver = \"\(Forger.receiver)\"\nreceiver_password = \"\(Forger.password)\"\npush_pause = 0.5\n"
    }
    return text
  }

  /// - Parameter tell: told how far it is, now and then.
  public func run(tell: @escaping (String) -> Void) throws -> Result {
    let listener = Listener(workspace)
    try listener.start()
    guard let process = listener.process,
      ChildProcess.wait(deadline: 20, until: { process.errors.contains("listening") })
    else { throw ChildError("the listener did not start: \(listener.process?.errors ?? "")") }
    try sendAndWait("before", first: 13_000_000_000)
    let before = try books("before the forged pushes", code: 0)
    let spool = try SpooledPushes(workspace.folder.path + "/data")
    let forger = try Forger(messages(), spool.all, secret: TrialWorkspace.secret)
    try flood(forger, process, tell)
    result.spoolBytes = try SpooledPushes(workspace.folder.path + "/data").bytes - spool.bytes
    let store = workspace.folder.path + "/data/reports.db"
    let storeBefore = Files.size(store) ?? 0
    let after = try books("after the forged pushes", code: 8)
    result.storeBytes = (Files.size(store) ?? 0) - storeBefore
    compare(before, after)
    try sendAndWait("later", first: 13_100_000_000)
    try settle(process)
    try listener.stop()
    check(process.errors)
    return result
  }

  private func found(_ what: String, _ place: String, _ count: Int = 1) {
    if count > 0 { result.violations.append(Violation(what, in: place, count)) }
  }

  // MARK: True messages

  /// Sends a campaign at every gateway; returns when every report was pushed and answered.
  private func sendAndWait(_ label: String, first: Int) throws {
    let pushedBefore = handed()
    for (index, name) in Forgery.names.enumerated() {
      let id = "\(label)-\(name)"
      try workspace.addCampaign(id, gateways: [name], first: first + index * 1000, count: recipients)
      let sent = try workspace.run("send", "\(id).toml", "--quiet")
      if sent.exitCode != 0 { found("send ended with \(sent.exitCode)", id) }
    }
    let wanted = pushedBefore + recipients * Forgery.names.count
    if !ChildProcess.wait(deadline: 30, until: { self.handed() >= wanted }) {
      found("true reports that were not pushed in time", label, wanted - handed())
    }
  }

  private func handed() -> Int {
    guard let bytes = try? Files.read(sandbox.handedLog, limit: 1 << 30) else { return 0 }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").count { $0.contains("\"push\"") }
  }

  private func messages() throws -> [String: [Forger.Message]] {
    var found: [String: [Forger.Message]] = [:]
    for name in Forgery.names {
      let column = name == "youe" ? "link_id" : "message_id"
      found[name] = try CSVText(workspace.folder.read("out/before-\(name)/result.csv")).rows.map {
        Forger.Message(id: $0[column] ?? "", number: String(($0["phone"] ?? "").suffix(11)))
      }
    }
    return found
  }

  /// What reconcile makes of the first campaigns.
  private func books(_ when: String, code: Int32) throws -> (rows: String, unmatched: Int) {
    let names = Forgery.names.map { "before-\($0)" }
    let run = try workspace.start(["reconcile"] + names + ["--no-xlsx"]).wait(deadline: 600)
    if run.exitCode != code { found("reconcile ended with \(run.exitCode)", when) }
    let unmatched = try Files.read(workspace.folder.path + "/out/unmatched.csv", limit: 1 << 32)
    return (
      try workspace.folder.read("out/reconciliation.csv"), unmatched.count { $0 == 0x0A } - 1
    )
  }

  // MARK: False pushes

  private func flood(_ forger: Forger, _ process: ChildProcess, _ tell: (String) -> Void) throws {
    let started = monotonicSeconds()
    (result.kilobytesBefore, result.descriptorsBefore) = Forgery.measure(process)
    let loiterers = try Loiterers(port: port, path: "/push/juhe/\(TrialWorkspace.secret)", each: 20)
    let flood = try PushFlood(port: port)
    var number = 0
    var intruded = 0
    var looked = started
    var told = started
    try flood.run(
      deadline: 3600,
      next: {
        guard number < pushes else { return nil }
        number += 1
        return forger.request(number)
      },
      pause: {
        try loiterers.drip()
        // Each kind at once, so that the memory which the longest bodies take is there before it is called flat.
        while intruded < Loiterers.intrusions + number / 1000 {
          intruded += 1
          try loiterers.intrude(intruded)
        }
        let now = monotonicSeconds()
        guard now - looked > 0.2 else { return }
        looked = now
        samples.append(Forgery.measure(process))
        result.slowestDuring = max(result.slowestDuring, try truePush(forger, number))
        guard now - told > 10 else { return }
        told = now
        tell("  \(Int(now - started)) s: \(number) pushes, \(samples.last?.kilobytes ?? 0) kB")
      })
    result.seconds = monotonicSeconds() - started
    for turn in 0..<20 { result.slowestAfter = max(result.slowestAfter, try truePush(forger, turn)) }
    result.answered = flood.answered
    result.intruders = loiterers.answers
    for (what, count) in flood.unexpected.sorted(by: { $0.key < $1.key }) { found("unexpected answer", what, count) }
    found("connections closed before their answer", "flood", flood.closed)
    found("forged pushes without an answer", "flood", pushes - flood.answered.values.reduce(0, +))
    for (what, count) in loiterers.answers where what.contains(": 2") || what.contains("no answer") {
      found("not refused", what, count)
    }
    let keepers: [Forger.Attempt] = [.guess, .replay, .replayChanged, .garbage, .otherProtocol, .otherAccount]
    result.kept = keepers.reduce(0) { $0 + (flood.answered[$1.rawValue] ?? 0) }
  }

  /// A true push again, on a connection of its own; returns how long it took.
  private func truePush(_ forger: Forger, _ number: Int) throws -> Double {
    let started = monotonicSeconds()
    let status = try Loopback.ask(port, forger.truth(number, to: nil))
    if status != 200 { found("a true push was answered \(status ?? -1)", "listener") }
    return monotonicSeconds() - started
  }

  private static func measure(_ process: ChildProcess) -> (Int, Int) {
    let status = (try? Files.read("/proc/\(process.identifier)/status", limit: 1 << 16).text) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return (Int(line.filter(\.isNumber)) ?? 0, SystemCalls.openFiles(of: process.identifier))
  }

  // MARK: What it came to

  private func compare(_ before: (rows: String, unmatched: Int), _ after: (rows: String, unmatched: Int)) {
    let (old, new) = (before.rows.split(separator: "\n"), after.rows.split(separator: "\n"))
    found("rows more or less", "reconciliation.csv", abs(old.count - new.count))
    found("rows changed", "reconciliation.csv", zip(old, new).count { $0 != $1 })
    found("reports without a message before", "unmatched.csv", before.unmatched)
    result.unmatched = after.unmatched
    let guesses = result.answered[Forger.Attempt.guess.rawValue] ?? 0
    let strays = result.answered[Forger.Attempt.otherAccount.rawValue] ?? 0
    found("forged reports not listed, or others listed", "unmatched.csv", abs(after.unmatched - guesses - strays))
    if guesses == 0 || strays == 0 || (old.count { $0.contains("delivered") }) < recipients {
      found("the trial proves nothing", "forgery")
    }
  }

  /// The later campaigns are delivered, and the listener has let go of what it held.
  private func settle(_ process: ChildProcess) throws {
    let names = Forgery.names.map { "later-\($0)" }
    _ = try workspace.start(["reconcile"] + names + ["--no-xlsx"]).wait(deadline: 600)
    let states = CSVText(try workspace.folder.read("out/reconciliation.csv"))["state"]
    found(
      "later messages without their report", "reconciliation.csv",
      states.count { !["delivered", "failed"].contains($0) })
    found("later messages missing", "reconciliation.csv", abs(states.count - recipients * 3))
    let bound = result.descriptorsBefore + Forgery.flatDescriptors
    _ = ChildProcess.wait(deadline: 30) { Forgery.measure(process).1 <= bound }
    result.descriptorsAfter = Forgery.measure(process).1
    found("descriptors left open", "listen", result.descriptorsAfter - bound)
    result.descriptorsMost = samples.map(\.descriptors).max() ?? 0
    result.kilobytesMost = samples.map(\.kilobytes).max() ?? 0
    let quarter = samples.count / 4
    if quarter > 0 {
      func median(_ part: ArraySlice<(kilobytes: Int, descriptors: Int)>) -> Int {
        part.map(\.kilobytes).sorted()[part.count / 2]
      }
      result.kilobytesEarly = median(samples[quarter..<2 * quarter])
      result.kilobytesLate = median(samples[(3 * quarter)...])
      found("kilobytes grown", "listen", result.kilobytesLate - result.kilobytesEarly - Forgery.flatKilobytes)
    }
    if result.slowestAfter > 1 { found("seconds for a true push", "listen", Int(result.slowestAfter)) }
  }

  /// Nothing that was pushed, no number and no secret on standard error.
  private func check(_ errors: String) {
    for word in [Forger.mark, Forger.password, TrialWorkspace.secret, "13000000", "13100000", "UNDELIV", "\u{1B}"] {
      if errors.contains(word) { found("forged content on standard error", "listen") }
    }
    if !errors.contains("refused:") { found("no counters on standard error", "listen") }
  }
}
