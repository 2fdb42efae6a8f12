import Platform
import TestSupport
import Testing

/// Answers that prove nothing: the messages are unknown and never sent again by themselves.
@Suite struct UnknownTests {
  /// Kinds of the faults file after which nobody can know what the gateway has; `taken` says what it really has.
  static let lost = [
    ("close_after", true), ("close_before", false), ("status_500_after", true), ("status_500_before", false),
    ("half_answer", true), ("html", false), ("html_after", true), ("empty", true), ("garbage", true), ("slow", true),
  ]

  @Test(arguments: lost, SendTests.protocols)
  func `an unreadable answer leaves its call unknown for good`(_ fault: (String, Bool), _ name: String) throws {
    let table = "gateway.\"\(name)\""
    let sandbox = try SandboxProcess(
      faults: "seed = 1\n[\(table)]\n[[\(table).fault]]\nkind = \"\(fault.0)\"\ncalls = [2]\nseconds = 3\n")
    let workspace = try ToolWorkspace([
      SendTests.table(name, sandbox.address, ["batch": "5", "concurrency": "1", "timeout": "1"])
    ])
    try workspace.campaign(gateways: [name], contacts: ToolWorkspace.contacts(15), text: "今晚八折")
    let result = try workspace.send()
    #expect(result.exitCode == 7, "\(result.output) \(result.errors)")
    #expect(try workspace.states() == ["accepted": 10, "unknown": 5])
    let taken = try sandbox.taken()
    #expect(taken.count == (fault.1 ? 15 : 10))
    let again = try workspace.send()
    #expect(again.exitCode == 7)
    #expect(try sandbox.taken() == taken)
    #expect(try workspace.states() == ["accepted": 10, "unknown": 5])
  }

  @Test(arguments: ["juhe", "emay", "mobset"])
  func `a number that the answer leaves out is unknown, alone`(_ name: String) throws {
    let table = "gateway.\(name)"
    let sandbox = try SandboxProcess(
      faults: "seed = 1\n[\(table)]\n[[\(table).fault]]\nkind = \"missing\"\ncalls = [1]\n")
    let workspace = try ToolWorkspace([SendTests.table(name, sandbox.address)])
    try workspace.campaign(gateways: [name], contacts: ToolWorkspace.contacts(15), text: "今晚八折")
    #expect(try workspace.send().exitCode == 7)
    #expect(try workspace.states() == ["accepted": 14, "unknown": 1])
    #expect(try sandbox.taken().count == 15)
  }

  @Test(arguments: ["juhe", "emay", "mobset"])
  func `a number that the answer mentions twice was taken once`(_ name: String) throws {
    let table = "gateway.\(name)"
    let sandbox = try SandboxProcess(
      faults: "seed = 1\n[\(table)]\n[[\(table).fault]]\nkind = \"twice\"\ncalls = [1]\n")
    let workspace = try ToolWorkspace([SendTests.table(name, sandbox.address)])
    try workspace.campaign(gateways: [name], contacts: ToolWorkspace.contacts(15), text: "今晚八折")
    let result = try workspace.send()
    let states = try workspace.states()
    #expect(states["accepted", default: 0] + states["unknown", default: 0] == 15, "\(result.output)")
    #expect(try sandbox.taken().count == 15)
  }

  @Test func `unknown messages do not fail over`() throws {
    let sandbox = try SandboxProcess(
      faults: "seed = 1\n[gateway.juhe]\n[[gateway.juhe.fault]]\nkind = \"close_before\"\nfrom = 1\n")
    let workspace = try ToolWorkspace([
      GatewayTable("juhe", sandbox.address, ["batch": "2", "concurrency": "1"]),
      GatewayTable("mobset", sandbox.address),
    ])
    try workspace.campaign(
      gateways: ["juhe", "mobset"], contacts: ToolWorkspace.contacts(40), text: "今晚八折", delivery: "failover = true")
    let result = try workspace.send()
    #expect(result.exitCode == 7, "\(result.output)")
    let states = try workspace.states()
    #expect(states["unknown", default: 0] > 0)
    #expect(states["unknown", default: 0] + states["accepted", default: 0] == 40)
    #expect(try sandbox.taken().count == states["accepted", default: 0])
  }
}
