import Configuration
import Platform
import Testing

@testable import Campaigns

/// Central Europe in 2026: clocks go forward on 29 March and back on 25 October, at 01:00 UTC.
private struct Berlin: Zone {
  private static let summer = Timestamp(seconds: 1_774_746_000)..<Timestamp(seconds: 1_792_890_000)

  private func fixed(_ moment: Timestamp) -> FixedZone {
    FixedZone(offset: Berlin.summer.contains(moment) ? 7200 : 3600)
  }
  func civil(_ moment: Timestamp) -> CivilTime { fixed(moment).civil(moment) }

  func moment(_ civil: CivilTime) -> Timestamp {
    let winter = FixedZone(offset: 3600).moment(civil)
    let summer = FixedZone(offset: 7200).moment(civil)
    return Berlin.summer.contains(summer) ? summer : winter
  }
}

private func at(_ text: String, _ zone: any Zone) throws -> Timestamp {
  let parts = text.split { "- :".contains($0) }.compactMap { Int($0) }
  try #require(parts.count == 5)
  return zone.moment(
    CivilTime(year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4]))
}

private func window(_ daily: String?, start: Timestamp? = nil) throws -> SendingWindow {
  SendingWindow(start: start, daily: try daily.map { try #require(DailyWindow($0)) })
}

@Suite struct SendingWindowTests {
  struct Case: CustomTestStringConvertible {
    var window: String?
    var now: String
    /// Nil: sending is allowed.
    var opens: String?
    /// Of the window that is open now or opens next; nil: never.
    var closes: String?
    var berlin = false
    var testDescription: String { "\(window ?? "all day") at \(now)" }
  }

  static let cases = [
    Case(now: "2026-11-11 03:00"),
    Case(window: "09:00-20:30", now: "2026-11-11 08:59", opens: "2026-11-11 09:00", closes: "2026-11-11 20:30"),
    Case(window: "09:00-20:30", now: "2026-11-11 09:00", closes: "2026-11-11 20:30"),
    Case(window: "09:00-20:30", now: "2026-11-11 20:29", closes: "2026-11-11 20:30"),
    Case(window: "09:00-20:30", now: "2026-11-11 20:30", opens: "2026-11-12 09:00", closes: "2026-11-12 20:30"),
    Case(window: "09:00-20:30", now: "2026-12-31 23:59", opens: "2027-01-01 09:00", closes: "2027-01-01 20:30"),
    Case(window: "22:00-06:00", now: "2026-11-11 23:00", closes: "2026-11-12 06:00"),
    Case(window: "22:00-06:00", now: "2026-11-12 05:59", closes: "2026-11-12 06:00"),
    Case(window: "22:00-06:00", now: "2026-11-12 06:00", opens: "2026-11-12 22:00", closes: "2026-11-13 06:00"),
    Case(window: "18:00-24:00", now: "2026-11-30 23:00", closes: "2026-12-01 00:00"),
    Case(window: "18:00-24:00", now: "2026-12-01 00:00", opens: "2026-12-01 18:00", closes: "2026-12-02 00:00"),
    // The day before a day of 23 hours.
    Case(
      window: "09:00-20:00", now: "2026-03-28 23:30", opens: "2026-03-29 09:00", closes: "2026-03-29 20:00",
      berlin: true),
    Case(window: "22:00-06:00", now: "2026-03-28 23:30", closes: "2026-03-29 06:00", berlin: true),
    // Early on a day of 25 hours.
    Case(
      window: "00:00-00:15", now: "2026-10-25 00:30", opens: "2026-10-26 00:00", closes: "2026-10-26 00:15",
      berlin: true),
    Case(
      window: "18:00-24:00", now: "2026-10-25 00:10", opens: "2026-10-25 18:00", closes: "2026-10-26 00:00",
      berlin: true),
    // An hour that does not exist.
    Case(
      window: "02:30-05:00", now: "2026-03-29 00:30", opens: "2026-03-29 03:30", closes: "2026-03-29 05:00",
      berlin: true),
  ]

  @Test(arguments: cases) func `a window opens and closes when it says`(_ one: Case) throws {
    let zone: any Zone = one.berlin ? Berlin() : FixedZone.beijing
    let window = try window(one.window)
    let now = try at(one.now, zone)
    let opening = window.opens(after: now, zone)
    #expect(opening.map { zone.civil($0).spaced } == one.opens.map { $0 + ":00" })
    let closing = window.closes(after: opening ?? now, zone)
    #expect(closing.map { zone.civil($0).spaced } == one.closes.map { $0 + ":00" })
  }

  @Test func `the start comes first, then the window`() throws {
    let zone = FixedZone.beijing
    let start = try at("2026-11-11 07:00", zone)
    let now = try at("2026-11-10 12:00", zone)
    #expect(try window(nil, start: start).opens(after: now, zone) == start)
    #expect(try window("09:00-20:00", start: start).opens(after: now, zone) == at("2026-11-11 09:00", zone))
    #expect(try window("06:00-20:00", start: start).opens(after: now, zone) == start)
    #expect(try window("09:00-20:00", start: now).opens(after: now, zone) == nil)
    #expect(try window(nil, start: now + -5).opens(after: now, zone) == nil)
  }

  @Test func `whatever the minute, what opens is open`() throws {
    for zone in [Berlin(), FixedZone.beijing] as [any Zone] {
      for daily in ["00:00-00:15", "09:00-20:00", "22:00-06:00", "12:00-24:00", "23:59-23:58"] {
        let window = try window(daily)
        var moment = try at("2026-10-24 00:00", zone)
        for _ in 0..<(3 * 24 * 4) {
          moment = moment + 900
          let opening = window.opens(after: moment, zone) ?? moment
          #expect(opening >= moment && opening - moment < 90_000)
          #expect(window.opens(after: opening, zone) == nil)
          let closing = try #require(window.closes(after: opening, zone))
          #expect(closing > opening && closing - opening <= 90_000)
          #expect(window.daily?.contains(minuteOfDay: zone.civil(closing).minuteOfDay) == false)
        }
      }
    }
  }
}

@Suite struct PlanForecastTests {
  struct Case: CustomTestStringConvertible {
    var hours: Double
    var window: String?
    var now: String
    var ends: String
    var pauses = 0
    var testDescription: String { "\(hours) h in \(window ?? "all day") from \(now)" }
  }

  static let cases = [
    Case(hours: 0, now: "2026-11-11 10:00", ends: "2026-11-11 10:00"),
    Case(hours: 30, now: "2026-11-11 10:00", ends: "2026-11-12 16:00"),
    Case(hours: 2, window: "09:00-12:00", now: "2026-11-11 08:00", ends: "2026-11-11 11:00"),
    Case(hours: 3, window: "09:00-12:00", now: "2026-11-11 08:00", ends: "2026-11-11 12:00"),
    Case(hours: 4, window: "09:00-12:00", now: "2026-11-11 08:00", ends: "2026-11-12 10:00", pauses: 1),
    Case(hours: 7.5, window: "09:00-12:00", now: "2026-11-11 11:00", ends: "2026-11-14 09:30", pauses: 3),
    Case(hours: 10, window: "22:00-06:00", now: "2026-11-11 23:00", ends: "2026-11-13 01:00", pauses: 1),
  ]

  @Test(arguments: cases) func `sending ends when the window allows`(_ one: Case) throws {
    let zone = FixedZone.beijing
    let forecast = PlanForecast(
      duration: one.hours * 3600, window: try window(one.window), zone: zone, now: try at(one.now, zone))
    #expect(zone.civil(forecast.ends).spaced == one.ends + ":00")
    #expect(forecast.pauses == one.pauses)
  }
}
