/// A promise that was broken: what, where and how often. Never a number or a text.
public struct Violation: Sendable, Equatable, CustomStringConvertible {
  public var what: String
  /// A campaign, an account or a file.
  public var place: String
  public var count: Int

  public init(_ what: String, in place: String, _ count: Int) {
    self.what = what
    self.place = place
    self.count = count
  }

  public var description: String { "\(place): \(what): \(count)" }
}

/// Collects violations; what happens no times is none.
struct Findings {
  private(set) var all: [Violation] = []

  mutating func add(_ what: String, in place: String, _ count: Int) {
    if count > 0 { all.append(Violation(what, in: place, count)) }
  }

  /// Two figures that must be one.
  mutating func compare(_ what: String, in place: String, _ left: Int, _ right: Int) {
    add("\(what) (\(left) and \(right))", in: place, abs(left - right))
  }
}
