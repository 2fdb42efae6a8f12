import Glibc
import JSON
import Platform
import TestSupport
import Testing

/// `pull --until-complete`: it ends when every message has its report, or when `report_timeout` says that none will come.
@Suite struct UntilCompleteTests {
  private static func faults(delay: String = "[1.5, 2.5]", lost: Int = 0, more: String = "") -> String {
    """
    seed = 6
    [gateway.all.reports]
    delay = \(delay)
    failed = 0
    expired = 0
    lost = \(lost)
    replies = 0
    \(more)

    """
  }

  /// - Parameter timeout: `report_timeout`.
  private func sent(
    _ sandbox: SandboxProcess, timeout: String = "1h", count: Int = 12
  ) throws -> ToolWorkspace {
    let workspace = try ToolWorkspace([])
    try configure(workspace, sandbox.address, timeout)
    try workspace.campaign(gateways: ["youe"], contacts: ToolWorkspace.contacts(count), text: "今晚八折")
    #expect(try workspace.send().exitCode == 0)
    return workspace
  }

  private func configure(
    _ workspace: ToolWorkspace, _ address: String, _ timeout: String, _ more: [String: String] = [:]
  ) throws {
    try workspace.configure(
      [GatewayTable("youe", address, ["poll_interval": "0"].merging(more) { $1 })],
      more: "report_timeout = \"\(timeout)\"\n")
  }

  private func states(_ workspace: ToolWorkspace) throws -> Set<String> {
    try workspace.qunfa("reconcile", "--no-xlsx")
    return Set(CSVText(try workspace.folder.read("out/reconciliation.csv"))["state"])
  }

  @Test func `it ends when the last report is there`() throws {
    let sandbox = try SandboxProcess(faults: Self.faults())
    let workspace = try sent(sandbox)
    #expect(try states(workspace) == ["accepted"])
    let result = try workspace.qunfa("pull", "--until-complete", "--json", deadline: 30)
    #expect(result.exitCode == 0, "\(result.errors)")
    #expect(result.seconds > 1, "the reports were not there yet")
    #expect(try JSON(parsing: result.output)["taken_in"]?["reports"] == 12)
    #expect(try states(workspace) == ["delivered"])
    // There is nothing to wait for any more: one poll.
    #expect(try workspace.qunfa("pull", "--until-complete", deadline: 10).exitCode == 0)
  }

  @Test func `what never comes is waited for until the report timeout`() throws {
    let sandbox = try SandboxProcess(faults: Self.faults(delay: "0", lost: 1))
    let workspace = try sent(sandbox, timeout: "4s")
    let result = try workspace.qunfa("pull", "--until-complete", deadline: 30)
    #expect(result.exitCode == 0, "\(result.errors)")
    #expect(result.seconds > 2 && result.seconds < 20, "\(result.seconds) s")
    #expect(try states(workspace) == ["expired"])
  }

  @Test func `a signal ends it, to be gone on with`() throws {
    let sandbox = try SandboxProcess(faults: Self.faults(delay: "0", lost: 1))
    let workspace = try sent(sandbox)
    for options in [[], ["--watch", "1"]] {
      let waiting = try BuiltTool.start(["pull", "--until-complete"] + options, in: workspace.folder.path)
      usleep(2_000_000)
      #expect(waiting.ended() == nil, "it waits for reports")
      waiting.signal(SIGTERM)
      let ended = try waiting.wait(deadline: 20)
      #expect(ended.exitCode == 5, "\(ended.errors)")
    }
  }

  @Test func `a gateway that refuses ends it, for it would never be complete`() throws {
    let sandbox = try SandboxProcess(faults: Self.faults(delay: "0"))
    let workspace = try sent(sandbox)
    try configure(workspace, sandbox.address, "1h", ["password": "\"wrong\""])
    let result = try workspace.qunfa("pull", "--until-complete", deadline: 20)
    #expect(result.exitCode == 6, "\(result.errors)")
    #expect(try states(workspace) == ["accepted"])
  }

  @Test func `a gateway that is out of reach for a while is asked again`() throws {
    let sandbox = try SandboxProcess(faults: Self.faults(delay: "0", lost: 1))
    let workspace = try sent(sandbox, timeout: "5s")
    try configure(workspace, "http://127.0.0.1:9", "5s")
    let result = try workspace.qunfa("pull", "--until-complete", deadline: 30)
    #expect(result.exitCode == 6, "the last poll reached nobody: \(result.errors)")
    #expect(result.seconds > 2, "\(result.seconds) s")
    #expect(result.errors.split(separator: "\n").count { $0.contains("cannot be reached") } == 1, "\(result.errors)")
  }

  @Test func `a page that broke off may be lost: told at the end, waited for no longer than the timeout`() throws {
    let fault = "[[gateway.youe.fault]]\nkind = \"half_answer\"\non = \"report\"\ncalls = [1]\n"
    let sandbox = try SandboxProcess(faults: Self.faults(delay: "0", more: fault))
    let workspace = try sent(sandbox, timeout: "5s")
    // The sandbox looks every tenth of a second for what is due.
    usleep(300_000)
    let result = try workspace.qunfa("pull", "--until-complete", "--json", deadline: 30)
    #expect(result.exitCode == 4, "\(result.errors)")
    #expect(result.seconds < 20)
    let states = try states(workspace)
    #expect(states == ["delivered", "expired"])
  }

  @Test func `where reports are only pushed, it tells that some are missing and does not wait`() throws {
    let sandbox = try SandboxProcess(faults: Self.faults())
    let workspace = try ToolWorkspace([GatewayTable("18sms", sandbox.address)])
    #expect(try workspace.qunfa("pull", "--until-complete", deadline: 10).exitCode == 0)
    try workspace.campaign(gateways: ["18sms"], contacts: ToolWorkspace.contacts(3), text: "今晚八折")
    #expect(try workspace.send().exitCode == 0)
    let result = try workspace.qunfa("pull", "--until-complete", deadline: 10)
    #expect(result.exitCode == 5, "\(result.errors)")
    #expect(result.errors.contains("messages wait for their reports"), "\(result.errors)")
    // Without it nobody asked whether all is there.
    #expect(try workspace.qunfa("pull", deadline: 10).exitCode == 0)
  }

  @Test func `messages that nobody sent are not waited for`() throws {
    let sandbox = try SandboxProcess(faults: Self.faults())
    let workspace = try ToolWorkspace([GatewayTable("youe", sandbox.address)])
    let result = try workspace.qunfa("pull", "--until-complete", deadline: 10)
    #expect(result.exitCode == 0, "\(result.errors)")
  }
}
