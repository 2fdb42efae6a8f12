public import Platform

// MARK: - One reading function a type

extension KeyReader {
  /// The text of a key, empty ones allowed; nil when it is absent or something else.
  public mutating func string(_ key: String, _ need: Need = .optional, expected: String = "a string") -> String? {
    guard let node = node(key, need, expected: expected) else { return nil }
    guard case .string(let text) = node.value else { return wrongType(node, expected) }
    return text
  }

  /// A string with at least one character.
  public mutating func text(_ key: String, _ need: Need = .optional, expected: String = "a string") -> String? {
    guard let text = string(key, need, expected: expected) else { return nil }
    guard !text.isEmpty else {
      fault(key, found: "'\(key)' is empty", expected: expected)
      return nil
    }
    return text
  }

  /// A string whose faults never show the value.
  public mutating func secret(_ key: String, _ need: Need = .optional) -> String? {
    let expected = "a string: the secret itself, env:NAME or file:PATH"
    guard let node = node(key, need, expected: expected) else { return nil }
    guard case .string(let text) = node.value else {
      faults.report(Diagnostic("found \(node.value.kind)", at: node.place, expected: expected))
      return nil
    }
    return text
  }

  /// One of `words`.
  public mutating func choice(_ key: String, _ words: [String], _ need: Need = .optional) -> String? {
    let expected = "one of \(words.map(visible).joined(separator: ", "))"
    guard let text = string(key, need, expected: expected) else { return nil }
    if words.contains(text) { return text }
    let next = nearest(to: text, among: words).map { "Did you mean '\(visible($0))'?" }
    fault(key, found: "found '\(visible(text))'", expected: expected, next: next)
    return nil
  }

  /// One of the raw values of a type whose cases are words.
  public mutating func choice<Word>(_ key: String, as type: Word.Type, _ need: Need = .optional) -> Word?
  where Word: RawRepresentable & CaseIterable, Word.RawValue == String {
    choice(key, Word.allCases.map(\.rawValue), need).flatMap { Word(rawValue: $0) }
  }

  /// The truth value of a key; nil when it is absent or something else.
  public mutating func boolean(_ key: String, _ need: Need = .optional) -> Bool? {
    guard let node = node(key, need, expected: "true or false") else { return nil }
    guard case .boolean(let value) = node.value else { return wrongType(node, "true or false") }
    return value
  }

  /// The whole number of a key; nil when it is absent, something else or out of `range`.
  public mutating func integer(
    _ key: String, in range: ClosedRange<Int>, _ need: Need = .optional, unit: String = ""
  ) -> Int? {
    let expected = "an integer from \(range.lowerBound) to \(range.upperBound)\(unit.isEmpty ? "" : " (\(unit))")"
    guard let node = node(key, need, expected: expected) else { return nil }
    guard case .integer(let value) = node.value else { return wrongType(node, expected) }
    guard let fits = Int(exactly: value), range.contains(fits) else { return wrongType(node, expected) }
    return fits
  }

  /// An integer or a float.
  public mutating func number(
    _ key: String, in range: ClosedRange<Double>, _ need: Need = .optional, unit: String = ""
  ) -> Double? {
    let bounds = "\(plain(range.lowerBound)) to \(plain(range.upperBound))"
    let expected = "a number from \(bounds)\(unit.isEmpty ? "" : " (\(unit))")"
    guard let node = node(key, need, expected: expected) else { return nil }
    let value: Double
    switch node.value {
    case .integer(let whole): value = Double(whole)
    case .float(let float): value = float
    default: return wrongType(node, expected)
    }
    guard range.contains(value) else { return wrongType(node, expected) }
    return value
  }

  /// A list of strings.
  public mutating func strings(
    _ key: String, _ need: Need = .optional, expected: String = "a list of strings"
  ) -> [String]? {
    placedStrings(key, need, expected: expected)?.map(\.text)
  }

  /// A list of strings with their places.
  public mutating func placedStrings(
    _ key: String, _ need: Need = .optional, expected: String = "a list of strings"
  ) -> [(text: String, place: Place)]? {
    guard let node = node(key, need, expected: expected) else { return nil }
    guard case .array(let elements) = node.value else { return wrongType(node, expected) }
    var texts: [(text: String, place: Place)] = []
    for element in elements {
      guard case .string(let text) = element.value else { return wrongType(element, "a string in the list") }
      texts.append((text, element.place))
    }
    return texts
  }

  /// An exact decimal of at least 0, written as text: binary floating point never touches money.
  public mutating func decimal(_ key: String, _ need: Need = .optional) -> String? {
    let expected = "an exact decimal in quotes, such as \"0.035\""
    guard let node = node(key, need, expected: expected) else { return nil }
    guard case .string(let text) = node.value, isDecimal(text) else { return wrongType(node, expected) }
    return text
  }

  /// A duration in seconds: an integer counts `unit`, a string carries its own: `90s`, `15m`, `72h`, `3d`.
  public mutating func duration(
    _ key: String, unit: DurationUnit, in range: ClosedRange<Int>, _ need: Need = .optional
  ) -> Int? {
    let expected = "whole \(unit.rawValue), or text such as \"90s\", \"15m\", \"72h\", \"3d\""
    guard let node = node(key, need, expected: expected) else { return nil }
    let seconds: Int?
    switch node.value {
    case .integer(let value): seconds = Int(exactly: value).flatMap { product($0, unit.seconds) }
    case .string(let text): seconds = durationSeconds(text)
    default: return wrongType(node, expected)
    }
    guard let seconds else { return wrongType(node, expected) }
    guard range.contains(seconds) else {
      return wrongType(node, "from \(range.lowerBound) to \(range.upperBound) seconds")
    }
    return seconds
  }

  /// A date-time; one without offset is local.
  public mutating func dateTime(_ key: String, _ need: Need = .optional) -> TOMLMoment? {
    let expected = "a date-time without quotes, such as 2026-11-11T09:00:00+08:00"
    guard let node = node(key, need, expected: expected) else { return nil }
    guard case .moment(let moment) = node.value, moment.civil != nil else { return wrongType(node, expected) }
    return moment
  }

  /// A reader of the table under `key`, with the same faults.
  public mutating func table(_ key: String, _ need: Need = .optional) -> KeyReader? {
    let full = name.isEmpty ? key : "\(name).\(key)"
    guard let node = node(key, need, expected: "a table [\(full)]") else { return nil }
    guard case .table(let table) = node.value else { return wrongType(node, "a table [\(full)]") }
    return KeyReader(table, faults: faults, name: full)
  }

  /// Readers of the tables in the list under `key`: `[[key]]`.
  public mutating func tables(_ key: String, _ need: Need = .optional) -> [KeyReader]? {
    let full = name.isEmpty ? key : "\(name).\(key)"
    guard let node = node(key, need, expected: "tables [[\(full)]]") else { return nil }
    guard case .array(let elements) = node.value else { return wrongType(node, "tables [[\(full)]]") }
    var readers: [KeyReader] = []
    for element in elements {
      guard case .table(let table) = element.value else { return wrongType(element, "a table in [[\(full)]]") }
      readers.append(KeyReader(table, faults: faults, name: full))
    }
    return readers
  }

  private func wrongType<Value>(_ node: TOMLNode, _ expected: String) -> Value? {
    faults.report(Diagnostic("found \(node.value.quoted)", at: node.place, expected: expected))
    return nil
  }
}

/// What a bare integer counts in a duration.
public enum DurationUnit: String, Sendable {
  case seconds, minutes, hours, days

  var seconds: Int {
    switch self {
    case .seconds: 1
    case .minutes: 60
    case .hours: 3600
    case .days: 86_400
    }
  }
}

// MARK: - Small words

/// Digits, at most one point with digits on both sides; at most 12 digits before and 12 behind it.
func isDecimal(_ text: String) -> Bool {
  let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
  guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }) else { return false }
  return parts[0].count <= 12 && (parts.count == 1 || parts[1].count <= 12)
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

private func durationSeconds(_ text: String) -> Int? {
  let units: [Character: DurationUnit] = ["s": .seconds, "m": .minutes, "h": .hours, "d": .days]
  guard let last = text.last, let unit = units[last] else { return nil }
  let digits = text.dropLast()
  guard !digits.isEmpty, digits.utf8.allSatisfy(isDigit), let count = Int(digits) else { return nil }
  return product(count, unit.seconds)
}

private func product(_ left: Int, _ right: Int) -> Int? {
  let (value, overflow) = left.multipliedReportingOverflow(by: right)
  return overflow ? nil : value
}

/// A whole number without `.0`.
private func plain(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
}
