public import Configuration
public import Messaging
import Platform

/// A gateway account as judging and merging see it.
public final class AudienceRoute: Sendable {
  public let plan: PlanRoute
  /// Countries it serves; empty: all.
  public let regions: Set<UInt16>
  public let rule: SegmentRule
  public let mostUnits: Int?
  public let signature: Signature
  /// Yuan a segment, by country before the general one.
  public let price: Money
  public let prices: [UInt16: Money]
  /// Messages and calls a second.
  public let rate: Double
  public let requests: Double

  init(_ account: Account) throws(MoneyError) {
    let abilities = account.abilities
    let single = account.type.single(account.values)
    plan = PlanRoute(
      name: account.name, batch: account.batch, pointToPoint: abilities.pointToPoint?.rawValue,
      sameContent: abilities.sameContent.rawValue, single: single?.endpoint.rawValue,
      singleMostUnits: single?.mostUnits,
      pointToPointTakesLineBreaks: abilities.pointToPointTakesLineBreaks)
    regions = account.regions.contains("*") ? [] : Set(account.regions.compactMap { Region($0)?.code })
    rule = abilities.international ? .international : .domestic
    mostUnits = abilities.mostUnits
    signature = Signature(account)
    price = try Money(parsing: account.price ?? "0")
    var prices: [UInt16: Money] = [:]
    for (region, price) in account.prices {
      if let code = Region(region)?.code { prices[code] = try Money(parsing: price) }
    }
    self.prices = prices
    rate = account.rate
    requests = account.requests
  }

  public func serves(_ region: UInt16) -> Bool { regions.isEmpty || regions.contains(region) }
  public func price(to region: UInt16) -> Money { prices[region] ?? price }
}

/// What decides over a row.
public struct AudienceRules: Sendable {
  public var home: Region
  /// In order of preference.
  public var routes: [AudienceRoute]
  /// UTF-8 appended to texts that lack it; empty: nothing is.
  public var optOut: [UInt8]
  public var maxSegments: Int
  public var missing: CampaignFile.Message.Missing
  public var dedupe: CampaignFile.Contacts.Dedupe
  public var suppressed: NumberSet

  public init(_ campaign: CampaignFile, suppressed: NumberSet) throws(MoneyError) {
    home = Region(campaign.contacts.region) ?? .mainland
    var routes: [AudienceRoute] = []
    for account in campaign.accounts { routes.append(try AudienceRoute(account)) }
    self.routes = routes
    optOut = campaign.kind == .marketing ? Array(campaign.message.optOut.utf8) : []
    maxSegments = campaign.message.maxSegments
    missing = campaign.message.missing
    dedupe = campaign.contacts.dedupe
    self.suppressed = suppressed
  }
}
