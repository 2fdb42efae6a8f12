import Glibc
import Platform
import TestSupport
import Testing

/// `send` against the sandbox: what the gateways took decides, not what the tool says.
@Suite struct SendTests {
  static let protocols = ["juhe", "emay", "mobset", "youe", "18sms"]

  @Test(arguments: protocols)
  func `all are accepted, and sending again sends nothing`(_ name: String) throws {
    let sandbox = try SandboxProcess()
    let more = name == "emay" ? ["signature": "\"\"", "regions": "[\"CN\"]"] : [:]
    let workspace = try ToolWorkspace([GatewayTable(name, sandbox.address, more)])
    try workspace.campaign(gateways: [name], contacts: ToolWorkspace.contacts(120))
    let first = try workspace.send()
    #expect(first.exitCode == 0, "\(first.output) \(first.errors)")
    let taken = try sandbox.taken()
    #expect(taken.count == 120)
    #expect(Set(taken.map(\.number)).count == 120)
    #expect(try workspace.states() == ["accepted": 120])
    let second = try workspace.send()
    #expect(second.exitCode == 0)
    #expect(try sandbox.taken() == taken)
    #expect(try workspace.states() == ["accepted": 120])
  }
}
