import Glibc
import Platform
import TestSupport
import Testing

@Suite struct TimestampTests {
  /// From `date -u -d @SECONDS`.
  static let dates: [(seconds: Int64, utc: String)] = [
    (0, "1970-01-01 00:00:00"), (-1, "1969-12-31 23:59:59"), (951_782_400, "2000-02-29 00:00:00"),
    (951_868_799, "2000-02-29 23:59:59"), (1_709_164_800, "2024-02-29 00:00:00"),
    (1_741_046_400, "2025-03-04 00:00:00"),
    (1_794_362_400, "2026-11-11 02:00:00"), (1_798_761_599, "2026-12-31 23:59:59"),
    (4_107_542_400, "2100-03-01 00:00:00"),
    (-2_208_988_800, "1900-01-01 00:00:00"),
  ]

  @Test(arguments: dates) func `a known moment has its known date`(_ seconds: Int64, _ utc: String) {
    let civil = FixedZone.utc.civil(Timestamp(seconds: seconds))
    #expect(civil.spaced == utc)
    #expect(FixedZone.utc.moment(civil) == Timestamp(seconds: seconds))
  }

  @Test(arguments: [-12, -3, 0, 8, 14] as [Int64]) func `a zone's dates lead back to their moment`(_ hours: Int64) {
    let zone = FixedZone(offset: hours * 3600)
    var random = SeededGenerator(seed: 5)
    for _ in 0..<5000 {
      let moment = Timestamp(seconds: Int64.random(in: -5_000_000_000...9_000_000_000, using: &random))
      let civil = zone.civil(moment)
      #expect(zone.moment(civil) == moment)
      #expect((1...12).contains(civil.month) && (1...31).contains(civil.day) && (0..<1440).contains(civil.minuteOfDay))
    }
  }

  @Test func `Beijing is eight hours ahead`() {
    let civil = FixedZone.beijing.civil(Timestamp(seconds: 1_794_362_403))
    #expect(civil.spaced == "2026-11-11 10:00:03")
    #expect(civil.compact == "20261111100003" && civil.date == "2026-11-11" && civil.minuteOfDay == 600)
  }

  @Test func `seconds are rounded down and differences are exact`() {
    #expect(Timestamp(nanoseconds: -1).seconds == -1)
    #expect(Timestamp(nanoseconds: -1_000_000_000).seconds == -1)
    #expect(Timestamp(nanoseconds: 1_999_999_999).seconds == 1)
    let moment = Timestamp(seconds: 10)
    #expect(moment + 0.25 - moment == 0.25)
    #expect(moment + -1 < moment)
  }

  @Test func `moments beyond the range stop at its ends`() {
    let last = Timestamp(nanoseconds: .max)
    let first = Timestamp(nanoseconds: .min)
    #expect(FixedZone.utc.moment(CivilTime(year: 9999, month: 12, day: 31)) == last)
    #expect(FixedZone.utc.moment(CivilTime(year: 1, month: 1, day: 1)) == first)
    #expect(last + 1 == last && first + -1 == first && last + 1e30 == last && first + -.infinity == first)
    #expect(last - first > 1.8e10 && first - last < -1.8e10)
    #expect(FixedZone.beijing.civil(last).year == 2262 && FixedZone.beijing.civil(first).year == 1677)
  }

  @Test func `a named zone is the system's`() throws {
    let zone = try #require(NamedZone("Asia/Shanghai"))
    for (seconds, _) in TimestampTests.dates where seconds > 800_000_000 {
      #expect(zone.civil(Timestamp(seconds: seconds)) == FixedZone.beijing.civil(Timestamp(seconds: seconds)))
      #expect(zone.moment(zone.civil(Timestamp(seconds: seconds))) == Timestamp(seconds: seconds))
    }
  }

  @Test(arguments: ["Asia/Nowhere", "/etc/localtime", "../zoneinfo/UTC", "Asia/../UTC", "Asia", ""])
  func `what names no zone is refused`(_ name: String) { #expect(NamedZone(name) == nil) }
}
