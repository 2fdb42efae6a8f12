import Gateways
import Messaging
import Platform

extension Sender {
  /// Why an account stopped, for people.
  func explain(_ stop: Lane.Stop, _ lane: Lane) -> String {
    switch stop {
    case .account(let code):
      return lane.account.words(for: code)
    case .unreachable(let reason): return "nothing could be sent: \(reason)"
    case .unreadable(let reason):
      return "\(Limits.unknownInARow) calls in a row ended without a readable answer: \(reason)"
    case .overloaded: return "the gateway kept answering 'slow down'"
    case .clock(let seconds): return "this machine's clock is \(seconds) s away from the gateway's"
    }
  }

  /// What to do about it.
  func advise(_ stop: Lane.Stop) -> String {
    switch stop {
    case .account:
      "Settle it with the vendor or in qunfa.toml, then run the same send again: it goes on where it stopped."
    case .unreachable: "Check the url in qunfa.toml and the network, then run the same send again: nothing was lost."
    case .unreadable: "Ask the vendor what arrived, then see 'qunfa status'; run the same send again for the rest."
    case .overloaded: "Lower 'rate' in qunfa.toml or ask the vendor for the limit, then run the same send again."
    case .clock: "Set the machine's clock (NTP), then run the same send again."
    }
  }
}
