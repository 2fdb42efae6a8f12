import Messaging
import Platform
import Testing

@testable import Gateways

@Suite struct `Juhe reports and replies` {
  static let report1 =
    #"{"flag":1,"mid":"4C36654382720005","spid":"922011","accessCode":"106901234","mobile":"18983437010","#
    + #""stat":"MA:0029","time":"2017-04-12 01:38:21"}"#
  static let reply1 =
    #"{"flag":0,"mid":"4C36654382720006","spid":"922011","accessCode":"106901234","mobile":"18983437011","#
    + #""content":"上行内容","time":"2017-04-12 01:38:22"}"#

  static let report = StatusReport(
    messageID: "4C36654382720005", number: "18983437010", code: "MA:0029",
    reportedAt: CivilTime(year: 2017, month: 4, day: 12, hour: 1, minute: 38, second: 21), raw: report1)
  static let reply = Reply(
    number: "18983437011", text: "上行内容",
    receivedAt: CivilTime(year: 2017, month: 4, day: 12, hour: 1, minute: 38, second: 22), accessCode: "106901234",
    messageID: "4C36654382720006", raw: reply1)

  static func page(_ records: String...) -> String {
    #"{"status":"0","balance":-153278040,"list":["# + records.joined(separator: ",") + "]}"
  }

  struct Pull: Sendable, CustomTestStringConvertible {
    var name: String
    var kind: PullKind
    var status = 200
    var body: String
    var outcome: PullOutcome
    var testDescription: String { name }

    init(_ name: String, of kind: PullKind = .reports, status: Int = 200, _ body: String, _ outcome: PullOutcome) {
      self.name = name
      self.kind = kind
      self.status = status
      self.body = body
      self.outcome = outcome
    }
  }

  /// The document's mo example with its slip: a reply that says flag 1 and keeps its text in `stat`.
  static let slip = #"{"flag":1,"mid":"4C36654382720006","mobile":"18983437011","stat":"测试内容"}"#

  static let breaksOff = "the page breaks off; what stood behind its last whole record may be lost"

  static let pulls: [Pull] = [
    Pull("reports", page(report1), .page(ReportPage(reports: [report], more: true))),
    Pull("replies", of: .replies, page(reply1), .page(ReportPage(replies: [reply], more: true))),
    Pull(
      "flags as strings", page(report1.replacing(":1,", ":\"1\",")),
      .page(
        ReportPage(
          reports: [with(report, raw: report1.replacing(":1,", ":\"1\","))], more: true))),
    Pull("nothing to fetch", #"{"status":"0","balance":5,"list":[]}"#, .page(ReportPage())),
    Pull("nothing to fetch, no list", #"{"status":0}"#, .page(ReportPage())),
    Pull("nothing to fetch, null", #"{"status":"0","list":null}"#, .page(ReportPage())),
    Pull(
      "the document's slip", of: .replies, page(slip),
      .page(
        ReportPage(
          replies: [Reply(number: "18983437011", text: "测试内容", messageID: "4C36654382720006", raw: slip)],
          more: true))),
    Pull(
      "a report among the replies", of: .replies, page(reply1, report1),
      .page(ReportPage(reports: [report], replies: [reply], more: true))),
    Pull(
      "cut in a record", String(page(report1, reply1).dropLast(30)),
      .page(ReportPage(reports: [report], more: true, cut: true, notes: [breaksOff]))),
    Pull(
      "cut behind a record", #"{"status":"0","list":["# + report1,
      .page(ReportPage(reports: [report], more: true, cut: true, notes: [breaksOff]))),
    Pull(
      "cut in the first record", #"{"status":"0","list":[{"mid":"4C"#,
      .page(ReportPage(cut: true, notes: [breaksOff]))),
    Pull(
      "one record broken", page(report1, #"{"flag":1,"mid":}"#, reply1),
      .page(
        ReportPage(
          reports: [report], replies: [reply], more: true, notes: ["records that are no JSON, set aside: 1"]))),
    Pull(
      "records that are none", page("7", "{}", report1),
      .page(
        ReportPage(
          reports: [report], more: true, notes: ["records that are neither report nor reply, set aside: 2"]))),
    Pull("password", #"{"status":"3"}"#, .refused("3")),
    Pull("too many connections", #"{"status":21}"#, .slowDown("21")),
    Pull("without status", "{}", .unreadable("the answer has no status")),
    Pull("gone", status: 502, "", .unreadable("the gateway answered with HTTP status 502")),
    Pull("a page", "<html>", .unreadable("the answer is a web page or XML instead of JSON")),
    Pull(
      "cut before the list", #"{"status":"0","ba"#,
      .unreadable("the answer is no JSON from byte 17 of 17 on: another page, or cut short")),
  ]

  static func with(_ report: StatusReport, raw: String) -> StatusReport {
    var copy = report
    copy.raw = raw
    return copy
  }

  @Test(arguments: pulls)
  func `are read from pulled pages`(_ pull: Pull) throws {
    let answer = GatewayAnswer(status: pull.status, body: Array(pull.body.utf8))
    #expect(try juhe().page(in: answer, for: pull.kind) == pull.outcome)
  }

  @Test func `are looked for among so many fields only`() throws {
    let body = Array(String(repeating: "a&", count: 5_000_000).utf8)
    let outcome = try juhe().page(in: GatewayPush(method: "POST", body: body))
    #expect(outcome == PushOutcome(page: nil, answer: "OK", reason: "the push holds no JSON"))
  }

  @Test func `survive a byte that is not UTF-8`() throws {
    var body = Array(Self.page(Self.report1, Self.reply1).utf8)
    let place = try #require(body.lastIndex(of: 0xE4))
    body[place] = 0xFF
    guard case .page(let page) = try juhe().page(in: GatewayAnswer(status: 200, body: body), for: .replies) else {
      Issue.record("not a page")
      return
    }
    #expect(page.reports == [Self.report])
    #expect(page.replies.count == 1 && page.replies.first?.text.hasSuffix("行内容") == true)
    #expect(!page.cut)
  }

  static let pushes: [(String, GatewayPush, ReportPage?)] = [
    ("a mixed array", push("[\(reply1), \(report1)]"), ReportPage(reports: [report], replies: [reply])),
    ("one record", push(report1), ReportPage(reports: [report])),
    ("a list", push(#"{"list":[\#(report1)]}"#), ReportPage(reports: [report])),
    ("nothing", push("[]"), ReportPage()),
    ("a form field", push("data=" + escaped("[\(report1)]")), ReportPage(reports: [report])),
    ("an encoded body", push(escaped("[\(report1)]")), ReportPage(reports: [report])),
    (
      "the query", GatewayPush(method: "GET", query: [("x", [0x31]), ("list", Array("[\(report1)]".utf8))]),
      ReportPage(reports: [report])
    ),
    (
      "a cut array", push("[\(report1),{"),
      ReportPage(reports: [report], cut: true, notes: [breaksOff])
    ),
    ("words", push("hello"), nil),
    ("no body", push(""), nil),
    ("broken JSON", push("{\"a\""), nil),
  ]

  static func push(_ body: String) -> GatewayPush { GatewayPush(method: "POST", body: Array(body.utf8)) }

  static func escaped(_ text: String) -> String {
    var buffer = ByteBuffer()
    buffer.append(percentEncoding: Array(text.utf8).span)
    return buffer.span.text
  }

  @Test(arguments: 0..<pushes.count)
  func `are read from pushes whatever their form`(_ index: Int) throws {
    let (name, push, page) = Self.pushes[index]
    let outcome = try juhe().page(in: push)
    #expect(outcome.page == page, "\(name)")
    #expect(outcome.answer == "OK" && outcome.status == 200)
    #expect(outcome.reason.isEmpty == (page != nil))
  }

  @Test func `are asked for by two actions`() throws {
    let now = Timestamp(seconds: 0)
    let rest = "&account=922011&password=pa%26ss&rt=json"
    #expect(try juhe().pullRequest(for: .reports, at: now)?.body.text == "action=report" + rest)
    #expect(try juhe().pullRequest(for: .replies, at: now)?.body.text == "action=mo" + rest)
    #expect(try juhe().pullRequest(for: .replies, at: now)?.url == "http://127.0.0.1:7862/sms")
  }

  static let codes: [(String, StatusClass)] = [
    ("DELIVRD", .delivered), (" delivrd", .delivered), ("EXPIRED", .expired), ("DELETED", .failed),
    ("REJECTED", .failed), ("MA:0001", .failed), ("MA:0030", .failed), ("MO:200", .failed), ("MO:0254", .failed),
    ("MO:0066", .failed), ("ACCEPTD", .pending), ("", .pending), ("CB:0010", .failed),
  ]

  @Test(arguments: codes)
  func `have a class for every code`(_ code: String, _ status: StatusClass) {
    let meaning = Juhe.status(code)
    #expect(meaning.status == status)
    #expect(!meaning.english.isEmpty && !meaning.chinese.isEmpty)
  }

  @Test func `keep an unlisted code as it was written`() {
    #expect(Juhe.status("mo:0066").code == "mo:0066")
    #expect(Juhe.status("mo:0066").english.contains("operator's gateway"))
    #expect(Set(Juhe.statusCodes.map(\.code)).count == Juhe.statusCodes.count)
    // Section 9 lists 28 codes and the rule MO:NNNN.
    #expect(Juhe.statusCodes.count == 28 + 4)
  }
}
