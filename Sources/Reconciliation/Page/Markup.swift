import Messaging
import Platform

/// A piece of the page. What is written literally is markup; what is put in by `\(…)` is data and is escaped, so a
/// name from a file can never become markup.
struct Markup: ExpressibleByStringInterpolation, Sendable {
  private(set) var source: String

  init(stringLiteral source: String) { self.source = source }
  init(stringInterpolation: StringInterpolation) { source = stringInterpolation.source }

  static func += (left: inout Markup, right: Markup) { left.source += right.source }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var source = ""

    init(literalCapacity: Int, interpolationCount: Int) { source.reserveCapacity(literalCapacity * 2) }

    mutating func appendLiteral(_ literal: String) { source += literal }
    mutating func appendInterpolation(_ data: String) { source += Markup.escaped(data) }
    mutating func appendInterpolation(_ markup: Markup) { source += markup.source }
    mutating func appendInterpolation(_ pieces: [Markup]) { for piece in pieces { source += piece.source } }
    /// Plain digits, for attributes.
    mutating func appendInterpolation(_ number: Int) { source += String(number) }
    /// Digits in groups of three, for readers.
    mutating func appendInterpolation(count number: Int) { source += grouped(String(number)) }
    mutating func appendInterpolation(money: Money) { source += grouped(money.description) }
    /// A coordinate with two decimals.
    mutating func appendInterpolation(at value: Double) { source += hundredths(value) }
  }

  // MARK: Neutralising

  private static let entities: [Unicode.Scalar: String] = [
    "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;",
  ]

  private static func escaped(_ data: String) -> String {
    var result = ""
    for scalar in plain(data).unicodeScalars {
      if let entity = entities[scalar] { result += entity } else { result.unicodeScalars.append(scalar) }
    }
    return result
  }

  /// The text with everything shown that would otherwise act unseen: control characters, line ends, and the characters
  /// that turn the direction of writing (UAX #9) or take no room, as `⟨U+202E⟩`. Cut at `Limits.pageCharacters`.
  static func plain(_ data: String) -> String {
    var result = ""
    for (count, scalar) in data.unicodeScalars.enumerated() {
      guard count < Limits.pageCharacters else { return result + "…" }
      if actsUnseen(scalar) {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "⟨U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "⟩"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func actsUnseen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  /// A gateway's own word, in which a hostile or odd report might carry a phone number: eleven digits or more in a row
  /// are cut to their first three.
  static func withoutNumbers(_ word: String) -> String {
    var result = ""
    var run = ""
    func settle() {
      result += run.count >= 11 ? run.prefix(3) + "…" : run
      run = ""
    }
    for character in word {
      if character.isWholeNumber {
        run.append(character)
      } else {
        settle()
        result.append(character)
      }
    }
    settle()
    return result
  }
}

/// `1234567.5` as `1,234,567.5`.
func grouped(_ digits: String) -> String {
  let isNegative = digits.hasPrefix("-")
  let pieces = digits.drop { $0 == "-" }.split(separator: ".", maxSplits: 1)
  let whole = pieces.first ?? "0"
  var result = isNegative ? "−" : ""
  for (index, digit) in whole.enumerated() {
    if index > 0, (whole.count - index) % 3 == 0 { result += "," }
    result.append(digit)
  }
  return pieces.count > 1 ? result + "." + pieces[1] : result
}

/// A coordinate with two decimals; what is no number becomes 0.
func hundredths(_ value: Double) -> String {
  guard value.isFinite, abs(value) < 1e9 else { return "0" }
  let parts = Int((value * 100).rounded())
  let rest = abs(parts % 100)
  return "\(parts < 0 ? "-" : "")\(abs(parts) / 100).\(rest < 10 ? "0" : "")\(rest)"
}

/// A share in percent with one decimal. Never `100%` or `0%` for what is a little less or more.
func percent(_ part: Int, of whole: Int) -> String {
  guard whole > 0 else { return "–" }
  if part == 0 { return "0%" }
  if part == whole { return "100%" }
  // Rounded half up.
  let (product, overflow) = part.multipliedReportingOverflow(by: 2000)
  let thousandths = overflow ? part / (whole / 1000) : (product + whole) / (2 * whole)
  if thousandths == 0 { return "<0.1%" }
  if thousandths >= 1000, part < whole { return ">99.9%" }
  return "\(grouped(String(thousandths / 10))).\(thousandths % 10)%"
}

/// A delivered rate as summary.csv has it: two decimals, rounded down, so that only all of them are 100%.
func rate(_ delivered: Int, of accepted: Int) -> String {
  guard accepted > 0 else { return "–" }
  let hundredths = delivered * 10_000 / accepted
  return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)%"
}

/// Whole seconds for people: `45 s`, `3 min 5 s`, `2 h 5 min`, `1 d 3 h`.
func duration(_ seconds: Int) -> String {
  func parts(_ large: Int, _ one: String, _ small: Int, _ two: String) -> String {
    let rest = seconds % large / small
    return "\(seconds / large) \(one)" + (rest > 0 ? " \(rest) \(two)" : "")
  }
  return switch seconds {
  case ..<60: "\(seconds) s"
  case ..<3600: parts(60, "min", 1, "s")
  case ..<86_400: parts(3600, "h", 60, "min")
  default: parts(86_400, "d", 3600, "h")
  }
}
