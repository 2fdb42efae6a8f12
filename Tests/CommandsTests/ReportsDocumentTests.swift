import JSON
import Ledger
import Platform
import TestSupport
import Testing

/// What docs/reports.md says of `status`, and the questions that it asks the store.
@Suite struct ReportsDocumentTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    _ = try BuiltTool.run("init", in: folder.path)
    let configuration = try folder.read("qunfa.toml")
    try folder.write(
      "qunfa.toml",
      configuration + """

        [gateways.pusher]
        protocol = "18sms"
        account = "a"
        password = "env:QUNFA_NOT_SET"
        price = "0.03"
        """)
  }

  /// A push as `listen` keeps it.
  private func push(_ query: String, account: String = "pusher") throws {
    let pushes = SpoolPushes(folder: folder.path + "/data")
    try pushes.append(
      SpooledPush(account: account, at: .now, method: "GET", query: query, contentType: "", body: []))
    pushes.close()
  }

  private func status() throws -> (json: JSON?, text: String, code: Int32) {
    let json = try BuiltTool.run("status", "--json", in: folder.path)
    let text = try BuiltTool.run("status", in: folder.path)
    #expect(json.exitCode == text.exitCode)
    return (try JSON(parsing: json.output)["receiving"], text.output, text.exitCode)
  }

  @Test func `status tells what was not taken in, and what cannot be read`() throws {
    #expect(try status().code == 0)
    #expect(try status().text == "No campaign was sent yet.\n")
    try push("msgid=1&mobile=13800138000&status=DELIVRD&reportTime=2611110958")
    let before = try status()
    // The next command takes it in: nothing for a person to do.
    #expect(before.code == 0)
    #expect(before.text.contains("Not taken in yet: "))
    #expect(before.json?["spool_files_behind"]?.text == "1")
    #expect(try BuiltTool.run("plan", "campaign.toml", in: folder.path).exitCode == 0)
    #expect(try status().code == 0)
    try push("neither=a", account: "pusher")
    try push("msgid=1&mobile=13800138000&status=DELIVRD", account: "gone")
    let plan = try BuiltTool.run("plan", "campaign.toml", in: folder.path)
    #expect(plan.errors.contains("1 page of reports and replies of the gateway 'gone' cannot be read now"))
    #expect(plan.errors.contains("1 page of the gateway 'pusher' broke off or cannot be read: reports may be lost"))
    let after = try status()
    #expect(after.code == 5)
    #expect(after.json?["spool_bytes_behind"]?.text == "0")
    let gateways = after.json?["gateways"]?.elements ?? []
    #expect(gateways.last?["gateway"]?.text == "gone")
    #expect(gateways.last?["cannot_be_read"]?.text == "1")
    #expect(gateways.first { $0["gateway"]?.text == "pusher" }?["possible_losses"]?.text == "1")
  }

  @Test func `the store answers every question of the document`() throws {
    let sqlite = "/usr/bin/sqlite3"
    let text = try Files.read(packageFolder + "/docs/reports.md", limit: 1 << 20).text
    let questions = text.split(separator: "```sql\n").dropFirst().map { part in
      String(part[..<(part.firstRange(of: "```")?.lowerBound ?? part.endIndex)])
    }
    #expect(questions.count == 10)
    let deletable = try #require(text.firstRange(of: "reports.db \"SELECT").map { text[$0.lowerBound...] })
    let finished = deletable.dropFirst("reports.db \"".count).prefix { $0 != "\"" }
    try push("msgid=00123&mobile=13899990001&status=DELIVRD&reportTime=2611110958")
    try push("moTime=2611110958&destcode=1&mobile=13899990001&msg=TD")
    #expect(try BuiltTool.run("plan", "campaign.toml", in: folder.path).exitCode == 0)
    guard Files.exists(sqlite) else {
      print("no \(sqlite) here: the questions of docs/reports.md are not asked")
      return
    }
    for question in questions + [String(finished)] {
      let answer = try ChildProcess(sqlite, ["-readonly", "data/reports.db", question], in: folder.path).wait()
      #expect(answer.exitCode == 0, "\(question)\n\(answer.errors)")
      #expect(answer.errors == "", "\(question)")
    }
    let codes = try ChildProcess(sqlite, ["-readonly", "data/reports.db", questions[0]], in: folder.path).wait()
    #expect(codes.output == "pusher|DELIVRD|1\n")
  }
}
