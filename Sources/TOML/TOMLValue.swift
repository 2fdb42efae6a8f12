public import Platform

/// A TOML value with the place where it stands.
public struct TOMLNode: Sendable, Equatable {
  public var value: TOMLValue
  public var place: Place

  public init(_ value: TOMLValue, at place: Place) {
    self.value = value
    self.place = place
  }
}

/// A value as the document holds it (TOML 1.0.0).
public indirect enum TOMLValue: Sendable, Equatable {
  case string(String)
  case integer(Int64)
  case float(Double)
  case boolean(Bool)
  case moment(TOMLMoment)
  case array([TOMLNode])
  case table(TOMLTable)

  /// The type's name for people, with its article: `a string`.
  public var kind: String {
    switch self {
    case .string: "a string"
    case .integer: "an integer"
    case .float: "a float"
    case .boolean: "a boolean"
    case .moment(let moment): moment.kind
    case .array: "a list"
    case .table: "a table"
    }
  }

  /// The value as an error quotes it: `integer 5`, `string 'x'`, cut to a readable length. Never for secrets.
  public var quoted: String {
    switch self {
    case .string(let text): "string '\(visible(text))'"
    case .integer(let value): "integer \(value)"
    case .float(let value): "float \(value)"
    case .boolean(let value): "boolean \(value)"
    case .moment, .array, .table: kind
    }
  }
}

/// A date, a time of day, or both, with an offset from UTC or without.
public struct TOMLMoment: Sendable, Equatable {
  /// A local date.
  public struct Day: Sendable, Equatable {
    public var year: Int
    public var month: Int
    public var day: Int

    public init(year: Int, month: Int, day: Int) {
      self.year = year
      self.month = month
      self.day = day
    }
  }
  /// A local time of day.
  public struct Time: Sendable, Equatable {
    public var hour: Int
    public var minute: Int
    public var second: Int
    public var nanosecond: Int

    public init(hour: Int, minute: Int, second: Int, nanosecond: Int = 0) {
      self.hour = hour
      self.minute = minute
      self.second = second
      self.nanosecond = nanosecond
    }
  }
  public var day: Day?
  public var time: Time?
  /// Minutes ahead of UTC; nil when the document names none (local time).
  public var offsetMinutes: Int?

  public init(day: Day? = nil, time: Time? = nil, offsetMinutes: Int? = nil) {
    self.day = day
    self.time = time
    self.offsetMinutes = offsetMinutes
  }

  /// Calendar and clock together; nil when either is missing. Fractions of a second are dropped.
  public var civil: CivilTime? {
    guard let day, let time else { return nil }
    return CivilTime(
      year: day.year, month: day.month, day: day.day, hour: time.hour, minute: time.minute, second: time.second)
  }

  /// The moment in time; a local date-time is read in `zone`. Nil for a date or a time alone.
  public func timestamp(in zone: any Zone) -> Timestamp? {
    guard let civil else { return nil }
    guard let offsetMinutes else { return zone.moment(civil) }
    return FixedZone(offset: Int64(offsetMinutes) * 60).moment(civil)
  }

  var kind: String {
    switch (day, time, offsetMinutes) {
    case (.some, .some, .some): "a date-time with offset"
    case (.some, .some, nil): "a local date-time"
    case (.some, nil, _): "a date"
    default: "a time of day"
    }
  }
}

/// A table; its keys stand in the order of the document.
public struct TOMLTable: Sendable, Equatable {
  /// A key with its place and its value.
  public struct Entry: Sendable, Equatable {
    public var key: String
    /// Where the key stands.
    public var place: Place
    /// The value and where it stands.
    public var node: TOMLNode

    public init(_ key: String, at place: Place, _ node: TOMLNode) {
      self.key = key
      self.place = place
      self.node = node
    }
  }
  public var entries: [Entry]
  /// Where the table begins: its `[header]`, its `{`, or the document's start.
  public var place: Place

  public init(_ entries: [Entry] = [], at place: Place) {
    self.entries = entries
    self.place = place
  }

  public subscript(key: String) -> TOMLNode? { entry(key)?.node }

  public func entry(_ key: String) -> Entry? { entries.first { $0.key == key } }
}
