import JSON
import Platform
import Synchronization
import TestSupport
import Testing

/// Answers whose bytes would say yes, were they answers: five gateways, every question that they know, every trick of a
/// transfer. Nothing is called accepted, nothing is told that was not said, nothing is asked or sent twice, every byte
/// that came is kept.
@Suite struct HostileAnswerTests {
  /// What a run may need beside a plain one, in kilobytes, as multiples of the longest answer that is read (16 MiB): as it
  /// came, once more while its room grows, as a record for the disk. A pull takes two of them in together.
  static func kilobytesBeside(_ command: String) -> Int { (command == "pull" ? 8 : 4) * Limits.answerBytes / 1024 }

  @Test func `what is no answer takes nothing, tells nothing and is kept as it came`() throws {
    let protocols = ["juhe", "emay", "mobset", "youe", "18sms"]
    // The slow ones first.
    let tricks = HostileGateway.Trick.allCases.sorted { $0.seconds > $1.seconds }
    let trials = tricks.flatMap { trick in protocols.map { HostileTrial(trick, $0) } }
    let started = monotonicSeconds()
    let results = HostileTrial.run(trials, threads: 12)
    let faults = results.flatMap(\.faults)
    #expect(faults.isEmpty, "\(faults.count) faults:\n\(faults.joined(separator: "\n"))")
    #expect(results.count == trials.count)
    let plain = results.filter { $0.trick == .none }
    for result in results where result.trick != .none {
      guard let usual = plain.first(where: { $0.protocolName == result.protocolName }) else { continue }
      for (command, kilobytes) in result.kilobytes {
        let bound = (usual.kilobytes[command] ?? 0) + Self.kilobytesBeside(command)
        #expect(kilobytes <= bound, "\(result.protocolName) \(result.trick.rawValue) \(command)")
      }
    }
    func most(_ results: [HostileTrial]) -> String {
      ["send", "pull", "balance"].map { command in
        "\(command) \(results.compactMap { $0.kilobytes[command] }.max() ?? 0)"
      }
      .joined(separator: ", ")
    }
    let sums = results.reduce((runs: 0, questions: 0)) { ($0.runs + $1.runs, $0.questions + $1.questions) }
    print(
      "hostile transfers: \(tricks.count - 1) tricks and none, \(sums.questions) questions, \(sums.runs) runs in "
        + "\(Int(monotonicSeconds() - started)) s; kB at most: plain \(most(plain)); all \(most(results))")
  }

  /// What a planted defect does to the tool must be seen: a matrix that finds nothing proves nothing.
  @Test(arguments: [
    ("halfAnswerIsWhole", HostileGateway.Trick.lengthTooLong, "juhe"), ("answerNotKept", .serverError, "18sms"),
    ("pageNotKept", .serverError, "youe"), ("timeoutIsRefusal", .silence, "mobset"),
    ("timeoutIsNotSent", .silence, "emay"),
  ])
  func `a planted defect is seen`(_ defect: String, _ trick: HostileGateway.Trick, _ protocolName: String) {
    let trial = HostileTrial.run([HostileTrial(trick, protocolName, defect: defect)], threads: 1).first
    #expect(trial?.faults.isEmpty == false)
  }
}

/// One gateway with one trick, and every command that talks to it.
struct HostileTrial: Sendable {
  let trick: HostileGateway.Trick
  let protocolName: String
  /// What does not hold, in words.
  private(set) var faults: [String] = []
  /// By command.
  private(set) var kilobytes: [String: Int] = [:]
  private(set) var runs = 0
  private(set) var questions = 0

  /// What is planted in the tool; empty for nothing.
  private let defect: String

  init(_ trick: HostileGateway.Trick, _ protocolName: String, defect: String = "") {
    self.trick = trick
    self.protocolName = protocolName
    self.defect = defect
  }

  /// Runs all of them, some at a time: they mostly wait.
  static func run(_ trials: [HostileTrial], threads: Int) -> [HostileTrial] {
    let work = Mutex((next: 0, done: [HostileTrial]()))
    let workers = (0..<threads).compactMap { _ in
      SystemThread.start {
        while true {
          let index = work.withLock { work in
            defer { work.next += 1 }
            return work.next
          }
          guard index < trials.count else { return }
          var trial = trials[index]
          do { try trial.run() } catch { trial.found("\(error)") }
          work.withLock { $0.done.append(trial) }
        }
      }
    }
    for worker in workers { worker.join() }
    return work.withLock { $0.done }
  }

  private mutating func found(_ what: String) { faults.append("\(protocolName), \(trick.rawValue): \(what)") }

  private mutating func expect(_ condition: Bool, _ what: @autoclosure () -> String) {
    if !condition { found(what()) }
  }

  private var isPlain: Bool { trick == .none }

  private mutating func run() throws {
    let gateway = try HostileGateway(trick, protocolName)
    defer { gateway.stop() }
    let workspace = try ToolWorkspace([
      GatewayTable(
        protocolName, "http://127.0.0.1:\(gateway.port)",
        ["batch": "5", "concurrency": "1", "timeout": "\(trick.timeout)", "poll_interval": "0"])
    ])
    try workspace.campaign(gateways: [protocolName], contacts: ToolWorkspace.contacts(5), text: "今晚八折")
    let known = Question.all(of: protocolName)
    questions = known.count
    try submit(workspace, gateway)
    if known.contains(.reports) { try pull(workspace, gateway, known.filter { $0 == .reports || $0 == .replies }) }
    if known.contains(.balance) { try askForBalance(workspace, gateway) }
  }

  private mutating func tool(_ workspace: ToolWorkspace, _ arguments: String...) throws -> WatchedRun {
    let run = try WatchedRun(
      arguments, in: workspace.folder.path, deadline: trick.seconds,
      environment: defect.isEmpty ? [] : ["QUNFA_DEFECT=\(defect)"])
    runs += 1
    kilobytes[arguments[0], default: 0] = max(kilobytes[arguments[0]] ?? 0, run.kilobytes)
    expect(
      (0...9).contains(run.exitCode) && run.exitCode != 1, "\(arguments[0]) crashed: \(run.exitCode) \(run.errors)")
    return run
  }

  private mutating func submit(_ workspace: ToolWorkspace, _ gateway: HostileGateway) throws {
    let numbers = (0..<5).map { String(13_800_000_000 + $0) }
    for time in ["first", "second"] {
      let sent = try tool(workspace, "send", "c1.toml")
      expect(sent.exitCode == (isPlain ? 0 : 7), "the \(time) send ended with \(sent.exitCode): \(sent.errors)")
      let states = try workspace.states()
      expect(states == [isPlain ? "accepted" : "unknown": 5], "states after the \(time) send: \(states)")
      expect(gateway.taken == numbers, "handed in after the \(time) send: \(gateway.taken)")
      expect(try Books(workspace, "c1").faults == [], "the books do not balance")
    }
    guard let kept = try HostileTraces.answers(in: workspace.folder) else { return found("answers.log is broken") }
    guard let arriving = trick.arriving(HostilePages.page(protocolName, .submission, numbers: numbers)) else {
      return expect(kept.isEmpty, "an answer was kept that did not come: \(kept.map(\.count))")
    }
    expect(kept.count == 1 && arriving.fits(kept[0]), "bytes of the answers kept: \(kept.map(\.count))")
  }

  private mutating func pull(_ workspace: ToolWorkspace, _ gateway: HostileGateway, _ kinds: [Question]) throws {
    let pulled = try tool(workspace, "pull", "--json")
    expect(pulled.exitCode == (isPlain ? 0 : 4), "pull ended with \(pulled.exitCode): \(pulled.errors)")
    let fetches = try HostileTraces.fetches(in: workspace.folder)
    let rows = try JSON(parsing: pulled.output)["pulls"]?.elements ?? []
    for kind in kinds {
      let name = kind.rawValue
      let page = HostilePages.page(protocolName, kind, numbers: [])
      expect(gateway.asked(kind) == (isPlain ? 2 : 1), "\(name) asked for \(gateway.asked(kind)) times")
      let mine = fetches.filter { $0.kind == name }
      expect(mine.count == gateway.asked(kind), "\(name): \(mine.count) fetches in the spool")
      guard let first = mine.first, let row = rows.first(where: { $0["kind"]?.text == name }) else {
        found("\(name): no fetch, or no line for it")
        continue
      }
      expect(trick.arriving(page)?.fits(first.bytes) ?? first.bytes.isEmpty, "\(name) kept: \(first.bytes.count) bytes")
      expect(first.isWhole != nil, "\(name): the fetch has no end")
      // Every record that is counted stands whole in what came.
      let counted = Int(row[name]?.text ?? "") ?? -1
      let whole = HostileTrial.wholeRecords(in: first.bytes, protocolName)
      expect(counted >= 0 && counted <= whole, "\(name): \(counted) counted of \(whole) that came whole")
      let losses = Int(row["possible_losses"]?.text ?? "") ?? -1
      expect(losses == (isPlain ? 0 : 1), "\(name): \(losses) possible losses told")
      if isPlain { expect(counted == HostilePages.records, "\(name): \(counted) records") }
    }
  }

  /// Records whose end came: an object of a list, a line with its line feed.
  private static func wholeRecords(in bytes: [UInt8], _ protocolName: String) -> Int {
    let text = bytes.prefix(4096).reduce(into: [UInt8]()) { $0.append($1) }.text
    if protocolName == "youe" { return text.count { $0 == "\n" } }
    return text.split(separator: "[").last.map { $0.count { $0 == "}" } } ?? 0
  }

  private mutating func askForBalance(_ workspace: ToolWorkspace, _ gateway: HostileGateway) throws {
    let asked = try tool(workspace, "balance", "--json")
    expect(asked.exitCode == (isPlain ? 0 : 6), "balance ended with \(asked.exitCode): \(asked.output)")
    let lines = try JSON(parsing: asked.output)["balances"]?.elements ?? []
    let amounts = lines.compactMap { $0["amount"]?.text }
    expect(amounts == (isPlain ? [HostilePages.balance] : []), "balances told: \(amounts)")
    expect(gateway.asked(.balance) == 1, "the balance was asked for \(gateway.asked(.balance)) times")
  }
}
