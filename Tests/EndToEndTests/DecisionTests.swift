import JSON
import Platform
import TestSupport
import Testing

/// What a person decides: `resolve`, `cancel`; and what they read: `status`, `balance`.
@Suite struct DecisionTests {
  /// A campaign of 15 in three calls; the second call's answer was lost, so 5 messages are unknown.
  private func campaignWithUnknown(
    _ sandbox: SandboxProcess, _ name: String = "juhe"
  ) throws -> ToolWorkspace {
    let workspace = try ToolWorkspace([SendTests.table(name, sandbox.address, ["batch": "5", "concurrency": "1"])])
    try workspace.campaign(gateways: [name], contacts: ToolWorkspace.contacts(15), text: "今晚八折")
    #expect(try workspace.send().exitCode == 7)
    return workspace
  }

  private func sandbox(_ kind: String, _ name: String = "juhe") throws -> SandboxProcess {
    try SandboxProcess(
      faults: "seed = 1\n[[gateway.\"\(name)\".fault]]\nkind = \"\(kind)\"\ncalls = [2]\n")
  }

  @Test(arguments: ["failed", "accepted"])
  func `a decision is recorded and sends nothing`(_ word: String) throws {
    let sandbox = try sandbox("close_after")
    let workspace = try campaignWithUnknown(sandbox)
    let taken = try sandbox.taken()
    let resolved = try workspace.qunfa("resolve", "c1", "--unknown", word)
    #expect(resolved.exitCode == 0, "\(resolved.output) \(resolved.errors)")
    #expect(try workspace.states() == (word == "failed" ? ["accepted": 10, "failed": 5] : ["accepted": 15]))
    #expect(try Books(workspace, "c1").faults == [])
    let again = try workspace.send()
    #expect(again.exitCode == (word == "failed" ? 4 : 0))
    #expect(try sandbox.taken() == taken)
    #expect(try workspace.file("failed.csv").rows.count == (word == "failed" ? 5 : 0))
  }

  @Test(arguments: SendTests.protocols)
  func `resend sends the unknown ones, and only them, once`(_ name: String) throws {
    let sandbox = try sandbox("close_before", name)
    let workspace = try campaignWithUnknown(sandbox, name)
    #expect(try sandbox.taken().count == 10)
    let resolved = try workspace.qunfa("resolve", "c1", "--unknown", "resend")
    #expect(try sandbox.taken().count == 10, "resolve itself sends nothing")
    #expect(![1, 2, 3].contains(resolved.exitCode), "\(resolved.output) \(resolved.errors)")
    let sent = try workspace.send()
    #expect(sent.exitCode == 0, "\(sent.output) \(sent.errors)")
    let taken = try sandbox.taken()
    #expect(taken.count == 15)
    #expect(Set(taken.map(\.number)).count == 15)
    #expect(try workspace.send().exitCode == 0)
    #expect(try sandbox.taken() == taken)
  }

  @Test func `--only decides about a list alone`() throws {
    let sandbox = try sandbox("close_before")
    let workspace = try campaignWithUnknown(sandbox)
    let unknown = try workspace.file("result.csv").rows.filter { $0["state"] == "unknown" }
    try workspace.folder.write("some.csv", "手机号\n\(unknown[0]["phone"]!)\n\(unknown[1]["phone"]!)\n13899999999\n")
    let resolved = try workspace.qunfa("resolve", "c1", "--unknown", "failed", "--only", "some.csv")
    #expect(resolved.exitCode == 7, "\(resolved.output) \(resolved.errors)")
    #expect(try workspace.states() == ["accepted": 10, "failed": 2, "unknown": 3])
    try workspace.folder.write("rows.csv", "row,x\n\(unknown[2]["row"]!),\n1,\n")
    let second = try workspace.qunfa("resolve", "c1", "--unknown", "resend", "--only", "rows.csv")
    #expect([5, 7].contains(second.exitCode), "\(second.output) \(second.errors)")
    #expect(try workspace.states() == ["accepted": 10, "failed": 2, "unknown": 2, "planned": 1])
    #expect(try Books(workspace, "c1").faults == [])
    #expect(try workspace.send().exitCode == 7)
    #expect(try workspace.states() == ["accepted": 11, "failed": 2, "unknown": 2])
    #expect(try sandbox.taken().count == 11)
  }

  @Test func `cancel withdraws what was not sent, for good`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address)])
    try workspace.campaign(
      gateways: ["juhe"], contacts: ToolWorkspace.contacts(10), delivery: "start = 2099-01-01T09:00:00+08:00")
    #expect(try workspace.send().exitCode == 5)
    let cancelled = try workspace.qunfa("cancel", "c1")
    #expect([0, 4].contains(cancelled.exitCode), "\(cancelled.output) \(cancelled.errors)")
    #expect(try workspace.states() == ["cancelled": 10])
    #expect(try Books(workspace, "c1").faults == [])
    try workspace.campaign(gateways: ["juhe"])
    #expect(try workspace.send().exitCode == 4)
    #expect(try sandbox.taken().isEmpty)
    #expect(try workspace.states() == ["cancelled": 10])
    #expect(try workspace.file("failed.csv").rows.count == 10)
  }

  @Test func `cancel withdraws timed messages where the gateway can`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([GatewayTable("mobset", sandbox.address)])
    try workspace.campaign(
      gateways: ["mobset"], contacts: ToolWorkspace.contacts(70), text: "今晚八折",
      delivery: "start = 2099-01-01T09:00:00+08:00\ntimer = \"gateway\"")
    let sent = try workspace.send()
    #expect(sent.exitCode == 0, "\(sent.output) \(sent.errors)")
    #expect(try sandbox.taken().count == 70)
    let cancelled = try workspace.qunfa("cancel", "c1")
    #expect([0, 4].contains(cancelled.exitCode), "\(cancelled.output) \(cancelled.errors)")
    #expect(try workspace.states() == ["cancelled": 70])
    #expect(try Books(workspace, "c1").faults == [])
  }

  @Test func `a campaign that is being sent can be looked at, not decided about`() throws {
    let sandbox = try SandboxProcess(faults: "seed = 1\n[gateway.juhe]\nlatency_ms = 300\n")
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address, ["batch": "5", "concurrency": "1"])])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(60))
    let run = try workspace.start()
    #expect(ChildProcess.wait(deadline: 20) { (try? sandbox.taken().count) ?? 0 > 4 })
    for arguments in [["resolve", "c1", "--unknown", "failed"], ["cancel", "c1"]] {
      let refused = try BuiltTool.start(arguments, in: workspace.folder.path).wait()
      #expect(refused.exitCode == 9, "\(arguments): \(refused.output) \(refused.errors)")
    }
    let status = try workspace.qunfa("status", "c1")
    #expect(status.exitCode == 5, "\(status.output) \(status.errors)")
    #expect(try run.wait().exitCode == 0)
    #expect(try sandbox.taken().count == 60)
    #expect(try workspace.qunfa("status", "c1").exitCode == 0)
  }

  @Test func `status counts what result.csv counts`() throws {
    let sandbox = try sandbox("close_after")
    let workspace = try campaignWithUnknown(sandbox)
    let status = try workspace.qunfa("status", "c1", "--json")
    #expect(status.exitCode == 7, "\(status.output) \(status.errors)")
    _ = try JSON(parsing: status.output)
    #expect(status.output.contains("\"unknown\""))
    let all = try workspace.qunfa("status")
    #expect(all.exitCode == 7)
    #expect(all.output.contains("c1"))
  }

  @Test func `balance asks those that tell one`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace(SendTests.protocols.map { SendTests.table($0, sandbox.address) })
    let balance = try workspace.qunfa("balance")
    #expect(balance.exitCode == 0, "\(balance.output) \(balance.errors)")
    for name in SendTests.protocols where name != "emay" { #expect(balance.output.contains(name), "\(balance.output)") }
    let unknown = try workspace.qunfa("balance", "juhee")
    #expect(unknown.exitCode == 2)
    #expect(unknown.errors.contains("Did you mean 'juhe'?"), "\(unknown.errors)")
  }
}
