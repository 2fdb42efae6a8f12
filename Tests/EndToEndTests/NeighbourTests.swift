import Glibc
import TestSupport
import Testing

/// A campaign's folder that the system does not show (another user's, a broken disk) is told, and costs the other
/// campaigns nothing.
@Suite struct NeighbourTests {
  private let sandbox: SandboxProcess
  private let workspace: ToolWorkspace

  /// A campaign with a message that nobody answers (…04) and one whose recipient opts out (…14), beside a folder that
  /// leads to itself: nobody, root neither, can look into it.
  init() throws {
    sandbox = try SandboxProcess(faults: "[gateway.juhe.reports]\ndelay = [0, 0]\n")
    workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address, ["batch": "1"])])
    try workspace.campaign(
      gateways: ["juhe"], contacts: "手机号\n13899990014\n13800138000\n13899990004\n", text: "今晚八折")
    try #require(try workspace.send().exitCode == 7)
    try #require(unsafe symlink("other", workspace.folder.path + "/data/campaigns/other") == 0)
  }

  @Test func `who opts out beside it gets nothing more`() throws {
    let isOut = ChildProcess.wait(deadline: 20) {
      (try? workspace.qunfa("pull")) != nil
        && ((try? workspace.qunfa("optout", "list"))?.output.contains("13899990014") ?? false)
    }
    #expect(isOut)
    try workspace.campaign("c2", gateways: ["juhe"], contacts: "手机号\n13899990014\n13800138001\n", text: "今晚八折")
    #expect(try workspace.send("c2").exitCode == 4)
    #expect(try workspace.states(of: "c2") == ["accepted": 1])
  }

  @Test func `status shows the others and says what it cannot read`() throws {
    let status = try workspace.qunfa("status")
    #expect(status.exitCode == 7 && status.output.contains("c1"))
    #expect(status.errors.contains("campaigns/other"))
  }

  @Test func `the files of the others are written, the books are not`() throws {
    usleep(300_000)
    try workspace.qunfa("pull")
    #expect(try workspace.qunfa("send", "c1.toml").exitCode == 7)
    #expect(try workspace.file("result.csv").rows.count == 3)
    let books = try workspace.qunfa("reconcile")
    #expect(books.exitCode == 6 && books.errors.contains("campaigns/other"))
  }
}
