/// What shall be wrong in the vendors' bills: `[bills]` of the faults file.
public struct BillPlan: Sendable, Equatable {
  /// A kind of error; `rawValue` is its key in the faults file and its word in planted.csv.
  public enum Kind: String, Sendable, CaseIterable {
    /// The message has no line.
    case missing
    /// The same line twice.
    case doubled
    /// One segment more than there are.
    case segments
    /// 0.01 yuan more a segment.
    case price
    /// Billed although it failed; only where the contract does not bill that.
    case failed
    /// A line for a number that was never sent to.
    case stranger
    /// Dated a month later.
    case nextMonth = "next_month"
  }

  /// Errors of each kind, in each bill.
  public var errors: [Kind: Int]

  public init(errors: Int = 2) {
    self.errors = Dictionary(uniqueKeysWithValues: Kind.allCases.map { ($0, errors) })
  }
}

/// What a contract bills.
public enum SandboxBilling: String, Sendable, CaseIterable {
  case accepted, delivered
  case notFailed = "not_failed"

  /// - Parameters:
  ///   - outcome: nil when no report ever comes.
  ///   - isPartial: whether some parts of a long text that failed were delivered.
  func bills(_ outcome: Outcome?, isPartial: Bool) -> Bool {
    switch self {
    case .accepted: true
    case .delivered: outcome == .delivered || isPartial
    case .notFailed: outcome == nil || outcome == .delivered || outcome == .expired || isPartial
    }
  }
}

/// An amount in millionths of a yuan.
struct MicroYuan: Equatable {
  var value: Int

  /// `0.035`; nil when it is none, or has more than six decimals.
  init?(_ text: String) {
    let pieces = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(pieces.count), pieces.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { 48...57 ~= $0 } })
    else { return nil }
    let fraction = pieces.count == 2 ? String(pieces[1]) : ""
    guard fraction.utf8.count <= 6, let whole = Int(pieces[0]), whole < 1_000_000 else { return nil }
    value = whole * 1_000_000 + (Int(fraction + String(repeating: "0", count: 6 - fraction.utf8.count)) ?? 0)
  }

  init(value: Int) { self.value = value }

  var text: String {
    var digits = String(value % 1_000_000)
    digits = String(repeating: "0", count: 6 - digits.utf8.count) + digits
    while digits.utf8.count > 2, digits.hasSuffix("0") { digits.removeLast() }
    return "\(value / 1_000_000).\(digits)"
  }
}
