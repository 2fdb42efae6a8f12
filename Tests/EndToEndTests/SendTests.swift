import Glibc
import Platform
import TestSupport
import Testing

/// `send` against the sandbox: what the gateways took decides, not what the tool says.
@Suite struct SendTests {
  static let protocols = ["juhe", "emay", "mobset", "youe", "18sms"]

  /// A gateway's table that serves mainland numbers.
  static func table(_ name: String, _ address: String, _ more: [String: String] = [:]) -> GatewayTable {
    var lines = more
    if name == "emay" { lines["regions"] = "[\"CN\"]" }
    return GatewayTable(name, address, lines)
  }

  @Test(arguments: protocols)
  func `all are accepted, and sending again sends nothing`(_ name: String) throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([Self.table(name, sandbox.address)])
    try workspace.campaign(gateways: [name], contacts: ToolWorkspace.contacts(120))
    let first = try workspace.send()
    #expect(first.exitCode == 0, "\(first.output) \(first.errors)")
    let taken = try sandbox.taken()
    #expect(taken.count == 120)
    #expect(Set(taken.map(\.number)).count == 120)
    #expect(Set(taken.map(\.text)).count == 120)
    #expect(taken.allSatisfy { $0.text.hasPrefix("【示例】您好客户") && $0.text.hasSuffix("，今晚八折") })
    #expect(try workspace.states() == ["accepted": 120])
    let second = try workspace.send()
    #expect(second.exitCode == 0)
    #expect(try sandbox.taken() == taken)
    #expect(try workspace.states() == ["accepted": 120])
  }

  /// Youe's document has no code for a bad number, nor for "too fast": its 400 refuses the call and names no cause.
  @Test(arguments: protocols.filter { $0 != "youe" })
  func `refused numbers do not keep the others back`(_ name: String) throws {
    let sandbox = try SandboxProcess(
      faults:
        "seed = 1\n[gateway.\"\(name)\"]\nrefuse_numbers = [\"*13800000003\", \"*13800000017\", \"*13800000018\"]\n")
    let workspace = try ToolWorkspace([Self.table(name, sandbox.address)])
    try workspace.campaign(gateways: [name], contacts: ToolWorkspace.contacts(60), text: "今晚八折")
    let result = try workspace.send()
    let taken = try sandbox.taken()
    let states = try workspace.states()
    #expect(Set(taken.map(\.number)).count == taken.count, "a number was taken twice")
    #expect(result.exitCode == 4, "\(result.output) \(result.errors)")
    #expect(states == ["accepted": 57, "refused": 3])
    #expect(taken.count == 57)
    let failed = try workspace.file("failed.csv")
    #expect(failed.header == ["手机号", "姓名", "state", "code", "meaning"])
    #expect(Set(failed["手机号"]) == ["13800000003", "13800000017", "13800000018"])
    #expect(failed["meaning"].allSatisfy { !$0.isEmpty })
    let again = try workspace.send()
    #expect(again.exitCode == 4)
    #expect(try sandbox.taken() == taken)
  }

  @Test func `18sms' 103 means nothing was taken: slower, and all arrive once`() throws {
    let sandbox = try SandboxProcess(faults: "seed = 1\n[gateway.18sms]\nrate = 400\nburst = 60\n")
    let workspace = try ToolWorkspace([
      GatewayTable("18sms", sandbox.address, ["batch": "20", "rate": "4000", "concurrency": "4"])
    ])
    try workspace.campaign(gateways: ["18sms"], contacts: ToolWorkspace.contacts(800), text: "今晚八折")
    let result = try workspace.send()
    #expect(result.exitCode == 0, "\(result.output) \(result.errors)")
    let taken = try sandbox.taken()
    #expect(taken.count == 800)
    #expect(Set(taken.map(\.number)).count == 800)
  }

  @Test(arguments: protocols.filter { $0 != "youe" })
  func `a busy answer is no loss`(_ name: String) throws {
    let sandbox = try SandboxProcess(
      faults: "seed = 1\n[gateway.\"\(name)\"]\n[[gateway.\"\(name)\".fault]]\nkind = \"busy\"\ncalls = [1, 3]\n")
    let workspace = try ToolWorkspace([Self.table(name, sandbox.address, ["batch": "10", "concurrency": "1"])])
    try workspace.campaign(gateways: [name], contacts: ToolWorkspace.contacts(40), text: "今晚八折")
    let result = try workspace.send()
    #expect(result.exitCode == 0, "\(result.output) \(result.errors)")
    let taken = try sandbox.taken()
    #expect(taken.count == 40)
    #expect(Set(taken.map(\.number)).count == 40)
  }

  @Test(arguments: protocols)
  func `refused credentials stop the run, and a mended one goes on`(_ name: String) throws {
    let sandbox = try SandboxProcess()
    let secret = name == "emay" ? "secret_key" : "password"
    let workspace = try ToolWorkspace([Self.table(name, sandbox.address, [secret: "\"wrong\"", "batch": "10"])])
    try workspace.campaign(gateways: [name], contacts: ToolWorkspace.contacts(30))
    let stopped = try workspace.send()
    #expect(stopped.exitCode == 6, "\(stopped.output) \(stopped.errors)")
    #expect(try sandbox.taken().isEmpty)
    #expect(try workspace.states() == ["planned": 30])
    #expect(stopped.output.contains("gateway '\(name)' stopped: the gateway answered"))
    try workspace.configure([Self.table(name, sandbox.address, ["batch": "10"])])
    let resumed = try workspace.send()
    #expect(resumed.exitCode == 0, "\(resumed.output) \(resumed.errors)")
    #expect(try sandbox.taken().count == 30)
  }

  @Test func `an address where nobody listens loses nothing`() throws {
    let closed = try ClosedPort()
    let workspace = try ToolWorkspace([GatewayTable("juhe", "http://127.0.0.1:\(closed.port)")])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(10))
    let stopped = try workspace.send()
    #expect(stopped.exitCode == 6, "\(stopped.output) \(stopped.errors)")
    #expect(try workspace.states() == ["planned": 10])
    let sandbox = try SandboxProcess()
    try workspace.configure([GatewayTable("juhe", sandbox.address)])
    #expect(try workspace.send().exitCode == 0)
    #expect(try sandbox.taken().count == 10)
  }

  @Test func `a stopped gateway's messages go to the next`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([
      GatewayTable("juhe", sandbox.address, ["password": "\"wrong\"", "batch": "10"]),
      GatewayTable("mobset", sandbox.address),
    ])
    try workspace.campaign(
      gateways: ["juhe", "mobset"], contacts: ToolWorkspace.contacts(45), delivery: "failover = true")
    let result = try workspace.send()
    #expect(result.exitCode == 0, "\(result.output) \(result.errors)")
    #expect(result.errors.contains("; what is left goes to the next gateway."))
    #expect(!result.errors.contains("run the same send again"))
    let taken = try sandbox.taken()
    #expect(taken.count == 45)
    #expect(taken.allSatisfy { $0.gateway == "mobset" })
    #expect(Set(taken.map(\.number)).count == 45)
    #expect(try workspace.file("result.csv")["gateway"].allSatisfy { $0 == "mobset" })
    let again = try workspace.send()
    #expect(again.exitCode == 0)
    #expect(try sandbox.taken() == taken)
  }

  @Test func `without failover a stopped gateway's messages wait`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([
      GatewayTable("juhe", sandbox.address, ["password": "\"wrong\""]), GatewayTable("mobset", sandbox.address),
    ])
    try workspace.campaign(gateways: ["juhe", "mobset"], contacts: ToolWorkspace.contacts(5))
    #expect(try workspace.send().exitCode == 6)
    #expect(try sandbox.taken().isEmpty)
  }

  @Test func `what one gateway does not serve goes by the other`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([
      GatewayTable("juhe", sandbox.address), GatewayTable("emay", sandbox.address, ["regions": "[\"*\"]"]),
    ])
    try workspace.campaign(
      gateways: ["juhe", "emay"],
      contacts: "手机号,姓名\n13800000001,甲\n+61 412 345 678,Emma\n+852 5123 4567,何\n13800000002,乙\n")
    let result = try workspace.send()
    #expect(result.exitCode == 0, "\(result.output) \(result.errors)")
    let taken = try sandbox.taken()
    #expect(Set(taken.filter { $0.gateway == "juhe" }.map(\.number)) == ["13800000001", "13800000002"])
    #expect(Set(taken.filter { $0.gateway == "emay" }.map(\.number)) == ["0061412345678", "0085251234567"])
  }
}

/// A port on loopback that nobody listens on: bound, never listened on, so that nobody else gets it either.
final class ClosedPort {
  let port: UInt16
  private let descriptor: Int32

  init() throws {
    descriptor = try loopbackSocket()
    port = boundPort(descriptor)
  }

  deinit { close(descriptor) }
}
