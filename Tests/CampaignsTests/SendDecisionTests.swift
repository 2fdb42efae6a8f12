import Gateways
import Messaging
import Platform
import Testing

@testable import Campaigns
@testable import Ledger

@Suite struct SendDecisionTests {
  struct Case: CustomTestStringConvertible {
    var name: String
    var outcome: CallOutcome
    var count = 2
    var ending: AttemptEnding
    var testDescription: String { name }
  }

  static let taken = MessageOutcome(.accepted, ids: ["7"], code: "0")
  static let cases = [
    Case(
      name: "all accepted",
      outcome: CallOutcome(.settled([taken, MessageOutcome(.accepted, ids: ["8"], code: "0")]), code: "0"),
      ending: .settled(Settlement(.accepted, code: "0", ids: ["7", "8"]))),
    Case(
      name: "several ids of one message",
      outcome: CallOutcome(.settled([MessageOutcome(.accepted, ids: ["7", "9"]), MessageOutcome(.accepted)])),
      ending: .settled(Settlement(.accepted, ids: ["7 9", ""]))),
    Case(
      name: "one accepted, one refused",
      outcome: CallOutcome(
        .settled([taken, MessageOutcome(.refused, code: "12")]), code: "0", notes: ["odd", "more"]),
      ending: .settled(
        Settlement(
          .mixed, code: "0", note: "odd; more", states: [.accepted, .refused], ids: ["7", ""], codes: ["0", "12"]))),
    Case(
      name: "not in the answer", outcome: CallOutcome(.settled([taken, MessageOutcome(.unknown)])),
      ending: .settled(Settlement(.mixed, states: [.accepted, .unknown], ids: ["7", ""], codes: ["0", ""]))),
    Case(name: "no messages", outcome: CallOutcome(.settled([])), ending: .settled(Settlement(.unknown))),
    Case(name: "refused", outcome: CallOutcome(.refused, code: "5"), ending: .settled(Settlement(.refused, code: "5"))),
    Case(name: "a member to blame", outcome: CallOutcome(.memberToBlame, code: "4"), ending: .halve(code: "4")),
    Case(
      name: "alone it is to blame", outcome: CallOutcome(.memberToBlame, code: "4"), count: 1,
      ending: .settled(Settlement(.refused, code: "4"))),
    Case(name: "slow down", outcome: CallOutcome(.slowDown, code: "8"), ending: .slowDown(code: "8")),
    Case(name: "account", outcome: CallOutcome(.account, code: "1"), ending: .accountStopped(code: "1")),
    Case(
      name: "unknown", outcome: CallOutcome(.unknown("no JSON"), code: "", notes: ["HTTP 500"]),
      ending: .settled(Settlement(.unknown, note: "no JSON; HTTP 500"))),
  ]

  @Test(arguments: cases) func `an answer means`(_ one: Case) {
    #expect(SendDecision.ending(of: one.outcome, count: one.count) == one.ending)
  }

  @Test(arguments: [2, 3, 7, 200]) func `halves cover the call`(_ count: Int) {
    let call = Call(
      id: 9, root: 3, first: 11, count: count, gateway: "j", endpoint: "p2p", firstRow: 1, lastRow: 99, state: .sending,
      attempt: 1, linkID: "", submittedAt: nil, code: "", note: "")
    let parts = SendDecision.halves(of: call)
    #expect(parts.map(\.first) == [11, 11 + count / 2])
    #expect(parts.reduce(0) { $0 + $1.count } == count && parts.allSatisfy { $0.count > 0 && $0.endpoint == "p2p" })
  }
}

@Suite struct TextFormTests {
  static let shop = Signature(text: Array("【商城】".utf8), addedByGateway: false)
  static let added = Signature(text: Array("【平台】".utf8), addedByGateway: true)
  static let other = Signature(text: Array("【别家】".utf8), addedByGateway: false)
  static let none = Signature(text: [], addedByGateway: false)

  @Test(arguments: [
    ("【商城】您好", shop, shop, "【商城】您好", "【商城】您好"), ("【商城】您好", shop, other, "【别家】您好", "【别家】您好"),
    ("【商城】您好", shop, added, "您好", "【平台】您好"), ("【商城】您好", shop, none, "您好", "您好"),
    ("您好", added, shop, "【商城】您好", "【商城】您好"), ("您好", none, added, "您好", "【平台】您好"),
    // A signature of the text's own stays.
    ("【自带】您好", shop, other, "【自带】您好", "【自带】您好"), ("【自带】您好", shop, added, "【自带】您好", "【自带】您好"),
    ("", added, other, "【别家】", "【别家】"),
  ]) func `a text goes to another gateway in its form`(
    _ text: String, _ origin: Signature, _ target: Signature, _ sent: String, _ counted: String
  ) {
    let adapted = TextForm.adapt(Array(text.utf8), from: origin, to: target, isOwn: false)
    #expect(adapted.text == sent)
    #expect(TextForm.counted(adapted, target).text == counted)
  }
}
