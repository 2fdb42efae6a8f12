import JSON
package import Messaging

/// The prices that a plan froze: yuan a segment by gateway and country.
package struct FrozenPrices: Sendable {
  private var prices: [String: [String: Money]] = [:]

  /// - Parameter fact: the ledger's fact `prices`, as `CampaignRun.prices` wrote it.
  package init(_ fact: String?) throws(MoneyError) {
    guard case .object(let gateways)? = fact.flatMap({ try? JSON(parsing: $0) }) else { return }
    for gateway in gateways {
      guard case .object(let countries) = gateway.value else { continue }
      for country in countries {
        guard let text = country.value.text else { continue }
        prices[gateway.name, default: [:]][country.name] = try Money(parsing: text)
      }
    }
  }

  /// Yuan a segment; nil when the plan had no price of that account for that country.
  package func price(of gateway: String, to region: String) -> Money? {
    guard let own = prices[gateway] else { return nil }
    return own[region] ?? own[""]
  }
}
