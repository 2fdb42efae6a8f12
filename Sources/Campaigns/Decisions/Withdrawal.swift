import Gateways
import Ledger
import Messaging
import Platform

/// Asks gateways to withdraw timed messages, call by call, and writes down what they withdrew.
struct Withdrawal {
  private let person: String
  private let console: any RunConsole
  private(set) var withdrawn = 0
  private(set) var left: [CancelReport.Left] = []
  private var nextTag: UInt64 = 0

  init(person: String, console: any RunConsole) {
    self.person = person
    self.console = console
  }

  /// Withdraws what one account took. A gateway that fails several times in a row is not asked any more.
  mutating func run(
    _ account: SendingAccount, _ families: [CallFamily], _ ledger: CampaignLedger, _ transport: any Transport
  ) throws(LedgerError) {
    let canWithdraw = !account.gateway.cancelRequests(ids: ["1"], at: console.now()).isEmpty
    var pace = Spacing(rate: account.pace.calls, now: monotonicSeconds())
    var remaining = 0
    var failures = 0
    var reason = "the gateway did not confirm it"
    for family in families {
      for (call, held) in zip(family.calls, family.held) where call.gateway == account.name {
        guard call.state == .accepted || call.state == .mixed else { continue }
        let settlement = try ledger.settlement(of: call.id)
        let states = settlement.messageStates(count: call.count)
        let timed = held.filter { states[$0] == .accepted }
        remaining += timed.count
        guard canWithdraw, !timed.isEmpty, failures < Limits.unknownInARow, !console.isInterrupted else { continue }
        let answer = ask(timed.map { settlement.ids?[safe: $0] ?? "" }, account, transport, &pace)
        let gone = zip(timed, answer.withdrawn).filter(\.1).map(\.0)
        failures = answer.isReadable ? 0 : failures + 1
        reason = answer.reason ?? reason
        guard !gone.isEmpty else { continue }
        remaining -= gone.count
        withdrawn += gone.count
        let which = gone.count == call.count ? "" : "\(gone.count) of \(call.count) messages "
        let decided = settlement.deciding(
          gone, as: .cancelled, count: call.count, note: which + "withdrawn by \(person)")
        try ledger.commit([
          .decide(
            call: call.id, decided, decision: "cancel", person: person, positions: gone, at: console.now())
        ])
      }
    }
    guard remaining > 0 else { return }
    left.append(
      .init(
        gateway: account.name, messages: remaining, isFinal: !canWithdraw,
        reason: canWithdraw ? reason : "the gateway has no way to withdraw them"))
  }

  private struct Answer {
    /// For each message whether all its parts were withdrawn.
    var withdrawn: [Bool]
    var isReadable: Bool
    /// Why not, for people; nil when nothing went wrong.
    var reason: String?
  }

  /// - Parameter ids: of each message, several parts joined by a blank.
  private mutating func ask(
    _ ids: [String], _ account: SendingAccount, _ transport: any Transport, _ pace: inout Spacing
  ) -> Answer {
    let parts = ids.map { $0.split(separator: " ").map(String.init) }
    var gone: Set<String> = []
    var answer = Answer(withdrawn: [], isReadable: true)
    let requests = account.gateway.cancelRequests(ids: parts.flatMap(\.self), at: console.now())
    for request in requests {
      switch exchange(request, account, transport, &pace) {
      case .answered(let answered, _)?:
        if let confirmed = account.gateway.cancelled(in: answered) {
          gone.formUnion(confirmed)
        } else {
          answer.isReadable = false
          answer.reason = "the gateway answered that it withdrew none"
        }
      case .cutShort(_, let reason)?, .notSent(let reason)?, .unknown(let reason)?:
        answer.isReadable = false
        answer.reason = reason
      case nil:
        answer.isReadable = false
        answer.reason = "no answer"
      }
    }
    answer.withdrawn = parts.map { !$0.isEmpty && $0.allSatisfy(gone.contains) }
    return answer
  }

  /// One request at a time: withdrawing twice does no harm, but the account's pace holds here as well.
  private mutating func exchange(
    _ request: GatewayRequest, _ account: SendingAccount, _ transport: any Transport, _ pace: inout Spacing
  ) -> Completion.Result? {
    pauseSeconds(pace.readyAt - monotonicSeconds())
    pace.take(1, now: monotonicSeconds())
    nextTag += 1
    transport.submit(request, to: account.name, timeout: account.timeout, tag: nextTag)
    // The transport ends every request; the deadline is only for one that forgets to.
    let deadline = monotonicSeconds() + account.timeout + 5
    repeat {
      if let completion = transport.wait(until: deadline).first(where: { $0.tag == nextTag }) {
        return completion.result
      }
    } while monotonicSeconds() < deadline
    return nil
  }
}
