import Gateways
import Messaging
import Platform
import Testing

@testable import Delivery

/// product.md, "Reports": what several reports of one message come to.
@Suite struct RollUpTests {
  struct Case: CustomTestStringConvertible {
    var name: String
    /// `part:CODE@second`; codes are youe's and `ACCEPTD`.
    var reports: String
    var parts: RollUp.Parts = .ids(1)
    var isOver = false
    var state: DeliveryState?
    var code = ""
    /// What the meaning has to hold.
    var meaning = ""
    var at: Int64?
    var testDescription: String { name }
  }

  static let over = "no final report within 72 h"

  static let cases: [Case] = [
    Case(name: "no report", reports: ""),
    Case(name: "no report in time", reports: "", isOver: true, state: .expired, meaning: over),
    Case(name: "delivered", reports: "0:DELIVRD@5", state: .delivered, code: "DELIVRD", at: 5),
    Case(name: "failed", reports: "0:UNDELIV@5", state: .failed, code: "UNDELIV", at: 5),
    Case(name: "expired by the gateway", reports: "0:EXPIRED@5", state: .expired, code: "EXPIRED", at: 5),
    Case(name: "pending is not final", reports: "0:ACCEPTD@5", code: "ACCEPTD", at: 5),
    Case(
      name: "pending for too long keeps its code", reports: "0:ACCEPTD@5", isOver: true, state: .expired,
      code: "ACCEPTD", meaning: over, at: 5),
    Case(
      name: "pending, then delivered", reports: "0:ACCEPTD@5 0:DELIVRD@6", state: .delivered, code: "DELIVRD", at: 6),
    Case(
      name: "delivered, then pending", reports: "0:DELIVRD@6 0:ACCEPTD@7", state: .delivered, code: "DELIVRD", at: 6),
    Case(name: "doubled", reports: "0:UNDELIV@5 0:UNDELIV@5", state: .failed, code: "UNDELIV", at: 5),
    Case(
      name: "the first final one wins", reports: "0:UNDELIV@5 0:EXPIRED@6", state: .failed, code: "UNDELIV",
      meaning: "(another report said EXPIRED)", at: 5),
    Case(
      name: "unless a later one says delivered", reports: "0:UNDELIV@5 0:DELIVRD@6", state: .delivered,
      code: "DELIVRD", meaning: "(another report said UNDELIV)", at: 6),
    Case(
      name: "delivered stays", reports: "0:DELIVRD@5 0:UNDELIV@6", state: .delivered, code: "DELIVRD",
      meaning: "(another report said UNDELIV)", at: 5),
    Case(
      name: "all parts delivered", reports: "0:DELIVRD@5 1:DELIVRD@9 2:DELIVRD@7", parts: .ids(3), state: .delivered,
      code: "DELIVRD", at: 9),
    Case(name: "a part is silent", reports: "0:DELIVRD@5", parts: .ids(2), code: "DELIVRD", at: 5),
    Case(
      name: "a part stays silent", reports: "0:DELIVRD@5", parts: .ids(2), isOver: true, state: .partial,
      code: "DELIVRD", meaning: "1 of 2 parts delivered", at: 5),
    Case(
      name: "a part failed, another was delivered", reports: "0:DELIVRD@5 1:UNDELIV@6", parts: .ids(2),
      state: .partial, code: "UNDELIV", meaning: "1 of 2 parts delivered", at: 6),
    Case(
      name: "a part failed, none was delivered", reports: "1:UNDELIV@6", parts: .ids(2), state: .failed,
      code: "UNDELIV", at: 6),
    Case(
      name: "a part expired, the others were delivered", reports: "0:DELIVRD@5 1:EXPIRED@6", parts: .ids(2),
      state: .partial, code: "EXPIRED", at: 6),
    Case(
      name: "failed outweighs expired", reports: "0:EXPIRED@5 1:UNDELIV@6", parts: .ids(2), state: .failed,
      code: "UNDELIV", at: 6),
    Case(
      name: "a failed part that was delivered after all", reports: "0:DELIVRD@1 1:UNDELIV@5 1:DELIVRD@6",
      parts: .ids(2), state: .delivered, code: "DELIVRD", meaning: "(another report said UNDELIV)", at: 6),
    Case(
      name: "a report a part without numbers", reports: "0:DELIVRD@5 0:DELIVRD@5 0:DELIVRD@6", parts: .unnumbered(3),
      state: .delivered, code: "DELIVRD", at: 6),
    Case(
      name: "parts without numbers differ", reports: "0:DELIVRD@5 0:UNDELIV@6", parts: .unnumbered(3),
      state: .partial, code: "UNDELIV", meaning: "1 of 2 parts delivered", at: 6),
    Case(
      name: "more reports than parts", reports: "0:DELIVRD@5 0:DELIVRD@6 0:UNDELIV@7", parts: .unnumbered(2),
      state: .delivered, code: "DELIVRD", meaning: "(another report said UNDELIV)", at: 6),
    Case(
      name: "one segment under a rule for parts", reports: "0:UNDELIV@5 0:DELIVRD@6", parts: .unnumbered(1),
      state: .delivered, code: "DELIVRD", meaning: "(another report said UNDELIV)", at: 6),
  ]

  @Test(arguments: cases) func `reports come to a verdict`(_ example: Case) {
    let reports = example.reports.split(separator: " ").map { word in
      let part = Int(word.prefix { $0 != ":" }) ?? 0
      let code = word.drop { $0 != ":" }.dropFirst().prefix { $0 != "@" }
      let second = Int64(word.drop { $0 != "@" }.dropFirst()) ?? 0
      return RollUp.Report(part: part, Youe.status(String(code)), at: Timestamp(seconds: second))
    }
    let verdict = RollUp.verdict(reports, parts: example.parts, silence: example.isOver ? 259_200 : nil)
    #expect(verdict.state == example.state)
    #expect(verdict.code == example.code)
    #expect(verdict.meaning.contains(example.meaning) || example.meaning.isEmpty)
    #expect(verdict.meaning.contains("another report") == example.meaning.contains("another report"))
    #expect(verdict.reportedAt?.seconds == example.at)
  }
}
