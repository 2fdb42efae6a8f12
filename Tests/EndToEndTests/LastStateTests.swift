import Platform
import TestSupport
import Testing

/// Once reports are there, every file and every decision goes by them (product.md: "`state` is always the last known").
@Suite struct LastStateTests {
  /// Rows: delivered, failed, expired, without a report, and accepted without an answer (docs/sandbox.md, "Magic
  /// numbers").
  private static let contacts =
    "手机号,姓名\n13800000001,甲\n13899990010,乙\n13899990011,丙\n13899990012,丁\n13899990004,戊\n"

  @Test func `files, status and resolve say what the reports say`() throws {
    let sandbox = try SandboxProcess(
      faults: "seed = 1\n[gateway.all.reports]\ndelay = [0, 0.1]\nfailed = 0\nexpired = 0\nlost = 0\nreplies = 0\n")
    let workspace = try ToolWorkspace([
      GatewayTable("juhe", sandbox.address, ["batch": "1", "concurrency": "1", "poll_interval": "0"])
    ])
    try workspace.campaign(gateways: ["juhe"], contacts: Self.contacts)
    #expect(try workspace.send().exitCode == 7)
    #expect(try workspace.states() == ["accepted": 4, "unknown": 1])
    try awaitReports(workspace)

    let books = try workspace.qunfa("reconcile")
    #expect(books.exitCode == 5, "one waits, none is unknown any more: \(books.output) \(books.errors)")
    let rows = CSVText(try workspace.folder.read("out/reconciliation.csv"))
    #expect(rows["state"] == ["delivered", "failed", "expired", "accepted", "delivered"])
    #expect(rows["match"] == ["message_id", "message_id", "message_id", "", "phone"])

    // The run again sends nothing and writes the files anew.
    let again = try workspace.qunfa("send", "c1.toml")
    #expect(again.exitCode != 7, "\(again.output)")
    let result = try workspace.file("result.csv")
    #expect(result["state"] == ["delivered", "failed", "expired", "accepted", "delivered"])
    #expect(try workspace.file("failed.csv")["state"] == ["failed", "expired"])
    #expect(try workspace.file("failed.csv")["手机号"] == ["13899990010", "13899990011"])
    #expect(try workspace.qunfa("verify", "c1").exitCode == 0)

    // A report proves that the gateway took it: sending it again would send it twice.
    let resolved = try workspace.qunfa("resolve", "c1", "--unknown", "resend")
    #expect(resolved.errors.contains("1 unknown message is not sent again"), "\(resolved.output) \(resolved.errors)")
    _ = try workspace.qunfa("send", "c1.toml")
    #expect(try sandbox.taken().count == 5)
    #expect(try workspace.qunfa("status", "c1").exitCode != 7)
  }

  /// The sandbox reports within a tenth of a second; four of the five numbers get a report.
  private func awaitReports(_ workspace: ToolWorkspace) throws {
    let arrived = ChildProcess.wait(deadline: 10) {
      guard (try? workspace.qunfa("pull")) != nil else { return false }
      let read = CSVText((try? workspace.reconciled()) ?? "")
      return read["report_code"].count { !$0.isEmpty } == 4
    }
    #expect(arrived, "four reports")
  }
}

extension ToolWorkspace {
  /// reconciliation.csv, written anew.
  fileprivate func reconciled() throws -> String {
    try qunfa("reconcile", "--no-xlsx")
    return try folder.read("out/reconciliation.csv")
  }
}
