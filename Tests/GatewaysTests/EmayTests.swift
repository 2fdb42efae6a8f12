import Messaging
import Platform
import Testing

@testable import Gateways

@Suite struct `Emay requests` {
  // 2018-03-30 16:11:38 in Beijing.
  static let time = Timestamp(seconds: 1_522_397_498)
  // printf 'EUCP-EMY-SMS0-4SYGKsecret20180330161138' | md5sum
  static let access =
    #"{"appId":"EUCP-EMY-SMS0-4SYGK","timestamp":"20180330161138","sign":"1fb10f6bf6adee36aff2903a0e818ab4""#

  static func emay() throws -> Emay {
    try Emay(
      url: "http://127.0.0.1:8999",
      values: GatewayValues(["app_id": "EUCP-EMY-SMS0-4SYGK"], secrets: ["secret_key": Secret("secret")]))
  }

  static func call(_ endpoint: Endpoint, _ recipients: [(UInt64, String, String)]) -> Submission {
    Submission(
      endpoint: endpoint,
      recipients: recipients.map { .init(number: $0.0, customID: $0.1, text: Array($0.2.utf8)) }, linkID: "0",
      time: time)
  }

  static let id1 = "20180107093029110000000000000001"
  static let id2 = "20180107093029110000000000000002"

  static let requests: [(Submission, String, String)] = [
    (
      call(.single, [(61_422_118_000, id1, "This is a text message to Australia")]), "/inter/sendSingleIMS",
      #","mobile":"0061422118000","content":"This is a text message to Australia","customImsId":"\#(id1)"}"#
    ),
    (
      call(.batch, [(61_422_118_000, id1, "G'day \"mate\""), (61_422_118_001, id2, "G'day \"mate\"")]),
      "/inter/sendBatchIMS",
      #","content":"G'day \"mate\"","imses":[{"mobile":"0061422118000","customImsId":"\#(id1)"},"#
        + #"{"mobile":"0061422118001","customImsId":"\#(id2)"}]}"#
    ),
    (
      call(.personality, [(61_422_118_000, id1, "a\nb\\"), (86_13800000001, "", "你好😀")]), "/inter/sendPersonalityIMS",
      #","imses":[{"mobile":"0061422118000","customImsId":"\#(id1)","content":"a\nb\\"},"#
        + #"{"mobile":"008613800000001","content":"你好😀"}]}"#
    ),
    (
      call(.single, [(61_422_118_000, "", "a"), (61_422_118_001, "", "a")]), "/inter/sendBatchIMS",
      #","content":"a","imses":[{"mobile":"0061422118000"},{"mobile":"0061422118001"}]}"#
    ),
  ]

  @Test(arguments: requests)
  func `are JSON posts with a signature`(_ submission: Submission, _ path: String, _ rest: String) throws {
    let request = try Self.emay().request(for: submission)
    #expect(request.method == .post)
    #expect(request.url == "http://127.0.0.1:8999" + path)
    #expect(request.contentType == "application/json; charset=utf-8")
    #expect(request.body.text == Self.access + rest)
  }

  @Test func `ask for no balance and need an address`() throws {
    #expect(try Self.emay().balanceRequest(at: Self.time) == nil)
    #expect(!Emay.abilities.tellsBalance)
    #expect(throws: GatewaySettingError.self) { try Emay(url: nil, values: GatewayValues([:], secrets: [:])) }
  }
}

@Suite struct `Emay answers` {
  static let id1 = `Emay requests`.id1
  static let id2 = `Emay requests`.id2
  static let entry1 = #"{"mobile":"0061422118000","imsId":"2018010709302911","customImsId":"\#(id1)"}"#
  static let entry2 = #"{"mobile":"0061422118001","imsId":"2018010709302912","customImsId":"\#(id2)"}"#
  static let one = MessageOutcome(.accepted, ids: ["2018010709302911"])
  static let two = MessageOutcome(.accepted, ids: ["2018010709302912"])
  static let unknown = MessageOutcome(.unknown)

  static func data(_ entries: String...) -> String {
    #"{"code" : "SUCCESS", "data" : ["# + entries.joined(separator: ", ") + "]}"
  }

  static func settled(_ first: MessageOutcome, _ second: MessageOutcome, _ notes: String...) -> CallOutcome {
    CallOutcome(.settled([first, second]), code: "SUCCESS", notes: notes)
  }

  static let missing = "messages missing in the answer; they are unknown: 1"
  static let nobody = CallOutcome(
    .unknown("the answer says yes but names none of the call's numbers"), code: "SUCCESS")

  static let cases: [AnswerCase] = [
    AnswerCase("as documented", data(entry1, entry2), settled(one, two)),
    AnswerCase("in another order", data(entry2, entry1), settled(one, two)),
    AnswerCase("number without 00", data(entry1, entry2).replacing("\"0061", "\"61"), settled(one, two)),
    AnswerCase("number with +", data(entry1, entry2).replacing("\"0061", "\"+61"), settled(one, two)),
    AnswerCase(
      "blanks inside the quotes", data(entry1, entry2).replacing("\"0061", "\" 0061").replacing("2911\"", "2911 \""),
      settled(one, two)),
    AnswerCase(
      "keys in other case", data(entry1, entry2).replacing("imsId", "imsid").replacing("code", "Code"),
      settled(one, two)),
    AnswerCase(
      "our id missing", data(entry1.replacing("customImsId", "x"), entry2.replacing(id2, "")), settled(one, two)),
    AnswerCase("the number missing", data(entry2.replacing("mobile", "m"), entry1), settled(one, two)),
    AnswerCase(
      "our ids exchanged", data(entry1.replacing(id1, id2), entry2),
      settled(
        unknown, two, "answer entries set aside, their number and our id do not belong together: 1", missing)),
    AnswerCase(
      "somebody else's id", data(entry1, entry2.replacing(id2, "7")),
      settled(
        one, unknown, "answer entries set aside, their number and our id do not belong together: 1", missing)),
    AnswerCase(
      "a number that is not ours", data(entry1, entry2.replacing("118001", "118009")),
      settled(one, unknown, "answer entries set aside, their numbers are not in this call: 1", missing)),
    AnswerCase("one missing", data(entry1), settled(one, unknown, missing)),
    AnswerCase("one object for two", #"{"code":"SUCCESS","data":\#(entry1)}"#, settled(one, unknown, missing)),
    AnswerCase(
      "one twice", data(entry1, entry2, entry2),
      settled(one, two, "answer entries set aside, they repeat an earlier one: 1")),
    AnswerCase(
      "without the gateway's id", data(entry1, entry2.replacing("imsId", "id")),
      settled(one, MessageOutcome(.accepted), "messages accepted without an id of the gateway: 1")),
    AnswerCase("a yes without data", #"{"code":"SUCCESS"}"#, nobody),
    AnswerCase("a yes with null", #"{"code":"SUCCESS","data":null}"#, nobody),
    AnswerCase("a yes with nothing", data(), nobody),
    AnswerCase(
      "a code that is not listed", #"{"code":"ERROR_BALANCE"}"#,
      CallOutcome(.unknown("the document does not list this code"), code: "ERROR_BALANCE")),
    AnswerCase(
      "a no with messages", data(entry1, entry2).replacing("SUCCESS", "ERROR_PARAMS"),
      CallOutcome(.unknown("the status says no but the list has accepted messages"), code: "ERROR_PARAMS")),
    AnswerCase("no code", "{}", CallOutcome(.unknown("the answer has no status"))),
    AnswerCase("gone", status: 504, "", CallOutcome(.unknown("the gateway answered with HTTP status 504"))),
    AnswerCase(
      "a web page", "<html><body>busy</body></html>",
      CallOutcome(.unknown("the answer is a web page or XML instead of JSON"))),
    AnswerCase("empty", "", CallOutcome(.unknown("the answer is empty"))),
  ]

  static func submission(_ endpoint: Endpoint) -> Submission {
    `Emay requests`.call(endpoint, [(61_422_118_000, id1, "a"), (61_422_118_001, id2, "b")])
  }

  @Test(arguments: cases)
  func `are matched by number and by our id`(_ answer: AnswerCase) throws {
    let outcome = try `Emay requests`.emay().outcome(
      of: GatewayAnswer(status: answer.status, body: Array(answer.body.utf8)), to: Self.submission(.personality))
    #expect(outcome == answer.outcome)
  }

  @Test(arguments: ["[\(entry1)]", entry1])
  func `to one message hold an object or an array`(_ data: String) throws {
    let submission = `Emay requests`.call(.single, [(61_422_118_000, Self.id1, "a")])
    let outcome = try `Emay requests`.emay().outcome(
      of: GatewayAnswer(status: 200, body: Array(#"{"code":"SUCCESS","data":\#(data)}"#.utf8)), to: submission)
    #expect(outcome == CallOutcome(.settled([Self.one]), code: "SUCCESS"))
  }

  static let refusals: [(String, Endpoint, CallOutcome.Verdict)] = [
    ("ERROR_APPID", .batch, .account), ("ERROR_PARAMS", .batch, .refused), ("ERROR_CLIENT_IP", .batch, .account),
    ("ERROR_MOBILE_EMPTY", .batch, .refused), ("ERROR_MOBILE_NUMBER", .batch, .refused),
    ("ERROR_MOBILE_ERROR", .batch, .memberToBlame), ("ERROR_MOBILE_ERROR", .personality, .memberToBlame),
    ("ERROR_CONTENT_EMPTY", .batch, .refused), ("ERROR_CONTENT_EMPTY", .personality, .memberToBlame),
    ("ERROR_CUSTOM_IMSID", .batch, .refused), ("ERROR_LONG_CONTENT", .batch, .refused),
    ("ERROR_LONG_CONTENT", .personality, .memberToBlame), ("ERROR_TIMESTAMP", .batch, .account),
    ("ERROR_SIGN", .batch, .account), ("ERROR_OVER_SPEED", .batch, .slowDown),
  ]

  @Test(arguments: refusals)
  func `refuse whole calls by their code`(
    _ code: String, _ endpoint: Endpoint, _ verdict: CallOutcome.Verdict
  ) throws {
    let outcome = try `Emay requests`.emay().outcome(
      of: GatewayAnswer(status: 200, body: Array(#"{"code":"\#(code)"}"#.utf8)), to: Self.submission(endpoint))
    #expect(outcome == CallOutcome(verdict, code: code))
    let row = Emay.meaning(of: code)
    #expect(row?.english.isEmpty == false && row?.chinese.isEmpty == false)
  }

  @Test func `list thirteen codes`() {
    #expect(Set(Emay.codes.map(\.code)) == Set(Self.refusals.map(\.0) + ["SUCCESS"]))
    #expect(Emay.codes.count == 13)
  }
}
