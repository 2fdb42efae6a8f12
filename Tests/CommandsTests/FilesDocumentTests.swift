import Platform
import TestSupport
import Testing

/// docs/files.md asks the ledger ten questions; a ledger of the sample workspace has to answer them.
@Suite struct FilesDocumentTests {
  private static let sqlite = "/usr/bin/sqlite3"

  /// The statements between ```sql and ```.
  private func questions() throws -> [String] {
    let text = try Files.read(packageFolder + "/docs/files.md", limit: 1 << 20).text
    return text.split(separator: "```sql\n").dropFirst().map { part in
      String(part[..<(part.firstRange(of: "```")?.lowerBound ?? part.endIndex)])
    }
  }

  @Test func `the ledger of a campaign answers every question of the document`() throws {
    let questions = try questions()
    #expect(questions.count == 10)
    guard Files.exists(FilesDocumentTests.sqlite) else {
      print("no \(FilesDocumentTests.sqlite) here: the questions of docs/files.md are not asked")
      return
    }
    let folder = try TemporaryFolder()
    _ = try BuiltTool.run("init", in: folder.path)
    let sandbox = try SandboxProcess()
    let configuration = try folder.read("qunfa.toml").replacing("http://127.0.0.1:7862", with: sandbox.address)
    try folder.write("qunfa.toml", configuration)
    #expect(try BuiltTool.run("send", "campaign.toml", in: folder.path).exitCode == 0)
    for question in questions {
      let answer = try ChildProcess(
        FilesDocumentTests.sqlite, ["-readonly", "-header", "data/campaigns/first/ledger.db", question],
        in: folder.path
      ).wait()
      #expect(answer.exitCode == 0, "\(question)\n\(answer.errors)")
      #expect(answer.errors == "", "\(question)")
    }
    let states = try ChildProcess(
      FilesDocumentTests.sqlite, ["-readonly", "data/campaigns/first/ledger.db", questions[0]], in: folder.path
    ).wait()
    #expect(states.output == "accepted|12|12\n")
  }
}
