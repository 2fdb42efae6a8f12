import HTTP
import Testing

@testable import Sandbox

@Suite struct YoueDeskTests {
  @Test func `a submit answers three digits`() throws {
    var bench = try Bench()
    #expect(bench.youe("postSendSms").text == "000")
    #expect(bench.youe("getSendSms", method: "GET").text == "000")
    #expect(bench.youe("queryBalance").text == "000,99999998")
  }

  @Test(
    arguments: [
      (["uid": "x"], "101"), (["pwd": "sandbox-youe"], "101"), (["pwd": nil], "101"), (["mobile": nil], "105"),
      (["msg": ""], "105"), (["mobile": "1380013800x"], "400"), (["mobile": "13800138000;;13800138001"], "400"),
      (["linkid": "123"], "400"), (["linkid": "2014031619267894563x"], "400"), (["dttime": "2026-11-11"], "400"),
      (["mobile": "13899990001"], "400"),
    ] as [([String: String?], String)])
  func `a wrong call is refused with the document's code`(changes: [String: String?], code: String) throws {
    var bench = try Bench()
    #expect(bench.youe("postSendSms", changes).text == code)
    #expect(bench.floor[.youe].counts.accepted == 0)
  }

  @Test func `each address has its method and its most numbers`() throws {
    var bench = try Bench()
    #expect(bench.youe("postSendSms", method: "GET").status == 405)
    #expect(bench.youe("getSendSms", method: "POST").status == 405)
    func numbers(_ count: Int) -> [String: String?] {
      ["mobile": (0..<count).map { String(13_800_000_000 + $0) }.joined(separator: ";")]
    }
    #expect(bench.youe("postSendSms", numbers(1000)).text == "000")
    #expect(bench.youe("postSendSms", numbers(1001)).text == "103")
    #expect(bench.youe("getSendSms", numbers(100), method: "GET").text == "000")
    #expect(bench.youe("getSendSms", numbers(101), method: "GET").text == "103")
  }

  @Test func `a linkid is taken once`() throws {
    var bench = try Bench()
    let link: [String: String?] = ["linkid": "20140316192678945632"]
    #expect(bench.youe("postSendSms", link).text == "000")
    #expect(bench.youe("postSendSms", link).text == "400")
  }

  @Test func `texts too long and empty purses have their codes`() throws {
    var bench = try Bench("[accounts.youe]\nbalance = 1")
    #expect(bench.youe("postSendSms", ["msg": String(repeating: "字", count: 1001)]).text == "107")
    #expect(bench.youe("postSendSms", ["msg": String(repeating: "字", count: 71)]).text == "102")
    #expect(bench.youe("postSendSms").text == "000")
    #expect(bench.youe("postSendSms").text == "102")
  }

  @Test func `a text in GB2312 is counted and logged as what it says`() throws {
    var bench = try Bench()
    let uid = "uid=demo&pwd=\(md5("sandbox-youe"))"
    // 您好 in GBK.
    let body = Array("\(uid)&mobile=13800138000&msg=%C4%FA%BA%C3".utf8)
    let path = "/smsmarketing/wwwroot/interface/postSendSms"
    #expect(bench.serve(ServerRequest(method: "POST", path: path, body: body)).text == "000")
    let good: [UInt8] = [0xC4, 0xFA, 0xBA, 0xC3]
    let bad: [UInt8] = [0xFF, 0xFF]
    let converted = [utf8(fromGBK: good.span), utf8(fromGBK: bad.span)]
    #expect(converted == [Array("您好".utf8), nil])
  }

  @Test func `reports and replies come by 20 in lines, then 160 and 150`() throws {
    var bench = try Bench("[gateway.youe.reports]\nlost = 0\nfailed = 0\nexpired = 0\nreplies = 1\nopt_outs = 0")
    let numbers = (0..<25).map { String(13_800_000_000 + $0) }.joined(separator: ";")
    #expect(bench.youe("postSendSms", ["mobile": numbers, "linkid": "20140316192678945632"]).text == "000")
    #expect(bench.youe("report").text == "160")
    #expect(bench.youe("revert").text == "150")
    bench.wait(30)
    let page = bench.youe("report").text.split(separator: "\n")
    #expect(page.count == 20)
    #expect(page.allSatisfy { $0.hasSuffix("/2026-11-11 09:00:30/20140316192678945632/DELIVRD/") })
    #expect(bench.youe("report").text.split(separator: "\n").count == 5)
    #expect(bench.youe("report").text == "160")
    let reply = try #require(bench.youe("revert").text.split(separator: "\n").first)
    #expect(reply.split(separator: "/")[3].hasPrefix("%E"))
  }
}
