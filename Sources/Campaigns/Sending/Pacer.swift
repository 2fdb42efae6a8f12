import Glibc

/// Spaces events evenly: `n` of them take `n ÷ rate` seconds, and at most `catchUp` seconds that a busy run lost are
/// made good. Times are seconds on a clock that never steps.
struct Spacing: Sendable {
  /// Events a second.
  var rate: Double
  private(set) var readyAt: Double
  private static let catchUp = 0.25

  init(rate: Double, now: Double) {
    self.rate = rate
    readyAt = now
  }

  mutating func take(_ count: Int, now: Double) {
    readyAt = max(readyAt, now - Spacing.catchUp) + Double(count) / rate
  }

  mutating func holdUntil(_ moment: Double) { readyAt = max(readyAt, moment) }
}

/// The pace of one account: messages and calls a second, calls in flight, and what the gateway says about all that.
///
/// A value without a clock: the run tells it the time and performs what it decides (design.md §5). On a slow-down
/// answer the rate falls to 0.7 of itself at once and the account waits (full jitter); it grows back along the CUBIC
/// curve to
/// 0.95 of where it was refused, stays near that, then probes beyond, never above the configured rate nor twice what
/// the gateway really took in the last seconds. A retry quota ends a storm in a pause.
public struct Pacer: Sendable {
  /// What the configuration allows an account.
  public struct Limits: Sendable {
    /// Messages a second.
    public var rate: Double
    /// Calls a second.
    public var calls: Double
    /// Calls in flight.
    public var concurrency: Int

    public init(rate: Double, calls: Double, concurrency: Int) {
      self.rate = rate
      self.calls = calls
      self.concurrency = concurrency
    }
  }

  /// Whether the next call may start.
  public enum Decision: Sendable, Equatable {
    case go
    /// Not before this moment.
    case wait(until: Double)
    /// As many calls as allowed are in flight: wait for an answer.
    case full
    /// The gateway keeps saying no: stop it, resumable.
    case exhausted
  }

  private let limits: Limits
  private var messages: Spacing
  private var calls: Spacing
  public private(set) var inFlight = 0

  /// The rate at which the gateway last said no; nil: never in this run nor in what was learnt.
  public private(set) var refusedAt: Double?
  private var cutAt = 0.0
  private var refusalsInARow = 0
  private var retryTokens = Pacer.retryQuota
  /// Messages accepted in the running window of a second, and the rate of the last whole ones.
  private var windowStart: Double
  private var windowMessages = 0
  private var measured: Double?
  private var random: RandomSource

  private static let retryQuota = 500
  private static let retryCost = 5
  /// Seconds from a cut back to the plateau.
  private static let recovery = 6.0
  private static let plateau = 0.95

  /// - Parameter learnt: the rate at which this account said no in an earlier run.
  public init(_ limits: Limits, learnt: Double? = nil, now: Double, seed: UInt64) {
    self.limits = limits
    messages = Spacing(rate: limits.rate, now: now)
    calls = Spacing(rate: limits.calls, now: now)
    windowStart = now
    random = RandomSource(state: seed)
    if let learnt, learnt < limits.rate {
      refusedAt = learnt
      // As if it had just come back to the plateau.
      cutAt = now - Pacer.recovery
      messages.rate = max(1, learnt * Pacer.plateau)
    }
  }

  /// Messages a second now.
  public var rate: Double { messages.rate }
  public var isSlowed: Bool { refusedAt != nil && messages.rate < limits.rate }

  /// Whether a call may start now.
  public func decide(now: Double) -> Decision {
    if retryTokens < Pacer.retryCost { return .exhausted }
    if inFlight >= limits.concurrency { return .full }
    let ready = max(messages.readyAt, calls.readyAt)
    return ready <= now ? .go : .wait(until: ready)
  }

  /// A call of `count` messages starts.
  public mutating func start(count: Int, now: Double) {
    grow(now: now)
    messages.take(count, now: now)
    calls.take(1, now: now)
    inFlight += 1
  }

  /// A call ended otherwise than with a slow-down answer.
  public mutating func finish(count: Int, now: Double) {
    inFlight -= 1
    refusalsInARow = 0
    retryTokens = min(Pacer.retryQuota, retryTokens + 1)
    windowMessages += count
    let length = now - windowStart
    if length >= 1 {
      measured = Double(windowMessages) / length
      windowStart = now
      windowMessages = 0
    }
  }

  /// A call was answered with "slow down".
  /// - Parameter startedAt: when it started; answers to calls that started before the last cut say nothing new.
  public mutating func slowDown(startedAt: Double, now: Double) {
    inFlight -= 1
    retryTokens -= Pacer.retryCost
    guard startedAt >= cutAt || refusedAt == nil else { return }
    refusedAt = messages.rate
    cutAt = now
    messages.rate = max(1, messages.rate * 0.7)
    refusalsInARow += 1
    let longest = min(30, 0.2 * pow(2, Double(refusalsInARow - 1)))
    messages.holdUntil(now + random.unit() * longest)
    windowStart = now
    windowMessages = 0
  }

  private mutating func grow(now: Double) {
    guard let refusedAt, messages.rate < limits.rate else { return }
    let goal = refusedAt * Pacer.plateau
    let distance = (now - cutAt - Pacer.recovery) / Pacer.recovery
    var next = goal * (1 + 0.3 * distance * distance * distance)
    if let measured { next = min(next, max(goal, 2 * measured)) }
    messages.rate = min(limits.rate, max(messages.rate, next))
  }
}

/// Numbers for jitter; SplitMix64.
struct RandomSource: Sendable {
  var state: UInt64

  /// At least 0, below 1.
  mutating func unit() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((mixed ^ (mixed >> 31)) >> 11) / Double(1 << 53)
  }
}
