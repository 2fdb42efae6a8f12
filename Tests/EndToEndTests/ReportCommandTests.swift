import JSON
import Platform
import TestSupport
import Testing

/// `report` on a campaign that was really sent, beside the files that `reconcile` writes of it.
@Suite struct ReportCommandTests {
  private func figures(_ html: String) throws -> JSON {
    let mark = "id=\"figures\">"
    let line = try #require(html.split(separator: "\n").first { $0.contains(mark) })
    let json = try #require(line.split(separator: ">", maxSplits: 1).last)
    return try JSON(parsing: String(json.prefix { $0 != "<" }))
  }

  @Test func `the page's figures are the sums of the CSV files`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address)])
    let contacts = ToolWorkspace.contacts(60) + "12345,错\n13800000001,重\n"
    try workspace.campaign(gateways: ["juhe"], contacts: contacts)
    try workspace.send()
    let reconciled = try workspace.qunfa("reconcile", "c1")
    #expect([0, 5].contains(reconciled.exitCode), "\(reconciled.errors)")
    let result = try workspace.qunfa("report", "c1")
    #expect(result.exitCode == 0, "\(result.errors)")
    let path = workspace.folder.path + "/out/c1/report.html"
    #expect((Files.permissions(path) ?? 0) & 0o777 == 0o600)
    let html = try workspace.folder.read("out/c1/report.html")
    let figures = try figures(html)
    let folder = Files.exists(workspace.folder.path + "/out/c1/summary.csv") ? "out/c1" : "out"
    let summary = CSVText(try workspace.folder.read(folder + "/summary.csv"))
    for (key, column) in [
      ("planned", "planned"), ("accepted", "accepted"), ("delivered", "delivered"), ("waiting", "waiting"),
      ("unknown", "unknown"), ("segments", "segments"), ("billable_segments", "billable_segments"),
    ] {
      let sum = summary[column].reduce(0) { $0 + (Int($1) ?? 0) }
      #expect(figures[key]?.text == String(sum), "\(key)")
    }
    #expect([figures["cost"]?.text ?? ""] == summary["cost"])
    #expect(figures["planned"]?.text == "60")
    #expect(figures["rows_read"]?.text == "62")
    let rejected = try workspace.file("rejected.csv")
    for reason in Set(rejected["reason"]) {
      #expect(figures["rejected"]?[reason]?.text == String(rejected["reason"].count { $0 == reason }))
    }
    #expect(!html.contains("1380000"))
  }

  @Test func `--output writes it elsewhere, and a campaign that was never sent is told`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address)])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(3))
    #expect(try workspace.qunfa("report", "c1.toml").exitCode == 2)
    try workspace.send()
    #expect(try workspace.qunfa("report", "c1", "--output", "page.html").exitCode == 0)
    #expect(try workspace.folder.read("page.html").hasPrefix("<!DOCTYPE html>"))
    #expect(!Files.exists(workspace.folder.path + "/out/c1/report.html"))
  }
}
