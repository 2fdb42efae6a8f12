/// Where something was found: a file, and as far as known line and column (both from 1; columns count characters).
public struct Place: Sendable, Equatable {
  public var file: String
  public var line: Int?
  public var column: Int?

  public init(file: String, line: Int? = nil, column: Int? = nil) {
    self.file = file
    self.line = line
    self.column = column
  }
}

extension Place: CustomStringConvertible {
  public var description: String {
    guard let line else { return file }
    guard let column else { return "\(file):\(line)" }
    return "\(file):\(line):\(column)"
  }
}

/// A fault as a person reads it: what was found, what was expected, where, what to do next.
///
/// Prints as `file:line:column: error: found; expected …` with `next` on a line of its own. Never holds a secret, a
/// phone number or a text. Names from files, headers and gateways may stand in it: printed, they are `harmless`.
public struct Diagnostic: Sendable, Equatable {
  public enum Severity: String, Sendable { case error, warning, note }

  public var severity: Severity
  public var place: Place?
  /// What was found, a phrase or sentence without a final full stop.
  public var found: String
  /// What was expected instead.
  public var expected: String?
  /// What to do next.
  public var next: String?

  public init(
    _ found: String, severity: Severity = .error, at place: Place? = nil, expected: String? = nil, next: String? = nil
  ) {
    self.severity = severity
    self.place = place
    self.found = found
    self.expected = expected
    self.next = next
  }
}

extension Diagnostic: CustomStringConvertible {
  public var description: String {
    var text = place.map { "\(harmless($0.description)): " } ?? "qunfa: "
    text += "\(severity.rawValue): \(harmless(found))"
    if let expected { text += "; expected \(harmless(expected))" }
    // Further lines stand behind blanks too, so that none of them looks like a message.
    if let next { text += "\n  " + harmless(next, keepsLines: true).replacing("\n", with: "\n  ") }
    return text
  }
}

/// An error that people will read. Every module's error type is one.
public protocol Explained: Error {
  var diagnostic: Diagnostic { get }
}

/// The nearest of `candidates` to what was typed, when it is near enough to be meant (Damerau-Levenshtein distance of
/// at most a third of the word, at least 1).
public func nearest(to word: String, among candidates: [String]) -> String? {
  let limit = max(1, word.count / 3)
  let scored = candidates.map { (distance(word, $0), $0) }.filter { $0.0 <= limit }
  return scored.min { ($0.0, $0.1) < ($1.0, $1.1) }?.1
}

private func distance(_ left: String, _ right: String) -> Int {
  let a = Array(left.unicodeScalars)
  let b = Array(right.unicodeScalars)
  guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
  var before = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in 1...a.count {
    var row = [i] + [Int](repeating: 0, count: b.count)
    for j in 1...b.count {
      row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { row[j] = min(row[j], before[j - 2] + 1) }
    }
    before = last
    last = row
  }
  return last[b.count]
}
