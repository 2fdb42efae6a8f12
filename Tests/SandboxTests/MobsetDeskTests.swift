import JSON
import Testing

@testable import Sandbox

@Suite struct MobsetDeskTests {
  @Test func `a send answers as the document shows`() throws {
    var bench = try Bench()
    let json = bench.mobset("SmsSend", ["PhoneNumbers": "13512346789,1234"]).json
    #expect(json["Code"] == "1")
    #expect(json["Message"] == "成功提交1条短信")
    let list = try #require(json["SmsIdList"]?.elements)
    #expect(list.map { $0["PhoneNumber"]?.text } == ["13512346789", "1234"])
    #expect(list[0]["SmsId"]?.text?.wholeMatch(of: /[0-9]{10}/) != nil)
    #expect(list[1]["SmsId"] == "0")
  }

  @Test(arguments: [("1", 71, 2), ("1", 70, 1), ("1", 135, 3), ("0", 140, 2), ("0", 141, 3)])
  func `a long text has an id a part`(longSms: String, length: Int, parts: Int) throws {
    var bench = try Bench()
    let text = String(repeating: "字", count: length)
    let list = bench.mobset("SmsSend", ["LongSms": longSms, "Content": text]).json["SmsIdList"]?.elements ?? []
    #expect(list.count == parts)
    #expect(Set(list.compactMap { $0["SmsId"]?.text }).count == parts)
    #expect(bench.floor[.mobset].counts.segments == parts)
  }

  @Test(
    arguments: [
      (["CorpID": nil], "-102"), (["LoginName": nil], "-102"), (["TimeStamp": ""], "-102"),
      (["SecretKey": nil], "-102"),
      (["Methods": nil], "-102"), (["Methods": "SmsSned"], "-191"), (["CorpID": "300004"], "-107"),
      (["LoginName": "x"], "-103"), (["SecretKey": "x"], "-105"), (["TimeStamp": "20200101000000"], "-109"),
      (["PhoneNumbers": nil], "-102"), (["Content": nil], "-102"), (["Content": ""], "-110"), (["AddNum": "a"], "-102"),
      (["TimerSend": "2026-11-31 00:00:00"], "-102"),
    ] as [([String: String?], String)])
  func `a wrong call is refused with the document's code`(changes: [String: String?], code: String) throws {
    var bench = try Bench()
    #expect(bench.mobset("SmsSend", changes).json["Code"]?.text == code)
    #expect(bench.floor[.mobset].counts.accepted == 0)
  }

  @Test func `a missing field is named`() throws {
    var bench = try Bench()
    let text = bench.mobset("SmsGetBalance", ["CorpID": nil]).text
    #expect(text == #"{"Code":-102,"Message":"请求参数不完整或有误:CorpID"}"#)
  }

  @Test func `limits are kept`() throws {
    var bench = try Bench("[gateway.mobset]\nsignature = \"【商城】\"\nrate = 1")
    let numbers = (0..<51).map { String(13_800_000_000 + $0) }.joined(separator: ",")
    func code(_ changes: [String: String?]) -> String? { bench.mobset("SmsSend", changes).json["Code"]?.text }
    #expect(code(["PhoneNumbers": numbers]) == "-112")
    #expect(code(["Content": String(repeating: "字", count: 901)]) == "-110")
    #expect(code([:]) == "-132")
    #expect(code(["Content": "【商城】好"]) == "1")
    #expect(code(["Content": "【商城】好"]) == "-190")
  }

  @Test func `ten digits are a timestamp too`() throws {
    var bench = try Bench()
    let short = String(bench.now.beijing.compact.dropFirst(4))
    #expect(bench.mobset("SmsSend", ["TimeStamp": short]).json["Code"] == "1")
    bench.wait(1300)
    #expect(bench.mobset("SmsSend", ["TimeStamp": short]).json["Code"] == .number("-109"))
  }

  @Test func `balance and signature are told, by GET too`() throws {
    var bench = try Bench("[accounts.mobset]\nbalance = 3\n[gateway.mobset]\nsignature = \"【商城】\"")
    #expect(bench.mobset("SmsGetSign").text == #"{"Code":"0","Message":"取签名成功","Sign":"商城",}"#)
    let sent = bench.mobset("SmsSend", ["Content": "【商城】好"], method: "GET")
    #expect(sent.json["Code"] == "1")
    #expect(bench.mobset("SmsGetBalance").text == #"{"Code":"2","Message":"取短信余额成功"}"#)
    let long = "【商城】" + String(repeating: "字", count: 140)
    #expect(bench.mobset("SmsSend", ["Content": long]).json["Code"] == .number("-129"))
  }

  @Test func `a timed message can be withdrawn once and then has no report`() throws {
    var bench = try Bench("[gateway.mobset.reports]\nlost = 0")
    let sent = bench.mobset("SmsSend", ["TimerSend": "2026-11-11 10:00:00", "PhoneNumbers": "13800138000,13800138001"])
    let ids = sent.json["SmsIdList"]?.elements?.compactMap { $0["SmsId"]?.text } ?? []
    let cancel = bench.mobset("SmsCancel", ["SmsID": "\(ids[0]),77"])
    #expect(
      cancel.text == """
        {"Code":1,"Message":"成功取消1条短信","Details":[{"SmsID":\(ids[0]),"Status":1},{"SmsID":77,"Status":-142}]}
        """)
    #expect(bench.mobset("SmsCancel", ["SmsID": ids[0]]).json["Code"] == 0)
    bench.wait(60)
    #expect(bench.mobset("SmsGetReport").json["code"] == "0")
    bench.wait(3600)
    #expect(bench.mobset("SmsCancel", ["SmsID": ids[1]]).json["Code"] == 0)
    let details = bench.mobset("SmsGetReport").json["Details"]?.elements ?? []
    #expect(details.map { $0["SmsId"]?.text } == [ids[1]])
    let many = (0..<51).map(String.init).joined(separator: ",")
    #expect(bench.mobset("SmsCancel", ["SmsID": many]).json["Code"] == .number("-143"))
  }

  @Test func `reports come in pages of 50, replies of 20`() throws {
    var bench = try Bench("[gateway.mobset.reports]\nlost = 0\nfailed = 0\nexpired = 0\nreplies = 1")
    for start in [0, 30] {
      let numbers = (start..<start + 30).map { String(13_800_000_000 + $0) }.joined(separator: ",")
      #expect(bench.mobset("SmsSend", ["PhoneNumbers": numbers]).json["Code"] == "30")
    }
    bench.wait(30)
    let pages = (0..<3).map { _ in bench.mobset("SmsGetReport").json["code"]?.text }
    #expect(pages == ["50", "10", "0"])
    let replies = (0..<4).map { _ in bench.mobset("SmsGetRecv").json["Details"]?.elements?.count }
    #expect(replies == [20, 20, 20, 0])
  }
}
