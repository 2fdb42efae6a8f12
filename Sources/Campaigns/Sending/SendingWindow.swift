public import Platform

/// When a campaign may send: from its start on, within a daily window of local time.
public struct SendingWindow: Sendable {
  /// Nil: at once.
  public var start: Timestamp?
  /// Minutes since local midnight, the second after the first; nil: all day.
  public var daily: (from: Int, to: Int)?

  public init(start: Timestamp?, daily: (from: Int, to: Int)?) {
    self.start = start
    self.daily = daily
  }

  /// Nil when sending is allowed now, else the next moment at which it is.
  public func opens(after now: Timestamp, _ zone: any Zone) -> Timestamp? {
    let earliest = start.map { max($0, now) } ?? now
    let opening = nextOpening(from: earliest, zone)
    return opening > now ? opening : nil
  }

  /// When the window that is open at `moment` closes; nil when it never does.
  public func closes(after moment: Timestamp, _ zone: any Zone) -> Timestamp? {
    guard let daily else { return nil }
    let civil = zone.civil(moment)
    let closing = at(daily.to, on: civil, zone)
    return closing > moment ? closing : at(daily.to, on: zone.civil(moment + 86_400), zone)
  }

  private func nextOpening(from moment: Timestamp, _ zone: any Zone) -> Timestamp {
    guard let daily else { return moment }
    let civil = zone.civil(moment)
    if civil.minuteOfDay >= daily.from, civil.minuteOfDay < daily.to { return moment }
    if civil.minuteOfDay < daily.from { return at(daily.from, on: civil, zone) }
    return at(daily.from, on: zone.civil(moment + 86_400), zone)
  }

  private func at(_ minute: Int, on day: CivilTime, _ zone: any Zone) -> Timestamp {
    var civil = day
    civil.hour = minute / 60
    civil.minute = minute % 60
    civil.second = 0
    return zone.moment(civil)
  }
}
