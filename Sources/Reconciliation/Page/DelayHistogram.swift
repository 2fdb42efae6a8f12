/// How long reports took, counted by the second up to three days, so that shares and percentiles are exact there.
/// One megabyte whatever the campaign's size.
struct DelayHistogram: Sendable {
  /// The longest delay in seconds that is told apart; `report_timeout` is three days.
  static let limit = 259_200

  /// Messages by whole seconds.
  private var seconds = [UInt32](repeating: 0, count: limit + 1)
  /// The same by whole minutes, so that a question looks at a few thousand counts.
  private var minutes = [UInt32](repeating: 0, count: limit / 60 + 1)
  private(set) var total = 0
  /// Messages whose report came later than `limit`.
  private(set) var later = 0
  /// Reports whose time lies before their submission: clocks differ. Counted as 0 seconds.
  private(set) var early = 0

  init() {}

  mutating func add(_ delay: Int) {
    total += 1
    if delay < 0 { early += 1 }
    guard delay <= DelayHistogram.limit else {
      later += 1
      return
    }
    seconds[max(0, delay)] += 1
    minutes[max(0, delay) / 60] += 1
  }

  /// The least whole seconds within which `percent` of the reports came; nil without any, or when it lies beyond
  /// `limit`.
  func percentile(_ percent: Int) -> Int? {
    guard total > 0 else { return nil }
    let wanted = max(1, (total * percent + 99) / 100)
    var sum = 0
    for (minute, count) in minutes.enumerated() {
      guard sum + Int(count) >= wanted else {
        sum += Int(count)
        continue
      }
      for second in DelayHistogram.seconds(of: minute) {
        sum += Int(seconds[second])
        if sum >= wanted { return second }
      }
    }
    return nil
  }

  private static func seconds(of minute: Int) -> Range<Int> { minute * 60..<min(minute * 60 + 60, limit + 1) }

  /// How many came within each of `delays`, which rise.
  func cumulative(_ delays: [Int]) -> [Int] {
    var sums: [Int] = []
    // Of the whole minutes before `minute`.
    var sum = 0
    var minute = 0
    for delay in delays {
      let end = min(delay, DelayHistogram.limit) + 1
      while minute * 60 + 60 <= end {
        sum += Int(minutes[minute])
        minute += 1
      }
      sums.append((minute * 60..<end).reduce(sum) { $0 + Int(seconds[$1]) })
    }
    return sums
  }

  /// The longest delay that is told apart; nil without any.
  var longest: Int? {
    guard let minute = minutes.lastIndex(where: { $0 > 0 }) else { return nil }
    return DelayHistogram.seconds(of: minute).last { seconds[$0] > 0 }
  }
}
