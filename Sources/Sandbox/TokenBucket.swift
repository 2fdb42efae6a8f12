/// A hidden limit: so many a second, with a store for a burst.
struct TokenBucket: Sendable {
  private let rate: Double
  private let most: Double
  private var tokens: Double
  private var filledAt: Double

  /// - Parameter rate: tokens a second; 0 limits nothing.
  init(rate: Double, burst: Double?, now: Double) {
    self.rate = rate
    most = max(1, burst ?? rate)
    tokens = most
    filledAt = now
  }

  /// Whether `count` tokens may be taken at `now`. A count above the whole store passes once the store is full, and
  /// leaves a debt: otherwise a call larger than the burst could never pass.
  mutating func allows(_ count: Int, now: Double) -> Bool {
    guard rate > 0 else { return true }
    tokens = min(most, tokens + max(0, now - filledAt) * rate)
    filledAt = now
    return tokens >= min(Double(count), most)
  }

  mutating func take(_ count: Int) { if rate > 0 { tokens -= Double(count) } }
}
