import Messaging
import Platform
import Testing

@testable import Gateways

/// Answers and pages of a quarter of a megabyte that repeat one thing: reading them takes time by their length, not by
/// its square, and what comes out is bounded.
@Suite struct HugeAnswerTests {
  struct Huge: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var body: [UInt8]

    /// `front`, then `piece` as often as it fits, then `back`.
    init(_ name: String, _ front: String, _ piece: String, _ back: String, bytes: Int = 250_000) {
      testDescription = name
      body = Array(front.utf8)
      body.reserveCapacity(bytes + 2 * piece.utf8.count + back.utf8.count)
      let repeated = Array(piece.utf8)
      for _ in 0...(bytes / repeated.count) { body += repeated }
      body += Array(back.utf8)
    }

    init(_ name: String, _ front: String, numbered piece: (Int) -> String, _ back: String) {
      testDescription = name
      let count = 250_000 / piece(100_000).utf8.count
      body = Array((front + (0..<count).map(piece).joined(separator: ",") + back).utf8)
    }
  }

  private static let list = #"{"status":"0","list":["#
  private static let data = #"{"code":"SUCCESS","data":["#
  private static let smsIDs = #"{"Code":"3","SmsIdList":["#
  private static let details = #"{"Code":"3","Details":["#
  private static let number = "13800138000"

  static let all: [Huge] = [
    Huge("one id after another", smsIDs + #"{"PhoneNumber":"\#(number)","SmsId":""#, numbered: { "\($0)" }, #""}]}"#),
    Huge("ids in entries", smsIDs, numbered: { #"{"PhoneNumber":"\#(number)","SmsId":"\#($0)"}"# }, "]}"),
    Huge("ids in an array", smsIDs + #"{"PhoneNumber":"\#(number)","SmsId":["#, numbered: { "\($0)" }, "]}]}"),
    Huge(
      "yes and no in turns", list,
      numbered: { #"{"mid":"M\#($0)","mobile":"\#(number)","result":\#($0 % 2 * 17)}"# }, "]}"),
    Huge("the same entry", list, numbered: { _ in #"{"mid":"M","mobile":"\#(number)","result":0}"# }, "]}"),
    Huge("strangers", list, numbered: { #"{"mid":"M","mobile":"137\#(10_000_000 + $0)","result":0}"# }, "]}"),
    Huge("strangers of emay", data, numbered: { #"{"imsId":"M","mobile":"0061\#(100_000_000 + $0)"}"# }, "]}"),
    Huge("nothing in a list", list, numbered: { _ in "{}" }, "]}"),
    Huge("members", "{", numbered: { "\"m\($0)\":1" }, "}"),
    Huge("the code again and again", "{", numbered: { _ in "\"Code\":1,\"status\":0" }, "}"),
    Huge("a long code", #"{"status":""#, "0", #""}"#), Huge("a long number", #"{"Code":"#, "9", "}"),
    Huge("blanks", "", " ", ""), Huge("blanks in a code", #"{"status":""#, " ", #"0"}"#),
    Huge("line feeds", "1,0\n", "\n", ""),
    Huge("lines", "20110725160412,0\n", "1,2\n", ""), Huge("commas", "20110725160412,0\n", ",", ""),
    Huge("slashes", "13800138000/", "/", ""), Huge("lines of slashes", "", "13800138000/////\n", ""),
    Huge("reports of youe", "", "13800138000/2014-03-16 19:29:00/1/DELIVRD/\n", ""),
    Huge("percent signs", "13800138000/x/y/", "%", "/"), Huge("open brackets", "", "[", ""),
    Huge("open braces", list, "{", ""),
    Huge("open objects", list, "{\"a\":[", ""), Huge("quotes", list, "\"", ""),
    Huge("backslashes", list + "\"", "\\", ""),
    Huge("records, cut", list, numbered: { _ in #"{"flag":1,"mid":"M","stat":"D"}"# }, ""),
    Huge("broken records", list, numbered: { _ in #"{"flag":1,"mid":}"# }, "]}"),
    Huge("records of mobset, cut", details, numbered: { _ in #"{"SmsId":"M","Status":"1"}"# }, ""),
    Huge("lists, cut", "{\"a\":", "[],", ""),
    Huge("records beyond ASCII", list, numbered: { _ in #"{"content":"回复"}"# }, "]}"),
    Huge(
      "marks", "<returnsms><returnstatus>Success</returnstatus><resplist><resp>", "#@#",
      "</resp></resplist></returnsms>"),
    Huge(
      "responses", "<returnsms><returnstatus>Success</returnstatus><resplist>", "<resp>M#@#13800138000#@#0#@#</resp>",
      "</resplist></returnsms>"),
    Huge("elements", "<returnsms>", "<a/>", "</returnsms>"), Huge("open elements", "", "<a>", ""),
    Huge("attributes", "<returnsms ", "a=\"1\" ", "/>"), Huge("ampersands", "", "&", ""),
    Huge("pairs", "status=D", "&a=b", ""),
    Huge("equals signs", "", "=", ""), Huge("pairs without names", "", "=&", ""),
  ]

  private func gateways() throws -> [any ReportingGateway] {
    [
      try juhe(), try `Emay requests`.emay(), try mobset(), try youe(), try youe(["charset": "gb2312"]), try eighteen(),
    ]
  }

  @Test(arguments: all)
  func `are read in time`(_ huge: Huge) throws {
    var cost = Cost()
    for gateway in try gateways() {
      let name = type(of: gateway).name
      let answer = GatewayAnswer(status: 200, body: huge.body)
      let outcome = cost.of { gateway.outcome(of: answer, to: AnswerForms.call) }
      if case .settled(let messages) = outcome.verdict {
        for message in messages { #expect(message.ids.count <= Limits.messageIDs, "\(name)") }
      }
      #expect(outcome.notes.count < 16 && outcome.code.utf8.count <= huge.body.count)
      _ = cost.of { gateway.balance(in: answer) }
      _ = cost.of { gateway.cancelled(in: answer) }
      for kind in PullKind.allCases { _ = cost.of { gateway.page(in: answer, for: kind) } }
      for type in ["", "application/json"] {
        _ = cost.of { gateway.page(in: GatewayPush(method: "POST", contentType: type, body: huge.body)) }
      }
      #expect(cost.worst < 1, "\(name): the dearest reading took \(cost.worst) s")
      guard cost.worst < 1 else { return }
    }
  }

  /// What an answer is read as.
  enum Reading { case answer, page, push }

  /// Beyond what the client keeps of an answer, and beyond the bounds of single readers: by the reader concerned.
  private static let beyond: [(reader: String, reading: Reading, huge: Huge)] = [
    ("juhe", .answer, Huge("entries", list, entry + ",", entry + "]}", bytes: whole)),
    ("juhe", .page, Huge("records, cut", list, #"{"flag":0},"#, "", bytes: 11 * (Limits.pageRecords + 1))),
    ("juhe", .answer, Huge("XML elements", "<returnsms>", "<a/>", "</returnsms>", bytes: 4 * Limits.xmlTreeElements)),
    ("juhe", .answer, Huge("an XML name", "<returnsms><", "a", "/></returnsms>", bytes: Limits.xmlTagBytes)),
    ("emay", .answer, Huge("entries", data, member + ",", member + "]}", bytes: whole)),
    ("mobset", .answer, Huge("entries", smsIDs, named + ",", named + "]}", bytes: whole)),
    ("mobset", .page, Huge("records, cut", details, detail + ",", "", bytes: 28 * (Limits.pageRecords + 1))),
    ("18sms", .answer, Huge("lines", "20110725160412,0\n", "1234567890100\n", "", bytes: whole)),
    ("youe", .page, Huge("lines", "", "13800138000/2014-03-16 19:29:00/1/DELIVRD/\n", "", bytes: whole)),
    ("youe", .push, Huge("a push", "Class=rpt&Mobile=\(number)&", "a=b&", "Report=DELIVRD", bytes: Limits.pushBytes)),
    ("18sms", .push, Huge("a push", "mobile=\(number)&", "a=b&", "status=DELIVRD", bytes: Limits.pushBytes)),
    ("juhe", .push, Huge("a push", "a=b&", "a=b&", "report=[{}]", bytes: Limits.pushBytes)),
  ]
  private static let whole = Limits.answerBytes
  private static let entry = #"{"mid":"M","mobile":"\#(number)","result":0}"#
  private static let member = #"{"imsId":"M","mobile":"0061412345678"}"#
  private static let named = #"{"PhoneNumber":"\#(number)","SmsId":"7"}"#
  private static let detail = #"{"SmsId":"M","Status":"12"}"#

  @Test(arguments: beyond.indices)
  func `beyond every bound are read in time too`(_ index: Int) throws {
    let (reader, reading, huge) = Self.beyond[index]
    let gateway = try #require(try gateways().first { type(of: $0).name == reader })
    let answer = GatewayAnswer(status: 200, body: huge.body)
    let isCut = huge.testDescription.hasSuffix("cut")
    var cost = Cost()
    switch reading {
    case .answer:
      let outcome = cost.of { gateway.outcome(of: answer, to: AnswerForms.call) }
      guard case .settled(let messages) = outcome.verdict else { break }
      for message in messages { #expect(message.ids.count <= Limits.messageIDs) }
    case .page:
      guard case .page(let page) = cost.of({ gateway.page(in: answer, for: .reports) }) else { break }
      #expect(page.cut == isCut, "the rest is not told as lost")
      #expect(!isCut || page.reports.count + page.replies.count <= Limits.pageRecords)
    case .push:
      // The telling field stands behind the fields that are looked at.
      #expect(cost.of { gateway.page(in: GatewayPush(method: "POST", body: huge.body)) }.page == nil)
    }
    // A debug build takes up to 40 times as long as a release.
    #expect(cost.worst < 30, "the dearest reading took \(cost.worst) s")
    print(
      "beyond the bounds, \(reader), \(huge.testDescription): \(huge.body.count / 1024) kB, "
        + "\(Int(cost.worst * 1000)) ms")
  }
}
