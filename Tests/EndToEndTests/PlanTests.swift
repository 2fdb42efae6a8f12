import JSON
import Platform
import TestSupport
import Testing

/// Which endpoint a plan chooses, and that what `plan` says is what `send` does.
@Suite struct PlanTests {
  struct Choice: Sendable, CustomTestStringConvertible {
    var gateway: String
    var text: String
    var rows: Int
    var more: [String: String] = [:]
    /// Messages by endpoint.
    var endpoints: [String: Int]
    var calls: Int
    var testDescription: String { "\(gateway) \(rows) rows, '\(text)'" }
  }

  static let choices = [
    Choice(gateway: "juhe", text: "今晚八折", rows: 450, endpoints: ["send": 450], calls: 3),
    Choice(gateway: "juhe", text: "您好{{姓名}}", rows: 450, endpoints: ["p2p": 450], calls: 3),
    Choice(gateway: "juhe", text: "您好\\n{{姓名}}", rows: 3, endpoints: ["send": 3], calls: 3),
    Choice(gateway: "emay", text: "今晚八折", rows: 601, endpoints: ["batch": 600, "single": 1], calls: 3),
    Choice(gateway: "emay", text: "您好{{姓名}}", rows: 600, endpoints: ["personality": 600], calls: 2),
    Choice(gateway: "emay", text: "您好{{姓名}}", rows: 1, endpoints: ["single": 1], calls: 1),
    Choice(gateway: "mobset", text: "今晚八折", rows: 101, endpoints: ["send": 101], calls: 3),
    Choice(gateway: "mobset", text: "您好{{姓名}}", rows: 7, endpoints: ["send": 7], calls: 7),
    Choice(gateway: "youe", text: "今晚八折", rows: 501, endpoints: ["post": 501], calls: 2),
    Choice(gateway: "youe", text: "hi", rows: 90, more: ["submit": "\"get\""], endpoints: ["post": 90], calls: 1),
    Choice(
      gateway: "youe", text: "您好{{姓名}}", rows: 4, more: ["submit": "\"get\""], endpoints: ["get": 4], calls: 4),
    Choice(gateway: "18sms", text: "今晚八折", rows: 1001, endpoints: ["batch": 1001], calls: 2),
  ]

  @Test(arguments: choices)
  func `messages go by the endpoint that needs the fewest calls`(_ choice: Choice) throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([SendTests.table(choice.gateway, sandbox.address, choice.more)])
    try workspace.campaign(gateways: [choice.gateway], contacts: ToolWorkspace.contacts(choice.rows), text: choice.text)
    let plan = try workspace.qunfa("plan", "c1.toml", "--json")
    #expect(plan.exitCode == 0, "\(plan.errors)")
    let planned = try workspace.file("plan.csv")["endpoint"].reduce(into: [:]) { $0[$1, default: 0] += 1 }
    #expect(planned == choice.endpoints)
    #expect(try JSON(parsing: plan.output)["calls"]?.text == "\(choice.calls)")
    #expect(try sandbox.taken().isEmpty)
    #expect(!Files.exists(workspace.folder.path + "/data/campaigns"))
    let sent = try workspace.send()
    #expect(sent.exitCode == 0, "\(sent.output) \(sent.errors)")
    let result = try workspace.file("result.csv")
    #expect(result["endpoint"].reduce(into: [:]) { $0[$1, default: 0] += 1 } == choice.endpoints)
    #expect(Set(result["batch"]).count == choice.calls)
    #expect(Set(try sandbox.taken().map(\.call)).count == choice.calls)
    #expect(try workspace.file("plan.csv")["text"] == result["text"])
  }

  @Test func `youe takes a short text to one number by GET where the account asks for it`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([SendTests.table("youe", sandbox.address, ["submit": "\"get\""])])
    try workspace.campaign(gateways: ["youe"], contacts: ToolWorkspace.contacts(3))
    #expect(try workspace.send().exitCode == 0)
    #expect(try workspace.file("result.csv")["endpoint"] == ["get", "get", "get"])
  }

  @Test(arguments: SendTests.protocols)
  func `no call has a number twice, though the list has`(_ name: String) throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([SendTests.table(name, sandbox.address)])
    let rows = (0..<90).map { "\(13_800_000_000 + $0 % 30),客户\($0 / 45)\n" }.joined()
    try workspace.campaign(gateways: [name], contacts: "手机号,姓名\n" + rows, more: "dedupe = \"none\"")
    let result = try workspace.send()
    #expect(result.exitCode == 0, "\(result.output) \(result.errors)")
    let taken = try sandbox.taken()
    #expect(taken.count == 90)
    #expect(Set(taken.map { "\($0.call) \($0.number)" }).count == 90)
  }

  @Test func `the same input gives the same plan`() throws {
    let workspace = try ToolWorkspace([GatewayTable("juhe", "http://127.0.0.1:9", ["batch": "7"])])
    let rows = (0..<500).map { "\(13_800_000_000 + $0),客户\($0 % 9)\n" }.joined()
    try workspace.campaign(gateways: ["juhe"], contacts: "手机号,姓名\n" + rows)
    let first = try workspace.qunfa("plan", "c1.toml")
    let file = try workspace.folder.read("out/c1/plan.csv")
    let second = try workspace.qunfa("plan", "c1.toml")
    #expect(Volatile.mask(first.output) == Volatile.mask(second.output))
    #expect(try workspace.folder.read("out/c1/plan.csv") == file)
  }
}
