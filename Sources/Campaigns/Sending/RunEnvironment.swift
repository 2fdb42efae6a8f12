import Glibc
import Ledger
import Messaging
import Platform

/// The sender's world during a real run: the clocks of the system, and the console.
final class RunEnvironment: SendingEnvironment {
  let zone: any Zone
  private let console: any RunConsole
  private var total = 0
  private var done = 0
  private var unknown = 0
  private var told: Set<String> = []

  init(_ console: any RunConsole, _ zone: any Zone, _ ledger: CampaignLedger) {
    self.console = console
    self.zone = zone
    // Only for the progress line: a call in several states counts as done.
    try? ledger.forEachCall { call in
      guard call.state != .divided else { return }
      total += call.count
      if call.state != .planned { done += call.count }
      if call.state == .unknown { unknown += call.count }
    }
  }

  var isInterrupted: Bool { console.isInterrupted }
  func now() -> Timestamp { console.now() }
  func monotonic() -> Double { monotonicSeconds() }

  func progress(_ sender: Sender) {
    console.progress(
      SendProgress(
        total: total, done: done, unknown: unknown, inFlight: sender.inFlight, rate: sender.rate,
        isSlowed: sender.isSlowed))
  }

  func settled(_ settlement: Settlement, count: Int) {
    done += count
    unknown += settlement.states?.count { $0 == .unknown } ?? (settlement.state == .unknown ? count : 0)
  }

  func stopped(account: String, reason: String, next: String) {
    console.tell(Diagnostic("gateway '\(account)' stopped: \(reason)", severity: .warning, next: next))
  }

  func clockDiffers(account: String, seconds: Int) {
    guard told.insert(account).inserted else { return }
    console.tell(
      Diagnostic(
        "this machine's clock is \(seconds) s away from that of gateway '\(account)'", severity: .warning,
        next: "Set it (NTP): some gateways refuse what is more than 20 minutes off."))
  }
}

/// Sleeps half a second, less when a signal comes.
func pauseBriefly() { usleep(500_000) }
