import Platform

/// What shapes a value after `|`. Works on the end of a buffer, where the value was put, without other memory.
enum Formatter: Sendable, Equatable {
  case money(grouped: Bool)
  case number(grouped: Bool)
  case date(DatePattern)
  case limit(Int)
  case last(Int)
  case fallback([UInt8])
  case upper
  case lower
  case trim
  case mask(first: Int, last: Int)

  /// The word in templates.
  var name: String {
    switch self {
    case .money: "money"
    case .number: "number"
    case .date: "date"
    case .limit: "limit"
    case .last: "last"
    case .fallback: "default"
    case .upper: "upper"
    case .lower: "lower"
    case .trim: "trim"
    case .mask: "mask"
    }
  }

  /// All words, in the order of docs/templates.md.
  static let names = ["money", "number", "date", "limit", "last", "mask", "trim", "upper", "lower", "default"]

  /// Shapes the value that stands in `buffer` from `start` on and is not blank; false when it is not what the formatter
  /// reads, with the buffer then in any state behind `start`.
  func apply(to buffer: inout ByteBuffer, from start: Int) -> Bool {
    switch self {
    case .money(let grouped):
      guard let value = Numeral(reading: buffer.span.extracting(start...), currency: true) else { return false }
      buffer.truncate(to: start)
      value.appendMoney(to: &buffer, grouped: grouped)
    case .number(let grouped):
      guard let value = Numeral(reading: buffer.span.extracting(start...), currency: false) else { return false }
      buffer.truncate(to: start)
      value.append(to: &buffer, grouped: grouped)
    case .date(let pattern):
      guard let date = readDate(buffer.span.extracting(start...)) else { return false }
      buffer.truncate(to: start)
      pattern.append(date, to: &buffer)
    case .limit(let count):
      buffer.truncate(to: start + Characters.end(of: count, in: buffer.span.extracting(start...)))
    case .last(let count):
      let dropped = max(0, Characters.count(buffer.span.extracting(start...)) - count)
      buffer.remove(start..<start + Characters.end(of: dropped, in: buffer.span.extracting(start...)))
    case .mask(let first, let last): mask(&buffer, start, first, last)
    case .trim:
      let kept = Blanks.trim(buffer.span, start..<buffer.count)
      buffer.truncate(to: kept.upperBound)
      buffer.remove(start..<kept.lowerBound)
    case .upper:
      for index in start..<buffer.count where (0x61...0x7A).contains(buffer[index]) { buffer[index] -= 0x20 }
    case .lower:
      for index in start..<buffer.count where (0x41...0x5A).contains(buffer[index]) { buffer[index] += 0x20 }
    case .fallback: break
    }
    return true
  }

  /// One `*` for each character between the first and the last ones; for all when nothing would be hidden.
  private func mask(_ buffer: inout ByteBuffer, _ start: Int, _ first: Int, _ last: Int) {
    let count = Characters.count(buffer.span.extracting(start...))
    let shows = first + last < count
    let hidden = shows ? count - first - last : count
    let from = start + Characters.end(of: shows ? first : 0, in: buffer.span.extracting(start...))
    let to = start + Characters.end(of: shows ? count - last : count, in: buffer.span.extracting(start...))
    // A character has at least one byte, so the stars fit where the characters stood.
    for index in from..<from + hidden { buffer[index] = UInt8(ascii: "*") }
    buffer.remove(from + hidden..<to)
  }
}

extension Span where Element == Formatter {
  /// Applies them one after another to what stands in `buffer` from `start` on; a blank value is only touched by
  /// `default`. Returns the formatter that could not read its value, nil when all could.
  func apply(to buffer: inout ByteBuffer, from start: Int) -> Formatter? {
    for index in indices {
      if Blanks.fill(buffer.span, from: start) {
        buffer.truncate(to: start)
        if case .fallback(let text) = self[index] { buffer.append(text) }
      } else if !self[index].apply(to: &buffer, from: start) {
        return self[index]
      }
    }
    return nil
  }

  /// Whether a `default` gives a value to what has none.
  var hasDefault: Bool {
    for index in indices {
      if case .fallback = self[index] { return true }
    }
    return false
  }
}
