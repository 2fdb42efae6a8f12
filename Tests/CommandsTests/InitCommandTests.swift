import Platform
import TestSupport
import Testing

@Suite struct InitCommandTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private static let files = [
    "campaign.toml", "contacts/sample.csv", "qunfa.toml", "suppress/do-not-contact.csv", "templates/footer.mustache",
    "templates/hello.json", "templates/hello.mustache",
  ]

  @Test func `the workspace plans at once, with nothing to complain of`() throws {
    let made = try BuiltTool.run("init", "first", in: folder.path)
    #expect(made.exitCode == 0)
    #expect(made.errors == "")
    for file in InitCommandTests.files {
      #expect(Files.exists("\(folder.path)/first/\(file)"))
      #expect(Files.permissions("\(folder.path)/first/\(file)") == 0o600)
    }
    #expect(
      made.output.hasSuffix(
        "  qunfa sandbox\n  qunfa -C first plan campaign.toml\n  qunfa -C first send campaign.toml\n"))
    let plan = try BuiltTool.run("-C", "first", "plan", "campaign.toml", in: folder.path)
    #expect(plan.exitCode == 0)
    #expect(plan.errors == "")
    #expect(plan.output.contains("rows read = planned + rejected: 12 = 12 + 0"))
    #expect(Files.exists("\(folder.path)/first/out/first/plan.csv"))
  }

  @Test func `what the sample says is what render shows`() throws {
    _ = try BuiltTool.run("init", in: folder.path)
    let text = try BuiltTool.run(
      "render", "--template", "templates/hello.mustache", "--data", "templates/hello.json", in: folder.path)
    #expect(text.output == "尊敬的王小明，您的1,280积分将于12月31日到期。兑换请到任意门店。")
  }

  @Test func `the current folder is the workspace unless another is named`() throws {
    let made = try BuiltTool.run("init", in: folder.path)
    #expect(made.exitCode == 0)
    #expect(made.output.hasSuffix("  qunfa sandbox\n  qunfa plan campaign.toml\n  qunfa send campaign.toml\n"))
    #expect(Files.exists(folder.path + "/qunfa.toml"))
  }

  @Test func `nothing is overwritten, and nothing is written beside what is there`() throws {
    try folder.write("campaign.toml", "mine")
    let result = try BuiltTool.run("init", in: folder.path)
    #expect(result.exitCode == 2)
    #expect(
      result.errors == """
        .: error: there is a campaign.toml already; expected a folder without a workspace
          Nothing was written. Name another folder: 'qunfa init DIR'.

        """)
    #expect(try folder.read("campaign.toml") == "mine")
    #expect(Files.names(in: folder.path) == ["campaign.toml"])
  }

  @Test func `the commands to type next quote the folder for the shell`() throws {
    let made = try BuiltTool.run("init", "my first", in: folder.path)
    #expect(made.output.contains("qunfa -C 'my first' plan campaign.toml"))
  }
}
