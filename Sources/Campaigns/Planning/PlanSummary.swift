public import Messaging
public import Platform

/// What a plan comes to: what is printed, and what the conservation checks add up.
public struct PlanSummary: Sendable {
  /// One gateway and endpoint of the plan.
  public struct Leg: Sendable, Equatable {
    public var gateway: String
    public var endpoint: String
    public var messages = 0
    public var calls = 0
    public var segments = 0
    public var cost = Money.zero
    /// Why this endpoint.
    public var reason: String
  }

  /// Messages and segments of one route, endpoint and country.
  struct Tally: Sendable {
    var route: UInt8
    var kind: Planner.Kind
    var region: UInt16
    var messages = 0
    var segments = 0
  }
  private var tallies: [Tally] = []
  private var last = 0

  public var rowsRead = 0
  public var rejected: [RejectReason: Int] = [:]
  public var legs: [Leg] = []
  public var lint = SegmentLint(columns: [])

  public var planned: Int { legs.reduce(0) { $0 + $1.messages } }
  public var segments: Int { legs.reduce(0) { $0 + $1.segments } }
  public var calls: Int { legs.reduce(0) { $0 + $1.calls } }
  public private(set) var cost = Money.zero
  public var rejectedRows: Int { rejected.values.reduce(0, +) }
  /// Every row read is planned or rejected.
  public var isConserved: Bool { rowsRead == planned + rejectedRows }

  /// Counts a block whose messages are placed.
  mutating func count(_ messages: [PlannedMessage]) {
    for message in messages {
      if last >= tallies.count || !tallies[last].holds(message) {
        last = tallies.firstIndex { $0.holds(message) } ?? tallies.count
        if last == tallies.count {
          tallies.append(Tally(route: message.route, kind: message.kind, region: message.region))
        }
      }
      tallies[last].messages += 1
      tallies[last].segments += Int(message.segments)
    }
  }

  /// Adds up the legs once all messages are counted.
  mutating func finish(_ routes: [AudienceRoute], _ calls: [Planner.PlacedCall], isConstant: Bool) throws(MoneyError) {
    legs = []
    cost = .zero
    for (index, route) in routes.enumerated() {
      for kind in [Planner.Kind.sameContent, .pointToPoint, .single] {
        let tallies = tallies.filter { Int($0.route) == index && $0.kind == kind }
        guard !tallies.isEmpty else { continue }
        var leg = Leg(
          gateway: route.plan.name, endpoint: route.plan.endpoint(kind),
          reason: route.plan.reason(kind, isConstant: isConstant))
        for tally in tallies {
          leg.messages += tally.messages
          leg.segments += tally.segments
          leg.cost = try leg.cost + (try route.price(to: tally.region) * tally.segments)
        }
        leg.calls = calls.reduce(0) { $0 + ($1.route == index && $1.kind == kind ? 1 : 0) }
        legs.append(leg)
        cost = try cost + leg.cost
      }
    }
  }

  /// Seconds that sending takes at the configured pace: the accounts send side by side.
  public func duration(_ routes: [AudienceRoute], rate: Double?) -> Double {
    let accounts = routes.map { route in
      let legs = legs.filter { $0.gateway == route.plan.name }
      let messages = Double(legs.reduce(0) { $0 + $1.messages })
      let calls = Double(legs.reduce(0) { $0 + $1.calls })
      return max(messages / route.rate, calls / route.requests)
    }
    return max(accounts.max() ?? 0, rate.map { Double(planned) / $0 } ?? 0)
  }
}

extension PlanSummary.Tally {
  @inline(__always) func holds(_ message: PlannedMessage) -> Bool {
    region == message.region && route == message.route && kind == message.kind
  }
}

extension PlanRoute {
  /// Why messages go by an endpoint, for the screen.
  func reason(_ kind: Planner.Kind, isConstant: Bool) -> String {
    switch kind {
    case .single: "one recipient"
    case .pointToPoint: "different texts, \(batch) a call"
    case .sameContent:
      if pointToPoint == nil {
        isConstant ? "one text for all" : "no point-to-point endpoint: a call for each text"
      } else if isConstant {
        "one text for all"
      } else {
        pointToPointTakesLineBreaks
          ? "whole batches of one text" : "texts with line breaks, or whole batches of one text"
      }
    }
  }
}

/// When sending would end, and whether the day's window is long enough.
public struct PlanForecast: Sendable {
  public var begins: Timestamp
  public var ends: Timestamp
  /// How often the window closes before all is sent.
  public var pauses: Int

  /// - Parameter duration: seconds of sending.
  public init(duration: Double, window: SendingWindow, zone: any Zone, now: Timestamp) {
    begins = window.opens(after: now, zone) ?? now
    var moment = begins
    var left = duration
    pauses = 0
    // A year of days is the most that is looked ahead.
    for _ in 0..<366 {
      guard let closing = window.closes(after: moment, zone), closing - moment < left else { break }
      left -= closing - moment
      pauses += 1
      moment = window.opens(after: closing + 1, zone) ?? closing
    }
    ends = moment + left
  }
}
