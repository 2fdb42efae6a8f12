import Messaging
import Platform
import Testing

@testable import Gateways

/// A form that a gateway pushes, the fields that its sender proves itself by, and their right values.
struct PushForms: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var gateway: @Sendable () throws -> any ReportingGateway
  var text: String
  var proof: [String: String]

  static let all: [PushForms] = [
    PushForms(
      testDescription: "youe report", gateway: { try GatewaysTests.youe() },
      text: "Class=rpt&SmsName=u1&Mobile=13802102102&LinkId=20140316192678945632&Report=DELIVRD", proof: [:]),
    PushForms(
      testDescription: "youe reply", gateway: { try GatewaysTests.youe() },
      text: "Class=mo&SmsName=u1&Mobile=13802102102&LinkId=20140316192678945632&Message=%E6%94%B6%E5%88%B0", proof: [:]),
    PushForms(
      testDescription: "18sms report",
      gateway: { try GatewaysTests.eighteen(["push_receiver": "admin"], pushPassword: "p1") },
      text: "receiver=admin&pswd=p1&msgid=12345678&reportTime=1012241002&mobile=13900210021&status=UNDELIV",
      proof: ["receiver": "admin", "pswd": "p1"]),
    PushForms(
      testDescription: "18sms part of a reply",
      gateway: { try GatewaysTests.eighteen(["push_receiver": "admin"], pushPassword: "p1") },
      text: "receiver=admin&pswd=p1&moTime=1208212205&destcode=1065751600001&mobile=13800210021&msg=hello"
        + "&isems=1&emshead=234%2C4%2C2",
      proof: ["receiver": "admin", "pswd": "p1"]),
  ]
}

/// Fields, elements, lines and records that are missing, too many, doubled, in another order, or of another type.
@Suite struct StructureMutationTests {
  private func answer(_ body: [UInt8]) -> GatewayAnswer { GatewayAnswer(status: 200, body: body) }

  @Test func `XML takes or refuses no message that its elements do not name`() throws {
    let form = try #require(AnswerForms.all.first { $0.testDescription == "juhe, XML" })
    let gateway = try form.gateway()
    let codes = type(of: gateway).codes
    var cost = Cost()
    var accepted = 0
    for text in form.seeds {
      let root = try #require(Markup(text))
      #expect(text.hasSuffix(root.serialized))
      for change in [("unchanged", root)] + root.changed(fieldsBy: "#@#") {
        let body = Array(("<?xml version=\"1.0\"?>" + change.1.serialized).utf8)
        let outcome = cost.of { gateway.outcome(of: answer(body), to: AnswerForms.call) }
        let claim = StructureClaims.markup(change.1, AnswerForms.call.recipients, codes: codes)
        let fault = form.fault(in: outcome, claim)
        #expect(fault == nil, "\(change.0): \(body.prefix(600).text)")
        if case .settled(let messages) = outcome.verdict { accepted += messages.count { $0.state == .accepted } }
        // Pages and balances in XML were never seen: nothing may be read into them.
        for kind in PullKind.allCases {
          guard case .unreadable = gateway.page(in: answer(body), for: kind) else {
            Issue.record("a page in XML was read: \(change.0)")
            continue
          }
        }
        guard case .unreadable = gateway.balance(in: answer(body)) else {
          Issue.record("a balance in XML was read: \(change.0)")
          continue
        }
      }
    }
    #expect(accepted > cost.count / 2, "the claim is never put to the test")
    #expect(cost.worst < 1)
    print("structures of XML: \(cost.count), \(accepted) accepted, dearest \(Int(cost.worst * 1e6)) µs")
  }

  @Test(arguments: AnswerForms.all.filter { ["18sms", "youe"].contains($0.testDescription) })
  func `lines take or refuse no message that they do not`(_ form: AnswerForms) throws {
    let gateway = try form.gateway()
    let codes = type(of: gateway).codes
    var cost = Cost()
    for text in form.seeds {
      let lines = Lines(
        text.split(separator: "\n").map { String($0) }, fieldsBy: ",", recordsBy: "\n",
        end: text.hasSuffix("\n") ? "\n" : "")
      #expect(lines.serialized == text)
      for change in lines.changed() {
        let body = Array(change.lines.serialized.utf8)
        let outcome = cost.of { gateway.outcome(of: answer(body), to: AnswerForms.call) }
        let fault = form.fault(in: outcome, form.look.claim(body, AnswerForms.call.recipients, codes: codes))
        #expect(fault == nil, "\(change.name): \(body.prefix(400).text)")
      }
    }
    #expect(cost.worst < 1)
    print("structures of lines, \(form.testDescription): \(cost.count), dearest \(Int(cost.worst * 1e6)) µs")
  }

  @Test(arguments: PageForms.all.filter(\.isLines))
  func `each line that has its fields in place is a record, and no other is`(_ form: PageForms) throws {
    let isReport = form.testDescription.hasSuffix("reports")
    let lines = Lines(form.records, fieldsBy: "/", recordsBy: form.between, end: form.back)
    #expect(lines.serialized == form.whole)
    var cost = Cost()
    var found = 0
    for change in lines.changed() {
      let body = Array(change.lines.serialized.utf8)
      let page = try cost.of { Result { try form.read(body) } }.get()
      let records = (page?.reports.map(Joined.init) ?? []) + (page?.replies.map(Joined.init) ?? [])
      let claims = StructureClaims.youe(body, isReport: isReport)
      #expect(records.count == claims.count, "\(change.name): \(body.prefix(400).text)")
      for (record, claim) in zip(records, claims) {
        #expect(claim.fits(record, isReport: isReport), "\(change.name): \(record.said) in \(body.prefix(400).text)")
      }
      found += records.count
    }
    #expect(found > cost.count, "the claim is never put to the test")
    #expect(cost.worst < 1)
    print("structures of pages, \(form.testDescription): \(cost.count), dearest \(Int(cost.worst * 1e6)) µs")
  }

  /// The same pairs as a body, as a query, and in both.
  private func pushes(_ text: String) -> [(push: GatewayPush, texts: [String])] {
    let form = "application/x-www-form-urlencoded"
    let halves = text.firstIndex(of: "&").map { (String(text[..<$0]), String(text[text.index(after: $0)...])) }
    let (front, back) = halves ?? (text, "")
    return [
      (GatewayPush(method: "POST", contentType: form, body: Array(text.utf8)), [text]),
      (GatewayPush(method: "GET", rawQuery: text, contentType: "", body: []), [text]),
      (GatewayPush(method: "POST", rawQuery: front, contentType: form, body: Array(back.utf8)), [front, back]),
    ]
  }

  @Test(arguments: PushForms.all)
  func `a push brings only what stands in the fields of that name, and nothing without its proof`(
    _ form: PushForms
  ) throws {
    let gateway = try form.gateway()
    var cost = Cost()
    var found = 0
    for change in [("unchanged", form.text)] + FormPairs(form.text).changed() {
      for (push, texts) in pushes(change.1) {
        let outcome = cost.of { gateway.page(in: push) }
        #expect([200, 403].contains(outcome.status))
        guard let page = outcome.page else { continue }
        let records = StructureClaims.words(page)
        #expect(records.count == 1, "\(change.0): \(records.count) records")
        found += records.count
        for (field, word) in records.joined() where !word.isEmpty {
          let values = field.split(separator: " ").flatMap { FormPairs.values(String($0), in: texts) }
          let fits = values.contains { value in
            field == "emshead" ? value.contains(word) : FormPairs.trimmed(value) == FormPairs.trimmed(word)
          }
          // Bytes that are not UTF-8 are read as GB18030.
          #expect(fits || change.0.hasSuffix("not UTF-8"), "\(change.0): \(word.prefix(80)) is not in \(field)")
        }
        for (name, value) in form.proof {
          #expect(FormPairs.values(name, in: texts).contains(value), "\(change.0): taken without its proof")
        }
        for part in page.replies.compactMap(\.part) { #expect((1...part.total).contains(part.index), "\(change.0)") }
      }
    }
    #expect(found > cost.count / 3, "the claim is never put to the test")
    #expect(cost.worst < 1)
    print("structures of pushes, \(form.testDescription): \(cost.count), dearest \(Int(cost.worst * 1e6)) µs")
  }
}

extension ArraySlice<UInt8> {
  fileprivate var text: String { Array(self).text }
}
