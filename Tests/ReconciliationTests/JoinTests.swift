import Ledger
import Messaging
import Platform
import Testing

@testable import Reconciliation

/// Which report finds which message, gateway by gateway (gateways.md, "report join key").
@Suite struct JoinTests {
  static let phone: UInt64 = 8_613_800_138_010
  static let other: UInt64 = 8_613_800_138_011
  static let abroad: UInt64 = 61_422_118_000
  /// `y` is told our id of the call, which the fixture sets to twenty digits.
  static let link = "01234567890123456789"
  static func accepted(_ ids: String...) -> Settlement { Settlement(.accepted, ids: ids) }

  struct Case: CustomTestStringConvertible {
    var name: String
    var gateway: String
    var number: UInt64 = phone
    var segments = 1
    var settlement: Settlement
    var reports: [StoredReport]
    var state: String
    var match = ""
    var code = ""
    var unmatched = 0
    var doubled = 0
    var testDescription: String { name }
  }

  typealias F = BooksFixture

  static let cases: [Case] = [
    Case(
      name: "juhe by mid", gateway: "j", settlement: accepted("m1"), reports: [F.report("j", phone, id: "m1")],
      state: "delivered", match: "message_id", code: "DELIVRD"),
    Case(
      name: "leading zeros count", gateway: "j", settlement: accepted("007"), reports: [F.report("j", phone, id: "7")],
      state: "accepted", unmatched: 1),
    Case(
      name: "twenty digits count to the last", gateway: "j", settlement: accepted("12345678901234567890"),
      reports: [F.report("j", phone, id: "12345678901234567891")], state: "accepted", unmatched: 1),
    Case(
      name: "twenty digits", gateway: "j", settlement: accepted("12345678901234567890"),
      reports: [F.report("j", phone, id: "12345678901234567890")], state: "delivered", match: "message_id",
      code: "DELIVRD"),
    Case(
      name: "letter case counts", gateway: "j", settlement: accepted("aB"), reports: [F.report("j", phone, id: "AB")],
      state: "accepted", unmatched: 1),
    Case(
      name: "the right id with a wrong number", gateway: "j", settlement: accepted("m1"),
      reports: [F.report("j", other, id: "m1")], state: "accepted", unmatched: 1),
    Case(
      name: "the right id at another account", gateway: "j", settlement: accepted("m1"),
      reports: [F.report("j2", phone, id: "m1")], state: "accepted", unmatched: 1),
    Case(
      name: "a report without a number", gateway: "j", settlement: accepted("m1"),
      reports: [F.report("j", 0, id: "m1")], state: "delivered", match: "message_id", code: "DELIVRD"),
    Case(
      name: "doubled", gateway: "j", settlement: accepted("m1"),
      reports: [F.report("j", phone, id: "m1"), F.report("j", phone, id: "m1")], state: "delivered",
      match: "message_id", code: "DELIVRD", doubled: 1),
    Case(
      name: "early", gateway: "j", settlement: accepted("m1"), reports: [F.report("j", phone, id: "m1", after: -3)],
      state: "delivered", match: "message_id", code: "DELIVRD"),
    Case(
      name: "pending", gateway: "m", settlement: accepted("1"),
      reports: [F.report("m", phone, id: "1", code: "10")], state: "accepted", match: "message_id", code: "10"),
    Case(
      name: "mobset: several ids of one text", gateway: "m", segments: 2, settlement: accepted("11 12"),
      reports: [F.report("m", phone, id: "12", code: "12"), F.report("m", phone, id: "11", code: "12")],
      state: "delivered", match: "message_id", code: "12"),
    Case(
      name: "mobset: one part failed", gateway: "m", segments: 2, settlement: accepted("11 12"),
      reports: [F.report("m", phone, id: "12", code: "12"), F.report("m", phone, id: "11", code: "13")],
      state: "partial", match: "message_id", code: "13"),
    Case(
      name: "18sms: one id for a call, a report a part", gateway: "x", segments: 2, settlement: accepted("99"),
      reports: [F.report("x", phone, id: "99"), F.report("x", phone, id: "99", code: "ID:0101")], state: "partial",
      match: "message_id", code: "ID:0101"),
    Case(
      name: "18sms: parts reported alike are not doubled", gateway: "x", segments: 2, settlement: accepted("99"),
      reports: [F.report("x", phone, id: "99"), F.report("x", phone, id: "99")], state: "delivered",
      match: "message_id", code: "DELIVRD"),
    Case(
      name: "18sms: a call shares its id, so a report without a number says nothing", gateway: "x",
      settlement: accepted("99"), reports: [F.report("x", 0, id: "99")], state: "accepted", unmatched: 1),
    Case(
      name: "emay by imsId", gateway: "e", number: abroad, settlement: accepted("ims"),
      reports: [F.report("e", abroad, id: "ims")], state: "delivered", match: "message_id", code: "DELIVRD"),
    Case(
      name: "emay by our own id, proof for an unknown message", gateway: "e", number: abroad,
      settlement: Settlement(.unknown), reports: [F.report("e", abroad) { $0.customID = custom }],
      state: "delivered", match: "custom_id", code: "DELIVRD"),
    Case(
      name: "youe by link id and number", gateway: "y", settlement: Settlement(.accepted),
      reports: [F.report("y", phone) { $0.linkID = link }], state: "delivered", match: "link_id", code: "DELIVRD"),
    Case(
      name: "youe: the link id of another number", gateway: "y", settlement: Settlement(.accepted),
      reports: [F.report("y", other) { $0.linkID = link }], state: "accepted", unmatched: 1),
    Case(
      name: "an unknown message by number and time", gateway: "j", settlement: Settlement(.unknown),
      reports: [F.report("j", phone, id: "m9", code: "UNDELIV")], state: "failed", match: "phone", code: "UNDELIV"),
    Case(
      name: "an unknown message is not found before it was submitted", gateway: "j", settlement: Settlement(.unknown),
      reports: [F.report("j", phone, id: "m9", after: -120)], state: "unknown", unmatched: 1),
    Case(
      name: "an accepted message is not found by its number", gateway: "j", settlement: accepted("m1"),
      reports: [F.report("j", phone, id: "m9")], state: "accepted", unmatched: 1),
    Case(
      name: "what the gateway refused stays refused", gateway: "y", settlement: Settlement(.refused, code: "107"),
      reports: [F.report("y", phone, code: "UNDELIV") { $0.linkID = link }], state: "refused", match: "link_id",
      code: "UNDELIV"),
    Case(
      name: "unless a report says that it arrived", gateway: "y", settlement: Settlement(.refused, code: "107"),
      reports: [F.report("y", phone) { $0.linkID = link }], state: "delivered", match: "link_id", code: "DELIVRD"),
  ]

  static let custom = LinkIdentity(key: Array(repeating: 7, count: 32), epoch: "e", campaign: "night")
    .custom(call: 1, attempt: 1, position: 0)

  @Test(arguments: cases) func `a report finds its message`(_ example: Case) throws {
    let books = try BooksFixture()
    try Files.makeFolder(books.workspace.data)
    try Files.replace(books.workspace.data + "/key", with: Array(repeating: 7, count: 32))
    try books.campaign([
      .init(
        gateway: example.gateway, numbers: [example.number], segments: example.segments,
        settlement: example.settlement, link: JoinTests.link)
    ])
    try books.receive(example.reports)
    let report = try books.reconcile()
    let row = try books.file("reconciliation.csv").rows[0]
    #expect(row["state"] == example.state)
    #expect(row["match"] == example.match)
    #expect(row["report_code"] == example.code)
    #expect(report.unmatched == example.unmatched)
    #expect(report.totals.reportsDoubled == example.doubled)
    #expect(report.isConserved)
    #expect(try books.file("unmatched.csv").rows.count == example.unmatched)
  }

  @Test func `the same id at two accounts names two messages`() throws {
    let books = try BooksFixture()
    try books.campaign([
      .init(gateway: "j", numbers: [JoinTests.phone], settlement: JoinTests.accepted("m1")),
      .init(gateway: "j2", numbers: [JoinTests.phone], settlement: JoinTests.accepted("m1")),
    ])
    try books.receive([
      F.report("j", JoinTests.phone, id: "m1"), F.report("j2", JoinTests.phone, id: "m1", code: "UNDELIV"),
    ])
    try books.reconcile()
    #expect(try books.file("reconciliation.csv")["state"] == ["delivered", "failed"])
  }

  @Test func `two unknown messages that fit leave a report alone`() throws {
    let books = try BooksFixture()
    let call = BooksFixture.TestCall(gateway: "j", numbers: [JoinTests.phone], settlement: Settlement(.unknown))
    try books.campaign([call], id: "one")
    try books.campaign([call], id: "two")
    try books.receive([F.report("j", JoinTests.phone, id: "m1")])
    let report = try books.reconcile()
    #expect(try books.file("reconciliation.csv")["match"] == ["", ""])
    #expect(report.unmatched == 1)
    #expect(report.exitCode == .unbalanced)
  }

  @Test func `a report of another campaign is not unmatched`() throws {
    let books = try BooksFixture()
    try books.campaign(
      [.init(gateway: "j", numbers: [JoinTests.phone], settlement: JoinTests.accepted("m1"))], id: "one")
    try books.campaign(
      [.init(gateway: "j", numbers: [JoinTests.other], settlement: JoinTests.accepted("m2"))], id: "two")
    try books.receive([F.report("j", JoinTests.phone, id: "m1"), F.report("j", JoinTests.other, id: "m2")])
    let report = try books.reconcile(ReconcileRequest(campaigns: ["two"]))
    #expect(try books.file("reconciliation.csv")["campaign"] == ["two"])
    #expect(report.unmatched == 0)
    #expect(report.exitCode == .done)
  }

  @Test func `days choose messages, and reports of others stay theirs`() throws {
    let books = try BooksFixture()
    try books.campaign([
      .init(gateway: "j", numbers: [JoinTests.phone], settlement: JoinTests.accepted("m1")),
      .init(
        gateway: "j", numbers: [JoinTests.other], settlement: JoinTests.accepted("m2"),
        at: BooksFixture.submitted + 86_400),
    ])
    try books.receive([
      F.report("j", JoinTests.phone, id: "m1"), F.report("j", JoinTests.other, id: "m2", after: 86_500),
    ])
    let second = "2026-11-12"
    let report = try books.reconcile(ReconcileRequest(from: second, to: second))
    #expect(try books.file("reconciliation.csv")["message_id"] == ["m2"])
    #expect(try books.file("summary.csv")["day"] == [second])
    #expect(report.unmatched == 0)
  }

  @Test func `silence ends a message after the report timeout`() throws {
    let books = try BooksFixture()
    try books.campaign([.init(gateway: "j", numbers: [JoinTests.phone], settlement: JoinTests.accepted("m1"))])
    #expect(try books.reconcile().exitCode == .paused)
    books.console.time = BooksFixture.submitted + 259_201
    #expect(try books.reconcile().exitCode == .done)
    let row = try books.file("reconciliation.csv").rows[0]
    #expect(row["state"] == "expired")
    #expect(row["match"] == "")
    #expect(row["report_meaning"] == "no final report within 72 h")
  }
}
