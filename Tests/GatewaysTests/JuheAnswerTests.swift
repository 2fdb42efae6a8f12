import Messaging
import Platform
import Testing

@testable import Gateways

/// An answer, and what it means for a call to 13800000001 and 13800000002.
struct AnswerCase: Sendable, CustomTestStringConvertible {
  var name: String
  var status = 200
  var body: String
  var outcome: CallOutcome

  init(_ name: String, status: Int = 200, _ body: String, _ outcome: CallOutcome) {
    self.name = name
    self.status = status
    self.body = body
    self.outcome = outcome
  }

  var testDescription: String { name }
}

@Suite struct `Juhe answers` {
  static let accepted = CallOutcome(
    .settled([
      MessageOutcome(.accepted, ids: ["4C2CA88382720003"], code: "0"),
      MessageOutcome(.accepted, ids: ["4C2CA88382720004"], code: "0"),
    ]), code: "0")
  static let entry1 = #"{"mid":"4C2CA88382720003","mobile":"13800000001","result":0}"#
  static let entry2 = #"{"mid":"4C2CA88382720004","mobile":"13800000002","result":0}"#

  static func list(_ entries: String..., status: String = #""0""#) -> String {
    #"{"status":"# + status + #","balance":-153278040,"list":["# + entries.joined(separator: ",") + "]}"
  }

  static func settled(
    _ first: MessageOutcome, _ second: MessageOutcome, notes: [String] = []
  ) -> CallOutcome { CallOutcome(.settled([first, second]), code: "0", notes: notes) }

  static let one = MessageOutcome(.accepted, ids: ["4C2CA88382720003"], code: "0")
  static let two = MessageOutcome(.accepted, ids: ["4C2CA88382720004"], code: "0")
  static let unknown = MessageOutcome(.unknown)

  static let forms: [AnswerCase] = [
    AnswerCase("as documented", list(entry1, entry2), accepted),
    AnswerCase("in another order", list(entry2, entry1), accepted),
    AnswerCase("status as a number", list(entry1, entry2, status: "0"), accepted),
    AnswerCase("result as a string", list(entry1, entry2).replacing("\"result\":0", "\"result\":\"0\""), accepted),
    AnswerCase("number as a number", list(entry1, entry2).replacing("\"13800000001\"", "13800000001"), accepted),
    AnswerCase("number with country code", list(entry1, entry2).replacing("\"1380", "\"861380"), accepted),
    AnswerCase("number with +86", list(entry1, entry2).replacing("\"1380", "\"+861380"), accepted),
    AnswerCase(
      "keys in other case",
      list(entry1, entry2).replacing("status", "Status").replacing("mid", "MID").replacing("mobile", "Mobile"), accepted
    ),
    AnswerCase("blanks in strings", list(entry1, entry2).replacing(":\"", ":\" "), accepted),
    AnswerCase("a comma before ]", list(entry1, entry2).replacing("]", ",]"), accepted),
    AnswerCase(
      "further members", list(entry1, entry2).replacing("\"list\"", "\"x\":{\"list\":[1]},\"list\""), accepted),
    AnswerCase("a byte order mark", "\u{FEFF}" + list(entry1, entry2), accepted),
    AnswerCase("escapes", list(entry1, entry2).replacing("4C2CA", #"\u0034C2CA"#), accepted),
    AnswerCase("over many lines", list(entry1, entry2).replacing(",", ",\r\n\t "), accepted),
    AnswerCase(
      "an id that a Double could not hold", list(entry1, entry2).replacing("\"4C2CA88382720003\"", "9007199254740993"),
      settled(MessageOutcome(.accepted, ids: ["9007199254740993"], code: "0"), two)),
  ]

  static let entries: [AnswerCase] = [
    AnswerCase(
      "one is missing", list(entry1),
      settled(one, unknown, notes: ["messages missing in the answer; they are unknown: 1"])),
    AnswerCase(
      "one is not ours", list(entry1, entry2, entry1.replacing("00001", "00009")),
      settled(one, two, notes: ["answer entries set aside, their numbers are not in this call: 1"])),
    AnswerCase(
      "as many entries as numbers, one not ours", list(entry1, entry2.replacing("00002\"", "00009\"")),
      settled(
        one, unknown,
        notes: [
          "answer entries set aside, their numbers are not in this call: 1",
          "messages missing in the answer; they are unknown: 1",
        ])),
    AnswerCase(
      "one twice", list(entry1, entry1.replacing("20003", "20009"), entry2),
      settled(one, two, notes: ["answer entries set aside, they repeat an earlier one: 1"])),
    AnswerCase(
      "one twice, once yes and once no", list(entry1, entry1.replacing("\":0", "\":17"), entry2),
      settled(
        MessageOutcome(.unknown, ids: ["4C2CA88382720003"], code: "0"), two,
        notes: ["answer entries contradict an earlier one; the messages are unknown: 1"])),
    AnswerCase(
      "one without a number", list(entry1, entry2.replacing("mobile", "phone")),
      settled(
        one, unknown,
        notes: [
          "answer entries set aside, they name no number that can be read: 1",
          "messages missing in the answer; they are unknown: 1",
        ])),
    AnswerCase(
      "one is no object", list(entry1, "7", entry2),
      settled(one, two, notes: ["answer entries set aside, they name no number that can be read: 1"])),
    AnswerCase(
      "accepted without an id", list(entry1, entry2.replacing("mid", "id")),
      settled(
        one, MessageOutcome(.accepted, code: "0"), notes: ["messages accepted without an id of the gateway: 1"])),
    AnswerCase(
      "signature", list(entry1, entry2.replacing("\":0", "\":17")),
      settled(one, MessageOutcome(.refused, ids: ["4C2CA88382720004"], code: "17"))),
    AnswerCase(
      "signature for all", list(entry1, entry2).replacing("\":0", "\":17"),
      settled(
        MessageOutcome(.refused, ids: ["4C2CA88382720003"], code: "17"),
        MessageOutcome(.refused, ids: ["4C2CA88382720004"], code: "17"))),
    AnswerCase(
      "balance gone in the middle", list(entry1, entry2.replacing("\":0", "\":15")),
      settled(one, MessageOutcome(.refused, ids: ["4C2CA88382720004"], code: "15"))),
    AnswerCase("balance gone", list(entry1, entry2).replacing("\":0", "\":15"), CallOutcome(.account, code: "15")),
    AnswerCase("extno wrong", list(entry1, entry2).replacing("\":0", "\":\"10\""), CallOutcome(.account, code: "10")),
    AnswerCase(
      "a result that is not listed", list(entry1, entry2.replacing("\":0", "\":99")),
      settled(one, MessageOutcome(.unknown, ids: ["4C2CA88382720004"], code: "99"))),
    AnswerCase(
      "no result", list(entry1, entry2.replacing("result", "rest")),
      settled(one, MessageOutcome(.unknown, ids: ["4C2CA88382720004"]))),
    AnswerCase(
      "a no with accepted messages", list(entry1, entry2, status: "\"5\""),
      CallOutcome(.unknown("the status says no but the list has accepted messages"), code: "5")),
    AnswerCase(
      "a yes without list", #"{"status":"0","balance":5}"#,
      CallOutcome(.unknown("the answer says yes but names none of the call's numbers"), code: "0")),
    AnswerCase(
      "a yes with an empty list", list(),
      CallOutcome(.unknown("the answer says yes but names none of the call's numbers"), code: "0")),
    AnswerCase(
      "a yes with null for a list", #"{"status":"0","list":null}"#,
      CallOutcome(.unknown("the answer says yes but names none of the call's numbers"), code: "0")),
  ]

  static let unreadable: [AnswerCase] = [
    AnswerCase("gone", status: 502, "", CallOutcome(.unknown("the gateway answered with HTTP status 502"))),
    AnswerCase(
      "a readable body with another status", status: 500, list(entry1, entry2),
      CallOutcome(.unknown("the gateway answered with HTTP status 500"))),
    AnswerCase("forbidden", status: 403, "no", CallOutcome(.unknown("the gateway answered with HTTP status 403"))),
    AnswerCase("moved", status: 302, "", CallOutcome(.unknown("the gateway answered with HTTP status 302"))),
    AnswerCase("empty", "", CallOutcome(.unknown("the answer is empty"))),
    AnswerCase("blank", " \r\n", CallOutcome(.unknown("the answer is empty"))),
    AnswerCase(
      "cut", String(list(entry1, entry2).prefix(60)),
      CallOutcome(.unknown("the answer is no JSON from byte 60 of 60 on: another page, or cut short"))),
    AnswerCase("an array", "[]", CallOutcome(.unknown("the answer is JSON but no object"))),
    AnswerCase("without status", #"{"list":[]}"#, CallOutcome(.unknown("the answer has no status"))),
    AnswerCase(
      "a status that is not listed", #"{"status":"42"}"#,
      CallOutcome(.unknown("the document does not list this code"), code: "42")),
    AnswerCase(
      "words", "system busy",
      CallOutcome(.unknown("the answer is no JSON from byte 0 of 11 on: another page, or cut short"))),
  ]

  @Test(arguments: forms + entries + unreadable)
  func `are matched by number`(_ answer: AnswerCase) throws {
    let submission = call(.p2p, [86_13800000001, 86_13800000002])
    let outcome = try juhe().outcome(
      of: GatewayAnswer(status: answer.status, body: Array(answer.body.utf8)), to: submission)
    #expect(outcome == answer.outcome)
  }

  static let statuses: [(String, CallOutcome.Verdict)] = [
    ("1", .refused), ("2", .account), ("3", .account), ("4", .refused), ("5", .refused), ("6", .account),
    ("7", .account), ("21", .slowDown), ("100", .refused), ("102", .refused), ("15", .account), ("17", .refused),
  ]

  @Test(arguments: statuses)
  func `refuse whole calls by their status`(_ status: String, _ verdict: CallOutcome.Verdict) throws {
    let submission = call(.send, [86_13800000001, 86_13800000002])
    for body in [#"{"status":"\#(status)"}"#, #"{"status":\#(status),"balance":0,"list":[]}"#] {
      let outcome = try juhe().outcome(of: GatewayAnswer(status: 200, body: Array(body.utf8)), to: submission)
      #expect(outcome == CallOutcome(verdict, code: status))
    }
  }

  @Test func `have a meaning in both languages for every code`() {
    let listed = ["0", "1", "2", "3", "4", "5", "6", "7", "10", "15", "17", "21", "100", "102"]
    #expect(Juhe.codes.map(\.code) == listed)
    #expect(Juhe.codes.allSatisfy { !$0.english.isEmpty && !$0.chinese.isEmpty })
    #expect(Juhe.meaning(of: "102")?.english.contains("200") == true)
    #expect(Juhe.meaning(of: "103") == nil)
  }

  static let balances: [(Int, String, BalanceOutcome)] = [
    (
      200, #"{"status":0,"balance":-153278040,"chargeType":"POSTCHARGE"}"#,
      .told([.init(amount: "-153278040", unit: .li)])
    ),
    (200, #"{"status":"0","balance":" 12.5 "}"#, .told([.init(amount: "12.5", unit: .li)])),
    (200, #"{"Status":"0","Balance":"9007199254740993"}"#, .told([.init(amount: "9007199254740993", unit: .li)])),
    (200, #"{"status":3}"#, .refused("3")),
    (200, #"{"status":"21"}"#, .slowDown("21")),
    (200, #"{"status":0}"#, .unreadable("the answer has no balance in digits")),
    (200, #"{"status":0,"balance":"much"}"#, .unreadable("the answer has no balance in digits")),
    (200, #"{"balance":1}"#, .unreadable("the answer has no status")),
    (503, "", .unreadable("the gateway answered with HTTP status 503")),
    (200, "<html>", .unreadable("the answer is a web page or XML instead of JSON")),
  ]

  @Test(arguments: balances)
  func `tell the balance in li`(_ status: Int, _ body: String, _ outcome: BalanceOutcome) throws {
    let answer = GatewayAnswer(status: status, body: Array(body.utf8))
    #expect(try juhe().balance(in: answer) == outcome)
  }
}

@Suite struct `Juhe answers in XML` {
  static func page(_ status: String, _ resps: [String]) -> XMLElement {
    XMLElement(
      name: "returnsms",
      children: [
        XMLElement(name: "returnstatus", text: status), XMLElement(name: "message", text: "ok"),
        XMLElement(name: "resplist", children: resps.map { XMLElement(name: "resp", text: $0) }),
      ])
  }

  @Test(arguments: ["0", "Success", " success\n"])
  func `hold id, number and result between marks`(_ status: String) throws {
    let read = try JuheXML.answer(
      in: Self.page(status, ["4C2C#@#13800000001#@#0#@#", " \n4C2D#@#13800000002#@#17", "4C2E#@#no"]))
    #expect(
      read
        == ListAnswer(
          code: "0",
          entries: [
            AnswerEntry(number: 86_13800000001, id: "4C2C", code: "0"),
            AnswerEntry(number: 86_13800000002, id: "4C2D", code: "17"), AnswerEntry(),
          ]))
  }

  @Test func `keep their status when they say no`() throws {
    #expect(try JuheXML.answer(in: Self.page("3", [])) == ListAnswer(code: "3", entries: []))
    let bare = XMLElement(name: "returnsms", children: [XMLElement(name: "returnstatus", text: "Faild")])
    #expect(try JuheXML.answer(in: bare) == ListAnswer(code: "Faild", entries: nil))
  }

  @Test func `are unreadable when they are something else`() {
    #expect(throws: UnreadableAnswer.self) { try JuheXML.answer(in: XMLElement(name: "html")) }
    #expect(throws: UnreadableAnswer.self) { try JuheXML.answer(in: XMLElement(name: "returnsms")) }
  }
}

extension String {
  func replacing(_ old: String, _ new: String) -> String {
    var result = ""
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(old) {
        result += new
        rest = rest.dropFirst(old.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result
  }
}
