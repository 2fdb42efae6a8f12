import HTTP
import JSON
import Platform
import TestSupport
import Testing

@testable import Sandbox

@Suite struct SandboxTests {
  private func ask(_ sandbox: borrowing Running, _ requests: [ClientRequest]) throws -> [ClientResult] {
    let client = try HTTPClient()
    defer { client.close() }
    for (tag, request) in requests.enumerated() { client.submit(request, tag: UInt64(tag)) }
    var results = [ClientResult?](repeating: nil, count: requests.count)
    let deadline = monotonicSeconds() + 30
    while results.contains(where: { $0 == nil }), monotonicSeconds() < deadline {
      for completion in client.wait(until: deadline) { results[Int(completion.tag)] = completion.result }
    }
    return results.map { $0 ?? .unknown(reason: "the test waited too long") }
  }

  private struct Running: ~Copyable {
    let sandbox: Sandbox
    var url: String { "http://127.0.0.1:\(sandbox.port)" }

    init(_ toml: String = "", log: String? = nil, isDurable: Bool = false) throws {
      let faults = try FaultPlan(toml: Array(toml.utf8), file: "faults.toml")
      var options = SandboxOptions(port: 0, faults: faults, logPath: log)
      options.isDurable = isDurable
      sandbox = try Sandbox(options: options)
    }

    deinit { sandbox.stop() }

    func send(_ numbers: String, text: String = "您好") -> ClientRequest {
      let body =
        "action=send&account=922011&password=sandbox-juhe&extno=1069012345&rt=json&mobile=\(numbers)"
        + "&content=\(percentEncoded(text))"
      return ClientRequest(
        url: url + "/sms", contentType: "application/x-www-form-urlencoded", body: Array(body.utf8), timeout: 20)
    }
  }

  private func answer(_ result: ClientResult) throws -> ClientAnswer {
    guard case .answered(let answer) = result else {
      Issue.record("no answer: \(result)")
      throw CancellationError()
    }
    return answer
  }

  @Test func `a call over a socket is served, counted and shown`() throws {
    let running = try Running()
    let sent = try ask(running, [running.send("13800138000,13800138001")])
    #expect(try JSON(parsing: try answer(sent[0]).body)["status"] == "0")
    let pages = try ask(
      running,
      ["/", "/counts.json", "/nowhere"].map { ClientRequest(.get, url: running.url + $0, timeout: 5) })
    let page = try answer(pages[0]).body.text
    #expect(page.contains("<th scope=\"row\">juhe</th><td>1</td><td>1</td><td>2</td><td>2</td>"))
    #expect(try JSON(parsing: try answer(pages[1]).body)["juhe"]?["accepted"] == 2)
    #expect(try answer(pages[2]).status == 404)
    #expect(running.sandbox.counts(.juhe).accepted == 2)
  }

  @Test func `what a client sees of each fault`() throws {
    let kinds = ["close_before", "close_after", "half_answer", "status_500_after"]
    let faults = kinds.enumerated().map { "[[gateway.juhe.fault]]\nkind = \"\($1)\"\ncalls = [\($0 + 1)]" }
    let running = try Running(faults.joined(separator: "\n"))
    var results: [ClientResult] = []
    for _ in kinds { results += try ask(running, [running.send("13800138000")]) }
    for result in results.prefix(2) {
      guard case .unknown = result else {
        Issue.record("a closed connection gave \(result)")
        continue
      }
    }
    guard case .cutShort(let half, _) = results[2] else {
      Issue.record("half an answer gave \(results[2])")
      return
    }
    #expect(half.body.text.hasPrefix("{\"status\":\"0\""))
    #expect(try answer(results[3]).status == 500)
    #expect(running.sandbox.counts(.juhe).accepted == 3)
  }

  @Test(arguments: [false, true])
  func `calls at once are each logged once before they are answered`(isDurable: Bool) throws {
    let folder = try TemporaryFolder()
    let log = folder.path + "/log.jsonl"
    let running = try Running("seed = 3", log: log, isDurable: isDurable)
    let requests = (0..<40).map { call in
      running.send((0..<50).map { String(13_800_000_000 + call * 50 + $0) }.joined(separator: ","))
    }
    let results = try ask(running, requests)
    var ids: Set<String> = []
    for result in results {
      let list = try JSON(parsing: try answer(result).body)["list"]?.elements ?? []
      ids.formUnion(list.compactMap { $0["mid"]?.text })
    }
    let lines = try folder.read("log.jsonl").split(separator: "\n").map { try JSON(parsing: String($0)) }
    #expect(ids.count == 2000)
    #expect(Set(lines.compactMap { $0["ids"]?.elements?.first?.text }) == ids)
    #expect(Set(lines.compactMap { $0["number"]?.text }).count == 2000)
    #expect(Files.permissions(log) == 0o600)
  }

  @Test func `a taken port and a log that cannot be written are told`() throws {
    let running = try Running()
    let taken = #expect(throws: SandboxError.self) {
      try Sandbox(options: SandboxOptions(port: running.sandbox.port))
    }
    #expect(taken?.code == .server)
    let log = #expect(throws: SandboxError.self) {
      try Sandbox(options: SandboxOptions(port: 0, logPath: "/nonexistent/log.jsonl"))
    }
    #expect(log?.code == .log)
  }

  @Test func `a call of 50,000 numbers is taken`() throws {
    var bench = try Bench()
    let numbers = (0..<50_000).map { String(13_800_000_000 + $0) }.joined(separator: ",")
    let began = monotonicSeconds()
    #expect(bench.eighteen(["mobile": numbers]).text.hasPrefix("20261111090000,0\n"))
    // A debug build needs about 0.1 s; ten times that would make campaigns crawl.
    #expect(monotonicSeconds() - began < 3)
    #expect(bench.floor[.eighteen].counts.accepted == 50_000)
  }
}
