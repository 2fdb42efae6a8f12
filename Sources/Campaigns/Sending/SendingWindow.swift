public import Configuration
public import Platform

/// When a campaign may send: from its start on, within a daily window of local time.
public struct SendingWindow: Sendable {
  /// Nil: at once.
  public var start: Timestamp?
  /// Nil: all day.
  public var daily: DailyWindow?

  public init(start: Timestamp?, daily: DailyWindow?) {
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
    let closing = at(daily.until, on: zone.civil(moment), zone)
    return closing > moment ? closing : at(daily.until, on: dayAfter(zone.civil(moment), zone), zone)
  }

  private func nextOpening(from moment: Timestamp, _ zone: any Zone) -> Timestamp {
    guard let daily else { return moment }
    let civil = zone.civil(moment)
    if daily.contains(minuteOfDay: civil.minuteOfDay) { return moment }
    if civil.minuteOfDay < daily.from { return at(daily.from, on: civil, zone) }
    return at(daily.from, on: dayAfter(civil, zone), zone)
  }

  private func at(_ minute: Int, on day: CivilTime, _ zone: any Zone) -> Timestamp {
    // 24:00 is the next day's midnight.
    var civil = minute == 1440 ? dayAfter(day, zone) : day
    civil.hour = minute % 1440 / 60
    civil.minute = minute % 60
    civil.second = 0
    return zone.moment(civil)
  }

  /// The next calendar day. Counted from noon: where clocks change, the day has 23 or 25 hours, and a day later than
  /// half past eleven at night can be two days later or the same day.
  private func dayAfter(_ day: CivilTime, _ zone: any Zone) -> CivilTime {
    zone.civil(zone.moment(CivilTime(year: day.year, month: day.month, day: day.day, hour: 12)) + 86_400)
  }
}
