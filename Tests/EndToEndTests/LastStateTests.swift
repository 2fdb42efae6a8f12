import Glibc
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

  @Test func `what a report proves meanwhile is not sent again`() throws {
    let sandbox = try SandboxProcess(
      faults: "seed = 1\n[gateway.all.reports]\ndelay = [0, 0.1]\nfailed = 0\nexpired = 0\nlost = 0\nreplies = 0\n")
    let workspace = try ToolWorkspace([GatewayTable("youe", sandbox.address, ["poll_interval": "0"])])
    try workspace.campaign(gateways: ["youe"], contacts: "手机号,姓名\n13899990004,戊\n")
    #expect(try workspace.send().exitCode == 7)
    let resolved = try workspace.qunfa("resolve", "c1", "--unknown", "resend")
    #expect(resolved.output.contains("1 message waits to be sent again"), "\(resolved.output)")
    let proven = ChildProcess.wait(deadline: 10) {
      guard (try? workspace.qunfa("pull")) != nil else { return false }
      return CSVText((try? workspace.reconciled()) ?? "")["state"] == ["delivered"]
    }
    #expect(proven)
    let again = try workspace.qunfa("send", "c1.toml")
    #expect(again.errors.contains("1 message is not sent again"), "\(again.output) \(again.errors)")
    #expect(try sandbox.taken().count == 1)
  }

  @Test func `without the data folder nothing is sent anew, and no empty books are written`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address)])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(3))
    #expect(try workspace.send().exitCode == 0)
    try workspace.qunfa("reconcile")
    let books = try workspace.folder.read("out/reconciliation.csv")
    #expect(unsafe rename(workspace.folder.path + "/data", workspace.folder.path + "/elsewhere") == 0)
    #expect(try workspace.qunfa("reconcile").exitCode == 3)
    #expect(try workspace.folder.read("out/reconciliation.csv") == books)
    let again = try workspace.qunfa("send", "c1.toml")
    #expect(again.exitCode == 3 && again.errors.contains("its ledger is gone"), "\(again.errors)")
    #expect(try sandbox.taken().count == 3)
    #expect(!Files.exists(workspace.folder.path + "/data"), "nothing is made where the disk is missing")
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
