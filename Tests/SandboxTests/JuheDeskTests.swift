import JSON
import Testing

@testable import Sandbox

@Suite struct JuheDeskTests {
  @Test func `a send answers as the document shows`() throws {
    var bench = try Bench()
    let reply = bench.juhe("send", ["mobile": "18983437010,18983437011"])
    let json = reply.json
    #expect(json["status"] == "0")
    #expect(json["balance"]?.text == "9999999930")
    let list = try #require(json["list"]?.elements)
    #expect(list.map { $0["mobile"]?.text } == ["18983437010", "18983437011"])
    #expect(list.allSatisfy { $0["result"] == 0 })
    let ids = list.compactMap { $0["mid"]?.text }
    #expect(Set(ids).count == 2)
    #expect(ids.allSatisfy { $0.wholeMatch(of: /[0-9A-F]{16}/) != nil })
  }

  @Test func `a send by GET answers the same as by POST`() throws {
    var post = try Bench()
    var get = try Bench()
    #expect(post.juhe("send") == get.juhe("send", method: "GET"))
  }

  @Test(arguments: ["\r", "\n", "\r\n"], ["#", "\t"])
  func `point-to-point lines may end and part in several ways`(newline: String, separator: String) throws {
    var bench = try Bench()
    let lines = "13800000001\(separator)一#1\(newline)13800000002\(separator)二"
    let list = try #require(bench.juhe("p2p", ["mobileContentList": lines]).json["list"]?.elements)
    #expect(list.map { $0["mobile"]?.text } == ["13800000001", "13800000002"])
    #expect(list.allSatisfy { $0["result"] == 0 })
  }

  @Test func `without rt=json the answer is XML`() throws {
    var bench = try Bench()
    let text = bench.juhe("send", ["rt": nil]).text
    #expect(text.contains("<returnstatus>0</returnstatus>"))
    #expect(text.contains(/<resp>[0-9A-F]{16}#@#13800138000#@#0#@#<\/resp>/))
    #expect(bench.juhe("send", ["rt": nil, "password": "x"]).text.contains("<returnstatus>3</returnstatus>"))
  }

  @Test func `the balance's status is a number`() throws {
    var bench = try Bench()
    #expect(bench.juhe("overage").text == #"{"status":0,"balance":10000000000,"chargeType":"PRECHARGE"}"#)
    #expect(bench.juhe("overage", ["password": "x"]).text == #"{"status":3}"#)
    #expect(bench.juhe("balance").json["balance"] == 10_000_000_000)
  }

  @Test(
    arguments: [
      ("send", ["account": "1"], "3"), ("send", ["password": "1"], "3"), ("send", ["account": nil], "3"),
      ("send", ["mobile": nil], "1"), ("send", ["content": ""], "1"), ("send", ["mobile": "1380013800x"], "1"),
      ("send", ["mobile": "13800138000,,13800138001"], "1"), ("sned", [:], "1"),
      ("p2p", ["mobileContentList": nil], "1"), ("p2p", ["mobileContentList": "13800138000"], "1"),
      ("p2p", ["mobileContentList": "13800138000#"], "1"), ("report", ["password": ""], "3"),
    ] as [(String, [String: String?], String)])
  func `a wrong call is refused with the document's code`(
    action: String, changes: [String: String?], status: String
  ) throws {
    var bench = try Bench()
    #expect(bench.juhe(action, changes).json["status"]?.text == status)
    #expect(bench.floor[.juhe].counts.accepted == 0)
  }

  @Test func `more than 500 numbers are status 102`() throws {
    var bench = try Bench()
    let numbers = (0..<501).map { String(13_800_000_000 + $0) }
    #expect(bench.juhe("send", ["mobile": numbers.joined(separator: ",")]).json["status"] == "102")
    let lines = numbers.map { "\($0)#x\r" }.joined()
    #expect(bench.juhe("p2p", ["mobileContentList": lines]).json["status"] == "102")
    #expect(bench.juhe("send", ["mobile": numbers.dropLast().joined(separator: ",")]).json["status"] == "0")
  }

  @Test func `each number has its result`() throws {
    var bench = try Bench(
      """
      [accounts.juhe]
      balance = 40
      [gateway.juhe]
      refuse_numbers = ["139*"]
      """)
    let changes = ["mobile": "13900139000,13800138000,13800138001"]
    let list = try #require(bench.juhe("send", changes).json["list"]?.elements)
    #expect(list.map { $0["result"]?.text } == ["17", "0", "15"])
    let unknownExtno = bench.juhe("send", ["extno": "106"]).json["list"]?.elements
    #expect(unknownExtno?.first?["result"] == 10)
    #expect(bench.floor[.juhe].counts.refused == 3)
  }

  @Test func `a text without the registered signature is result 17`() throws {
    var bench = try Bench("[gateway.juhe]\nsignature = \"【商城】\"")
    func result(_ content: String) -> String? {
      bench.juhe("send", ["content": content]).json["list"]?.elements?.first?["result"]?.text
    }
    #expect(result("您好") == "17")
    #expect(result("【商城】您好") == "0")
    #expect(result("您好【商城】") == "0")
  }

  @Test func `segments are paid`() throws {
    var bench = try Bench()
    let long = bench.juhe("send", ["content": String(repeating: "字", count: 71)]).json["balance"]
    #expect(long == 9_999_999_930)
    let pairs = bench.juhe("send", ["content": String(repeating: "😀", count: 35)]).json["balance"]
    #expect(pairs == 9_999_999_895)
  }

  @Test func `a postpaid account's balance falls below nothing`() throws {
    var bench = try Bench("[accounts.juhe]\nbalance = -153278040\npostpaid = true")
    #expect(bench.juhe("overage").text == #"{"status":0,"balance":-153278040,"chargeType":"POSTCHARGE"}"#)
    #expect(bench.juhe("send").json["balance"] == -153_278_075)
  }

  @Test func `password forms of later resellers are taken`() throws {
    var bench = try Bench("[accounts.juhe]\npassword_mode = \"md5\"")
    let sent = md5("sandbox-juhe1069012345【示例】您好13800138000")
    #expect(bench.juhe("send", ["password": sent]).json["status"] == "0")
    #expect(bench.juhe("send").json["status"] == "3")
    #expect(bench.juhe("overage", ["password": md5("sandbox-juhe")]).json["status"] == 0)
  }

  @Test func `too fast is status 21`() throws {
    var bench = try Bench("[gateway.juhe]\nrate = 2")
    #expect(bench.juhe("send", ["mobile": "13800138000,13800138001"]).json["status"] == "0")
    #expect(bench.juhe("send").json["status"] == "21")
    #expect(bench.floor[.juhe].counts.slowDowns == 1)
    bench.wait(0.5)
    #expect(bench.juhe("send").json["status"] == "0")
  }

  @Test func `reports and replies are handed out once`() throws {
    var bench = try Bench("[gateway.juhe.reports]\nfailed = 0\nexpired = 0\nlost = 0\nreplies = 1")
    let id = bench.juhe("send").json["list"]?.elements?.first?["mid"]
    #expect(bench.juhe("report").json["list"] == [])
    bench.wait(20)
    let report = try #require(bench.juhe("report").json["list"]?.elements?.first)
    #expect(report["mid"] == id)
    #expect(report["stat"] == "DELIVRD")
    #expect(report["flag"] == 1)
    #expect(bench.juhe("report").json["list"] == [])
    let reply = try #require(bench.juhe("mo").json["list"]?.elements?.first)
    #expect(reply["flag"] == 0)
    #expect(reply["mobile"] == "13800138000")
    #expect(reply["accessCode"] == "1069012345")
    #expect(bench.juhe("mo").json["list"] == [])
  }

  @Test func `a number that is no mobile number fails later`() throws {
    var bench = try Bench()
    #expect(bench.juhe("send", ["mobile": "02161234567"]).json["list"]?.elements?.first?["result"] == 0)
    bench.wait(20)
    #expect(bench.juhe("report").json["list"]?.elements?.first?["stat"] == "MA:0021")
  }
}
