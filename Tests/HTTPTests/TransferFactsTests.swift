import Glibc
import Testing

@testable import HTTP

@Suite struct `What a transfer's end proves` {
  static let lost = "the connection was lost before the whole request was sent"

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var facts: TransferFacts
    var verdict: TransferFacts.Verdict

    /// - Parameter sent: bytes of a body that was handed to the kernel as a whole; nil when sending did not begin.
    init(
      _ name: String, _ verdict: TransferFacts.Verdict, sent: Int? = nil, _ set: (inout TransferFacts) -> Void
    ) {
      self.name = name
      self.verdict = verdict
      facts = TransferFacts()
      facts.isBegun = sent != nil
      facts.bodyBytes = sent ?? 20
      facts.givenBytes = sent ?? 0
      facts.sentBytes = sent ?? 0
      set(&facts)
    }
    var testDescription: String { name }
  }

  static let cases = [
    Case("a whole answer", .answered(status: 200), sent: 20) { $0.status = 200 },
    Case("a redirect", .answered(status: 302), sent: 20) { $0.status = 302 },
    Case("an answer cut in its body", .cutShort(status: 200, "the answer broke off"), sent: 20) {
      $0.status = 200
      $0.end = .partial
    },
    Case("an answer over the bound", .cutShort(status: 200, "the answer is too long"), sent: 20) {
      $0.status = 200
      $0.isTooLong = true
      $0.end = .other(23)
    },
    Case("no such name", .notSent("the host's name was not found")) { $0.end = .nameNotFound },
    Case("refused", .notSent("connection refused")) {
      $0.end = .noConnection
      $0.systemError = ECONNREFUSED
    },
    Case("TLS", .notSent("TLS failed")) { $0.end = .tlsFailed },
    Case("certificate", .notSent("the server's certificate was not accepted")) {
      $0.end = .certificateRefused
    },
    Case("too late to connect", .notSent("no connection in time")) { $0.end = .timedOut },
    Case("too late for the answer", .unknown("timed out after the request went out"), sent: 20) {
      $0.end = .timedOut
    },
    Case("half the body on a new connection", .notSent(lost), sent: 20) {
      $0.end = .lost
      $0.sentBytes = 10
    },
    Case(
      "half the body, but an answer had begun", .unknown("the connection was lost after the request went out"), sent: 20
    ) {
      $0.end = .lost
      $0.sentBytes = 10
      $0.isAnswerBegun = true
    },
    // curl counts from 0 again when it tries again: its count proves nothing then.
    Case("connecting again failed", .unknown("the connection was closed without an answer"), sent: 20) {
      $0.end = .noConnection
      $0.isReused = true
      $0.sentBytes = 0
    },
    Case("time ran out while connecting again", .unknown("timed out after the request went out"), sent: 20) {
      $0.end = .timedOut
      $0.isReused = true
      $0.sentBytes = 0
    },
    Case("kept from a second sending", .unknown("the connection was closed without an answer"), sent: 20) {
      $0.end = .stopped
      $0.isReused = true
      $0.sentBytes = 0
    },
    Case("kept from a second sending when the first had not taken all of the body", .notSent(lost), sent: 20) {
      $0.end = .stopped
      $0.isReused = true
      $0.givenBytes = 10
    },
    Case("closed without an answer", .unknown("the connection was closed without an answer"), sent: 20) {
      $0.end = .gotNothing
    },
    Case("a request without body", .unknown("the connection was closed without an answer"), sent: 0) {
      $0.end = .gotNothing
    },
    Case("an error that nobody has thought of", .unknown("no whole answer (curl error 90)"), sent: 20) {
      $0.end = .other(90)
    },
  ]

  @Test(arguments: cases) func `is`(_ known: Case) { #expect(known.facts.verdict == known.verdict) }
}
