import Platform
import Testing

@testable import Gateways

@Suite struct EighteenReportsTests {
  private func push(_ pairs: [(String, String)]) -> GatewayPush {
    GatewayPush(method: "GET", query: pairs.map { ($0.0, Array($0.1.utf8)) })
  }

  private let report = [
    ("receiver", "admin"), ("pswd", "12345"), ("msgid", "12345"), ("reportTime", "1012241002"),
    ("mobile", "13900210021"), ("status", "DELIVRD"),
  ]

  private var expectedReport: PushOutcome {
    let report = StatusReport(
      messageID: "12345", number: "13900210021", code: "DELIVRD",
      reportedAt: CivilTime(year: 2010, month: 12, day: 24, hour: 10, minute: 2),
      raw: "receiver=admin&msgid=12345&reportTime=1012241002&mobile=13900210021&status=DELIVRD")
    return PushOutcome(page: ReportPage(reports: [report]), answer: "0")
  }

  @Test func `a report in the query, answered with 0`() throws {
    #expect(try eighteen().page(in: push(report)) == expectedReport)
    #expect(
      try eighteen(["push_receiver": "admin"], pushPassword: "12345").page(in: push(report)) == expectedReport)
  }

  @Test func `a report as a form`() throws {
    let body = report.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    let posted = GatewayPush(
      method: "POST", contentType: "application/x-www-form-urlencoded; charset=UTF-8", body: Array(body.utf8))
    #expect(try eighteen().page(in: posted) == expectedReport)
  }

  @Test(arguments: [("root", "12345"), ("admin", "wrong"), ("", "12345")])
  func `a push that does not prove itself is turned away`(receiver: String, password: String) throws {
    let gateway = try eighteen(["push_receiver": receiver.isEmpty ? "x" : receiver], pushPassword: password)
    #expect(
      gateway.page(in: push(report))
        == PushOutcome(page: nil, status: 403, answer: "", reason: "receiver or pswd of the push is wrong"))
  }

  @Test(arguments: ["", "0", "garbage", "9999999999"])
  func `a report whose time is no use still counts`(time: String) throws {
    let pushed = report.map { $0.0 == "reportTime" ? ("reportTime", time) : $0 }
    let page = try #require(try eighteen().page(in: push(pushed)).page)
    #expect(page.reports.map(\.code) == ["DELIVRD"])
    #expect(page.reports.map(\.reportedAt) == [nil])
  }

  private let reply = [
    ("receiver", "admin"), ("pswd", "12345"), ("moTime", "1208212205"), ("destcode", "1065751600001"),
    ("mobile", "13800210021"), ("msg", "hello 您"),
  ]

  @Test func `a reply`() throws {
    let expected = Reply(
      number: "13800210021", text: "hello 您",
      receivedAt: CivilTime(year: 2012, month: 8, day: 21, hour: 22, minute: 5), accessCode: "1065751600001",
      raw: "receiver=admin&moTime=1208212205&destcode=1065751600001&mobile=13800210021&msg=hello%20%E6%82%A8")
    #expect(
      try eighteen().page(in: push(reply)) == PushOutcome(page: ReportPage(replies: [expected]), answer: "0"))
  }

  @Test func `a part of a long reply`() throws {
    let page = try #require(
      try eighteen().page(in: push(reply + [("isems", "1"), ("emshead", "234,4,1")])).page)
    #expect(page.replies.map(\.part) == [MessagePart(group: "234", index: 1, total: 4)])
  }

  @Test(arguments: ["", "234", "234,4,5", "234,4,0", "234,x,1", "1,99999999999999999999,1"])
  func `a part whose place cannot be read is told`(head: String) throws {
    let page = try #require(try eighteen().page(in: push(reply + [("isems", "1"), ("emshead", head)])).page)
    #expect(page.replies.map(\.part) == [nil])
    #expect(page.notes == ["a part of a long reply whose emshead is no use"])
  }

  @Test func `a plain reply has no part`() throws {
    let page = try #require(try eighteen().page(in: push(reply + [("isems", "0"), ("emshead", "234,4,1")])).page)
    #expect(page.replies.map(\.part) == [nil])
    #expect(page.notes.isEmpty)
  }

  @Test func `what is neither is answered, so that the gateway does not pause`() throws {
    let expected = PushOutcome(page: nil, answer: "0", reason: "the push is neither a report nor a reply")
    #expect(try eighteen().page(in: push([])) == expected)
    #expect(try eighteen().page(in: push([("msg", "x")])) == expected)
    #expect(try eighteen().page(in: push([("status", "DELIVRD")])) == expected)
  }

  @Test func `nothing can be pulled`() throws {
    #expect(Eighteen.pulls.isEmpty)
    #expect(try eighteen().pullRequest(for: .reports, at: .now) == nil)
  }

  @Test(
    arguments: [
      ("DELIVRD", .delivered), ("MBBLACK", .failed), ("REJECT", .failed), ("EXPIRED", .expired), ("UNDELIV", .failed),
      ("601", .failed), ("whatever", .failed), ("", .pending),
    ] as [(String, StatusClass)])
  func `status classes`(code: String, status: StatusClass) {
    #expect(Eighteen.status(code).status == status)
    #expect(Eighteen.status(code).code == code)
  }

  @Test(arguments: [
    ("CMPP20ERR:12", "refused by the operator's gateway (CMPP)"),
    ("SMGPERR:10", "refused by the operator's gateway (SMGP)"),
    ("sgiperr:3", "refused by the operator's gateway (SGIP)"), ("YD2RESP:8", "refused by the operator's gateway"),
    ("SY1RESP:-9", "wrong extension digits: leave extno empty"), ("MK:0001", "a code of the operator's gateway"),
  ])
  func `a status with the operator's own code is read by its form`(code: String, meaning: String) {
    #expect(Eighteen.status(code).english == meaning)
    #expect(Eighteen.status(code).status == .failed)
  }

  @Test func `the status table has each of the document's words once`() {
    #expect(Eighteen.statusCodes.count == 25)
    #expect(Set(Eighteen.statusCodes.map(\.code)).count == 25)
    for row in Eighteen.statusCodes { #expect(!row.english.isEmpty && !row.chinese.isEmpty, "\(row.code)") }
  }
}
