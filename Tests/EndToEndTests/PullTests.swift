import Glibc
import JSON
import Platform
import TestSupport
import Testing

/// `pull` against the sandbox: everything that waits is fetched, once.
@Suite struct PullTests {
  private static let faults = """
    seed = 3
    [gateway.all.reports]
    delay = 0
    failed = 0
    expired = 0
    lost = 0
    replies = 0.1

    """

  private func sent(_ gateways: [String], _ sandbox: SandboxProcess, count: Int = 90) throws -> ToolWorkspace {
    let workspace = try ToolWorkspace(
      gateways.map { GatewayTable($0, sandbox.address, ["poll_interval": "0"]) })
    for (index, name) in gateways.enumerated() {
      try workspace.campaign(
        name, gateways: [name], contacts: ToolWorkspace.contacts(count, from: 13_800_000_000 + index * 1000),
        text: "今晚八折")
      #expect(try workspace.send(name).exitCode == 0)
    }
    return workspace
  }

  private func pulls(_ result: ChildResult) throws -> [String: (reports: Int, replies: Int, losses: Int)] {
    var sums: [String: (reports: Int, replies: Int, losses: Int)] = [:]
    for row in try JSON(parsing: result.output)["pulls"]?.elements ?? [] {
      func number(_ name: String) -> Int { Int(row[name]?.text ?? "") ?? -1 }
      var sum = sums[row["gateway"]?.text ?? ""] ?? (0, 0, 0)
      sum.reports += number("reports")
      sum.replies += number("replies")
      sum.losses += number("possible_losses")
      sums[row["gateway"]?.text ?? ""] = sum
    }
    return sums
  }

  @Test func `a pull fetches everything of four gateways, a later one nothing`() throws {
    let sandbox = try SandboxProcess(faults: Self.faults)
    let names = ["juhe", "emay", "mobset", "youe"]
    let workspace = try sent(names, sandbox)
    let first = try workspace.qunfa("pull", "--json")
    #expect(first.exitCode == 0, "\(first.errors)")
    let sums = try pulls(first)
    for name in names {
      #expect(sums[name]?.reports == 90, "\(name)")
      #expect(sums[name]?.losses == 0, "\(name)")
    }
    // People reply later than phones report.
    var replies = sums.values.reduce(0) { $0 + $1.replies }
    var files: [String] = []
    let isQuiet = ChildProcess.wait(deadline: 20) {
      usleep(500_000)
      files = Files.names(in: workspace.folder.path + "/data/spool")
      guard let next = try? pulls(try workspace.qunfa("pull", "--json")) else { return false }
      replies += next.values.reduce(0) { $0 + $1.replies }
      return replies > 0 && next.values.allSatisfy { $0 == (0, 0, 0) }
    }
    #expect(isQuiet && replies > 0)
    #expect(Files.names(in: workspace.folder.path + "/data/spool") == files, "a poll that brought nothing left a file")
    let spool = try SpoolText(workspace.folder)
    #expect(spool.cut == 0 && spool.types.count { $0 == "fetch" } == spool.types.count { $0 == "end" })
    #expect(Files.exists(workspace.folder.path + "/data/reports.db"))
    let complete = try workspace.qunfa("pull", "--until-complete", deadline: 20)
    #expect(complete.exitCode == 0, "\(complete.errors)")
  }

  @Test func `a refusal stops its account, the others go on`() throws {
    let sandbox = try SandboxProcess(faults: Self.faults)
    let workspace = try sent(["juhe", "youe"], sandbox, count: 30)
    try workspace.configure([
      GatewayTable("juhe", sandbox.address, ["password": "\"wrong\""]), GatewayTable("youe", sandbox.address),
      GatewayTable("mobset", "http://127.0.0.1:9"),
    ])
    let result = try workspace.qunfa("pull", "--json")
    #expect(result.exitCode == 6)
    #expect(result.errors.contains("gateway 'juhe': the gateway answered 3: "), "\(result.errors)")
    #expect(result.errors.contains("gateway 'mobset': cannot be reached"), "\(result.errors)")
    #expect(try pulls(result)["youe"]?.reports == 30)
    #expect(try pulls(result)["mobset"]?.losses == 0)
  }

  @Test func `half an answer is kept and told as a possible loss`() throws {
    let sandbox = try SandboxProcess(
      faults: Self.faults + "[[gateway.juhe.fault]]\nkind = \"half_answer\"\non = \"report\"\ncalls = [1]\n")
    let workspace = try sent(["juhe"], sandbox, count: 40)
    let result = try workspace.qunfa("pull", "--json")
    #expect(result.exitCode == 4, "\(result.errors)")
    let sum = try #require(try pulls(result)["juhe"])
    #expect(sum.losses == 1 && sum.reports > 0 && sum.reports < 40)
    #expect(try SpoolText(workspace.folder).cut == 1)
    #expect(result.errors.contains("may be lost"))
    let numbers = result.errors + result.output
    #expect(!numbers.contains("138000"))
  }

  @Test func `a second fetcher of an account is refused; a watching pull ends with 0 at a signal`() throws {
    let sandbox = try SandboxProcess(faults: Self.faults)
    let workspace = try sent(["juhe"], sandbox, count: 10)
    let watching = try BuiltTool.start(["pull", "--watch", "1"], in: workspace.folder.path)
    let lock = workspace.folder.path + "/data/accounts/juhe.fetch.lock"
    #expect(ChildProcess.wait(deadline: 20) { (try? FileLock.isHeld(lock)) == true })
    let second = try workspace.qunfa("pull")
    #expect(second.exitCode == 9, "\(second.errors)")
    watching.signal(SIGTERM)
    let ended = try watching.wait()
    #expect(ended.exitCode == 0, "\(ended.errors)")
  }

  @Test func `a disk that refuses fetches nothing`() throws {
    let sandbox = try SandboxProcess(faults: Self.faults)
    let workspace = try sent(["juhe"], sandbox, count: 10)
    // Nothing can be written where the spool's folder should be.
    try workspace.folder.write("data/spool", "")
    let refused = try workspace.qunfa("pull")
    #expect(refused.exitCode == 6, "\(refused.errors)")
    #expect(refused.errors.contains("cannot make"), "\(refused.errors)")
    try Files.remove(workspace.folder.path + "/data/spool")
    #expect(try pulls(try workspace.qunfa("pull", "--json"))["juhe"]?.reports == 10)
  }

  @Test(arguments: [["--gateway", "nobody"], ["--gateway", "18sms"], ["--watch", "x"]])
  func `what cannot be pulled is a wrong command line`(options: [String]) throws {
    let workspace = try ToolWorkspace([GatewayTable("18sms", "http://127.0.0.1:9")])
    let result = try BuiltTool.start(["pull"] + options, in: workspace.folder.path).wait()
    #expect(result.exitCode == 2, "\(result.errors)")
  }

  @Test func `an export is imported once, and only with its column map`() throws {
    let table = GatewayTable("juhe", "http://127.0.0.1:9")
    let workspace = try ToolWorkspace([table])
    try workspace.folder.write("r.csv", "编号,号码,状态\nA1,13800138000,DELIVRD\n")
    let without = try workspace.qunfa("import-reports", "--gateway", "juhe", "r.csv")
    #expect(without.exitCode == 2 && without.errors.contains("[imports.juhe]"), "\(without.errors)")
    let map = "[imports.juhe]\ncolumns = { message_id = \"编号\", phone = \"号码\", status = \"状态\" }\n"
    try workspace.configure([table], more: "")
    let path = try workspace.folder.write("qunfa.toml", table.toml + map)
    _ = unsafe chmod(path, 0o600)
    try workspace.folder.write("bad.csv", "a,b\n1,2\n")
    for name in ["bad.csv", "missing.csv"] {
      let refused = try workspace.qunfa("import-reports", "--gateway", "juhe", name)
      #expect(refused.exitCode == 3, "\(refused.errors)")
    }
    #expect(Files.names(in: workspace.folder.path + "/data/spool").isEmpty)
    for note in [
      "1 row read for gateway 'juhe': 1 kept, 0 left out\n",
      "1 row read for gateway 'juhe': 1 kept, 0 left out; nothing new\n",
    ] {
      let result = try workspace.qunfa("import-reports", "--gateway", "juhe", "r.csv")
      #expect(result.exitCode == 0 && result.output == note, "\(result.errors)")
    }
    #expect(try SpoolText(workspace.folder).types == ["import"])
    try workspace.folder.write("some.csv", "编号,号码,状态\nA2,13800138000,DELIVRD\nA3,13800138000\nA4,,\n,,DELIVRD\n")
    let some = try workspace.qunfa("import-reports", "--gateway", "juhe", "some.csv")
    #expect(some.exitCode == 4 && some.output == "4 rows read for gateway 'juhe': 1 kept, 3 left out\n")
    for line in ["some.csv:3: warning: left out: 2 fields", "some.csv:4: warning: left out: the row has no status"] {
      #expect(some.errors.contains(line), "\(some.errors)")
    }
    #expect(some.errors.contains("some.csv:5: ") && !some.errors.contains("13800138000"), "\(some.errors)")
  }
}
