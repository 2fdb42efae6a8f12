import Configuration
import Delivery
import Platform
import TestSupport
import Testing

@testable import Campaigns
@testable import Ledger

/// Replies from the spool to the campaigns that they answer, and to the next plan.
@Suite struct ReplyIntakeTests {
  let fixture: DecisionFixture
  static let sent = DecisionFixture.planned

  /// An account with the login of `j`, and one with another.
  private static let others = [("j2", "922011"), ("j3", "922012")].map { name, account in
    """
    [gateways.\(name)]
    protocol = "juhe"
    url = "http://127.0.0.1:1"
    account = "\(account)"
    password = "secret"
    extno = "1070"

    """
  }.joined()

  init() throws { fixture = try DecisionFixture(timed: "y", more: Self.others) }

  /// A push as `listen` keeps it.
  private func push(_ account: String, _ query: String, body: String = "", at seconds: Double = 30) throws {
    let pushes = SpoolPushes(folder: fixture.workspace.data)
    try pushes.append(
      SpooledPush(
        account: account, at: Self.sent + seconds, method: body.isEmpty ? "GET" : "POST", query: query, contentType: "",
        body: Array(body.utf8)))
    pushes.close()
  }

  private func reply(
    _ text: String, from number: String, time: String = "2026-11-11 10:00:30", through account: String = "j"
  ) throws {
    let record =
      #"[{"flag":"0","mid":"1","mobile":"\#(number)","content":"\#(text)","accessCode":"1069","time":"\#(time)"}]"#
    try push(account, "", body: record)
  }

  private func take() throws -> IntakeReport { try fixture.workspace.takeReports(now: Self.sent + 60) { _ in } }

  private func replies() throws -> CSVText { CSVText(try fixture.folder.read("out/replies.csv")) }

  private func optOuts() throws -> [WorkspaceStore.OptOut] {
    var found: [WorkspaceStore.OptOut] = []
    try fixture.workspace.store().forEachOptOut { found.append($0) }
    return found
  }

  @Test func `a reply finds the message it answers, and replies csv tells it`() throws {
    try fixture.send(1, Settlement(.accepted))
    try reply("=谢谢", from: "13800138013")
    try reply("TD", from: "13800138014", time: "2026-11-11 10:00:40")
    // Nobody wrote to the first; the second was not sent yet; the third is another account's.
    try reply("你是谁", from: "13900139000", time: "2026-11-11 10:00:41")
    try reply("N", from: "13800138016", time: "2026-11-11 10:00:42")
    try push("y", "Class=mo&SmsName=1001&Mobile=13800138013&Message=hi", at: 43)
    #expect(try take().optOuts == 2)
    let file = try replies()
    #expect(file.header == ["gateway", "received_at", "phone", "text", "opt_out", "campaign", "row"])
    #expect(file["gateway"] == ["j", "j", "j", "j", "y"])
    #expect(file["received_at"].first == "2026-11-11 10:00:30")
    #expect(file["phone"] == ["13800138013", "13800138014", "13900139000", "13800138016", "13800138013"])
    #expect(file["text"] == ["'=谢谢", "TD", "你是谁", "N", "hi"])
    #expect(file["opt_out"] == ["no", "yes", "no", "yes", "no"])
    #expect(file["campaign"] == ["night", "night", "", "", ""])
    #expect(file["row"] == ["3", "4", "", "", ""])
    #expect(try optOuts().map(\.campaign) == ["night", ""])
    #expect(try optOuts().map(\.text) == ["TD", "N"])
    #expect(try optOuts().first?.addedAt == Self.sent + 40)
  }

  @Test func `a reply through an account with the same login finds its message`() throws {
    try fixture.send(1, Settlement(.accepted))
    try reply("TD", from: "13800138013", through: "j2")
    try reply("TD", from: "13800138012", through: "j3")
    _ = try take()
    #expect(try replies()["gateway"] == ["j2", "j3"])
    #expect(try replies()["row"] == ["3", ""])
    #expect(try optOuts().map(\.campaign) == ["", "night"])
  }

  @Test func `a linkid tells the call exactly`() throws {
    try fixture.send(3, Settlement(.accepted))
    try push("y", "Class=mo&SmsName=1001&Mobile=13800138019&LinkId=link-3&Message=hi", at: 43)
    try push("y", "Class=mo&SmsName=1001&Mobile=13800138019&LinkId=other&Message=ho", at: 44)
    _ = try take()
    #expect(try replies()["row"] == ["9", "9"])
    #expect(try replies()["campaign"] == ["night", "night"])
  }

  @Test func `a reply belongs to the message before it, not to a later one`() throws {
    try fixture.send(1, Settlement(.accepted), at: Self.sent + 3600)
    try reply("早", from: "13800138011")
    _ = try take()
    #expect(try replies()["row"] == [""])
  }

  @Test func `a ledger that cannot be read is told and stops no opt-out`() throws {
    try fixture.send(1, Settlement(.accepted))
    try fixture.folder.write("data/campaigns/other/ledger.db", "no database")
    try reply("TD", from: "13800138013")
    var told: [String] = []
    let report = try fixture.workspace.takeReports(now: Self.sent + 60) { told.append($0.description) }
    #expect(report.optOuts == 1)
    #expect(told.count == 1)
    #expect(told.first?.contains("other/ledger.db: warning: ") == true, "\(told)")
    #expect(try replies()["row"] == ["3"])
  }

  @Test func `replies csv is written anew only when replies came, or when it is gone`() throws {
    try reply("hi", from: "13800138011")
    _ = try take()
    let path = fixture.folder.path + "/out/replies.csv"
    try fixture.folder.write("out/replies.csv", "touched")
    _ = try take()
    #expect(try fixture.folder.read("out/replies.csv") == "touched")
    try Files.remove(path)
    _ = try take()
    #expect(try replies().rows.count == 1)
    try reply("ho", from: "13800138012")
    _ = try take()
    #expect(try replies().rows.count == 2)
  }

  @Test func `the next plan leaves out who opted out`() throws {
    try fixture.send(1, Settlement(.accepted))
    try reply("ＴＤ。", from: "13800138013")
    let plan = try fixture.run.plan()
    #expect(plan.summary.rejectedRows == 1)
    #expect(try fixture.folder.read("out/night/rejected.csv").contains("suppressed"))
    #expect(fixture.console.told.contains { $0.contains("1 number was put on the suppression list") })
  }

  @Test func `a store that cannot be read is a warning, and the plan goes on`() throws {
    try fixture.folder.write("data/reports.db", "no database at all, but long enough to be looked at as one")
    try reply("TD", from: "13800138013")
    _ = try fixture.run.plan()
    #expect(fixture.console.told.contains { $0.contains("reports.db") && $0.contains("warning") })
    #expect(Files.exists(fixture.folder.path + "/out/night/plan.csv"))
  }

  @Test func `who opts out between plan and send gets nothing`() throws {
    try reply("TD", from: "13800138017")
    fixture.run.takeReports()
    try fixture.run.withdrawSuppressed(CampaignLedger(folder: fixture.run.ledgerFolder))
    #expect(
      fixture.console.told.contains { $0.contains("1 planned messages are withdrawn") }, "\(fixture.console.told)")
  }
}
