import Platform
import Testing

@testable import Gateways

@Suite struct YoueReportsTests {
  private let link = "20140316192678945632"

  private func page(_ body: String, _ kind: PullKind, _ settings: [String: String] = [:]) throws -> PullOutcome {
    try page(Array(body.utf8), kind, settings)
  }

  private func page(_ body: [UInt8], _ kind: PullKind, _ settings: [String: String] = [:]) throws -> PullOutcome {
    try youe(settings).page(in: GatewayAnswer(status: 200, body: body), for: kind)
  }

  private func replies(_ body: [UInt8], _ settings: [String: String] = [:]) throws -> [Reply] {
    guard case .page(let page) = try page(body, .replies, settings) else { return [] }
    return page.replies
  }

  @Test func `reports, one a line`() throws {
    let body =
      "13802102102/2014-03-16 19:29:00/\(link)/DELIVRD/ \n13802102103/20140316192901//ERR%3A104/88\r\n"
      + "13802102104/x/空/CB/00:1/"
    let expected = ReportPage(
      reports: [
        StatusReport(
          linkID: link, number: "13802102102", code: "DELIVRD",
          reportedAt: CivilTime(year: 2014, month: 3, day: 16, hour: 19, minute: 29),
          raw: "13802102102/2014-03-16 19:29:00/\(link)/DELIVRD/"),
        StatusReport(
          number: "13802102103", code: "ERR:104",
          reportedAt: CivilTime(year: 2014, month: 3, day: 16, hour: 19, minute: 29, second: 1),
          raw: "13802102103/20140316192901//ERR%3A104/88"),
        StatusReport(number: "13802102104", code: "CB/00:1", raw: "13802102104/x/空/CB/00:1/"),
      ], more: true)
    #expect(try page(body, .reports) == .page(expected))
  }

  /// Field 4 as it stands, the text that is read under auto, urlencoded, raw.
  @Test(arguments: [
    ("TD", "TD", "TD", "TD"), ("%E6%94%B6%E5%88%B0+1", "收到 1", "收到 1", "%E6%94%B6%E5%88%B0+1"),
    ("%ca%d5%b5%bd", "收到", "收到", "%ca%d5%b5%bd"), ("收到/1+1", "收到/1+1", "收到/1 1", "收到/1+1"),
    ("a%2Fb", "a/b", "a/b", "a%2Fb"), ("a/b c", "a/b c", "a/b c", "a/b c"), ("100%", "100%", "100%", "100%"),
    ("打8折100%25", "打8折100%25", "打8折100%", "打8折100%25"), ("", "", "", ""),
  ])
  func `a text is decoded as the setting says`(field: String, auto: String, urlencoded: String, raw: String) throws {
    let line = Array("13802102102/2014-03-16 19:29:00/\(link)/\(field)/12".utf8)
    #expect(try replies(line).map(\.text) == [auto])
    #expect(try replies(line, ["field_encoding": "urlencoded"]).map(\.text) == [urlencoded])
    #expect(try replies(line, ["field_encoding": "raw"]).map(\.text) == [raw])
    #expect(try replies(line).first?.accessCode == "12")
    #expect(try replies(line).first?.linkID == link)
  }

  @Test func `an account in gb2312 reads what is valid in both encodings as GB`() throws {
    let line = Array("13802102102/2014-03-16 19:29:00/\(link)/".utf8) + [0xC1, 0xAA, 0xCD, 0xA8, 0x2F]
    #expect(try replies(line, ["charset": "gb2312"]).map(\.text) == ["联通"])
    let encoded = Array("13802102102/2014-03-16 19:29:00/\(link)/%C1%AA%CD%A8/".utf8)
    #expect(try replies(encoded, ["charset": "gb2312"]).map(\.text) == ["联通"])
  }

  @Test(arguments: ["0", "1", "空", ""])
  func `a linkid that stands for none is none`(written: String) throws {
    #expect(try replies(Array("13802102102/2014-03-16 19:29:00/\(written)/x/".utf8)).map(\.linkID) == [""])
  }

  @Test(
    arguments: [
      ("150", .page(ReportPage())), ("160\n", .page(ReportPage())), ("101", .refused("101")), ("108", .refused("108")),
      ("555", .unreadable("code 555 is not in the document")), ("", .unreadable("the answer is empty")),
      ("<html>a/b/c/d/e</html>", .unreadable("the answer is neither a code nor lines of five fields")),
      ("13802102102/2014", .unreadable("the answer is neither a code nor lines of five fields")),
    ] as [(String, PullOutcome)])
  func `answers without records`(body: String, outcome: PullOutcome) throws {
    #expect(try page(body, .reports) == outcome)
    #expect(try page(body, .replies) == outcome)
  }

  @Test func `a page by another HTTP status is not read`() throws {
    let answer = GatewayAnswer(status: 500, body: Array("150".utf8))
    #expect(
      try youe().page(in: answer, for: .replies) == .unreadable("the gateway answered with HTTP status 500"))
  }

  @Test func `a line that breaks off is told, the others are kept`() throws {
    let body = "13802102102/2014-03-16 19:29:00/\(link)/DELIVRD/\n13802102103/2014-03"
    guard case .page(let page) = try page(body, .reports) else {
      Issue.record("no page")
      return
    }
    #expect(page.reports.count == 1 && page.cut)
    #expect(page.notes == ["lines that could not be read: 1"])
  }

  @Test func `of an answer that broke off only whole lines are read`() throws {
    let body = "13802102102/2014-03-16 19:29:00/\(link)/DELIVRD/\n13802102103/2014-03-16 19:29:00/\(link)/DELIV/"
    let answer = GatewayAnswer(status: 200, body: Array(body.utf8), isWhole: false)
    guard case .page(let page) = try youe().page(in: answer, for: .reports) else {
      Issue.record("no page")
      return
    }
    #expect(page.reports.map(\.number) == ["13802102102"])
    let half = GatewayAnswer(status: 200, body: Array("13802102102/2014-03-16 19:29:00/1/DELIV/".utf8), isWhole: false)
    #expect(try youe().page(in: half, for: .reports) == .unreadable("the answer is empty"))
  }

  @Test func `a broken line in the middle is no cut page`() throws {
    let body = "nonsense\n13802102102/2014-03-16 19:29:00/\(link)/DELIVRD/\n"
    guard case .page(let page) = try page(body, .reports) else {
      Issue.record("no page")
      return
    }
    #expect(page.reports.count == 1 && !page.cut)
  }

  // MARK: - Pushes

  private func push(_ body: String) throws -> PushOutcome {
    try youe().page(
      in: GatewayPush(method: "POST", contentType: "application/x-www-form-urlencoded", body: Array(body.utf8)))
  }

  @Test func `a pushed report`() throws {
    let body = "Class=rpt&SmsName=U1&Mobile=13802102102&LinkId=\(link)&Report=DELIVRD"
    let report = StatusReport(linkID: link, number: "13802102102", code: "DELIVRD", raw: body)
    #expect(try push(body) == PushOutcome(page: ReportPage(reports: [report]), answer: "OK"))
  }

  @Test func `a pushed reply, in the query too`() throws {
    let reply = Reply(
      number: "13802102102", text: "退订", linkID: link,
      raw: "Class=mo&SmsName=u1&Mobile=13802102102&Message=%E9%80%80%E8%AE%A2&LinkId=\(link)")
    let expected = PushOutcome(page: ReportPage(replies: [reply]), answer: "OK")
    #expect(try push(reply.raw) == expected)
    let query: [(name: String, value: [UInt8])] = [
      ("Class", "mo"), ("SmsName", "u1"), ("Mobile", "13802102102"), ("Message", "退订"), ("LinkId", link),
    ].map { ($0.0, Array($0.1.utf8)) }
    #expect(try youe().page(in: GatewayPush(method: "POST", query: query)) == expected)
  }

  @Test(arguments: [
    ("Class=rpt&SmsName=other&Mobile=1&Report=DELIVRD", 403, "the push names another account"),
    ("Class=rpt&SmsName=u1&Mobile=1", 200, "the push lacks a field"),
    ("Class=mo&SmsName=u1&Message=x", 200, "the push lacks a field"),
    ("Class=x&SmsName=u1", 200, "the push is of no known Class"), ("", 200, "the push is of no known Class"),
  ])
  func `pushes without a record`(body: String, status: Int, reason: String) throws {
    #expect(try push(body) == PushOutcome(page: nil, status: status, answer: status == 200 ? "OK" : "", reason: reason))
  }

  // MARK: - Statuses

  @Test(
    arguments: [
      ("DELIVRD", .delivered), ("delivrd", .delivered), ("EXPIRED", .expired), ("TIMEOUT", .expired),
      ("UNDELIV", .failed), ("UNKNOWN", .failed), ("REJECTD", .failed), ("DTBLACK", .failed), ("ERR:104", .failed),
      ("ACCEPTD", .pending), ("MK:0001", .failed), ("", .pending),
    ] as [(String, StatusClass)])
  func `status classes`(code: String, status: StatusClass) {
    #expect(Youe.status(code).status == status)
    #expect(Youe.status(code).code == code)
  }
}
