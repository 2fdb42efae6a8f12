import JSON
import Platform
import TestSupport
import Testing

@testable import Gateways

/// A form of pulled pages or pushes, with whole ones that are then damaged.
struct PageForms: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var read: @Sendable ([UInt8]) throws -> ReportPage?
  /// What stands before the records, the records, what stands between and behind them.
  var front = ""
  var records: [String]
  var between = ","
  var back = "]}"
  /// Whether records are lines of plain text.
  var isLines = false
  var isForm = false

  var whole: String { front + records.joined(separator: between) + back }

  private static func pulled(_ gateway: some ReportingGateway, _ body: [UInt8], _ kind: PullKind) -> ReportPage? {
    guard case .page(let page) = gateway.page(in: GatewayAnswer(status: 200, body: body), for: kind) else { return nil }
    return page
  }

  private static let juheReports = (0..<3).map {
    #"{"flag":1,"mid":"4C3665438272000\#($0)","spid":"922011","mobile":"1898343701\#($0)","stat":"MA:002\#($0)","time":"2017-04-12 01:38:2\#($0)"}"#
  }
  private static let juheReplies = (0..<3).map {
    #"{"flag":0,"mid":"5C3665438272000\#($0)","mobile":"1898343702\#($0)","content":"回复\#($0)，a\"b","time":"2017-04-12 01:38:22"}"#
  }
  private static let emayReports = (0..<3).map {
    #"{"mobile":"006142211800\#($0)","imsId":"2018039283383389110\#($0)","customImsId":"155388500001111\#($0)","state":"FAIL_\#($0)","desc":"成功","receiveTime":"2018-03-15 12:00:01"}"#
  }
  private static let mobsetReports = (0..<3).map {
    #"{"SmsId":"135555555\#($0)","Status":"1\#($0)","ReportTime":"2018-07-20 16:48:21","ExStatus":"DELIVRD"}"#
  }
  private static let mobsetReplies = (0..<3).map {
    #"{"PhoneNumber":"1351234678\#($0)","RecvNumber":"10691179164004","RecvTime":"2018-07-17 12:00:00","Content":"收到 \#($0)!"}"#
  }
  private static let youeReports = (0..<3).map {
    "1380210210\($0)/2014-03-16 19:29:00/2014031619267894563\($0)/ERR%3A10\($0)/8\($0)"
  }
  private static let youeReplies = (0..<3).map {
    "1380210210\($0)/2014-03-16 19:29:00/2014031619267894563\($0)/%E6%94%B6%E5%88%B0\($0)/8\($0)"
  }

  private static func form(
    _ name: String, _ body: String, _ gateway: @escaping @Sendable () throws -> any ReportingGateway
  )
    -> PageForms
  {
    PageForms(
      testDescription: name,
      read: { bytes in
        try gateway().page(
          in: GatewayPush(method: "POST", contentType: "application/x-www-form-urlencoded", body: bytes)
        ).page
      }, records: [body], back: "", isForm: true)
  }

  static let all: [PageForms] = [
    PageForms(
      testDescription: "juhe reports", read: { pulled(try GatewaysTests.juhe(), $0, .reports) },
      front: #"{"status":"0","balance":-153,"list":["#, records: juheReports),
    PageForms(
      testDescription: "juhe replies", read: { pulled(try GatewaysTests.juhe(), $0, .replies) },
      front: #"{"status":"0","list":["#, records: juheReplies),
    PageForms(
      testDescription: "juhe push, JSON",
      read: { try GatewaysTests.juhe().page(in: GatewayPush(method: "POST", body: $0)).page },
      front: "[", records: [juheReports[0], juheReports[1], juheReplies[2]], back: "]"),
    PageForms(
      testDescription: "juhe push, GET",
      read: { try GatewaysTests.juhe().page(in: GatewayPush(method: "GET", query: [("report", $0)])).page },
      front: "[", records: juheReports, back: "]"),
    PageForms(
      testDescription: "emay reports", read: { pulled(try `Emay requests`.emay(), $0, .reports) },
      front: #"{"code":"SUCCESS","data":["#, records: emayReports),
    PageForms(
      testDescription: "mobset reports", read: { pulled(try GatewaysTests.mobset(), $0, .reports) },
      front: #"{"Code":"3","Message":"x","Details":["#, records: mobsetReports),
    PageForms(
      testDescription: "mobset replies", read: { pulled(try GatewaysTests.mobset(), $0, .replies) },
      front: #"{"Code":"3","Details":["#, records: mobsetReplies),
    PageForms(
      testDescription: "youe reports", read: { pulled(try GatewaysTests.youe(), $0, .reports) },
      records: youeReports, between: "\n", back: "\n", isLines: true),
    PageForms(
      testDescription: "youe replies", read: { pulled(try GatewaysTests.youe(), $0, .replies) },
      records: youeReplies, between: "\n", back: "\n", isLines: true),
    form("youe push", "Class=rpt&SmsName=u1&Mobile=13802102102&LinkId=20140316192678945632&Report=DELIVRD") {
      try GatewaysTests.youe()
    },
    form("18sms push", "receiver=admin&pswd=p1&msgid=12345678&reportTime=1012241002&mobile=13900210021&status=UNDELIV")
    {
      try GatewaysTests.eighteen(["push_receiver": "admin"], pushPassword: "p1")
    },
    form("18sms reply", "receiver=admin&pswd=p1&moTime=1208212205&destcode=1065751600001&mobile=13800210021&msg=hello")
    {
      try GatewaysTests.eighteen(["push_receiver": "admin"], pushPassword: "p1")
    },
  ]
}

/// The words of a record by which it is joined to a message.
struct Joined: Equatable {
  var words: [String]

  init(_ report: StatusReport) {
    words = [report.messageID, report.customID, report.linkID, report.number, report.code]
  }
  init(_ reply: Reply) { words = [reply.messageID, reply.linkID, reply.number, reply.text] }

  var said: [String] { words.filter { !$0.isEmpty } }
}

/// Pages from hell: whatever is done to a page, no record comes out that does not stand in it as one record.
@Suite struct PageMutationTests {
  private func joined(_ page: ReportPage?) -> [Joined] {
    (page?.reports.map(Joined.init) ?? []) + (page?.replies.map(Joined.init) ?? [])
  }

  /// The texts and numbers that stand in each object of the body, objects inside it included; nil when it is no JSON.
  private func objects(in body: [UInt8]) -> [Set<String>]? {
    let bare = body.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(body[3...]) : body
    let ends: Set<UInt8> = [0, 0x20, 0x09, 0x0A, 0x0D]
    guard
      let value = try? JSON(
        parsing: Array(bare.reversed().drop { ends.contains($0) }.reversed().drop { ends.contains($0) }))
    else { return nil }
    var found: [Set<String>] = []
    func walk(_ value: JSON) {
      switch value {
      case .array(let elements): for element in elements { walk(element) }
      case .object(let members):
        found.append(Set(members.compactMap(\.value.text).flatMap { [$0, $0.trimmingBlanks] }))
        for member in members { walk(member.value) }
      default: return
      }
    }
    walk(value)
    return found
  }

  /// Whether the words stand together where the body says so.
  private func stands(_ record: Joined, _ mutation: Mutation, _ form: PageForms, seeds: [Joined]) -> Bool {
    if seeds.contains(record) { return true }
    if form.isForm || form.isLines {
      let lines = form.isForm ? [mutation.body[...]] : mutation.body.split(separator: 0x0A)
      return lines.contains { line in
        let plain = Array(line).text
        let decoded = PercentCoding.decodeLeniently(line).text
        let texts = [plain, decoded, GBText.read(Array(line)), GBText.read(PercentCoding.decodeLeniently(line))]
        // A damaged character is read as another one together with its neighbours.
        let words = record.said.filter { word in !mutation.isNoise || word.utf8.allSatisfy { $0 < 0x80 } }
        return words.allSatisfy { word in texts.contains { $0.contains(word) } }
      }
    }
    if let objects = objects(in: mutation.body) {
      return objects.contains { object in record.said.allSatisfy { object.contains($0) } }
    }
    // Saved from a damaged page: what was cut has only whole records, elsewhere bytes may have been exchanged.
    guard mutation.cut == nil else { return false }
    let text = mutation.body.text
    return text.contains("\\") || mutation.name == "GB18030" || record.said.allSatisfy { text.contains($0) }
  }

  @Test(arguments: PageForms.all)
  func `no damaged page brings a record that does not stand in it`(_ form: PageForms) throws {
    let body = Array(form.whole.utf8)
    let seeds = joined(try form.read(body))
    #expect(seeds.count == form.records.count)
    var mutations = Mutations.all(of: body, seed: 7)
    if let value = try? JSON(parsing: body) { mutations += Mutations.trees(of: value) }
    var cost = Cost()
    for mutation in mutations {
      // What is cut from a line or a form is judged below.
      if mutation.cut != nil, form.isLines || form.isForm { continue }
      let page = try cost.of { Result { try form.read(mutation.body) } }.get()
      for record in joined(page) where !stands(record, mutation, form, seeds: seeds) {
        Issue.record("\(mutation.name): \(record.said) in \(Array(mutation.body.prefix(400)).text)")
      }
      let bytes = (page?.reports.map(\.raw) ?? []) + (page?.replies.map(\.raw) ?? [])
      #expect(bytes.reduce(0) { $0 + $1.utf8.count } <= mutation.body.count * 8 + 1024, "\(mutation.name)")
    }
    #expect(cost.worst < 1, "the dearest page took \(cost.worst) s")
    print("mutations of pages, \(form.testDescription): \(cost.count), dearest \(Int(cost.worst * 1e6)) µs")
  }

  @Test(arguments: PageForms.all.filter { !$0.isForm })
  func `a page that breaks off keeps its whole records, and tells`(_ form: PageForms) throws {
    let body = Array(form.whole.utf8)
    let seeds = joined(try form.read(body))
    var ends: [Int] = []
    var place = form.front.utf8.count
    for record in form.records {
      place += record.utf8.count
      ends.append(place)
      place += form.between.utf8.count
    }
    for cut in 0..<body.count {
      let page = try form.read(Array(body[..<cut]))
      let kept = joined(page)
      let whole = ends.count { $0 <= cut }
      if form.isLines {
        // The last line's end may be missing without a trace; the lines before it are as they were.
        #expect(kept.count >= whole && kept.count <= whole + 1, "cut at \(cut)")
        #expect(Array(kept.prefix(whole)) == Array(seeds.prefix(whole)), "cut at \(cut)")
      } else {
        #expect(kept == Array(seeds.prefix(whole)), "cut at \(cut)")
        if !kept.isEmpty, whole < ends.count { #expect(page?.cut == true, "cut at \(cut)") }
      }
    }
  }

  @Test(arguments: ["", "P1", "p1x", "p", "%70%32"])
  func `a push whose secret was damaged brings nothing`(secret: String) throws {
    let gateway = try GatewaysTests.eighteen(["push_receiver": "admin"], pushPassword: "p1")
    let body = Array("receiver=admin&pswd=\(secret)&msgid=1&mobile=13900210021&status=DELIVRD".utf8)
    let outcome = gateway.page(in: GatewayPush(method: "POST", body: body))
    #expect(outcome.page == nil && outcome.status == 403)
  }
}
