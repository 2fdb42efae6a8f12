package import Campaigns
import Ledger
package import Messaging
package import Platform

/// The fourth view: what each account really lost over a campaign, by the balances recorded before and after its runs.
package struct BalanceView {
  private var records: [WorkspaceStore.Balance]
  private var sums: [Key: Sum] = [:]
  /// The messages under way belong to one campaign and mostly to one gateway.
  private var lastKey: Key?
  private var last = Sum()

  struct Key: Hashable {
    var campaign: String
    var gateway: String
  }

  struct Sum {
    var segments = 0
    var cost = Money.zero
    var unknown = 0
  }

  /// - Parameter store: nil: nothing was recorded.
  package init(_ workspace: Workspace) throws(RunError) {
    var records: [WorkspaceStore.Balance] = []
    try onLedger { () throws(LedgerError) in
      try workspace.store().forEachBalance { records.append($0) }
    }
    self.init(records)
  }

  init(_ records: [WorkspaceStore.Balance]) { self.records = records }

  /// What an account is charged when a message is handed over, whatever the contract bills in the end.
  mutating func take(_ entry: borrowing BookEntry) throws(RunError) {
    guard !records.isEmpty else { return }
    if lastKey?.gateway != entry.gateway || lastKey?.campaign != entry.campaign {
      keep()
      let key = Key(campaign: entry.campaign, gateway: entry.gateway)
      lastKey = key
      last = sums[key] ?? Sum()
    }
    guard entry.isAccepted else {
      if entry.ledgerState == .unknown { last.unknown += entry.segments }
      return
    }
    last.segments += entry.segments
    guard let price = entry.unitPrice else { return }
    let segments = entry.segments
    let before = last.cost
    last.cost = try onBooks { () throws(MoneyError) in try before + (price * segments) }
  }

  private mutating func keep() {
    if let lastKey { sums[lastKey] = last }
  }

  /// One for each campaign and account (and product) that was asked at least twice.
  mutating func losses() throws(RunError) -> [BalanceLoss] {
    keep()
    var losses: [BalanceLoss] = []
    for key in sums.keys.sorted(by: { ($0.campaign, $0.gateway) < ($1.campaign, $1.gateway) }) {
      let own = records.filter { $0.campaign == key.campaign && $0.gateway == key.gateway }
      for product in Set(own.map(\.product)).sorted() {
        let all = records.filter { $0.gateway == key.gateway && $0.product == product }
        let sum = sums[key] ?? Sum()
        guard var loss = BalanceLoss(key, all) else { continue }
        loss.oursSegments = sum.segments
        loss.oursCost = sum.cost
        loss.unknownSegments = sum.unknown
        losses.append(loss)
      }
    }
    return losses
  }
}

/// What an account lost over the runs of one campaign.
package struct BalanceLoss: Sendable, Equatable {
  package var campaign: String
  package var gateway: String
  package var product: String
  /// The first and the last balance that the campaign's runs recorded.
  package var first: Timestamp
  package var last: Timestamp
  /// True when the account counts messages, false when it counts money.
  package var countsMessages: Bool
  /// Yuan, or segments as a whole number.
  package var lost: Money
  /// Rises between two records: somebody paid in. What was lost in the meantime is hidden by it.
  package var paidIn: Money
  package var oursSegments = 0
  package var oursCost = Money.zero
  /// Segments whose fate is unknown: the account may have been charged for them.
  package var unknownSegments = 0

  /// - Parameter records: the account's, of all campaigns, in the order of time.
  ///
  /// Only steps between two records of the campaign that have no other campaign's between them count: what others spent
  /// in the meantime is not this one's.
  init?(_ key: BalanceView.Key, _ records: [WorkspaceStore.Balance]) {
    var lost = Money.zero
    var paidIn = Money.zero
    var steps = 0
    var before: (balance: Money, unit: String)?
    var moments: [Timestamp] = []
    for record in records {
      guard record.campaign == key.campaign, let balance = BalanceLoss.value(record) else {
        before = nil
        continue
      }
      moments.append(record.at)
      if let before, before.unit == record.unit, let step = try? before.balance - balance {
        steps += 1
        if step.isNegative {
          guard let sum = try? paidIn - step else { return nil }
          paidIn = sum
        } else {
          guard let sum = try? lost + step else { return nil }
          lost = sum
        }
      }
      before = (balance, record.unit)
    }
    guard steps > 0, let first = moments.first, let last = moments.last else { return nil }
    campaign = key.campaign
    gateway = key.gateway
    product = records.first?.product ?? ""
    self.first = first
    self.last = last
    countsMessages = records.last { $0.campaign == key.campaign }?.unit == "messages"
    self.lost = lost
    self.paidIn = paidIn
  }

  private static func value(_ record: WorkspaceStore.Balance) -> Money? {
    record.unit == "li" ? try? Money(parsingLi: record.amount) : try? Money(parsing: record.amount)
  }

  /// What it should have lost: segments or yuan, as the account counts.
  package var expected: Money {
    countsMessages ? ((try? Money(parsing: String(oursSegments))) ?? .zero) : oursCost
  }

  package var differs: Bool { lost != expected || paidIn != .zero }

  var difference: Difference {
    func value(_ money: Money) -> DifferenceValue {
      guard countsMessages else { return .money(money) }
      return .segments(Int(money.description.prefix { $0 != "." }) ?? 0)
    }
    var words = "campaign \(campaign)"
    if !product.isEmpty { words += ", product \(product)" }
    if paidIn != .zero { words += ", paid in meanwhile" }
    if unknownSegments > 0 { words += ", \(unknownSegments) segments unknown" }
    return Difference(ours: value(expected), theirs: value(lost), kind: .total, cause: .balance, detail: words)
  }
}
