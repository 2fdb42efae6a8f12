import TestSupport
import Testing

/// `send` when a gateway stops: what goes to the next one, in which form and for how much.
@Suite struct FailoverTests {
  /// Planned at 0.05 yuan a message; the next gateway takes 0.10.
  private func dear(_ sandbox: SandboxProcess, password: String) -> [GatewayTable] {
    [
      GatewayTable("juhe", sandbox.address, ["password": "\"\(password)\"", "batch": "10"]),
      GatewayTable("mobset", sandbox.address, ["price": "\"0.10\""]),
    ]
  }

  private func send(_ workspace: ToolWorkspace, maxCost: String) throws -> ChildResult {
    try workspace.campaign(
      gateways: ["juhe", "mobset"], contacts: ToolWorkspace.contacts(45),
      delivery: "failover = true\nmax_cost = \"\(maxCost)\"")
    return try workspace.send()
  }

  @Test func `a failover spends no more than max_cost`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace(dear(sandbox, password: "wrong"))
    let first = try send(workspace, maxCost: "3.04")
    #expect(first.exitCode == 5, "\(first.output) \(first.errors)")
    #expect(
      first.errors.contains(
        """
        c1.toml: warning: 30 messages wait with the gateway that stopped: moved to the next one, the campaign would cost \
        4.50 yuan; expected at most 3.04 yuan (max_cost)
          Settle what stopped the gateway, or raise max_cost when that is meant; then run the same command again.
        """), "\(first.errors)")
    #expect(first.errors.contains("; what is left goes to the next gateway as far as max_cost allows."))
    #expect(try workspace.states() == ["accepted": 15, "planned": 30])
    let taken = try sandbox.taken()
    #expect(taken.count == 15 && taken.allSatisfy { $0.gateway == "mobset" })
    // 15 at 0.10 are sent and 30 at 0.05 are planned: what moved counts at its new price from now on.
    let lower = try send(workspace, maxCost: "2.99")
    #expect(lower.exitCode == 5)
    #expect(lower.errors.contains("the campaign costs 3.00 yuan and max_cost allows 2.99"), "\(lower.errors)")
    #expect(try send(workspace, maxCost: "3.04").exitCode == 5)
    #expect(try sandbox.taken() == taken)
    let raised = try send(workspace, maxCost: "4.50")
    #expect(raised.exitCode == 0, "\(raised.output) \(raised.errors)")
    #expect(try sandbox.taken().count == 45)
    #expect(Set(try sandbox.taken().map(\.number)).count == 45)
    #expect(try workspace.file("result.csv")["cost"].allSatisfy { $0 == "0.10" })
  }

  @Test func `what max_cost kept with a stopped gateway goes there once it runs again`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace(dear(sandbox, password: "wrong"))
    #expect(try send(workspace, maxCost: "3.00").exitCode == 5)
    try workspace.configure(dear(sandbox, password: "sandbox-juhe"))
    let again = try send(workspace, maxCost: "3.00")
    #expect(again.exitCode == 0, "\(again.output) \(again.errors)")
    let taken = try sandbox.taken()
    #expect(taken.count { $0.gateway == "juhe" } == 30 && Set(taken.map(\.number)).count == 45)
  }

  @Test func `a text's own signature goes with it to the next gateway`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([
      GatewayTable("juhe", sandbox.address, ["password": "\"wrong\""]),
      GatewayTable("mobset", sandbox.address, ["signature": "\"【别家】\""]),
    ])
    // The second and the third text bring the signature that the first gateway has.
    try workspace.campaign(
      gateways: ["juhe", "mobset"],
      contacts: "手机号,签名\n13800000001,\n13800000002,【示例】\nx,\n13800000003,【示例】\n13800000004,【别的】\n",
      text: "{{签名}}今晚八折", delivery: "failover = true", message: "missing = \"empty\"")
    let result = try workspace.send()
    #expect(result.exitCode == 4, "\(result.output) \(result.errors)")
    let taken = try sandbox.taken().sorted { $0.number < $1.number }
    #expect(taken.map(\.text) == ["【别家】今晚八折", "【示例】今晚八折", "【示例】今晚八折", "【别的】今晚八折"])
    #expect(try workspace.file("result.csv")["text"] == taken.map(\.text))
  }
}
