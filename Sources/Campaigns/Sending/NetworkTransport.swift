import Configuration
import Gateways
import HTTP
import Platform

/// Gateways over HTTP.
final class NetworkTransport: Transport {
  private let client: HTTPClient
  /// Certificates to trust by account, where the system's are not meant.
  private let authorities: [String: String]

  init(_ accounts: [Account]) throws(RunError) {
    client = try mapping({ () throws(HTTPError) in try HTTPClient() }) { RunError(.internalError, $0.diagnostic) }
    var authorities: [String: String] = [:]
    for account in accounts { authorities[account.name] = account.caFile?.path }
    self.authorities = authorities
  }

  func submit(_ request: GatewayRequest, to account: String, timeout: Double, tag: UInt64) {
    client.submit(
      ClientRequest(
        request.method == .post ? .post : .get, url: request.url, contentType: request.contentType, body: request.body,
        timeout: timeout, authorities: authorities[account]),
      tag: tag)
  }

  func wait(until deadline: Double) -> [Completion] {
    client.wait(until: deadline).map { completion in
      Completion(tag: completion.tag, result: NetworkTransport.result(completion.result))
    }
  }

  func close() { client.close() }

  private static func result(_ result: ClientResult) -> Completion.Result {
    switch result {
    case .answered(let answer):
      .answered(GatewayAnswer(status: answer.status, body: answer.body), date: answer.date)
    case .cutShort(let answer, let reason):
      .cutShort(GatewayAnswer(status: answer.status, body: answer.body), reason: reason)
    case .notSent(let reason): .notSent(reason)
    case .unknown(let reason): .unknown(reason)
    }
  }
}
