import Glibc
import Platform

/// What is known of a transfer that has ended, and what that proves.
struct TransferFacts {
  /// How a transfer ended, in curl's words.
  enum End: Equatable {
    case whole
    case nameNotFound, noConnection, timedOut, certificateRefused, authoritiesUnreadable, tlsFailed
    case urlMalformed, protocolUnsupported
    /// One of our callbacks refused to go on.
    case stopped
    /// Closed without a byte of answer.
    case gotNothing
    /// Closed within the answer's body.
    case partial
    case lost
    case notHTTP
    case other(UInt32)
  }

  var end = End.whole
  /// The system's error number of a failed connection; 0 for none.
  var systemError: Int32 = 0
  /// Whether sending was begun: a connection stood, and the request's first byte may have gone.
  var isBegun = false
  /// Whether the connection had carried another request before. Only then curl tries again by itself, and its count of
  /// bytes sent starts again at 0.
  var isReused = false
  /// Bytes of the request's body; 0 when it has none.
  var bodyBytes = 0
  /// Bytes of the body that curl has asked for: at least those that were handed to the kernel, whatever curl tries.
  var givenBytes = 0
  /// Bytes of the body that were handed to the kernel, as curl counts them.
  var sentBytes = 0
  /// Whether any byte of an answer came.
  var isAnswerBegun = false
  /// The status of an answer whose headers came whole.
  var status: Int?
  var isTooLong = false

  enum Verdict: Equatable {
    case answered(status: Int)
    case cutShort(status: Int, String)
    case notSent(String)
    case unknown(String)
  }

  /// Guards in order of precedence; what no guard proves is unknown.
  var verdict: Verdict {
    if let status, end == .whole { return .answered(status: status) }
    if let status { return .cutShort(status: status, isTooLong ? "the answer is too long" : ending) }
    if !isBegun { return .notSent(obstacle) }
    if isAnswerBegun { return .unknown(isTooLong ? "the answer's headers are too long" : ending) }
    if givenBytes < bodyBytes || (!isReused && sentBytes < bodyBytes) {
      return .notSent("the connection was lost before the whole request was sent")
    }
    return .unknown(ending)
  }

  /// Why sending did not begin.
  private var obstacle: String {
    switch end {
    case .nameNotFound: "the host's name was not found"
    case .timedOut: "no connection in time"
    case .noConnection: systemError == 0 ? "no connection" : words(for: systemError)
    case .certificateRefused: "the server's certificate was not accepted"
    case .authoritiesUnreadable: "the file of authorities cannot be read"
    case .tlsFailed: "TLS failed"
    case .urlMalformed: "the address is not a URL"
    case .protocolUnsupported: "the address is neither http nor https"
    case .stopped: "stopped before it was sent"
    case .other(let number): "no connection (curl error \(number))"
    case .whole, .gotNothing, .partial, .lost, .notHTTP: "no connection"
    }
  }

  /// How a request that went out ended without a whole answer.
  private var ending: String {
    switch end {
    case .timedOut: "timed out after the request went out"
    case .stopped where !isReused: "stopped after the request went out"
    // curl was kept from sending again on a new connection, or did not get one.
    case .gotNothing, .stopped, .noConnection, .nameNotFound, .tlsFailed, .certificateRefused, .whole:
      "the connection was closed without an answer"
    case .partial: "the answer broke off"
    case .lost: "the connection was lost after the request went out"
    case .notHTTP, .protocolUnsupported: "the answer is not HTTP"
    case .other(let number): "no whole answer (curl error \(number))"
    case .authoritiesUnreadable, .urlMalformed: "no whole answer"
    }
  }

  private func words(for number: Int32) -> String {
    switch number {
    case ECONNREFUSED: "connection refused"
    case EHOSTUNREACH, ENETUNREACH: "no route to the host"
    case ETIMEDOUT: "no connection in time"
    default: systemMessage(number).lowercased()
    }
  }
}
