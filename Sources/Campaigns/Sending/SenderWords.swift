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

  /// What to do about it. With failover another account that still runs takes what is left; nobody has to run again.
  func advise(_ stop: Lane.Stop) -> String {
    let goesOn = settings.failover && lanes.contains { $0.stop == nil }
    let moves = "; what is left goes to the next gateway" + (spendLimit == nil ? "." : " as far as max_cost allows.")
    return remedy(stop) + (goesOn ? moves : again(stop))
  }

  private func remedy(_ stop: Lane.Stop) -> String {
    switch stop {
    case .account: "Settle it with the vendor or in qunfa.toml"
    case .unreachable: "Check the url in qunfa.toml and the network"
    case .unreadable: "Ask the vendor what arrived and see 'qunfa status'"
    case .overloaded: "Lower 'rate' in qunfa.toml or ask the vendor for the limit"
    case .clock: "Set the machine's clock (NTP)"
    }
  }

  private func again(_ stop: Lane.Stop) -> String {
    switch stop {
    case .account: ", then run the same send again: it goes on where it stopped."
    case .unreachable: ", then run the same send again: nothing was lost."
    case .unreadable: "; run the same send again for the rest."
    case .overloaded, .clock: ", then run the same send again."
    }
  }
}
