public import Configuration
import JSON
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

/// The prices that a plan froze, by gateway and country.
struct FrozenPrices {
  private let prices: JSON?

  /// - Parameter fact: the ledger's fact `prices`.
  init(_ fact: String?) { prices = fact.flatMap { try? JSON(parsing: $0) } }

  /// Yuan a segment; nil when the account had no price for that country.
  func price(of gateway: String, to region: String) throws(MoneyError) -> Money? {
    guard let prices = prices?[gateway], let text = (prices[region] ?? prices[""])?.text else { return nil }
    return try Money(parsing: text)
  }
}
