import Messaging
import Platform
import Testing

@testable import Gateways

@Suite struct `Emay reports` {
  static let record =
    #"{"mobile":"0061422118000","imsId":"20180392833833891100","customImsId":"1553885000011111","state":"DELIVRD","#
    + #""desc":"成功","receiveTime":"2018-03-15 12:00:01","submitTime":"2018-03-15 12:00:00"}"#
  static let noon = CivilTime(year: 2018, month: 3, day: 15, hour: 12)
  static let report = StatusReport(
    messageID: "20180392833833891100", customID: "1553885000011111", number: "0061422118000", code: "DELIVRD",
    detail: "成功", reportedAt: CivilTime(year: 2018, month: 3, day: 15, hour: 12, second: 1), submittedAt: noon,
    raw: record)
  static let bare = #"{"mobile":"0061422118001","state":"FAIL_MOBILE"}"#

  static let pulls: [(String, PullOutcome)] = [
    (#"{"code" : "SUCCESS", "data" : [\#(record)]}"#, .page(ReportPage(reports: [report], more: true))),
    (#"{"code":"SUCCESS","data":\#(record)}"#, .page(ReportPage(reports: [report], more: true))),
    (
      #"{"code":"SUCCESS","data":[\#(bare)]}"#,
      .page(
        ReportPage(reports: [StatusReport(number: "0061422118001", code: "FAIL_MOBILE", raw: bare)], more: true))
    ),
    (#"{"code":"SUCCESS","data":[]}"#, .page(ReportPage())),
    (#"{"code":"SUCCESS","data":null}"#, .page(ReportPage())),
    (#"{"code":"SUCCESS"}"#, .page(ReportPage())),
    (
      #"{"code":"SUCCESS","data":[\#(record),{"mobile":"006142"#,
      .page(
        ReportPage(
          reports: [report], more: true, cut: true,
          notes: ["the page breaks off; what stood behind its last whole record may be lost"]))
    ),
    (
      #"{"code":"SUCCESS","data":[{"mobile":"1"},\#(record)]}"#,
      .page(ReportPage(reports: [report], more: true, notes: ["records without a state, set aside: 1"]))
    ),
    (#"{"code":"ERROR_SIGN"}"#, .refused("ERROR_SIGN")),
    (#"{"code":"ERROR_OVER_SPEED"}"#, .slowDown("ERROR_OVER_SPEED")),
    ("{}", .unreadable("the answer has no code")),
    ("", .unreadable("the answer is empty")),
  ]

  @Test(arguments: pulls)
  func `are read from pulled pages`(_ body: String, _ outcome: PullOutcome) throws {
    let gateway = try `Emay requests`.emay()
    #expect(gateway.page(in: GatewayAnswer(status: 200, body: Array(body.utf8)), for: .reports) == outcome)
  }

  @Test func `are asked for by the five hundred`() throws {
    let gateway = try `Emay requests`.emay()
    let request = gateway.pullRequest(for: .reports, at: `Emay requests`.time)
    #expect(request?.url == "http://127.0.0.1:8999/inter/getIMSReport")
    #expect(request?.body.text == `Emay requests`.access + #","number":500}"#)
    #expect(gateway.pullRequest(for: .replies, at: `Emay requests`.time) == nil)
    #expect(Emay.pulls == [.reports])
    #expect(gateway.page(in: GatewayPush(method: "POST")).status == 404)
  }

  static let states: [(String, StatusClass)] = [
    ("DELIVRD", .delivered), ("TIMEOUT", .expired), ("FAIL_BALANCE", .failed), ("FAIL_MOBILE", .failed),
    ("FAIL_MOBILE_SUPPORT", .failed), ("FAIL_MOBILE_REPEAT", .failed), ("FAIL_BLACK_DICT", .failed),
    ("FAIL_RESPONSE", .failed), ("FAIL_UNKNOW", .failed),
  ]

  @Test(arguments: states + [("fail_mobile ", .failed), ("FAIL_NEW", .failed), ("", .pending)])
  func `have a class for every state`(_ state: String, _ status: StatusClass) {
    let meaning = Emay.status(state)
    #expect(meaning.status == status)
    #expect(!meaning.english.isEmpty && !meaning.chinese.isEmpty)
  }

  @Test func `list the document's nine states`() {
    #expect(Emay.statusCodes.map(\.code) == Self.states.map(\.0))
  }
}
