import Glibc

/// A moment: nanoseconds since 1970-01-01T00:00:00Z, from 1677 to 2262. What lies beyond (a date in a file or an answer
/// may name any year) becomes the first or last of these moments.
public struct Timestamp: Sendable, Hashable, Comparable {
  public var nanoseconds: Int64

  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
  public init(seconds: Int64) {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    nanoseconds = overflow ? (seconds < 0 ? .min : .max) : product
  }

  /// Whole seconds since 1970, rounded down.
  public var seconds: Int64 {
    let whole = nanoseconds / 1_000_000_000
    return nanoseconds % 1_000_000_000 < 0 ? whole - 1 : whole
  }

  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }
  /// The moment so many seconds later; earlier when they are negative.
  public static func + (moment: Timestamp, seconds: Double) -> Timestamp {
    guard let step = Int64(exactly: (seconds * 1e9).rounded(.towardZero)) else {
      return Timestamp(nanoseconds: seconds < 0 ? .min : .max)
    }
    let (sum, overflow) = moment.nanoseconds.addingReportingOverflow(step)
    return Timestamp(nanoseconds: overflow ? (step < 0 ? .min : .max) : sum)
  }
  /// Seconds from `right` to `left`.
  public static func - (left: Timestamp, right: Timestamp) -> Double {
    let (difference, overflow) = left.nanoseconds.subtractingReportingOverflow(right.nanoseconds)
    return overflow ? (Double(left.nanoseconds) - Double(right.nanoseconds)) / 1e9 : Double(difference) / 1e9
  }

  /// The wall clock.
  public static var now: Timestamp {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}

/// Seconds on a clock that never steps; only differences mean something.
public func monotonicSeconds() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// A date and time of day as a wall calendar and clock show it, without a zone.
public struct CivilTime: Sendable, Hashable {
  public var year: Int
  public var month: Int
  public var day: Int
  public var hour: Int
  public var minute: Int
  public var second: Int

  public init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// `2026-11-11 09:00:03`, in ASCII digits whatever the machine's locale.
  public var spaced: String { "\(date) \(pad(hour)):\(pad(minute)):\(pad(second))" }
  /// `2026-11-11`.
  public var date: String { "\(pad(year, 4))-\(pad(month))-\(pad(day))" }
  /// `20261111090003`.
  public var compact: String { "\(pad(year, 4))\(pad(month))\(pad(day))\(pad(hour))\(pad(minute))\(pad(second))" }
  /// Minutes since midnight.
  public var minuteOfDay: Int { hour * 60 + minute }

  private func pad(_ value: Int, _ width: Int = 2) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

/// Reads and shows moments in one time zone.
public protocol Zone: Sendable {
  func civil(_ moment: Timestamp) -> CivilTime
  func moment(_ civil: CivilTime) -> Timestamp
}

/// A zone that is always the same number of seconds ahead of UTC. `.beijing` is the one all five gateways use.
public struct FixedZone: Zone {
  public let offset: Int64
  public init(offset: Int64) { self.offset = offset }
  public static let beijing = FixedZone(offset: 8 * 3600)
  public static let utc = FixedZone(offset: 0)

  public func civil(_ moment: Timestamp) -> CivilTime {
    let local = moment.seconds + offset
    let days = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
    let rest = Int(local - days * 86_400)
    var civil = civilDate(days: days)
    civil.hour = rest / 3600
    civil.minute = rest / 60 % 60
    civil.second = rest % 60
    return civil
  }

  public func moment(_ civil: CivilTime) -> Timestamp {
    let time = Int64(civil.hour * 3600 + civil.minute * 60 + civil.second)
    return Timestamp(seconds: daysSince1970(civil) * 86_400 + time - offset)
  }
}

/// The zone that `time_zone` names, by the system's zone files. Selecting one sets it for the whole process.
public struct NamedZone: Zone {
  public let name: String

  /// Nil when the system has no zone of that name.
  public init?(_ name: String) {
    let path = "/usr/share/zoneinfo/" + name
    // A folder there (`Asia`) would be taken for UTC by the C library.
    let isKnown = name == "UTC" || (try? Files.isThere(path)) == true && !Files.isFolder(path)
    guard isKnown, !name.hasPrefix("/"), !name.contains("..") else { return nil }
    self.name = name
    unsafe setenv("TZ", name, 1)
    tzset()
  }

  public func civil(_ moment: Timestamp) -> CivilTime {
    var seconds = time_t(moment.seconds)
    var parts = unsafe tm()
    unsafe localtime_r(&seconds, &parts)
    return unsafe CivilTime(
      year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday), hour: Int(parts.tm_hour),
      minute: Int(parts.tm_min), second: Int(parts.tm_sec))
  }

  public func moment(_ civil: CivilTime) -> Timestamp {
    var parts = unsafe tm()
    unsafe parts.tm_year = Int32(civil.year - 1900)
    unsafe parts.tm_mon = Int32(civil.month - 1)
    unsafe parts.tm_mday = Int32(civil.day)
    unsafe parts.tm_hour = Int32(civil.hour)
    unsafe parts.tm_min = Int32(civil.minute)
    unsafe parts.tm_sec = Int32(civil.second)
    unsafe parts.tm_isdst = -1
    return Timestamp(seconds: Int64(unsafe mktime(&parts)))
  }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
private func daysSince1970(_ date: CivilTime) -> Int64 {
  let year = Int64(date.month <= 2 ? date.year - 1 : date.year)
  let era = (year >= 0 ? year : year - 399) / 400
  let yearOfEra = year - era * 400
  let monthFromMarch = Int64((date.month + 9) % 12)
  let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(date.day) - 1
  return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
}

private func civilDate(days: Int64) -> CivilTime {
  let shifted = days + 719_468
  let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
  let dayOfEra = shifted - era * 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let monthFromMarch = (5 * dayOfYear + 2) / 153
  let month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
  return CivilTime(
    year: Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0), month: month,
    day: Int(dayOfYear - (153 * monthFromMarch + 2) / 5) + 1)
}
