public import Configuration
public import Messaging

/// What the contract says is billed (product.md, "Money", "Settled points").
public enum Billing {
  /// - Parameter isAccepted: the gateway took the message: by its answer, or because a report proves it. What it did
  ///   not take, and what nobody knows of, is never billed.
  public static func isBilled(_ state: DeliveryState, isAccepted: Bool, on billOn: Account.BillOn) -> Bool {
    guard isAccepted else { return false }
    return switch billOn {
    case .accepted: true
    case .delivered: state == .delivered || state == .partial
    case .notFailed: state != .failed
    }
  }
}
