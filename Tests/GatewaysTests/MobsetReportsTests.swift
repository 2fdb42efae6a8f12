import JSON
import Platform
import Testing

@testable import Gateways

@Suite struct MobsetReportsTests {
  private func page(_ body: String, _ kind: PullKind = .reports, status: Int = 200) throws -> PullOutcome {
    try mobset().page(in: GatewayAnswer(status: status, body: Array(body.utf8)), for: kind)
  }

  @Test func `reports are read in the document's form`() throws {
    let body = """
      {"code": "1", "Message": "取短信状态报告成功", "Details": [{"SmsId": "1355555551", "Status": "12",
      "ReportTime": "2018-07-20 16:48:21", "ExStatus": "DELIVRD"}, {"smsid": 7, "status": 13, "ReportTime": ""},]}
      """
    let expected = ReportPage(
      reports: [
        StatusReport(
          messageID: "1355555551", code: "12", detail: "DELIVRD",
          reportedAt: CivilTime(year: 2018, month: 7, day: 20, hour: 16, minute: 48, second: 21),
          raw: #"{"SmsId":"1355555551","Status":"12","ReportTime":"2018-07-20 16:48:21","ExStatus":"DELIVRD"}"#),
        StatusReport(messageID: "7", code: "13", raw: #"{"smsid":7,"status":13,"ReportTime":""}"#),
      ], more: true)
    #expect(try page(body) == .page(expected))
  }

  @Test func `replies are read in the document's form`() throws {
    let body = """
      {"code": "2", "Details": [{"PhoneNumber": "13512346789", "RecvNumber": "10691179164004", "AddNum": "",
      "RecvTime": "2018-07-17 12:00:00", "Content": "收到 1!"}, {"PhoneNumber": 13512346789, "Content": ""}]}
      """
    guard case .page(let page) = try page(body, .replies) else {
      Issue.record("no page")
      return
    }
    #expect(page.replies.map(\.text) == ["收到 1!", ""])
    #expect(page.replies.map(\.number) == ["13512346789", "13512346789"])
    #expect(page.replies[0].accessCode == "10691179164004")
    #expect(page.replies[0].receivedAt == CivilTime(year: 2018, month: 7, day: 17, hour: 12))
    #expect(page.more && page.reports.isEmpty && page.notes.isEmpty)
  }

  @Test(arguments: [#"{"Code":0,"Details":[]}"#, #"{"Code":"0","Message":"x"}"#, #"{"code":0,"Details":null}"#])
  func `nothing to fetch is an empty page`(body: String) throws {
    #expect(try page(body) == .page(ReportPage()))
  }

  @Test(
    arguments: [
      (#"{ "Code" : -105, "Message" : "帐号验证失败"}"#, 200, .refused("-105")),
      (#"{"Code":-102}"#, 200, .refused("-102")), (#"{"Code":"-189"}"#, 200, .slowDown("-189")),
      ("", 200, .unreadable("the answer is not JSON")), ("<html>", 200, .unreadable("the answer is not JSON")),
      (#"{"Code":0}"#, 503, .unreadable("the gateway answered with HTTP status 503")),
    ] as [(String, Int, PullOutcome)])
  func `answers without a page`(body: String, status: Int, outcome: PullOutcome) throws {
    #expect(try page(body, status: status) == outcome)
  }

  @Test func `a record that cannot be read does not take the others with it`() throws {
    let body = #"{"Code":4,"Details":[{"SmsId":"1","Status":"12"},{"SmsId":"2"},7]}"#
    guard case .page(let page) = try page(body) else {
      Issue.record("no page")
      return
    }
    #expect(page.reports.map(\.messageID) == ["1"])
    #expect(page.notes == ["records that could not be read: 2", "the answer counts 4 records and holds 3"])
  }

  @Test func `a page that breaks off keeps its whole records`() throws {
    let body = #"{"Code":"3","Details":[{"SmsId":"1","Status":"12"},{"SmsId":"2","Status":"13","x":"}]\""},{"SmsId":"3"#
    guard case .page(let page) = try page(body) else {
      Issue.record("no page")
      return
    }
    #expect(page.cut && page.more)
    #expect(page.reports.map(\.messageID) == ["1", "2"])
    #expect(page.notes == ["the answer broke off; records saved: 2"])
  }

  @Test func `saving stops where the text is no JSON any more`() {
    #expect(Mobset.wholeRecords(in: Array("]]]}{[{".utf8)).isEmpty)
    #expect(Mobset.wholeRecords(in: Array(#"{"a":[{"b":1}]}{"#.utf8)) == [["b": 1]])
    #expect(Mobset.wholeRecords(in: Array(#"{"a":[[1],{"b":{"c":[]}},{"#.utf8)) == [["b": ["c": []]]])
  }

  @Test(
    arguments: [
      ("12", .delivered), ("13", .failed), ("7", .failed), ("2", .failed), ("11", .failed), ("10", .pending),
      ("0", .pending), ("1", .pending), ("15", .expired), ("99", .pending), ("", .pending),
    ] as [(String, StatusClass)])
  func `status classes`(code: String, status: StatusClass) {
    #expect(Mobset.status(code).status == status)
    #expect(Mobset.status(code).code == code)
  }

  @Test func `the status table is the document's`() {
    #expect(
      Mobset.statusCodes.map(\.code) == ["0", "1", "2", "3", "4", "5", "6", "7", "10", "11", "12", "13", "15"])
  }

  @Test func `a push is turned away`() throws {
    let outcome = try mobset().page(in: GatewayPush(method: "GET"))
    #expect(outcome == PushOutcome(page: nil, status: 404, answer: "", reason: "mobset does not push"))
  }
}
