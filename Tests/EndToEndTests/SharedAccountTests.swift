import Platform
import TestSupport
import Testing

/// Two accounts of qunfa.toml with one login at the vendor (two campaigns' prices or signatures, say): a `pull` of
/// either brings the reports and replies of both.
@Suite struct SharedAccountTests {
  private static let faults = """
    seed = 4
    [gateway.all.reports]
    delay = 0
    failed = 0
    expired = 0
    lost = 0
    replies = 0

    """

  @Test(arguments: ["juhe", "youe"], ["east", "west"])
  func `what one account fetches belongs to the messages of both`(_ protocolName: String, fetcher: String) throws {
    let sandbox = try SandboxProcess(faults: Self.faults)
    let workspace = try ToolWorkspace(
      [("east", sandbox.address), ("west", sandbox.address + "/")].map { name, address in
        GatewayTable(protocolName, address, ["poll_interval": "0"], named: name)
      })
    for (index, name) in ["east", "west"].enumerated() {
      // The last of them is answered by somebody (docs/sandbox.md, "Magic numbers").
      let contacts = ToolWorkspace.contacts(30, from: 13_800_000_000 + index * 1000) + "13\(8 + index)99990013,回\n"
      try workspace.campaign(name, gateways: [name], contacts: contacts, text: "今晚八折")
      #expect(try workspace.send(name).exitCode == 0)
    }
    var replies = CSVText("")
    let isThere = ChildProcess.wait(deadline: 20) {
      _ = try? workspace.qunfa("pull", "--gateway", fetcher)
      replies = CSVText((try? workspace.folder.read("out/replies.csv")) ?? "")
      return replies.rows.count == 2
    }
    #expect(isThere, "\(replies.rows)")
    #expect(Set(replies["gateway"]) == [fetcher])
    #expect(Set(replies["campaign"]) == ["east", "west"])
    #expect(replies["row"] == ["31", "31"])

    let books = try workspace.qunfa("reconcile")
    #expect(books.exitCode == 0, "\(books.output) \(books.errors)")
    let rows = CSVText(try workspace.folder.read("out/reconciliation.csv"))
    #expect(rows["state"] == Array(repeating: "delivered", count: 62))
    #expect(rows["gateway"].sorted() == ["east", "west"].flatMap { Array(repeating: $0, count: 31) })
    #expect(CSVText(try workspace.folder.read("out/unmatched.csv")).rows.isEmpty)
    for name in ["east", "west"] { #expect(try workspace.qunfa("status", name).exitCode == 0) }
    // Nothing is left for the other one, and nothing of it counts again.
    #expect(try workspace.qunfa("pull").exitCode == 0)
    #expect(try workspace.qunfa("reconcile").exitCode == 0)
  }
}
