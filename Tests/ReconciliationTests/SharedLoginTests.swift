import Ledger
import Messaging
import Platform
import Testing

@testable import Reconciliation

/// Two accounts of qunfa.toml with one login at the vendor: whoever fetches gets the reports of both.
@Suite struct SharedLoginTests {
  typealias F = BooksFixture
  static let phone = JoinTests.phone
  static let other = JoinTests.other

  /// `again` has the login of `j` and another access number; `twin` is youe's `y` once more.
  static let more = """
    [gateways.again]
    protocol = "juhe"
    url = "http://127.0.0.1:1"
    account = "1"
    password = "p"
    extno = "1070"
    price = "0.035"
    [gateways.twin]
    protocol = "youe"
    url = "http://127.0.0.1:1"
    uid = "1"
    password = "p"
    price = "0.035"
    """

  struct Case: CustomTestStringConvertible {
    var name: String
    /// The account that sent, and the one that fetched.
    var sent: String
    var fetched: String
    var settlement = Settlement(.accepted, ids: ["m1"])
    var report: StoredReport
    var state: String
    var match: String
    var unmatched = 0
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(
      name: "fetched by the later account", sent: "j", fetched: "again", report: F.report("again", phone, id: "m1"),
      state: "delivered", match: "message_id"),
    Case(
      name: "fetched by the earlier account", sent: "again", fetched: "j", report: F.report("j", phone, id: "m1"),
      state: "delivered", match: "message_id"),
    Case(
      name: "its codes are read", sent: "j", fetched: "again",
      report: F.report("again", phone, id: "m1", code: "MA:0021"), state: "failed", match: "message_id"),
    Case(
      name: "an unknown message by number and time", sent: "again", fetched: "j", settlement: Settlement(.unknown),
      report: F.report("j", phone, id: "m9"), state: "delivered", match: "phone"),
    Case(
      name: "an unknown message of the earlier account", sent: "j", fetched: "again", settlement: Settlement(.unknown),
      report: F.report("again", phone, id: "m9"), state: "delivered", match: "phone"),
    Case(
      name: "by link id", sent: "y", fetched: "twin", settlement: Settlement(.accepted),
      report: F.report("twin", phone) { $0.linkID = JoinTests.link }, state: "delivered", match: "link_id"),
    Case(
      name: "another login's report is nobody's", sent: "again", fetched: "j2",
      report: F.report("j2", phone, id: "m1"), state: "accepted", match: "", unmatched: 1),
  ]

  @Test(arguments: cases) func `a report finds its message whoever fetched it`(_ example: Case) throws {
    let books = try BooksFixture(more: Self.more)
    try books.campaign([
      .init(gateway: example.sent, numbers: [Self.phone], settlement: example.settlement, link: JoinTests.link)
    ])
    try books.receive([example.report])
    let report = try books.reconcile()
    let row = try books.file("reconciliation.csv").rows[0]
    #expect(row["gateway"] == example.sent)
    #expect(row["state"] == example.state)
    #expect(row["match"] == example.match)
    #expect(report.unmatched == example.unmatched)
    #expect(report.isConserved)
    #expect(try books.file("unmatched.csv")["gateway"] == (example.unmatched > 0 ? [example.fetched] : []))
  }

  @Test func `reports of both come through either, and the same one through both counts once`() throws {
    let books = try BooksFixture(more: Self.more)
    try books.campaign([
      .init(gateway: "j", numbers: [Self.phone], settlement: JoinTests.accepted("m1")),
      .init(gateway: "again", numbers: [Self.other], settlement: JoinTests.accepted("m2")),
    ])
    try books.receive([
      F.report("again", Self.phone, id: "m1"), F.report("j", Self.other, id: "m2", code: "UNDELIV"),
      F.report("j", Self.phone, id: "m1"),
    ])
    let report = try books.reconcile()
    let file = try books.file("reconciliation.csv")
    #expect(file["state"] == ["delivered", "failed"])
    #expect(file["gateway"] == ["j", "again"])
    #expect(report.totals.reportsDoubled == 1)
    #expect(report.totals.reportsJoined == 2)
    #expect(report.unmatched == 0 && report.isConserved)
  }

  @Test func `an unknown message of each account leaves a report alone`() throws {
    let books = try BooksFixture(more: Self.more)
    for (id, gateway) in [("one", "j"), ("two", "again")] {
      try books.campaign([.init(gateway: gateway, numbers: [Self.phone], settlement: Settlement(.unknown))], id: id)
    }
    try books.receive([F.report("j", Self.phone, id: "m1")])
    let report = try books.reconcile()
    #expect(try books.file("reconciliation.csv")["match"] == ["", ""])
    #expect(report.unmatched == 1)
  }
}
