import JSON
import Messaging
import Platform
import TestSupport
import Testing

@testable import Gateways

/// A form of answers to submissions, with whole answers that are then damaged.
struct AnswerForms: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var gateway: @Sendable () throws -> any ReportingGateway
  var look: AnswerLook
  var seeds: [String]

  static let numbers: [UInt64] = [8_613_800_138_000, 8_613_800_138_001, 8_613_900_139_002]
  static let ours = [
    "10000000000000000000000000000001", "10000000000000000000000000000002", "30000000000000000000000000000003",
  ]

  static let call = Submission(
    endpoint: .send,
    recipients: zip(numbers, ours).map { Submission.Recipient(number: $0, customID: $1, text: Array("您好".utf8)) },
    linkID: "20260101000000000001", time: Timestamp(seconds: 1_794_358_800))

  private static func juhe(_ results: String..., status: String = "\"0\"") -> String {
    let entries = results.enumerated().map { index, result in
      #"{"mid":"4C2CA8838272000\#(index)","mobile":"\#(numbers[index] % 100_000_000_000)","result":\#(result)}"#
    }
    return #"{"status":\#(status),"balance":1532,"list":[\#(entries.joined(separator: ","))]}"#
  }

  private static func xml(_ results: String..., status: String = "Success") -> String {
    let entries = results.enumerated().map { index, result in
      "<resp>4C2CA8838272000\(index)#@#\(numbers[index] % 100_000_000_000)#@#\(result)#@#</resp>"
    }
    return "<?xml version=\"1.0\"?><returnsms><returnstatus>\(status)</returnstatus><resplist>\(entries.joined())"
      + "</resplist></returnsms>"
  }

  private static func emay(_ count: Int, code: String = "SUCCESS") -> String {
    let entries = (0..<count).map { index in
      #"{"mobile":"00\#(numbers[index])","imsId":"2018010709302911\#(index)","customImsId":"\#(ours[index])"}"#
    }
    return #"{"code":"\#(code)","data":[\#(entries.joined(separator: ","))]}"#
  }

  private static func mobset(_ ids: String..., code: Int = 3) -> String {
    let entries = ids.enumerated().map { index, id in
      #"{"PhoneNumber":"\#(numbers[index] % 100_000_000_000)","SmsId":"\#(id)"}"#
    }
    return #"{"Code":"\#(code)","Message":"成功","SmsIdList":[\#(entries.joined(separator: ","))]}"#
  }

  static let all: [AnswerForms] = [
    AnswerForms(
      testDescription: "juhe, JSON", gateway: { try GatewaysTests.juhe() },
      look: .json(
        code: "status", list: "list", number: "mobile", id: "mid", result: "result", customID: nil, success: "0"),
      seeds: [
        juhe("0", "0", "\"0\""), juhe("0", "17"), juhe("15", "15", "15"), juhe(status: "21"), juhe("0", "99", "17"),
      ]),
    AnswerForms(
      testDescription: "juhe, XML", gateway: { try GatewaysTests.juhe() }, look: .xml,
      seeds: [xml("0", "0", "0"), xml("0", "17"), xml(status: "3")]),
    AnswerForms(
      testDescription: "emay", gateway: { try `Emay requests`.emay() },
      look: .json(
        code: "code", list: "data", number: "mobile", id: "imsId", result: nil, customID: "customImsId",
        success: "SUCCESS"),
      seeds: [emay(3), emay(2), emay(0, code: "ERROR_SIGN"), emay(0, code: "ERROR_OVER_SPEED")]),
    AnswerForms(
      testDescription: "mobset", gateway: { try GatewaysTests.mobset() }, look: .mobset,
      seeds: [
        mobset("135555551", "135555552", "135555553"), mobset("135555551", "0"), mobset("7,8", "9", "10,0"),
        mobset(code: -105), mobset(code: -190),
      ]),
    AnswerForms(
      testDescription: "18sms", gateway: { try GatewaysTests.eighteen() }, look: .eighteen,
      seeds: [
        "20110725160412,0\n1234567890100\n", "20110725160412,103\n", "20110725160412,0\r\n", "20110725160412,101",
      ]),
    AnswerForms(
      testDescription: "youe", gateway: { try GatewaysTests.youe() }, look: .youe,
      seeds: ["000", "101\n", "000\r\n", "400"]),
  ]
}

extension AnswerForms {
  /// What an outcome says beyond what the answer's bytes claim; nil for nothing.
  func fault(in outcome: CallOutcome, _ claim: Claim) -> String? {
    switch outcome.verdict {
    case .unknown: return nil
    case .refused, .account, .slowDown, .memberToBlame:
      return claim.refusesCall ? nil : "refused without a refusal"
    case .settled(let messages):
      if messages.count != AnswerForms.numbers.count { return "not one outcome a message" }
      for (index, message) in messages.enumerated() {
        switch message.state {
        case .accepted:
          guard let ids = claim.yes[index] else { return "message \(index) accepted without a yes" }
          if !Set(message.ids).isSubset(of: ids) { return "message \(index) has ids of another" }
          if Set(message.ids).count != message.ids.count { return "message \(index) has an id twice" }
        case .refused:
          if !claim.no.contains(index) { return "message \(index) refused without a no" }
          if claim.both.contains(index), case .mobset = look { return "message \(index) refused though taken" }
        default: continue
        }
      }
      return nil
    }
  }
}

/// Answers from hell: whatever is done to an answer, no message is called accepted, nor refused, that it does not call so.
@Suite struct MutationTests {
  @Test(arguments: AnswerForms.all)
  func `no damaged answer takes or refuses a message that it does not name`(_ form: AnswerForms) throws {
    let gateway = try form.gateway()
    let codes = type(of: gateway).codes
    var cost = Cost()
    for (number, text) in form.seeds.enumerated() {
      let body = Array(text.utf8)
      var mutations = Mutations.all(of: body, seed: UInt64(number + 1))
      if let value = try? JSON(parsing: body) { mutations += Mutations.trees(of: value) }
      for mutation in mutations {
        let outcome = cost.of {
          gateway.outcome(of: GatewayAnswer(status: 200, body: mutation.body), to: AnswerForms.call)
        }
        let fault = form.fault(in: outcome, form.look.claim(mutation.body, AnswerForms.call.recipients, codes: codes))
        #expect(fault == nil, "seed \(number), \(mutation.name): \(Array(mutation.body.prefix(600)).text)")
        let failed = gateway.outcome(of: GatewayAnswer(status: 500, body: mutation.body), to: AnswerForms.call)
        guard case .unknown = failed.verdict else {
          Issue.record("HTTP status 500 says something")
          continue
        }
      }
    }
    #expect(cost.worst < 1, "the dearest answer took \(cost.worst) s")
    print("mutations of answers, \(form.testDescription): \(cost.count), dearest \(Int(cost.worst * 1e6)) µs")
  }

  @Test(arguments: AnswerForms.all)
  func `a whole answer says what it claims, and a cut one nothing else`(_ form: AnswerForms) throws {
    let gateway = try form.gateway()
    for text in form.seeds {
      let body = Array(text.utf8)
      let whole = gateway.outcome(of: GatewayAnswer(status: 200, body: body), to: AnswerForms.call)
      let claim = form.look.claim(body, AnswerForms.call.recipients, codes: type(of: gateway).codes)
      let said = whole.accepted
      #expect(Set(said.keys) == Set(claim.yes.keys), "\(text)")
      for cut in Mutations.cuts(of: body) {
        let outcome = gateway.outcome(of: GatewayAnswer(status: 200, body: cut.body), to: AnswerForms.call)
        if case .unknown = outcome.verdict { continue }
        // A plain text may lose line ends or an id's end without a trace; the transfer's length tells that.
        #expect(text.first != "{" && text.first != "<", "\(cut.body.text)")
        #expect(outcome.code == whole.code && Set(outcome.accepted.keys) == Set(said.keys), "\(cut.body.text)")
      }
    }
  }

  @Test(arguments: AnswerForms.all.filter { $0.seeds[0].first == "{" })
  func `entries in any order, doubled or among strangers say the same`(_ form: AnswerForms) throws {
    let gateway = try form.gateway()
    func verdict(_ value: JSON) -> CallOutcome.Verdict {
      gateway.outcome(of: GatewayAnswer(status: 200, body: Array(value.serialized.utf8)), to: AnswerForms.call).verdict
    }
    for text in form.seeds {
      guard case .object(var members) = try JSON(parsing: text) else { continue }
      let expected = verdict(.object(members))
      guard let place = members.firstIndex(where: { $0.value.elements != nil }) else { continue }
      let entries = members[place].value.elements ?? []
      let stranger = entries.map {
        JSON.object([JSON.Member("mobile", "13700000000"), JSON.Member("PhoneNumber", "13700000000")] + $0.others)
      }
      let forms: [[JSON]] = [
        entries.reversed(), entries + entries, entries.flatMap { [$0, $0] }, stranger + entries, entries + stranger,
        Array(entries.dropFirst() + entries.prefix(1)), entries + [.null, 7, "x", [], [:]],
      ]
      for form in forms where !entries.isEmpty {
        members[place].value = .array(form)
        #expect(verdict(.object(members)) == expected, "\(JSON.object(members).serialized)")
      }
    }
  }
}

extension CallOutcome {
  /// The accepted messages by their place, with their ids.
  fileprivate var accepted: [Int: [String]] {
    guard case .settled(let messages) = verdict else { return [:] }
    var found: [Int: [String]] = [:]
    for (index, message) in messages.enumerated() where message.state == .accepted { found[index] = message.ids }
    return found
  }
}

extension JSON {
  /// The members of an entry but its number and our id.
  fileprivate var others: [Member] {
    guard case .object(let members) = self else { return [] }
    return members.filter { !["mobile", "PhoneNumber", "customImsId"].contains($0.name) }
  }
}
