import Configuration
import Gateways
import HTTP
import Ledger
import Messaging
import Platform
import Synchronization

/// Decides about one pushed request: who may come in, what is kept, what is answered. Called by several threads.
///
/// The answer goes out only after the bytes are durable. Neither ledgers nor the report store are touched, so no sender
/// is ever waited for.
final class PushDoor: Sendable {
  private let gateways: [String: any ReportingGateway]
  private let secret: [UInt8]
  private let sources: [AddressRange]
  private let spool: SpoolPushes
  private let now: @Sendable () -> Timestamp
  private let tally = Mutex(ListenCounts())

  /// - Parameter gateways: by account name.
  init(
    gateways: [String: any ReportingGateway], secret: Secret, sources: [AddressRange], spool: SpoolPushes,
    now: @escaping @Sendable () -> Timestamp = { .now }
  ) {
    self.gateways = gateways
    self.secret = Array(secret.reveal().utf8)
    self.sources = sources
    self.spool = spool
    self.now = now
  }

  var counts: ListenCounts { tally.withLock { $0 } }

  /// Whose push a request is, by its line and headers alone.
  private enum Entry {
    case open(account: String, any ReportingGateway)
    case closed(ServerReply)
  }

  /// What its line and headers tell of a stranger's request; nil when it may come in.
  func screen(_ request: ServerRequest) -> ServerReply? {
    guard case .closed(let refused) = entry(request) else { return nil }
    return refused
  }

  private func entry(_ request: ServerRequest) -> Entry {
    guard sources.isEmpty || sources.contains(where: { $0.contains(request.client) }) else {
      return .closed(refuse(403, \.badSource))
    }
    // The same answer for a wrong name and a wrong secret: nobody learns which names there are.
    guard let (account, gateway) = gateway(at: request.path) else { return .closed(refuse(404, \.badPath)) }
    guard request.method == "GET" || request.method == "POST" else { return .closed(refuse(405, \.badMethod)) }
    return .open(account: account, gateway)
  }

  func answer(_ request: ServerRequest) -> ServerReply {
    let account: String
    let gateway: any ReportingGateway
    switch entry(request) {
    case .closed(let refused): return refused
    case .open(let name, let found): (account, gateway) = (name, found)
    }
    if Defect.isPlanted(.pushesRefused) { return refuse(503, \.diskFault) }
    let contentType = request.header("content-type") ?? ""
    let outcome = gateway.page(
      in: GatewayPush(method: request.method, query: request.query, contentType: contentType, body: request.body))
    guard outcome.status != 403 else { return refuse(403, \.badSender) }
    do throws(LedgerError) {
      try spool.append(
        SpooledPush(
          account: account, at: now(), method: request.method,
          query: PushSecrets.removed(from: Array(request.rawQuery.utf8), gateway).text, contentType: contentType,
          body: PushSecrets.removed(from: request.body, gateway)))
    } catch { return refuse(503, \.diskFault) }
    tally.withLock { tally in
      tally.kept += 1
      if outcome.page == nil { tally.unreadable += 1 }
    }
    return ServerReply(outcome.status, body: Array(outcome.answer.utf8))
  }

  /// The account that `/push/NAME/SECRET` names.
  private func gateway(at path: String) -> (String, any ReportingGateway)? {
    let words = path.split(separator: "/", omittingEmptySubsequences: false)
    guard words.count == 4, words[0].isEmpty, words[1] == "push" else { return nil }
    // Compared whatever the name is.
    let fits = constantTimeEqual(Array(words[3].utf8), secret)
    guard let gateway = gateways[String(words[2])], fits else { return nil }
    return (String(words[2]), gateway)
  }

  private func refuse(_ status: Int, _ counter: any WritableKeyPath<ListenCounts, Int> & Sendable) -> ServerReply {
    tally.withLock { $0[keyPath: counter] += 1 }
    return ServerReply(status)
  }
}
