import Messaging
import Platform
import Testing

@testable import Gateways

/// 2026-11-11 09:00:03 in Beijing.
private let now = FixedZone.beijing.moment(
  CivilTime(year: 2026, month: 11, day: 11, hour: 9, minute: 0, second: 3))

/// An account of the third platform whose password needs encoding.
func mobset(_ changes: [String: String] = [:], url: String? = nil) throws(GatewaySettingError) -> Mobset {
  var values = [
    "corp_id": "300003", "login_name": "wu ww", "add_num": "", "long_sms": "true", "timestamp_digits": "14",
  ]
  values.merge(changes) { $1 }
  return try Mobset(url: url, values: GatewayValues(values, secrets: ["password": Secret("pa&ss")]))
}

func mobsetCall(_ numbers: [UInt64], text: String = "您好", sendAt: Timestamp? = nil) -> Submission {
  Submission(
    endpoint: .send,
    recipients: numbers.map { Submission.Recipient(number: $0, customID: "", text: Array(text.utf8)) },
    linkID: "20260101000000000001", sendAt: sendAt, time: now)
}

@Suite struct MobsetTests {
  private static let signed =
    "&CorpID=300003&LoginName=wu%20ww&TimeStamp=20261111090003&SecretKey=d80526af3f621237407585b46762a73d"

  @Test func `a submission is a form whose text stands last`() throws {
    let request = try mobset().request(
      for: mobsetCall([8_613_800_138_000, 8_613_800_138_001], text: "【示例商城】您好 a+b&c=1;\n"))
    #expect(request.method == .post)
    #expect(request.url == "https://sms3.mobset.com:843/SDK3/Sms")
    #expect(request.contentType == "application/x-www-form-urlencoded; charset=utf-8")
    #expect(
      request.body.text == "Methods=SmsSend" + Self.signed + "&PhoneNumbers=13800138000%2C13800138001"
        + "&Content=%E3%80%90%E7%A4%BA%E4%BE%8B%E5%95%86%E5%9F%8E%E3%80%91%E6%82%A8%E5%A5%BD%20a%2Bb%26c%3D1%3B%0A")
  }

  @Test func `the settings' parameters are there when they are set`() throws {
    let gateway = try mobset(["add_num": "88", "long_sms": "false", "timestamp_digits": "10"])
    let later = FixedZone.beijing.moment(CivilTime(year: 2026, month: 11, day: 11, hour: 20, minute: 30, second: 0))
    let request = gateway.request(for: mobsetCall([8_613_800_138_000], text: "x", sendAt: later))
    #expect(
      request.body.text == "Methods=SmsSend&CorpID=300003&LoginName=wu%20ww&TimeStamp=1111090003"
        + "&SecretKey=8ce5849fa023896764d7ab2a9030a1bd&PhoneNumbers=13800138000&LongSms=0"
        + "&TimerSend=2026-11-11%2020%3A30%3A00&AddNum=88&Content=x")
  }

  @Test(arguments: [
    ("100000", "https://sms.mobset.com:843/SDK3/Sms"), ("299999", "https://sms2.mobset.com:843/SDK3/Sms"),
    ("399999", "https://sms3.mobset.com:843/SDK3/Sms"),
  ])
  func `the platform follows from the company's id`(corpID: String, address: String) throws {
    #expect(try mobset(["corp_id": corpID]).balanceRequest(at: now)?.url == address)
  }

  @Test func `a configured url wins`() throws {
    let gateway = try mobset(["corp_id": "9"], url: "http://127.0.0.1:8095")
    #expect(gateway.balanceRequest(at: now)?.url == "http://127.0.0.1:8095/SDK3/Sms")
  }

  @Test(arguments: [
    ("corp_id", "400000"), ("corp_id", "30000"), ("corp_id", "3abcde"), ("timestamp_digits", "12"), ("add_num", "8a"),
  ])
  func `a value that cannot be right is refused by its key`(key: String, value: String) {
    #expect { try mobset([key: value]) } throws: {
      ($0 as? GatewaySettingError)?.key == key && ($0 as? GatewaySettingError)?.found == value
    }
  }

  @Test func `balance, signature, reports and replies are asked for with the fixed parameters alone`() throws {
    let gateway = try mobset()
    #expect(gateway.balanceRequest(at: now)?.body.text == "Methods=SmsGetBalance" + Self.signed)
    #expect(gateway.signRequest(at: now).body.text == "Methods=SmsGetSign" + Self.signed)
    #expect(gateway.pullRequest(for: .reports, at: now)?.body.text == "Methods=SmsGetReport" + Self.signed)
    #expect(gateway.pullRequest(for: .replies, at: now)?.body.text == "Methods=SmsGetRecv" + Self.signed)
  }

  @Test func `ids are withdrawn fifty at a time`() throws {
    let ids = (1...101).map { String(500_004_000 + $0) }
    let requests = try mobset().cancelRequests(ids: ids, at: now)
    #expect(requests.count == 3)
    #expect(requests.last?.body.text == "Methods=SmsCancel" + Self.signed + "&SmsID=500004101")
    #expect(requests.first?.body.text.hasSuffix("%2C500004050") == true)
    #expect(try mobset().cancelRequests(ids: [], at: now).isEmpty)
  }

  @Test func `no secret shows when an account is printed`() throws {
    var printed = ""
    dump(try mobset(), to: &printed)
    #expect(!printed.contains("pa&ss"))
  }

  @Test func `every call goes out by send`() {
    #expect(Mobset.single([:]) == nil)
    #expect(Mobset.abilities.sameContent == .send)
  }
}
