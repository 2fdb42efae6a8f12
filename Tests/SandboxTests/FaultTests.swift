import HTTP
import Testing

@testable import Sandbox

@Suite struct FaultTests {
  /// What each kind does to juhe's second call.
  @Test(arguments: [
    (Fault.Kind.closeBefore, 200, false, ServerReply.Ending.noAnswer), (.closeAfter, 200, true, .noAnswer),
    (.statusBefore, 500, false, .whole), (.statusAfter, 500, true, .whole), (.html, 200, false, .whole),
    (.htmlAfter, 200, true, .whole), (.empty, 200, true, .whole), (.garbage, 200, true, .whole),
    (.slow, 200, true, .whole), (.missing, 200, true, .whole), (.twice, 200, true, .whole),
  ])
  func `a fault befalls its call alone`(
    kind: Fault.Kind, status: Int, isTaken: Bool, ending: ServerReply.Ending
  ) throws {
    var bench = try Bench("[[gateway.juhe.fault]]\nkind = \"\(kind.rawValue)\"\ncalls = [2]")
    let before = bench.juhe("send")
    #expect(before.json["status"] == "0")
    let reply = bench.juhe("send")
    #expect(reply.status == status)
    #expect(reply.ending == ending)
    #expect(bench.floor[.juhe].counts.accepted == (isTaken ? 2 : 1))
    #expect(bench.floor[.juhe].counts.faults == 1)
    #expect(bench.juhe("send").json["status"] == "0")
    switch kind {
    case .html, .htmlAfter, .statusBefore, .statusAfter: #expect(reply.text.hasPrefix("<html>"))
    case .empty: #expect(reply.body.isEmpty)
    case .garbage: #expect(String(validating: reply.body, as: UTF8.self) == nil)
    case .slow: #expect(reply.delay == 3)
    case .missing: #expect(reply.json["list"] == [])
    case .twice: #expect(reply.json["list"]?.elements?.count == 2)
    default: break
    }
  }

  @Test func `half an answer promises the whole`() throws {
    var bench = try Bench("[[gateway.juhe.fault]]\nkind = \"half_answer\"\nevery = 1")
    let reply = bench.juhe("send")
    #expect(reply.ending == .cutAfter(reply.body.count / 2))
    #expect(reply.json["status"] == "0")
  }

  @Test func `busy is each platform's own word for too fast`() throws {
    var bench = try Bench("[[gateway.all.fault]]\nkind = \"busy\"\nevery = 1")
    #expect(bench.juhe("send").json["status"] == "21")
    #expect(bench.mobset("SmsSend").json["Code"] == .number("-190"))
    #expect(bench.youe("postSendSms").text == "400")
    #expect(bench.eighteen().text.hasSuffix(",103\n"))
    let sent = bench.emay("sendSingleIMS", [("mobile", "0061422118000"), ("content", "x")])
    #expect(sent.json["code"] == "ERROR_OVER_SPEED")
    #expect(SandboxGateway.allCases.allSatisfy { bench.floor[$0].counts.slowDowns == 1 })
  }

  @Test func `any code can be asked for`() throws {
    var bench = try Bench(
      """
      [[gateway.juhe.fault]]
      kind = "answer"
      code = "7"
      every = 1
      [[gateway.youe.fault]]
      kind = "answer"
      code = "108"
      every = 1
      [[gateway.18sms.fault]]
      kind = "answer"
      code = "105"
      every = 1
      [[gateway.mobset.fault]]
      kind = "answer"
      code = "-126"
      every = 1
      """)
    #expect(bench.juhe("send").json["status"] == "7")
    #expect(bench.youe("postSendSms").text == "108")
    #expect(bench.eighteen().text.hasSuffix(",105\n"))
    #expect(bench.mobset("SmsSend").json["Code"] == .number("-126"))
  }

  @Test func `faults may befall what fetches instead of what submits`() throws {
    var bench = try Bench("[[gateway.juhe.fault]]\nkind = \"half_answer\"\non = \"report\"\ncalls = [1]")
    #expect(bench.juhe("send").ending == .whole)
    #expect(bench.juhe("report").ending != .whole)
    #expect(bench.juhe("report").ending == .whole)
  }

  @Test func `an outage begins and ends`() throws {
    var bench = try Bench("[gateway.juhe]\noutage = { after_calls = 2, calls = 3 }")
    let endings = (0..<6).map { _ in bench.juhe("send").ending == .whole }
    #expect(endings == [true, true, false, false, false, true])
  }

  @Test(arguments: [
    (Fault.Trigger.every(3), [3, 6, 9]), (.calls([2, 7]), [2, 7]), (.range(8...Int.max), [8, 9, 10]),
    (.probability(0), []), (.probability(1), Array(1...10)),
  ])
  func `a trigger picks its calls`(trigger: Fault.Trigger, calls: [Int]) {
    let fault = Fault(.closeAfter, trigger)
    #expect((1...10).filter { fault.befalls($0, draw: 0.5) } == calls)
  }

  @Test func `chance follows the seed`() throws {
    func endings(_ seed: Int) throws -> [Bool] {
      var bench = try Bench("[[gateway.juhe.fault]]\nkind = \"close_before\"\nprobability = 0.3")
      let faults = try FaultPlan(
        toml: Array("seed = \(seed)\n[[gateway.juhe.fault]]\nkind = \"close_before\"\nprobability = 0.3".utf8),
        file: "f")
      bench.floor = SandboxFloor(faults, seed: UInt64(seed), journal: try Journal(path: nil), now: bench.now)
      return (0..<200).map { _ in bench.juhe("send").ending == .whole }
    }
    let first = try endings(1)
    #expect(try endings(1) == first)
    #expect(try endings(2) != first)
    #expect((40...80).contains(first.count { !$0 }))
  }

  @Test func `latency lies in its range`() throws {
    var bench = try Bench("[gateway.juhe]\nlatency_ms = [20, 80]")
    let delays = (0..<50).map { _ in bench.juhe("send").delay }
    #expect(delays.allSatisfy { (0.02...0.08).contains($0) })
    #expect(Set(delays).count > 40)
  }
}
