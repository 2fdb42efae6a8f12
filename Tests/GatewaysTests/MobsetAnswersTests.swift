import Messaging
import Platform
import TestSupport
import Testing

@testable import Gateways

@Suite struct MobsetAnswersTests {
  struct Case: CustomTestStringConvertible {
    var testDescription: String
    var answer: String
    var outcome: CallOutcome

    init(_ name: String, _ answer: String, _ outcome: CallOutcome) {
      testDescription = name
      self.answer = answer
      self.outcome = outcome
    }
  }

  private static func taken(_ ids: String...) -> MessageOutcome { MessageOutcome(.accepted, ids: ids) }
  private static let refused = MessageOutcome(.refused, code: "SmsId=0")

  private func outcome(_ answer: String, status: Int = 200) throws -> CallOutcome {
    try mobset().outcome(
      of: GatewayAnswer(status: status, body: Array(answer.utf8)),
      to: mobsetCall([8_613_800_138_000, 8_613_800_138_001]))
  }

  static let settled: [Case] = [
    Case(
      "the document's form, text codes",
      #"{"Code": "1", "Message": "成功提交 1 条短信", "SmsIdList": [{"PhoneNumber": "13800138001", "SmsId": "2"}, {"PhoneNumber": "13800138000", "SmsId": "1"}]}"#,
      CallOutcome(.settled([taken("1"), taken("2")]))),
    Case(
      "numbers, other case, a comma too many",
      #"{"code":2,"smsIDLIST":[{"phonenumber":13800138000,"SmsID":135555551},{"PHONENUMBER":13800138001,"smsid":135555552,},],}"#,
      CallOutcome(.settled([taken("135555551"), taken("135555552")]))),
    Case(
      "ids that no Double holds",
      #"{"Code":0,"SmsIdList":[{"PhoneNumber":"13800138000","SmsId":20180392833833892100},{"PhoneNumber":"8613800138001","SmsId":"abc-1"}]}"#,
      CallOutcome(.settled([taken("20180392833833892100"), taken("abc-1")]))),
    Case(
      "several entries for a long text, in order",
      #"{"Code":"4","SmsIdList":[{"PhoneNumber":"13800138000","SmsId":"9"},{"PhoneNumber":"13800138001","SmsId":"5"},{"PhoneNumber":"13800138000","SmsId":"3"},{"PhoneNumber":"13800138001","SmsId":"6"}]}"#,
      CallOutcome(.settled([taken("9", "3"), taken("5", "6")]))),
    Case(
      "a comma list in one entry, and an array",
      #"{"Code":"4","SmsIdList":[{"PhoneNumber":"13800138000","SmsId":"9, 3"},{"PhoneNumber":"13800138001","SmsId":[5,"6"]}]}"#,
      CallOutcome(.settled([taken("9", "3"), taken("5", "6")]))),
    Case(
      "the id 0 refuses one number",
      #"{"Code":"1","SmsIdList":[{"PhoneNumber":"13800138000","SmsId":0},{"PhoneNumber":"13800138001","SmsId":"7"}]}"#,
      CallOutcome(.settled([refused, taken("7")]))),
    Case(
      "a part with the id 0 leaves the message accepted",
      #"{"Code":"1","SmsIdList":[{"PhoneNumber":"13800138000","SmsId":"8,0"},{"PhoneNumber":"13800138001","SmsId":"0"}]}"#,
      CallOutcome(.settled([taken("8"), refused]), notes: ["long messages of which a part was refused: 1"])),
    Case(
      "a message that is not mentioned is unknown, a stranger is told",
      #"{"Code":"1","SmsIdList":[{"PhoneNumber":"13800138000","SmsId":"8"},{"PhoneNumber":"13900000000","SmsId":"4"},{"SmsId":"5"},7]}"#,
      CallOutcome(
        .settled([taken("8"), MessageOutcome(.unknown)]),
        notes: ["entries for numbers that were not in the call: 3", "messages that the answer does not mention: 1"])),
    Case(
      "an id that stands there twice counts once",
      #"{"Code":"1","SmsIdList":[{"PhoneNumber":"13800138000","SmsId":"8"},{"PhoneNumber":"13800138000","SmsId":"8"},{"PhoneNumber":"13800138001","SmsId":null}]}"#,
      CallOutcome(
        .settled([taken("8"), MessageOutcome(.unknown)]),
        notes: ["ids that stood there twice: 1", "entries without an id: 1"])),
    Case(
      "taken, but nothing is named", #"{"Code":"2","Message":"成功"}"#,
      CallOutcome(.unknown("the call was taken, but no message is named"))),
    Case(
      "an empty list", #"{"Code":"2","SmsIdList":[]}"#,
      CallOutcome(.unknown("the call was taken, but no message is named"))),
  ]

  @Test(arguments: settled)
  func `answers that take a call`(test: Case) throws {
    #expect(try outcome(test.answer) == test.outcome)
  }

  @Test func `a no with accepted messages is unknown, or they would be sent again`() throws {
    let list = #""SmsIdList":[{"PhoneNumber":"13800138000","SmsId":"7"}]"#
    let contradiction = CallOutcome(.unknown("the Code says no but the list has accepted messages"), code: "-190")
    #expect(try outcome(#"{"Code":-190,\#(list)}"#) == contradiction)
    #expect(try outcome(#"{"Code":-190,\#(list.replacing("\"7\"", "0"))}"#) == CallOutcome(.slowDown, code: "-190"))
  }

  static let codes: [(String, CallOutcome.Verdict)] =
    ["-102", "-103", "-104", "-105", "-106", "-107", "-108", "-109", "-111", "-112", "-123", "-124", "-125", "-126"]
    .map { ($0, .account) }
    + ["-127", "-128", "-129", "-130", "-131", "-191", "-221", "-607"].map { ($0, .account) }
    + ["-110", "-132", "-133", "-201", "-331", "-611"].map { ($0, .refused) }
    + ["-189", "-190"].map { ($0, .slowDown) }
    + [
      ("-139", .unknown("an exception while taking the messages")),
      ("-197", .unknown("an exception inside the platform (2)")),
      ("-199", .unknown("an error without a definition")),
      ("-999", .unknown("code -999 is not in the document")),
    ]

  @Test(arguments: codes)
  func `error codes, as text and as number`(code: String, verdict: CallOutcome.Verdict) throws {
    #expect(try outcome(#"{ "Code" : \#(code), "Message" : "…" }"#) == CallOutcome(verdict, code: code))
    #expect(try outcome(#"{"code":" \#(code)"}"#) == CallOutcome(verdict, code: code))
  }

  @Test(arguments: [
    ("", 200, "the answer is not JSON"), ("<html>502</html>", 200, "the answer is not JSON"),
    (#"{"Code":"1","SmsIdList":[{"PhoneNumber":"138"#, 200, "the answer is not JSON"),
    (#"{"Message":"x"}"#, 200, "the answer has no Code that is a number"),
    (#"{"Code":"ok"}"#, 200, "the answer has no Code that is a number"),
    (#"{"Code":null}"#, 200, "the answer has no Code that is a number"),
    ("[1]", 200, "the answer has no Code that is a number"),
    (#"{"Code":"-105"}"#, 500, "the gateway answered with HTTP status 500"),
    (#"{"Code":"-105"}"#, 302, "the gateway answered with HTTP status 302"),
  ])
  func `an answer that cannot be read leaves the call unknown`(body: String, status: Int, reason: String) throws {
    #expect(try outcome(body, status: status) == CallOutcome(.unknown(reason)))
  }

  @Test(
    arguments: [
      (#"{"Code": "269", "Message": "取短信余额成功"}"#, .told([.init(amount: "269", unit: .messages)])),
      (#"{"code":0}"#, .told([.init(amount: "0", unit: .messages)])),
      (#"{"Code": -105, "Message": "帐号验证失败"}"#, .refused("-105")),
      (#"{"Code": -190}"#, .slowDown("-190")),
      ("269", .unreadable("the answer has no Code that is a number")),
      ("", .unreadable("the answer is not JSON")),
    ] as [(String, BalanceOutcome)])
  func `balance answers`(body: String, balance: BalanceOutcome) throws {
    #expect(try mobset().balance(in: GatewayAnswer(status: 200, body: Array(body.utf8))) == balance)
  }

  @Test(
    arguments: [
      (#"{ "Code": "0", "Message": "取签名成功", "Sign": "广州首易", }"#, .told("广州首易")),
      (#"{"Code":0,"sign":""}"#, .told("")), (#"{ "Code" : -103, "Message" : "帐号不存在" }"#, .refused("-103")),
      (#"{"Code":0}"#, .unreadable("the answer has no Sign")),
    ] as [(String, Mobset.SignOutcome)])
  func `signature answers`(body: String, sign: Mobset.SignOutcome) throws {
    #expect(try mobset().sign(in: GatewayAnswer(status: 200, body: Array(body.utf8))) == sign)
  }

  @Test func `a withdrawal tells each id's result`() throws {
    let body = """
      {"Code": 2, "Message": "成功取消 2 条短信", "Details": [{"SmsID": 500004690, "Status": -142},
      {"SmsId": "500004689", "Status": "1"}, {"smsid": 500004688, "status": 1}, {"SmsID": 7}]}
      """
    let answer = GatewayAnswer(status: 200, body: Array(body.utf8))
    let results = try #require(try mobset().cancelResults(in: answer))
    #expect(results.map(\.id) == ["500004690", "500004689", "500004688"])
    #expect(results.map(\.status) == ["-142", "1", "1"])
    #expect(try mobset().cancelled(in: answer) == ["500004689", "500004688"])
  }

  @Test(arguments: [#"{"Code":-142}"#, #"{"Code":0,"Details":[{"SmsID":1,"Status":-142}]}"#, "", #"{"Code":0}"#])
  func `nothing withdrawn is nil`(body: String) throws {
    #expect(try mobset().cancelled(in: GatewayAnswer(status: 200, body: Array(body.utf8))) == nil)
  }

  @Test func `no bytes crash the reader, and no broken answer takes a message`() throws {
    let whole = Array(
      #"{"Code":"2","SmsIdList":[{"PhoneNumber":"13800138000","SmsId":"1"},{"PhoneNumber":"13800138001","SmsId":"2"}]}"#
        .utf8)
    let gateway = try mobset()
    let call = mobsetCall([8_613_800_138_000, 8_613_800_138_001])
    for length in whole.indices {
      let outcome = gateway.outcome(of: GatewayAnswer(status: 200, body: Array(whole[..<length])), to: call)
      #expect(outcome == CallOutcome(.unknown("the answer is not JSON")))
    }
    var random = SeededGenerator(seed: 7)
    for _ in 0..<5000 {
      var body = whole
      for _ in 0...Int.random(in: 0..<4, using: &random) {
        body[Int.random(in: body.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if case .settled(let messages) = gateway.outcome(of: GatewayAnswer(status: 200, body: body), to: call).verdict {
        #expect(messages.count == 2)
      }
      _ = gateway.page(in: GatewayAnswer(status: 200, body: body), for: .reports)
    }
  }
}
