import HTTP
import Testing

@testable import Sandbox

@Suite struct MagicTests {
  @Test(
    arguments: [
      (13_899_990_001, Magic.refused), (61_499_990_014, .optsOut), (13_899_990_000, nil), (13_899_990_015, nil),
      (13_899_980_001, nil),
    ] as [(UInt64, Magic?)])
  func `eight digits make a number magic`(digits: UInt64, magic: Magic?) {
    #expect(Magic(digits) == magic)
  }

  @Test func `a refused number is refused in each platform's way`() throws {
    var bench = try Bench()
    #expect(bench.juhe("send", ["mobile": "13899990001"]).json["list"]?.elements?.first?["result"] == 17)
    #expect(
      bench.mobset("SmsSend", ["PhoneNumbers": "13899990001"]).json["SmsIdList"]?.elements?.first?["SmsId"] == "0")
    #expect(bench.eighteen(["mobile": "13899990001"]).text.hasSuffix(",107\n"))
    let sent = bench.emay("sendSingleIMS", [("mobile", "0061499990001"), ("content", "x")])
    #expect(sent.json["code"] == "ERROR_MOBILE_ERROR")
  }

  @Test(arguments: [("13899990002", 1), ("13899990003", 3)])
  func `a number may be missing in the answer or stand there twice`(number: String, entries: Int) throws {
    var bench = try Bench()
    let both = "\(number),13800138000"
    #expect(bench.juhe("send", ["mobile": both]).json["list"]?.elements?.count == entries)
    #expect(bench.mobset("SmsSend", ["PhoneNumbers": both]).json["SmsIdList"]?.elements?.count == entries)
    #expect(bench.floor[.juhe].counts.accepted == 2)
  }

  @Test(arguments: [
    ("13899990004", Mishap.close), ("13899990005", .status(500)), ("13899990006", .slow(3)), ("13899990007", .half),
    ("13899990008", .html),
  ])
  func `a number may spoil the answer after it was taken`(number: String, mishap: Mishap) throws {
    var bench = try Bench()
    let plain = bench.juhe("send").text.count
    let reply = bench.juhe("send", ["mobile": number])
    #expect(bench.floor[.juhe].counts.accepted == 2)
    switch mishap {
    case .close: #expect(reply.ending == .noAnswer)
    case .status(let status): #expect(reply.status == status)
    case .slow(let seconds): #expect(reply.delay == seconds)
    case .half: #expect(reply.ending == .cutAfter(plain / 2))
    default: #expect(reply.text.hasPrefix("<html>"))
    }
    #expect(bench.juhe("send").ending == .whole)
  }

  @Test func `a number may be too fast the first time`() throws {
    var bench = try Bench()
    #expect(bench.juhe("send", ["mobile": "13899990009"]).json["status"] == "21")
    #expect(bench.juhe("send", ["mobile": "13899990009"]).json["status"] == "0")
  }

  @Test func `a number may choose its report and its reply`() throws {
    var bench = try Bench("[gateway.youe.reports]\nfailed = 1\nexpired = 0\nlost = 0")
    let numbers = (10...14).map { "138999900\($0)" }.joined(separator: ";")
    #expect(bench.youe("postSendSms", ["mobile": numbers]).text == "000")
    bench.wait(30)
    let lines = bench.youe("report").text.split(separator: "\n").map { $0.split(separator: "/") }
    let words = Dictionary(uniqueKeysWithValues: lines.map { (String($0[0]), String($0[2])) })
    #expect(words["13899990011"] == "EXPIRED")
    #expect(words["13899990012"] == nil)
    #expect(words["13899990013"] == "DELIVRD")
    #expect(words["13899990010"].map { $0 != "DELIVRD" && $0 != "EXPIRED" } == true)
    let replies = bench.youe("revert").text
    #expect(replies.contains("13899990013/") && replies.contains("13899990014/"))
  }

  @Test func `magic can be switched off`() throws {
    var bench = try Bench("magic = false")
    #expect(bench.juhe("send", ["mobile": "13899990004"]).ending == .whole)
  }
}
