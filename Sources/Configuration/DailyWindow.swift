/// The local time of day in which a campaign may send: `09:00-20:30`. The end is not part of it.
public struct DailyWindow: Sendable, Equatable, CustomStringConvertible {
  /// Minutes since midnight, 0…1439.
  public let from: Int
  /// Minutes since midnight, 1…1440.
  public let until: Int

  /// Reads `HH:MM-HH:MM`; nil when it is not that. The end may be `24:00`; an end before the start is the next day's.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let from = minutes(parts[0]), let until = minutes(parts[1]) else { return nil }
    guard from < 1440, until > 0, from != until else { return nil }
    self.from = from
    self.until = until
  }

  /// Whether a minute of the local day, from 0 to 1439, lies in the window.
  public func contains(minuteOfDay minute: Int) -> Bool {
    from < until ? minute >= from && minute < until : minute >= from || minute < until
  }

  public var description: String { "\(clock(from))-\(clock(until))" }

  private func clock(_ minutes: Int) -> String {
    let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
    return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
  }
}

/// Minutes since midnight of `HH:MM`, 0…1440.
private func minutes(_ text: Substring) -> Int? {
  let bytes = Array(text.utf8)
  guard bytes.count == 5, bytes[2] == UInt8(ascii: ":") else { return nil }
  let digits = [bytes[0], bytes[1], bytes[3], bytes[4]].map { Int($0) - 48 }
  guard digits.allSatisfy({ (0...9).contains($0) }) else { return nil }
  let minute = digits[2] * 10 + digits[3]
  let total = (digits[0] * 10 + digits[1]) * 60 + minute
  return minute < 60 && total <= 1440 ? total : nil
}
