public import Ledger
public import Platform

/// The world as the sender sees it: clocks, signals, and who is told what happens.
public protocol SendingEnvironment: AnyObject {
  var zone: any Zone { get }
  /// A person or the system asked to stop.
  var isInterrupted: Bool { get }
  func now() -> Timestamp
  /// Seconds on a clock that never steps.
  func monotonic() -> Double
  /// After every turn.
  func progress(_ sender: Sender)
  func settled(_ settlement: Settlement, count: Int)
  func stopped(account: String, reason: String, next: String)
  func clockDiffers(account: String, seconds: Int)
}
