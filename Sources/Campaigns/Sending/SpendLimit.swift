import Delivery
import Ledger
import Messaging
import Platform

/// `max_cost` while a campaign is being sent: a failover must not make it dearer than that.
public final class SpendLimit {
  let limit: Money
  private let prices: FrozenPrices
  /// What reports say, made anew for each sum: joining marks reports.
  private let reports: () throws(LedgerError) -> CampaignJoin?

  init(
    _ limit: Money, prices: FrozenPrices,
    reports: @escaping () throws(LedgerError) -> CampaignJoin? = { () throws(LedgerError) in nil }
  ) {
    self.limit = limit
    self.prices = prices
    self.reports = reports
  }

  /// What the campaign costs at most as its ledger stands, at the prices of the plan: what gateways took, or may have
  /// taken, and what is still planned. Nil: more than can be calculated.
  func costAtMost(_ store: any CallStore) throws(LedgerError) -> Money? {
    // Without reports it costs more at most, never less: a store that cannot be read must not stop a failover.
    let join = (try? reports()) ?? nil
    let directory = try MessageDirectory(store)
    var total: Money? = .zero
    try store.forEachMessage { (message) throws(LedgerError) in
      let fate = try directory.fate(root: message.root, position: message.position)
      switch LastKnown(fate, join?.reported(message)).settled {
      case .refused, .cancelled, .failed: return
      case .planned, .sending, .unknown, .accepted: break
      }
      let more = cost(fate.segments ?? message.segments, by: fate.gateway, to: message.region)
      total = SpendLimit.sum(total, more)
    }
    return total
  }

  /// What segments cost at an account; nil: more than can be calculated.
  func cost(_ segments: Int, by gateway: String, to region: String) -> Money? {
    try? (prices.price(of: gateway, to: region) ?? .zero) * segments
  }

  static func sum(_ left: Money?, _ right: Money?) -> Money? {
    guard let left, let right else { return nil }
    return try? left + right
  }
}

/// What a failover may still spend, message by message.
struct FailoverBudget {
  /// Messages that only the limit keeps with an account that stopped.
  struct Held: Equatable {
    var messages = 0
    /// The limit under which they too would have moved; nil: more than can be calculated.
    var needed: Money? = .zero
  }

  let limit: Money
  /// What the campaign costs at most by now; nil: more than can be calculated.
  private(set) var cost: Money?
  /// What it would cost had every message moved to the account that was first for it.
  private var wanted: Money?
  private(set) var held: Held

  /// - Parameter held: what earlier failovers of the run left behind.
  init(limit: Money, cost: Money?, held: Held) {
    self.limit = limit
    self.cost = cost
    wanted = cost
    self.held = held
  }

  /// Which of the accounts that can carry a message takes it: the first one that the limit allows.
  ///
  /// - Parameters:
  ///   - now: what the message costs where it is.
  ///   - costs: what it would cost at each of them, in the campaign's order.
  /// - Returns: its place in `costs`; nil when the message stays.
  mutating func choose(among costs: [Money?], instead now: Money?) -> Int? {
    guard let first = costs.first else { return nil }
    wanted = FailoverBudget.replacing(now, by: first, in: wanted)
    for (place, cost) in costs.enumerated() {
      guard let total = FailoverBudget.replacing(now, by: cost, in: self.cost), total <= limit else { continue }
      self.cost = total
      return place
    }
    held.messages += 1
    if let needed = held.needed, let wanted { held.needed = max(needed, wanted) } else { held.needed = nil }
    return nil
  }

  private static func replacing(_ old: Money?, by new: Money?, in total: Money?) -> Money? {
    guard let old, let sum = SpendLimit.sum(total, new) else { return nil }
    return try? sum - old
  }
}
