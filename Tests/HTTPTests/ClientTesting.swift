import HTTP
import Platform

extension HTTPClient {
  /// Submits one request and waits for its completion, ten seconds at most.
  func ask(_ request: ClientRequest) -> ClientResult? {
    submit(request, tag: 1)
    return wait(until: monotonicSeconds() + 10).first?.result
  }
}

extension ClientResult {
  /// The whole answer; nil when there is none.
  var answer: ClientAnswer? {
    if case .answered(let answer) = self { answer } else { nil }
  }
  var notSentReason: String? {
    if case .notSent(let reason) = self { reason } else { nil }
  }
  var unknownReason: String? {
    if case .unknown(let reason) = self { reason } else { nil }
  }
}

/// A request to a test's own server.
func request(
  _ port: UInt16, _ path: String, method: ClientRequest.Method = .post, bytes: Int = 20, timeout: Double = 5
) -> ClientRequest {
  let body = method == .get ? [] : [UInt8](repeating: UInt8(ascii: "b"), count: bytes)
  return ClientRequest(method, url: "http://127.0.0.1:\(port)\(path)", body: body, timeout: timeout)
}
