/// How long reports took, counted by the second up to three days, so that shares and percentiles are exact there.
/// One megabyte whatever the campaign's size.
struct DelayHistogram: Sendable {
  /// The longest delay in seconds that is told apart; `report_timeout` is three days.
  static let limit = 259_200

  /// Messages by whole seconds.
  private var seconds = [UInt32](repeating: 0, count: limit + 1)
  private(set) var total = 0
  /// Messages whose report came later than `limit`.
  private(set) var later = 0
  /// Reports whose time lies before their submission: clocks differ. Counted as 0 seconds.
  private(set) var early = 0

  init() {}

  mutating func add(_ delay: Int) {
    total += 1
    if delay < 0 { early += 1 }
    if delay > DelayHistogram.limit { later += 1 } else { seconds[max(0, delay)] += 1 }
  }

  /// The least whole seconds within which `percent` of the reports came; nil without any, or when it lies beyond
  /// `limit`.
  func percentile(_ percent: Int) -> Int? {
    guard total > 0 else { return nil }
    let wanted = max(1, (total * percent + 99) / 100)
    var sum = 0
    for (second, count) in seconds.enumerated() {
      sum += Int(count)
      if sum >= wanted { return second }
    }
    return nil
  }

  /// How many came within each of `delays`, which rise.
  func cumulative(_ delays: [Int]) -> [Int] {
    var sums: [Int] = []
    var sum = 0
    var next = 0
    for delay in delays {
      while next <= min(delay, DelayHistogram.limit) {
        sum += Int(seconds[next])
        next += 1
      }
      sums.append(sum)
    }
    return sums
  }

  /// The longest delay that is told apart; nil without any.
  var longest: Int? { seconds.lastIndex { $0 > 0 } }
}
