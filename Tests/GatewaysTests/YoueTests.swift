import Messaging
import Platform
import TestSupport
import Testing

@testable import Gateways

private let now = FixedZone.beijing.moment(CivilTime(year: 2026, month: 11, day: 11, hour: 9))

func youe(_ changes: [String: String] = [:], url: String? = "http://127.0.0.1:8080") throws(GatewaySettingError) -> Youe
{
  var values = ["uid": "u1", "charset": "utf-8", "field_encoding": "auto", "submit": "post"]
  values.merge(changes) { $1 }
  return try Youe(url: url, values: GatewayValues(values, secrets: ["password": Secret("pa&ss")]))
}

private func youeCall(
  _ numbers: [UInt64] = [8_613_800_138_000, 8_613_800_138_001], text: String = "您好", endpoint: Endpoint = .post,
  sendAt: Timestamp? = nil
) -> Submission {
  Submission(
    endpoint: endpoint,
    recipients: numbers.map { Submission.Recipient(number: $0, customID: "", text: Array(text.utf8)) },
    linkID: "20260101000000000001", sendAt: sendAt, time: now)
}

@Suite struct YoueTests {
  private static let account = "uid=u1&pwd=91140c6ea37529f02b2d8a9925722222"

  // MARK: - Requests

  @Test func `a submission is a form with our linkid`() throws {
    let request = try youe().request(for: youeCall(text: "【示例商城】您好 a+b&c=1;\n"))
    #expect(request.method == .post)
    #expect(request.url == "http://127.0.0.1:8080/smsmarketing/wwwroot/interface/postSendSms/")
    #expect(request.contentType == "application/x-www-form-urlencoded; charset=utf-8")
    #expect(
      request.body.text == Self.account + "&mobile=13800138000%3B13800138001"
        + "&msg=%E3%80%90%E7%A4%BA%E4%BE%8B%E5%95%86%E5%9F%8E%E3%80%91%E6%82%A8%E5%A5%BD%20a%2Bb%26c%3D1%3B%0A"
        + "&linkid=20260101000000000001")
  }

  @Test func `a timed text in gb2312`() throws {
    let request = try youe(["charset": "gb2312"]).request(for: youeCall([8_613_800_138_000], sendAt: now + 3600))
    #expect(request.contentType == "application/x-www-form-urlencoded; charset=gb2312")
    #expect(
      request.body.text == Self.account + "&mobile=13800138000&msg=%C4%FA%BA%C3&dttime=2026-11-11%2010%3A00%3A00"
        + "&linkid=20260101000000000001")
  }

  @Test func `a character beyond GB2312 goes out in four bytes, not as a question mark`() throws {
    let request = try youe(["charset": "gb2312"]).request(for: youeCall([8_613_800_138_000], text: "您好€𠮷😀"))
    #expect(request.body.text.contains("&msg=%C4%FA%BA%C3%A2%E3%954%B25%949%FC6&"))
  }

  @Test func `a submission by GET carries everything in the address`() throws {
    let request = try youe().request(for: youeCall([8_613_800_138_000], endpoint: .get))
    #expect(
      request
        == GatewayRequest(
          .get,
          url: "http://127.0.0.1:8080/smsmarketing/wwwroot/interface/getSendSms/?" + Self.account
            + "&mobile=13800138000&msg=%E6%82%A8%E5%A5%BD&linkid=20260101000000000001"))
  }

  @Test func `GET is for one short text when configured`() {
    #expect(Youe.single([:]) == nil)
    #expect(Youe.single(["submit": "post"]) == nil)
    #expect(Youe.single(["submit": "get"]) == SingleEndpoint(endpoint: .get, mostUnits: 180))
  }

  @Test func `an address by GET never passes its bound`() throws {
    let gateway = try youe(["submit": "get", "uid": "用户一"])
    let most = try #require(Youe.single(["submit": "get"])?.mostUnits)
    let text = String(repeating: "您", count: most)
    let request = gateway.request(for: youeCall([8_613_800_138_000], text: text, endpoint: .get, sendAt: now))
    #expect(request.url.utf8.count <= Limits.addressBytes)
  }

  @Test func `balance, reports and replies are asked for by POST, so that no address holds the password`() throws {
    let base = "http://www.smsadmin.cn/smsmarketing/wwwroot/interface/"
    let gateway = try youe(url: nil)
    #expect(gateway.balanceRequest(at: now)?.url == base + "queryBalance/")
    #expect(gateway.balanceRequest(at: now)?.body.text == Self.account)
    #expect(gateway.pullRequest(for: .reports, at: now)?.url == base + "report/")
    #expect(gateway.pullRequest(for: .replies, at: now)?.url == base + "revert/")
    #expect(gateway.pullRequest(for: .replies, at: now)?.body.text == Self.account)
    #expect(gateway.cancelRequests(ids: ["1"], at: now).isEmpty)
  }

  @Test func `no secret shows when an account is printed`() throws {
    var printed = ""
    dump(try youe(), to: &printed)
    #expect(!printed.contains("pa&ss") && !printed.contains("91140c6e"))
  }

  // MARK: - Answers

  private func outcome(_ body: [UInt8], status: Int = 200) throws -> CallOutcome {
    try youe().outcome(of: GatewayAnswer(status: status, body: body), to: youeCall())
  }

  @Test(arguments: ["000", "000\n", " 000\r\n", "\u{FEFF}000"])
  func `000 takes every message, and names none`(body: String) throws {
    let accepted = MessageOutcome(.accepted)
    #expect(try outcome(Array(body.utf8)) == CallOutcome(.settled([accepted, accepted]), code: "000"))
  }

  @Test(
    arguments: [
      ("101", .account), ("102", .account), ("103", .account), ("104", .account), ("105", .refused), ("107", .refused),
      ("108", .account), ("400", .refused), ("150", .unknown("code 150 does not answer a submission")),
      ("160", .unknown("code 160 does not answer a submission")), ("106", .unknown("code 106 is not in the document")),
      ("999", .unknown("code 999 is not in the document")),
    ] as [(String, CallOutcome.Verdict)])
  func `codes`(code: String, verdict: CallOutcome.Verdict) throws {
    #expect(try outcome(Array(code.utf8)) == CallOutcome(verdict, code: code))
  }

  @Test(arguments: ["<html><body>000</body></html>", "0", "00", "0000", "000,1", "000 101", "-01", "OK", "０００"])
  func `what is no code of three digits is unknown`(body: String) throws {
    #expect(try outcome(Array(body.utf8)) == CallOutcome(.unknown("the answer is not a code of three digits")))
  }

  @Test func `an empty answer and another HTTP status are unknown`() throws {
    #expect(try outcome([]) == CallOutcome(.unknown("the answer is empty")))
    #expect(try outcome(Array(" \n".utf8)) == CallOutcome(.unknown("the answer is empty")))
    #expect(
      try outcome(Array("000".utf8), status: 502) == CallOutcome(.unknown("the gateway answered with HTTP status 502")))
  }

  @Test func `no bytes crash the reader`() throws {
    let gateway = try youe()
    var random = SeededGenerator(seed: 11)
    for _ in 0..<3000 {
      let body = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
        Bool.random(using: &random)
          ? UInt8.random(in: 0...255, using: &random) : Array("0123/,%\n 8".utf8).randomElement(using: &random) ?? 0
      }
      let answer = GatewayAnswer(status: 200, body: body)
      if case .settled = gateway.outcome(of: answer, to: youeCall()).verdict { #expect(body.text.contains("000")) }
      _ = gateway.balance(in: answer)
      _ = gateway.page(in: answer, for: .replies)
      _ = gateway.page(in: GatewayPush(method: "POST", body: body))
    }
  }

  @Test(
    arguments: [
      ("000,585858", .told([.init(amount: "585858", unit: .messages)])),
      ("000, 585858\n", .told([.init(amount: "585858", unit: .messages)])),
      ("000,0", .told([.init(amount: "0", unit: .messages)])),
      ("000,-5", .told([.init(amount: "-5", unit: .messages)])),
      ("585858", .told([.init(amount: "585858", unit: .messages)])),
      ("250", .told([.init(amount: "250", unit: .messages)])), ("7", .told([.init(amount: "7", unit: .messages)])),
      ("101", .refused("101")), ("101,0", .refused("101")), ("108", .refused("108")),
      ("000", .unreadable("no amount stands behind the code")),
      ("000,x", .unreadable("no amount stands behind the code")),
      ("", .unreadable("the answer is neither a code nor an amount")),
      ("<html>", .unreadable("the answer is neither a code nor an amount")),
      ("1,2", .unreadable("the answer begins with no code")),
    ] as [(String, BalanceOutcome)])
  func `balance answers`(body: String, balance: BalanceOutcome) throws {
    #expect(try youe().balance(in: GatewayAnswer(status: 200, body: Array(body.utf8))) == balance)
  }

  @Test func `the code table is the document's`() {
    #expect(
      Youe.codes.map(\.code) == ["000", "101", "102", "103", "104", "105", "107", "108", "150", "160", "400"])
    for row in Youe.codes { #expect(!row.english.isEmpty && !row.chinese.isEmpty, "\(row.code)") }
  }

  @Test func `103 is not a matter of speed`() {
    #expect(Youe.meaning(of: "103")?.answer == .account)
    #expect(Eighteen.meaning(of: "103")?.answer == .slowDown)
    #expect(Mobset.meaning(of: "-103")?.answer == .account)
  }
}
