import HTTP
import JSON
import Platform
import Synchronization
import TestSupport
import Testing

@testable import Sandbox

@Suite struct PushTests {
  private static let reports = "failed = 0\nexpired = 0\nlost = 0\npush = \"http://127.0.0.1:9/p\"\n"

  private func fields(_ text: String) -> [String: String] {
    Dictionary(uniqueKeysWithValues: FormData.parse(Array(text.utf8)).map { ($0.name, $0.value.text) })
  }

  @Test func `juhe pushes a JSON list of both kinds`() throws {
    var bench = try Bench("[gateway.juhe.reports]\nreplies = 1\n\(Self.reports)")
    let id = bench.juhe("send").json["list"]?.elements?.first?["mid"]
    bench.wait(20)
    let letters = bench.floor.takePushes(10, now: bench.now)
    try #require(letters.count == 1)
    let list = try #require(try JSON(parsing: letters[0].request.body).elements)
    #expect(list.map { $0["flag"]?.text } == ["0", "1"])
    #expect(list[1]["mid"] == id)
    #expect(bench.floor.takePushes(10, now: bench.now).isEmpty)
    #expect(bench.juhe("report").json["list"] == [])
  }

  @Test func `youe pushes a form a report`() throws {
    var bench = try Bench("[gateway.youe.reports]\nreplies = 0\n\(Self.reports)")
    _ = bench.youe("postSendSms", ["linkid": "20140316192678945632"])
    bench.wait(20)
    let letters = bench.floor.takePushes(10, now: bench.now)
    try #require(letters.count == 1)
    #expect(
      fields(letters[0].request.body.text) == [
        "Class": "rpt", "SmsName": "demo", "Mobile": "13800138000", "LinkId": "20140316192678945632",
        "Report": "DELIVRD",
      ])
  }

  @Test func `18sms pushes by GET, a report a part, long replies in parts`() throws {
    var bench = try Bench(
      "[gateway.18sms.reports]\nreplies = 1\nopt_outs = 0\nreceiver = \"admin\"\nreceiver_password = \"12345\"\n\(Self.reports)"
    )
    let text = String(repeating: "字", count: 71)
    let msgid = bench.eighteen(["msg": text]).text.split(separator: "\n")[1]
    bench.wait(20)
    let letters = bench.floor.takePushes(10, now: bench.now)
    let queries = letters.map { fields(String($0.request.url.split(separator: "?")[1])) }
    let reports = queries.filter { $0["msgid"] != nil }
    #expect(reports.count == 2)
    #expect(
      reports.first == [
        "receiver": "admin", "pswd": "12345", "msgid": String(msgid), "reportTime": "2611110900",
        "mobile": "13800138000", "status": "DELIVRD",
      ])
    let parts = queries.compactMap { $0["emshead"] }
    #expect(parts.map { $0.suffix(4) } == [",2,1", ",2,2"])
  }

  @Test func `a failing receiver of 18sms is paused and loses what comes meanwhile`() throws {
    var bench = try Bench("[gateway.18sms.reports]\nreplies = 0\npush_pause = 100\n\(Self.reports)")
    _ = bench.eighteen()
    bench.wait(20)
    let letters = bench.floor.takePushes(10, now: bench.now)
    try #require(letters.count == 1)
    bench.floor.notePush(letters[0], .answered(ClientAnswer(status: 500, body: [])), now: bench.now)
    _ = bench.eighteen()
    bench.wait(20)
    #expect(bench.floor.takePushes(10, now: bench.now).isEmpty)
    #expect(bench.floor[.eighteen].counts.pushFailures == 2)
    bench.wait(100)
    _ = bench.eighteen()
    bench.wait(20)
    #expect(bench.floor.takePushes(10, now: bench.now).count == 1)
  }

  @Test func `a push that is under way when the sandbox stops stands in its log`() throws {
    let folder = try TemporaryFolder()
    let received = Atomic(0)
    let receiver = try HTTPServer(port: 0) { _ in
      received.add(1, ordering: .relaxed)
      var late = ServerReply(body: Array("0".utf8))
      late.delay = 5
      return late
    }
    defer { receiver.stop() }
    let toml = """
      [gateway.18sms.reports]
      delay = 0
      lost = 0
      replies = 0
      push = "http://127.0.0.1:\(receiver.port)/push/18sms/secret"
      """
    var options = SandboxOptions(port: 0, faults: try FaultPlan(toml: Array(toml.utf8), file: "faults.toml"))
    options.handedPath = folder.path + "/handed.jsonl"
    let sandbox = try Sandbox(options: options)
    let client = try HTTPClient()
    defer { client.close() }
    let query = "account=demo&pswd=sandbox-18sms&msg=x&needstatus=true&mobile=13800138000"
    client.submit(
      ClientRequest(.get, url: "http://127.0.0.1:\(sandbox.port)/msg/HttpBatchSendSM?\(query)", timeout: 10), tag: 1)
    let deadline = monotonicSeconds() + 20
    while received.load(ordering: .relaxed) == 0, monotonicSeconds() < deadline {
      _ = client.wait(until: monotonicSeconds() + 0.05)
    }
    sandbox.stop()
    #expect(try folder.read("handed.jsonl").contains("\"way\":\"failed_push\""))
  }

  @Test func `pushes reach a receiver`() throws {
    let received = Mutex<[ServerRequest]>([])
    let receiver = try HTTPServer(port: 0) { request in
      received.withLock { $0.append(request) }
      return ServerReply(body: Array("0".utf8))
    }
    defer { receiver.stop() }
    let toml = """
      [gateway.18sms.reports]
      delay = 0
      failed = 0
      expired = 0
      lost = 0
      replies = 0
      push = "http://127.0.0.1:\(receiver.port)/push/18sms/secret"
      """
    let faults = try FaultPlan(toml: Array(toml.utf8), file: "faults.toml")
    let sandbox = try Sandbox(options: SandboxOptions(port: 0, faults: faults))
    defer { sandbox.stop() }
    let client = try HTTPClient()
    defer { client.close() }
    let numbers = (0..<100).map { String(13_800_000_000 + $0) }
    let query = "account=demo&pswd=sandbox-18sms&msg=x&needstatus=true&mobile=\(numbers.joined(separator: ","))"
    let url = "http://127.0.0.1:\(sandbox.port)/msg/HttpBatchSendSM?\(query)"
    client.submit(ClientRequest(.get, url: url, timeout: 10), tag: 1)
    let deadline = monotonicSeconds() + 20
    while received.withLock({ $0.count }) < 100, monotonicSeconds() < deadline {
      _ = client.wait(until: monotonicSeconds() + 0.05)
    }
    let mobiles = received.withLock { $0.map { $0.query.first { $0.name == "mobile" }?.value.text ?? "" } }
    #expect(mobiles.sorted() == numbers)
    #expect(sandbox.counts(.eighteen).pushFailures == 0)
  }

  @Test(arguments: ["emay", "mobset", "all"])
  func `a push where none is made is an unknown key`(gateway: String) {
    let toml = "[gateway.\(gateway).reports]\npush = \"http://127.0.0.1\""
    let error = #expect(throws: SandboxError.self) { try FaultPlan(toml: Array(toml.utf8), file: "faults.toml") }
    #expect(error?.diagnostic.description.contains("unknown key 'push'") == true)
  }
}
