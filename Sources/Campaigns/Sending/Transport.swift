public import Gateways
public import Platform

/// What carries requests to gateways. The run talks to this; an HTTP client and a scripted gateway both are one.
public protocol Transport: AnyObject {
  /// Returns at once. Every request ends in exactly one completion.
  func submit(_ request: GatewayRequest, to account: String, timeout: Double, tag: UInt64)
  /// Blocks until a completion is there, the deadline (monotonic seconds), or `wake`.
  func wait(until deadline: Double) -> [Completion]
}

/// How a request ended.
public struct Completion: Sendable {
  /// How a submission ended, as far as the connection tells.
  public enum Result: Sendable {
    case answered(GatewayAnswer, date: Timestamp?)
    /// An answer that broke off or went beyond the bound: kept, but its request's fate is not known.
    case cutShort(GatewayAnswer, reason: String)
    /// Proof that the gateway has not got the request.
    case notSent(String)
    /// The gateway may have got it.
    case unknown(String)
  }
  public var tag: UInt64
  public var result: Result

  /// The bytes that came, for the log of answers. What broke off gets the status 0, which no gateway takes for an
  /// answer: should the run die here, the next one must not read a part as if it were the whole.
  var kept: GatewayAnswer? {
    switch result {
    case .answered(let answer, _): answer
    case .cutShort(let answer, _): GatewayAnswer(status: 0, body: answer.body)
    case .notSent, .unknown: nil
    }
  }

  public init(tag: UInt64, result: Result) {
    self.tag = tag
    self.result = result
  }
}
