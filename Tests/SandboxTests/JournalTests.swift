import HTTP
import JSON
import TestSupport
import Testing

@testable import Sandbox

@Suite struct JournalTests {
  private func lines(_ folder: TemporaryFolder) throws -> [JSON] {
    try folder.read("log.jsonl").split(separator: "\n").map { try JSON(parsing: String($0)) }
  }

  @Test func `each accepted message has a line before the answer is there`() throws {
    let folder = try TemporaryFolder()
    var bench = try Bench(
      "[gateway.juhe]\nrefuse_numbers = [\"139*\"]\n[[gateway.juhe.fault]]\nkind = \"close_after\"\ncalls = [1]",
      log: folder.path + "/log.jsonl")
    let reply = bench.juhe("send", ["mobile": "13800138000,13900139000,13800138001", "content": "引号\"和\n换行"])
    #expect(reply.ending == .noAnswer)
    let lines = try lines(folder)
    #expect(lines.map { $0["number"]?.text } == ["13800138000", "13800138001"])
    let entries = reply.json["list"]?.elements ?? []
    #expect(lines[0]["ids"]?.elements?.first == entries[0]["mid"])
    #expect(lines[0]["text"] == "引号\"和\n换行")
    #expect(lines[0]["gateway"] == "juhe")
    #expect(lines[0]["account"] == "922011")
    #expect(lines[0]["call"] == 1)
    #expect(lines[0]["time"] == "2026-11-11 09:00:00")
  }

  @Test func `lines carry what each platform knows`() throws {
    let folder = try TemporaryFolder()
    var bench = try Bench(log: folder.path + "/log.jsonl")
    _ = bench.juhe("p2p", ["mobileContentList": "13800000001#一\r13800000002#二\r"])
    _ = bench.emay("sendSingleIMS", [("mobile", "0061422118000"), ("content", "x"), ("customImsId", "own")])
    _ = bench.mobset("SmsSend", ["Content": String(repeating: "字", count: 71)])
    _ = bench.youe("postSendSms", ["linkid": "20140316192678945632"])
    let msgid = bench.eighteen(["mobile": "13800138000,13800138001"]).text.split(separator: "\n")[1]
    let lines = try lines(folder)
    #expect(lines.map { $0["text"]?.text }.prefix(2) == ["一", "二"])
    #expect(lines[2]["number"] == "0061422118000")
    #expect(lines[2]["custom_id"] == "own")
    #expect(lines[3]["ids"]?.elements?.count == 2)
    #expect(lines[4]["ids"] == [])
    #expect(lines[4]["link_id"] == "20140316192678945632")
    #expect(lines[5]["ids"] == lines[6]["ids"])
    #expect(lines[5]["ids"]?.elements?.first?.text == String(msgid))
  }

  @Test func `a refused call leaves no line`() throws {
    let folder = try TemporaryFolder()
    var bench = try Bench(log: folder.path + "/log.jsonl")
    _ = bench.juhe("send", ["password": "x"])
    _ = bench.eighteen(["mobile": "13899990001,13800138000"])
    #expect(try folder.read("log.jsonl").isEmpty)
  }

  private func handedLines(_ folder: TemporaryFolder) throws -> [[String]] {
    try folder.read("handed.jsonl").split(separator: "\n").map { line in
      let json = try JSON(parsing: String(line))
      return ["kind", "way", "page", "number", "id", "link_id", "outcome", "code"].map { json[$0]?.text ?? "" }
    }
  }

  @Test func `what a fetch hands out has a line, whether or not the answer comes through`() throws {
    let folder = try TemporaryFolder()
    var bench = try Bench(
      "[gateway.juhe.reports]\nlost = 0\n[[gateway.juhe.fault]]\nkind = \"close_after\"\non = \"report\"\ncalls = [2]",
      handed: folder.path + "/handed.jsonl")
    _ = bench.juhe("report")
    let id = bench.juhe("send", ["mobile": "13800138000"]).json["list"]?.elements?.first?["mid"]?.text ?? ""
    bench.wait(20)
    #expect(bench.juhe("report").ending == .noAnswer)
    #expect(try handedLines(folder) == [["report", "pull", "2", "13800138000", id, "", "delivered", "DELIVRD"]])
  }

  @Test(arguments: [(200, "push"), (500, "failed_push")])
  func `a push has a line when its receiver has answered`(_ status: Int, _ way: String) throws {
    let folder = try TemporaryFolder()
    var bench = try Bench(
      "[gateway.youe.reports]\nfailed = 0\nexpired = 0\nlost = 0\nreplies = 0\npush = \"http://127.0.0.1:9/p\"",
      handed: folder.path + "/handed.jsonl")
    _ = bench.youe("postSendSms", ["linkid": "20140316192678945632"])
    bench.wait(20)
    let letters = bench.floor.takePushes(10, now: bench.now)
    #expect(try handedLines(folder) == [])
    for letter in letters {
      bench.floor.notePush(letter, .answered(ClientAnswer(status: status, body: [])), now: bench.now)
    }
    let line = ["report", way, "0", "13800138000", "", "20140316192678945632", "delivered", "DELIVRD"]
    #expect(try handedLines(folder) == [line])
  }
}
