import HTTP
import JSON
import Testing

@testable import Sandbox

@Suite struct EmayDeskTests {
  private let text: (String, JSON) = ("content", "This is a text message to Australia")

  @Test func `a single message answers an object`() throws {
    var bench = try Bench()
    let reply = bench.emay(
      "sendSingleIMS", [("mobile", "0061422118000"), text, ("customImsId", "2018010709302911")])
    let data = try #require(reply.json["data"])
    #expect(reply.json["code"] == "SUCCESS")
    #expect(data["mobile"] == "0061422118000")
    #expect(data["customImsId"] == "2018010709302911")
    #expect(data["imsId"]?.text?.wholeMatch(of: /[0-9]{20}/) != nil)
  }

  @Test(arguments: ["sendBatchIMS", "sendPersonalityIMS"])
  func `several messages answer a list in their order`(name: String) throws {
    var bench = try Bench()
    let list: JSON = [
      message("0061422118000", custom: "a", content: "one"), message("0061422118001", custom: "b", content: "two"),
    ]
    let data = try #require(bench.emay(name, [text, ("imses", list)]).json["data"]?.elements)
    #expect(data.map { $0["customImsId"]?.text } == ["a", "b"])
    #expect(Set(data.compactMap { $0["imsId"]?.text }).count == 2)
  }

  @Test(arguments: [
    ("appId", "ERROR_PARAMS"), ("timestamp", "ERROR_PARAMS"), ("sign", "ERROR_PARAMS"),
    ("mobile", "ERROR_MOBILE_EMPTY"), ("content", "ERROR_CONTENT_EMPTY"),
  ])
  func `a missing field is refused`(field: String, code: String) throws {
    var bench = try Bench()
    let reply = bench.emay("sendSingleIMS", [("mobile", "0061422118000"), text], without: field)
    #expect(reply.text == "{\"code\":\"\(code)\"}")
  }

  @Test(
    arguments: [
      ("appId", "EUCP", "ERROR_APPID"), ("sign", "00", "ERROR_SIGN"),
      ("timestamp", "20180330161138", "ERROR_TIMESTAMP"),
      ("timestamp", "2026", "ERROR_TIMESTAMP"), ("mobile", "", "ERROR_MOBILE_EMPTY"),
      ("mobile", "61422118000", "ERROR_MOBILE_ERROR"), ("content", "", "ERROR_CONTENT_EMPTY"),
      ("customImsId", .string(String(repeating: "1", count: 33)), "ERROR_CUSTOM_IMSID"),
      ("content", .string(String(repeating: "x", count: 1001)), "ERROR_LONG_CONTENT"),
    ] as [(String, JSON, String)])
  func `a wrong value is refused with the document's code`(field: String, value: JSON, code: String) throws {
    var bench = try Bench()
    let reply = bench.emay("sendSingleIMS", [("mobile", "0061422118000"), text, (field, value)])
    #expect(reply.text == "{\"code\":\"\(code)\"}")
    #expect(bench.floor[.emay].counts.accepted == 0)
  }

  @Test func `what is not JSON, not a POST, or too many is refused`() throws {
    var bench = try Bench()
    let path = "/inter/sendSingleIMS"
    #expect(bench.serve(ServerRequest(method: "POST", path: path)).json["code"] == "ERROR_PARAMS")
    #expect(bench.serve(ServerRequest(method: "GET", path: path)).status == 405)
    let list = JSON.array((0..<301).map { message("0061422\(118_000 + $0)") })
    #expect(bench.emay("sendBatchIMS", [text, ("imses", list)]).json["code"] == "ERROR_MOBILE_NUMBER")
    #expect(bench.emay("sendBatchIMS", [text, ("imses", [])]).json["code"] == "ERROR_MOBILE_EMPTY")
  }

  @Test func `a bad number among good ones fails later, a refused one fails the call`() throws {
    var bench = try Bench("[gateway.emay]\nrefuse_numbers = [\"00615*\"]")
    let mixed: JSON = [message("0061422118000"), message("12")]
    #expect(bench.emay("sendBatchIMS", [text, ("imses", mixed)]).json["code"] == "SUCCESS")
    let refused: JSON = [message("0061422118000"), message("0061522118000")]
    #expect(bench.emay("sendBatchIMS", [text, ("imses", refused)]).json["code"] == "ERROR_MOBILE_ERROR")
    bench.wait(20)
    let states = bench.emay("getIMSReport").json["data"]?.elements?.map { $0["state"]?.text }
    #expect(states?.contains("FAIL_MOBILE") == true)
  }

  @Test func `reports carry both ids and come once`() throws {
    var bench = try Bench("[gateway.emay.reports]\nfailed = 0\nexpired = 0\nlost = 0")
    let list: JSON = [message("0061422118000", custom: "a"), message("0061422118000", custom: "b")]
    let sent = try #require(bench.emay("sendBatchIMS", [text, ("imses", list)]).json["data"]?.elements)
    bench.wait(20)
    var reports = try #require(bench.emay("getIMSReport", [("number", 1)]).json["data"]?.elements)
    #expect(reports.count == 1)
    reports += try #require(bench.emay("getIMSReport").json["data"]?.elements)
    let found = Set(reports.compactMap { $0["customImsId"]?.text.map { [$0] } }.flatMap { $0 })
    #expect(found == ["a", "b"])
    for report in reports {
      let own = report["customImsId"]
      #expect(sent.first { $0["customImsId"] == own }?["imsId"] == report["imsId"])
      #expect(report["state"] == (own == "a" ? "DELIVRD" : "FAIL_MOBILE_REPEAT"))
      #expect(report["mobile"] == "0061422118000")
      #expect(report["submitTime"] == "2026-11-11 09:00:00")
    }
    #expect(bench.emay("getIMSReport").text == #"{"code":"SUCCESS","data":[]}"#)
    #expect(bench.emay("getIMSReport", [("number", 501)]).json["code"] == "ERROR_PARAMS")
  }

  @Test func `too fast is ERROR_OVER_SPEED`() throws {
    var bench = try Bench("[gateway.emay]\ncalls_per_second = 1")
    #expect(bench.emay("sendSingleIMS", [("mobile", "0061422118000"), text]).json["code"] == "SUCCESS")
    #expect(bench.emay("sendSingleIMS", [("mobile", "0061422118000"), text]).json["code"] == "ERROR_OVER_SPEED")
  }
}
