import Campaigns
import Configuration
import Delivery
import Ledger
import Messaging
import Platform

/// Fills one entry after the other for the messages of a campaign. What many messages share is looked up once.
struct EntryMaker: ~Copyable {
  private let campaign: BookCampaign
  private let join: CampaignJoin
  private let calls: CallTable
  private let configuration: Configuration
  private let prices: FrozenPrices
  /// What the messages of a campaign come to, by gateway and country, in the ledger's own way of counting.
  private(set) var tariffs: [Tariff] = []
  /// For each call and region the place of its tariff.
  private var places: [Int: Int] = [:]
  private var gateways: [String: GatewayFacts] = [:]
  /// Keys of the campaign's calls start here.
  private let callKeys: Int
  private(set) var entry = BookEntry()
  private var lastCall = -1
  /// All messages of the last call were answered with the same code.
  private var isOneCode = true
  /// What the segments of the last message cost at the price of now.
  private var lastCost = (segments: 0, cost: Money.zero)
  private var lastRegion = (index: -1, tariff: -1)
  private var current = GatewayFacts()

  /// Messages of one account and country.
  struct Tariff {
    var price: Money?
    var messages = 0
    var segments = 0
    var billable = 0

    mutating func add(segments: Int, billable: Int) {
      messages += 1
      self.segments += segments
      self.billable += billable
    }
  }

  private struct GatewayFacts {
    var name = ""
    var billOn = Account.BillOn.accepted
    var signatureUnits = 0
    var place = 0
  }

  /// - Parameter prices: those that the campaign's plan froze.
  init(
    _ campaign: BookCampaign, _ join: CampaignJoin, _ configuration: Configuration, prices: FrozenPrices, callKeys: Int
  ) {
    self.campaign = campaign
    self.join = join
    calls = join.calls
    self.configuration = configuration
    self.callKeys = callKeys
    self.prices = prices
    entry.campaign = campaign.id
    entry.department = campaign.department
    entry.plannedAt = campaign.plannedAt
  }

  /// When the message's call went out; the plan's time when it never did.
  func day(_ message: JoinableMessage) -> Timestamp {
    join.calls.newest(root: message.root, position: message.position)
      .flatMap { join.calls.entries[$0].call.submittedAt } ?? campaign.plannedAt
  }

  /// Marks the reports of a message that is not asked for.
  func pass(_ message: JoinableMessage) { _ = join.join(message) }

  /// Fills `entry` with a message of the block.
  mutating func fill(_ block: borrowing MessageColumns, _ index: Int) throws(MoneyError) {
    let joined = join.join(block, index)
    entry.row = block.rows[index]
    entry.number = block.numbers[index]
    entry.externalID.clear()
    let external = block.externalRange(index)
    if !external.isEmpty { entry.externalID.append(block.externalIDs.span.extracting(external)) }
    entry.units = Int(block.units[index])
    entry.segments = joined.segments
    let place = joined.call ?? -1
    if place != lastCall { turn(to: place) }
    entry.messageID.clear()
    if place >= 0 {
      calls.appendIDs(calls.idRange(place, at: joined.index), to: &entry.messageID)
      if !isOneCode { entry.answerCode = join.calls.entries[place].code(joined.index) }
    }
    entry.ledgerState = joined.ledgerState
    entry.isAccepted = joined.isAccepted
    entry.state = joined.lastKnown
    take(joined)
    try bill(Int(block.regions[index]), block)
  }

  private mutating func turn(to place: Int) {
    lastCall = place
    lastRegion.index = -1
    entry.callKey = callKeys + place + 1
    guard place >= 0 else {
      current = GatewayFacts()
      entry.gateway = ""
      entry.endpoint = ""
      entry.linkID = ""
      entry.submittedAt = nil
      return
    }
    let call = calls.entries[place].call
    isOneCode = calls.entries[place].isOneCode
    if isOneCode { entry.answerCode = call.code }
    if call.gateway != current.name { current = facts(of: call.gateway) }
    entry.gateway = call.gateway
    entry.endpoint = call.endpoint
    entry.linkID = call.linkID
    entry.submittedAt = call.submittedAt
    entry.signatureUnits = current.signatureUnits
  }

  private mutating func facts(of gateway: String) -> GatewayFacts {
    if let known = gateways[gateway] { return known }
    var facts = GatewayFacts(name: gateway, place: gateways.count + 1)
    if let account = configuration.account(gateway) {
      facts.billOn = account.billOn
      facts.signatureUnits = account.signature.utf16.count
    }
    gateways[gateway] = facts
    return facts
  }

  private mutating func take(_ joined: JoinedMessage) {
    entry.match = joined.match
    if let verdict = joined.verdict {
      entry.reportKey = -1
      entry.reportCode = verdict.code
      entry.reportMeaning = verdict.meaning
      entry.reportedAt = verdict.reportedAt
    } else if joined.meaning >= 0, let index = join.index {
      if entry.reportKey != joined.meaning {
        let meaning = index.meanings[joined.meaning]
        entry.reportKey = joined.meaning
        entry.reportCode = meaning.code
        entry.reportMeaning = meaning.words
      }
      entry.reportedAt = Timestamp(nanoseconds: joined.reported * 1_000_000)
    } else {
      entry.reportKey = -1
      if !entry.reportCode.isEmpty { entry.reportCode = "" }
      if !entry.reportMeaning.isEmpty { entry.reportMeaning = "" }
      entry.reportedAt = nil
    }
  }

  private mutating func bill(_ region: Int, _ block: borrowing MessageColumns) throws(MoneyError) {
    if lastRegion.index != region {
      lastRegion = (region, tariff(region, block.regionNames[region]))
      entry.region = block.regionNames[region]
      entry.unitPrice = tariffs[lastRegion.tariff].price
      lastCost = (0, .zero)
    }
    let isBilled = Billing.isBilled(entry.state, isAccepted: entry.isAccepted, on: current.billOn)
    entry.billableSegments = isBilled ? entry.segments : 0
    entry.cost = .zero
    if isBilled, let price = entry.unitPrice {
      if lastCost.segments != entry.segments { lastCost = (entry.segments, try price * entry.segments) }
      entry.cost = lastCost.cost
    }
    tariffs[lastRegion.tariff].add(segments: entry.segments, billable: entry.billableSegments)
  }

  private mutating func tariff(_ region: Int, _ name: String) -> Int {
    let key = current.place << 16 | region
    if let known = places[key] { return known }
    tariffs.append(Tariff(price: prices.price(of: current.name, to: name)))
    places[key] = tariffs.count - 1
    return tariffs.count - 1
  }
}
