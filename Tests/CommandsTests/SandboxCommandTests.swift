import Glibc
import Platform
import TestSupport
import Testing

@Suite struct SandboxCommandTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func `a workspace of init sends to it, and it ends in order when it is asked to`() throws {
    let sandbox = try BuiltTool.start(["sandbox", "--port", "0", "--log", "taken.jsonl"], in: folder.path)
    defer { sandbox.signal(SIGKILL) }
    #expect(ChildProcess.wait(deadline: 20) { sandbox.output.contains("log: taken.jsonl\n") })
    let address = try #require(sandbox.output.split(separator: "\n").first?.dropFirst("sandbox: ".count))
    #expect(address.hasPrefix("http://127.0.0.1:"))

    _ = try BuiltTool.run("init", in: folder.path)
    let configuration = try folder.read("qunfa.toml").replacing("http://127.0.0.1:7862", with: address)
    try folder.write("qunfa.toml", configuration)
    let sent = try BuiltTool.run("send", "campaign.toml", in: folder.path)
    #expect(sent.exitCode == 0)
    #expect(sent.errors == "")
    #expect(try folder.read("taken.jsonl").split(separator: "\n").count == 12)

    sandbox.signal(SIGTERM)
    let ended = try sandbox.wait(deadline: 20)
    #expect(ended.exitCode == 0)
    #expect(ended.output.contains("gateway  calls  accepted  refused  segments\n"))
  }

  @Test func `a faults file that is wrong is told with line and column`() throws {
    try folder.write("faults.toml", "seed = \"one\"\n")
    let result = try BuiltTool.run("sandbox", "--port", "0", "--faults", "faults.toml", in: folder.path)
    #expect(result.exitCode == 2)
    #expect(result.errors.hasPrefix("faults.toml:1:8: error: "))
  }

  @Test func `a port that is taken, or none, is told`() throws {
    let first = try BuiltTool.start(["sandbox", "--port", "0"], in: folder.path)
    defer { first.signal(SIGKILL) }
    #expect(ChildProcess.wait(deadline: 20) { first.output.contains("log: none\n") })
    let port = try #require(first.output.split(separator: "\n").first?.split(separator: ":").last)
    let second = try BuiltTool.run("sandbox", "--port", String(port), in: folder.path)
    #expect(second.exitCode == 2)
    #expect(second.errors.contains("error: "))
    let none = try BuiltTool.run("sandbox", "--port", "70000", in: folder.path)
    #expect(none.errors == "qunfa: error: found '70000' for --port; expected a whole number from 0 to 65535\n")
  }
}
