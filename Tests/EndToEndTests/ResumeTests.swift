import Platform
import TestSupport
import Testing

/// What may change between two runs of a campaign, and what must not change with it.
@Suite struct ResumeTests {
  /// A campaign of 40 at a pace that leaves nothing in flight most of the time, stopped by a signal after a few.
  private func stopped(_ workspace: ToolWorkspace, _ sandbox: SandboxProcess) throws {
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(40))
    let run = try workspace.start()
    #expect(ChildProcess.wait(deadline: 20) { (try? sandbox.taken().count) ?? 0 > 2 })
    run.signal(15)
    let result = try run.wait()
    #expect(result.exitCode == 5, "\(result.output) \(result.errors)")
    #expect(result.errors.contains("sending was stopped by a signal"))
  }

  private func slow(_ sandbox: SandboxProcess, _ more: [String: String] = [:]) -> GatewayTable {
    GatewayTable("juhe", sandbox.address, ["batch": "1", "rate": "20"].merging(more) { $1 })
  }

  @Test func `who opts out between two runs gets nothing, and the books still balance`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([slow(sandbox)])
    try stopped(workspace, sandbox)
    #expect(try workspace.qunfa("optout", "add", "13800000039").exitCode == 0)
    try workspace.configure([slow(sandbox, ["rate": "10000"])])
    let resumed = try workspace.send()
    #expect(resumed.exitCode == 4, "\(resumed.output) \(resumed.errors)")
    #expect(resumed.errors.contains("1 planned messages are withdrawn"))
    #expect(try workspace.states() == ["accepted": 39, "cancelled": 1])
    #expect(try !sandbox.taken().contains { $0.number.hasSuffix("13800000039") })
  }

  @Test func `costs are those of the plan, whatever the price is today`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([slow(sandbox, ["rate": "10000"])])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(3))
    #expect(try workspace.send().exitCode == 0)
    let before = try workspace.file("result.csv")["cost"]
    try workspace.configure([slow(sandbox, ["rate": "10000", "price": "\"9.99\""])])
    let again = try workspace.send()
    #expect(again.exitCode == 0)
    #expect(again.errors.contains("its files keep the prices of the plan"))
    #expect(try workspace.file("result.csv")["cost"] == before)
    #expect(before == ["0.05", "0.05", "0.05"])
  }

  @Test func `a contact file that is another one leaves no failed.csv with other people in it`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([slow(sandbox)])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(40))
    let run = try workspace.start()
    #expect(ChildProcess.wait(deadline: 20) { (try? sandbox.taken().count) ?? 0 > 2 })
    try workspace.folder.write("contacts.csv", ToolWorkspace.contacts(40, from: 13_900_000_000))
    run.signal(15)
    let result = try run.wait()
    #expect(result.errors.contains("failed.csv is not written: 'contacts.csv' is not the file"), "\(result.errors)")
    #expect(!Files.exists(workspace.folder.path + "/out/c1/failed.csv"))
    #expect(!Files.exists(workspace.folder.path + "/out/c1/failed.csv.part"))
  }

  @Test func `a plan of an empty export binds nobody`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([slow(sandbox, ["rate": "10000"])])
    try workspace.campaign(gateways: ["juhe"], contacts: "手机号,姓名\n")
    let empty = try workspace.send()
    #expect(empty.exitCode == 0)
    #expect(empty.errors.contains("the contact files hold no rows"))
    try workspace.folder.write("contacts.csv", ToolWorkspace.contacts(5))
    #expect(try workspace.send().exitCode == 0)
    #expect(try workspace.states() == ["accepted": 5])
  }
}
