/// Scatters `value` over all 64-bit numbers, each to exactly one (the last steps of SplitMix64).
func mixed(_ value: UInt64) -> UInt64 {
  var bits = value &+ 0x9E37_79B9_7F4A_7C15
  bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
  bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
  return bits ^ (bits >> 31)
}

/// Chance by seed: the same question gets the same answer whatever was asked before, so that a run with several
/// connections can be repeated as long as its calls come in the same order.
struct Draws: Sendable {
  /// What a draw is for; each purpose has its own chances.
  enum Purpose: UInt64, Sendable {
    case id = 1
    case fault, latency, garbage, outcome, outcomeDelay, repeated, reply, replyDelay, pushLoss
  }

  private let seed: UInt64

  init(seed: UInt64, gateway: SandboxGateway) {
    let letters = gateway.rawValue.utf8.reduce(UInt64(0)) { $0 &* 257 &+ UInt64($1) }
    self.seed = mixed(seed ^ mixed(letters))
  }

  func bits(_ purpose: Purpose, _ number: UInt64, _ variant: Int = 0) -> UInt64 {
    mixed(seed ^ mixed(number &+ purpose.rawValue << 56 &+ UInt64(truncatingIfNeeded: variant) << 48))
  }

  /// In 0..<1.
  func share(_ purpose: Purpose, _ number: UInt64, _ variant: Int = 0) -> Double {
    Double(bits(purpose, number, variant) >> 11) / 9_007_199_254_740_992
  }

  func between(_ range: ClosedRange<Double>, _ purpose: Purpose, _ number: UInt64) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * share(purpose, number)
  }
}
