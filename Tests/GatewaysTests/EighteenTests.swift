import Messaging
import Platform
import TestSupport
import Testing

@testable import Gateways

private let now = FixedZone.beijing.moment(CivilTime(year: 2026, month: 11, day: 11, hour: 9))

func eighteen(
  _ changes: [String: String] = [:], pushPassword: String = "", url: String? = "http://127.0.0.1:9000"
) throws(GatewaySettingError) -> Eighteen {
  var values = ["account": "003547", "product": "", "extno": "", "push_receiver": "", "double_encode": "false"]
  values.merge(changes) { $1 }
  return try Eighteen(
    url: url,
    values: GatewayValues(
      values, secrets: ["password": Secret("Sd&123"), "push_password": Secret(pushPassword)]))
}

private func eighteenCall(_ numbers: [UInt64] = [8_613_800_138_000, 8_613_800_138_001], text: String = "您好")
  -> Submission
{
  Submission(
    endpoint: .batch,
    recipients: numbers.map { Submission.Recipient(number: $0, customID: "", text: Array(text.utf8)) },
    linkID: "20260101000000000001", time: now)
}

@Suite struct EighteenTests {
  // MARK: - Requests

  @Test func `a submission is a form that asks for an id`() throws {
    let request = try eighteen(url: nil).request(for: eighteenCall(text: "【示例商城】您好 a+b&c=1;\n"))
    #expect(request.method == .post)
    #expect(request.url == "http://send.18sms.com/msg/HttpBatchSendSM")
    #expect(request.contentType == "application/x-www-form-urlencoded; charset=utf-8")
    #expect(
      request.body.text == "account=003547&pswd=Sd%26123&mobile=13800138000%2C13800138001"
        + "&msg=%E3%80%90%E7%A4%BA%E4%BE%8B%E5%95%86%E5%9F%8E%E3%80%91%E6%82%A8%E5%A5%BD%20a%2Bb%26c%3D1%3B%0A"
        + "&needstatus=true")
  }

  @Test func `product and extno are there when set, and the text is encoded twice when asked`() throws {
    let gateway = try eighteen(["product": "1234567", "extno": "88", "double_encode": "true"])
    #expect(
      gateway.request(for: eighteenCall([8_613_800_138_000])).body.text
        == "account=003547&pswd=Sd%26123&mobile=13800138000&msg=%25E6%2582%25A8%25E5%25A5%25BD&needstatus=true"
        + "&product=1234567&extno=88")
  }

  @Test func `the balance is asked for by POST, so that no address holds the password`() throws {
    let request = try #require(try eighteen().balanceRequest(at: now))
    #expect(request.method == .post)
    #expect(request.url == "http://127.0.0.1:9000/msg/QueryBalance")
    #expect(request.body.text == "account=003547&pswd=Sd%26123")
    #expect(Eighteen.abilities.balanceInterval == 10)
  }

  @Test func `an extno with letters is refused`() {
    #expect { try eighteen(["extno": "8x"]) } throws: { ($0 as? GatewaySettingError)?.key == "extno" }
  }

  @Test func `no secret shows when an account is printed`() throws {
    var printed = ""
    dump(try eighteen(pushPassword: "p-u-s-h"), to: &printed)
    #expect(!printed.contains("Sd&123") && !printed.contains("p-u-s-h"))
  }

  // MARK: - Answers

  private func outcome(_ body: String, status: Int = 200) throws -> CallOutcome {
    try eighteen().outcome(of: GatewayAnswer(status: status, body: Array(body.utf8)), to: eighteenCall())
  }

  @Test(arguments: [
    "20110725160412,0\n1234567890100", "20110725160412,0\n1234567890100\n", "20110725160412,0\r\n1234567890100\r\n",
    "20110725160412,0\n\n1234567890100", " 20110725160412 , 0 \n1234567890100",
  ])
  func `the call's id becomes every message's`(body: String) throws {
    let accepted = MessageOutcome(.accepted, ids: ["1234567890100"])
    #expect(try outcome(body) == CallOutcome(.settled([accepted, accepted]), code: "0"))
  }

  @Test func `an id of nineteen digits and lines behind it`() throws {
    let accepted = MessageOutcome(.accepted, ids: ["9999999999999999999"])
    #expect(
      try outcome("20110725160412,0\n9999999999999999999\nx\ny")
        == CallOutcome(.settled([accepted, accepted]), code: "0", notes: ["lines behind the msgid: 2"]))
  }

  @Test(arguments: ["20110725160412,0", "20110725160412,0\n", "20110725160412,0\n<br/>"])
  func `a call that is taken without an id is accepted and told`(body: String) throws {
    let accepted = MessageOutcome(.accepted)
    #expect(
      try outcome(body)
        == CallOutcome(
          .settled([accepted, accepted]), code: "0",
          notes: ["the call was taken without a msgid: its reports cannot be joined by id"]))
  }

  @Test(
    arguments: [
      ("101", .account), ("102", .account), ("103", .slowDown), ("104", .slowDown), ("105", .refused),
      ("106", .refused),
      ("107", .memberToBlame), ("108", .refused), ("109", .account), ("110", .account), ("111", .account),
      ("112", .account), ("113", .refused), ("115", .refused), ("116", .refused), ("117", .account), ("118", .account),
      ("119", .account), ("120", .refused), ("114", .unknown("code 114 is not in the document")),
      ("00", .unknown("code 00 is not in the document")),
    ] as [(String, CallOutcome.Verdict)])
  func `codes`(code: String, verdict: CallOutcome.Verdict) throws {
    #expect(try outcome("20110725160412,\(code)\n") == CallOutcome(verdict, code: code))
  }

  @Test(arguments: ["", "\n", "0", "20110725160412", "20110725160412,", ",0", "<html>,0", "20110725160412,0,1", "a,b"])
  func `an answer that does not begin with time and code is unknown`(body: String) throws {
    #expect(try outcome(body) == CallOutcome(.unknown("the answer does not begin with a time and a code")))
  }

  @Test func `another HTTP status is unknown whatever the body`() throws {
    #expect(
      try outcome("20110725160412,101", status: 500)
        == CallOutcome(.unknown("the gateway answered with HTTP status 500")))
  }

  @Test(
    arguments: [
      (
        "20130303180000,0\n1234567,1000\n1234531,2000\n",
        .told([
          .init(product: "1234567", amount: "1000", unit: .messages),
          .init(product: "1234531", amount: "2000", unit: .messages),
        ])
      ),
      ("20130303180000,0\r\n12,-3", .told([.init(product: "12", amount: "-3", unit: .messages)])),
      ("20130303180000,0\n500", .unreadable("a line is not a product and its amount")),
      ("20130303180000,0\n,500", .unreadable("a line is not a product and its amount")),
      ("20130303180000,103", .slowDown("103")), ("20130303180000,101", .refused("101")),
      ("20130303180000,102", .refused("102")), ("20130303180000,0", .unreadable("no product is listed")),
      ("20130303180000,0\na,b", .unreadable("a line is not a product and its amount")),
      ("", .unreadable("the answer does not begin with a time and a code")),
    ] as [(String, BalanceOutcome)])
  func `balance answers`(body: String, balance: BalanceOutcome) throws {
    #expect(try eighteen().balance(in: GatewayAnswer(status: 200, body: Array(body.utf8))) == balance)
  }

  @Test func `no bytes crash the reader`() throws {
    let gateway = try eighteen()
    var random = SeededGenerator(seed: 18)
    for _ in 0..<3000 {
      let body = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
        Bool.random(using: &random)
          ? UInt8.random(in: 0...255, using: &random) : Array("0123,,\n\n&=%".utf8).randomElement(using: &random) ?? 0
      }
      let answer = GatewayAnswer(status: 200, body: body)
      if case .settled(let messages) = gateway.outcome(of: answer, to: eighteenCall()).verdict {
        #expect(messages.count == 2)
      }
      _ = gateway.balance(in: answer)
      _ = gateway.page(in: GatewayPush(method: "POST", body: body))
    }
  }

  @Test func `an answer of very many lines is read to its bound`() throws {
    let body = Array("1,0\n7\n".utf8) + [UInt8](repeating: 0x0A, count: 1 << 20) + Array("x\n".utf8)
    let outcome = try eighteen().outcome(
      of: GatewayAnswer(status: 200, body: body), to: eighteenCall([8_613_800_138_000]))
    #expect(
      outcome
        == CallOutcome(
          .settled([MessageOutcome(.accepted, ids: ["7"])]), code: "0", notes: ["lines behind the msgid: 1"]))
  }

  @Test func `the code table is the document's`() {
    let numbers = [0] + Array(101...113) + Array(115...120)
    #expect(Eighteen.codes.map(\.code) == numbers.map { String($0) })
    for row in Eighteen.codes { #expect(!row.english.isEmpty && !row.chinese.isEmpty, "\(row.code)") }
  }
}
