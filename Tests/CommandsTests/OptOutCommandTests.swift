import Platform
import TestSupport
import Testing

@Suite struct OptOutCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    _ = try BuiltTool.run("init", in: folder.path)
  }

  private func optout(_ arguments: String...) throws -> ChildResult {
    try BuiltTool.start(["optout"] + arguments, in: folder.path).wait()
  }

  /// The numbers of `list`, as they stand there.
  private func listed() throws -> [String] {
    try optout("list").output.split(separator: "\n").dropFirst().map { String($0.prefix { $0 != " " }) }
  }

  @Test func `an empty list says so`() throws {
    #expect(try optout("list").output == "nobody has opted out yet\n")
    #expect(try optout("list", "--json").output == "{\"optouts\":[]}\n")
  }

  @Test func `numbers are added in any written form, once`() throws {
    let added = try optout("add", "13800231001", "+86 138-0023-1002", "+61 412 345 678", "0086 138 0023 1001")
    #expect(added.output == "added 3 numbers, 1 were on the list already\n")
    #expect(added.exitCode == 0)
    #expect(try listed() == ["+61412345678", "13800231001", "13800231002"])
    #expect(try optout("list").output.contains("  person\n"))
  }

  @Test func `who opted out is not planned`() throws {
    _ = try optout("add", "13800231001")
    let plan = try BuiltTool.run("plan", "campaign.toml", "--json", in: folder.path)
    #expect(plan.exitCode == 4)
    #expect(plan.output.contains("\"rejected_by_reason\":{\"suppressed\":1}"))
  }

  @Test func `numbers are removed`() throws {
    _ = try optout("add", "13800231001", "13800231002")
    #expect(
      try optout("remove", "+8613800231001", "13800239999").output == "removed 1 number, 1 were not on the list\n")
    #expect(try listed() == ["13800231002"])
  }

  @Test func `an operand that is no number changes nothing and is not quoted`() throws {
    let result = try optout("add", "13800231001", "138OO231002")
    #expect(result.exitCode == 2)
    #expect(
      result.errors
        == "qunfa: error: operand 2 is no phone number: letters or words beside the digits\n  Nothing was changed.\n")
    #expect(try listed() == [])
  }

  @Test func `standard input gives a number a line; a line that holds none is told by its number`() throws {
    try folder.write("numbers", "13800231001\r\n\n138 0023 1002\nnobody\n")
    let tool = try BuiltTool.path()
    let result = try ChildProcess("/bin/sh", ["-c", "'\(tool)' optout add - < numbers"], in: folder.path).wait()
    #expect(result.output == "added 2 numbers\n")
    #expect(result.errors == "standard input:4: warning: no phone number: letters or words beside the digits\n")
    #expect(result.exitCode == 4)
    #expect(try listed() == ["13800231001", "13800231002"])
  }

  @Test func `what is exported is imported again`() throws {
    _ = try optout("add", "13800231001", "+852 5123 4567")
    #expect(try optout("export", "list.csv").output == "exported 2 numbers\n")
    #expect(Files.permissions(folder.path + "/list.csv") == 0o600)
    #expect(try folder.read("list.csv").hasPrefix("\u{FEFF}phone,added_at,source,text,campaign\n'+85251234567,"))
    _ = try optout("remove", "13800231001", "+85251234567")
    #expect(try optout("import", "list.csv").output == "added 2 numbers\n")
    #expect(try listed() == ["+85251234567", "13800231001"])
    #expect(try optout("list").output.contains("  list.csv\n"))
  }

  @Test func `a plain list is imported; lines without a number are counted`() throws {
    try folder.write("plain.txt", "13800231001\n'13800231002\nnone\n")
    let result = try optout("import", "plain.txt")
    #expect(result.output == "added 2 numbers\n")
    #expect(result.errors == "plain.txt: warning: 1 line holds no number\n")
    #expect(result.exitCode == 4)
  }

  @Test func `a file that cannot be used changes nothing`() throws {
    try folder.write("good.txt", "13800231001\n")
    try folder.write("bad.txt", "name\nnobody\n")
    #expect(try optout("import", "good.txt", "bad.txt").exitCode == 3)
    #expect(try optout("import", "good.txt", "missing.txt").exitCode == 3)
    #expect(try listed() == [])
  }

  @Test(arguments: [
    (
      ["lst"],
      "found 'lst' behind 'optout'; expected list, add, remove, import, export\n  Did you mean 'list'? See 'qunfa optout --help'."
    ),
    (["add"], "found nothing behind 'optout add'; expected one number or more, or -\n  See 'qunfa optout --help'."),
    (["export", "a", "b"], "found 2 operands behind 'optout export'; expected one file\n  See 'qunfa optout --help'."),
    (["list", "--region", "china"], "found 'china' for --region; expected a country's two capital letters"),
  ])
  func `a wrong command line is told`(arguments: [String], message: String) throws {
    let result = try BuiltTool.start(["optout"] + arguments, in: folder.path).wait()
    #expect(result.exitCode == 2)
    #expect(result.errors == "qunfa: error: \(message)\n")
  }
}
