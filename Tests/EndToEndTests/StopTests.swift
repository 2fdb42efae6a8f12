import Glibc
import Platform
import TestSupport
import Testing

/// Runs that stop before all is sent, and go on.
@Suite struct StopTests {
  /// A daily window of an hour that is far from now.
  private static func closedWindow() -> String {
    let hour = (Int(Timestamp.now.seconds) / 3600 + 8) % 24
    let from = (hour + 6) % 23
    return String(format(from)) + ":00-" + format(from + 1) + ":00"
  }

  private static func format(_ hour: Int) -> String { hour < 10 ? "0\(hour)" : "\(hour)" }

  @Test(arguments: ["window", "start", "max_cost"])
  func `what must not start yet ends with 5 and goes on when it may`(_ reason: String) throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address)])
    let delivery =
      switch reason {
      case "window": "window = \"\(Self.closedWindow())\""
      case "start": "start = 2099-01-01T09:00:00+08:00"
      default: "max_cost = \"0.49\""
      }
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(10), delivery: delivery)
    let paused = try workspace.send()
    #expect(paused.exitCode == 5, "\(paused.output) \(paused.errors)")
    #expect(try sandbox.taken().isEmpty)
    #expect(try workspace.states() == ["planned": 10])
    switch reason {
    case "window": #expect(paused.errors.contains("note: sending is allowed again at 20"))
    case "start": #expect(paused.errors.contains("note: sending is allowed again at 2099-01-01 09:00:00"))
    default: #expect(paused.errors.contains("the campaign costs 0.50 yuan and max_cost allows 0.49"))
    }
    try workspace.campaign(gateways: ["juhe"])
    let resumed = try workspace.send()
    #expect(resumed.exitCode == 0, "\(resumed.output) \(resumed.errors)")
    #expect(try sandbox.taken().count == 10)
  }

  /// `timeout` tells the process and then its group; Ctrl-C pressed again later is another wish.
  @Test(arguments: [(UInt32(0), Int32(5)), (UInt32(1_300_000), 128 + SIGTERM)])
  func `two signals at once are one`(_ pause: UInt32, _ exitCode: Int32) throws {
    let sandbox = try SandboxProcess(faults: "[gateway.juhe]\nlatency_ms = 2500\n")
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address, ["batch": "2", "concurrency": "2"])])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(40))
    let process = try workspace.start()
    #expect(ChildProcess.wait(deadline: 20) { (try? sandbox.taken().count) ?? 0 > 0 })
    process.signal(SIGTERM)
    usleep(pause)
    process.signal(SIGTERM)
    #expect(try process.wait().exitCode == exitCode)
  }

  @Test func `other inputs under the same id are refused`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address)])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(10))
    #expect(try workspace.send().exitCode == 0)
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(11))
    let contacts = try workspace.send()
    #expect(contacts.exitCode == 3)
    #expect(contacts.errors.contains("contacts 'contacts.csv' has other content"), "\(contacts.errors)")
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(10), text: "你好{{姓名}}")
    let text = try workspace.send()
    #expect(text.exitCode == 3)
    #expect(text.errors.contains("setting 'message.text' differs"), "\(text.errors)")
    #expect(try sandbox.taken().count == 10)
  }

  @Test func `the same file under another id needs --again`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address)])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(10))
    #expect(try workspace.send().exitCode == 0)
    try workspace.campaign("c2", gateways: ["juhe"])
    let refused = try workspace.send("c2")
    #expect(refused.exitCode == 3)
    #expect(
      refused.errors.contains("the same file was planned as campaign 'c1' within the last 24 hours"),
      "\(refused.errors)")
    #expect(try sandbox.taken().count == 10)
    #expect(try workspace.send("c2", "--again").exitCode == 0)
    #expect(try sandbox.taken().count == 20)
    // Once planned it goes on without the option.
    #expect(try workspace.send("c2").exitCode == 0)
    #expect(try sandbox.taken().count == 20)
  }

  @Test func `only one process holds a campaign, and one account's runs follow one another`() throws {
    let sandbox = try SandboxProcess(faults: "seed = 1\n[gateway.juhe]\nlatency_ms = 400\n")
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address, ["batch": "5", "concurrency": "1"])])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(40))
    try workspace.campaign("c2", gateways: ["juhe"])
    let first = try workspace.start()
    #expect(ChildProcess.wait(deadline: 20) { (try? sandbox.taken().count) ?? 0 > 0 })
    let second = try workspace.send()
    #expect(second.exitCode == 9, "\(second.output) \(second.errors)")
    #expect(second.errors.contains("another process holds the campaign 'c1'"))
    let other = try workspace.send("c2", "--again")
    #expect(other.exitCode == 0, "\(other.errors)")
    #expect(other.errors.contains("waiting for the account 'juhe', which another run uses"), "\(other.errors)")
    #expect(try first.wait().exitCode == 0)
    #expect(try sandbox.taken().count == 80)
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func `a signal stops after the answers in flight, and nothing goes twice`(_ signal: Int32) throws {
    let sandbox = try SandboxProcess(faults: "seed = 1\n[gateway.juhe]\nlatency_ms = 150\n")
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address, ["batch": "5", "concurrency": "2"])])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(200))
    let run = try workspace.start()
    #expect(ChildProcess.wait(deadline: 20) { (try? sandbox.taken().count) ?? 0 > 20 })
    run.signal(signal)
    let stopped = try run.wait()
    #expect(stopped.exitCode == 5, "\(stopped.output) \(stopped.errors)")
    #expect(stopped.errors.contains("sending was stopped by a signal"))
    let taken = try sandbox.taken().count
    #expect(taken < 200)
    #expect(try workspace.states() == ["accepted": taken, "planned": 200 - taken])
    #expect(try Books(workspace, "c1").faults == [])
    let resumed = try workspace.send()
    #expect(resumed.exitCode == 0, "\(resumed.output) \(resumed.errors)")
    let all = try sandbox.taken()
    #expect(all.count == 200)
    #expect(Set(all.map(\.number)).count == 200)
  }

  @Test func `the pace is kept`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address, ["batch": "10", "rate": "100"])])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(300))
    let result = try workspace.send()
    #expect(result.exitCode == 0)
    // 29 pauses of 0.1 s lie between 30 calls; the rest is start-up.
    #expect(result.seconds >= 2.85, "300 messages at 100 a second took \(result.seconds) s")
  }
}
