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
/// answer the rate falls to 0.7 of itself at once, the account waits (full jitter), then one call finds out whether any
/// is taken again; each accepted one allows another beside it. The rate comes back along a cubic curve to the one that
/// was last borne, stays there, then probes beyond, slowly at first: a gateway with a store of tokens says no only some
/// seconds after the limit is passed, and a probe that is steep by then is refused several times before the limit is
/// found again. Never above the configured rate nor twice what the gateway really took. A retry quota ends a storm in a
/// pause.
///
/// Chosen by simulation (PacerTests) against token buckets of 0.2 to 3 s: from about 10 calls a second on at most 1 %
/// of the answers say "slow down" and at least 90 % of the limit is used; a limit that rises tenfold is found within
/// 30 s. A probe costs one or two refusals every 20 to 25 s, so with fewer calls a second their share is larger;
/// probing less often would find a risen limit too late.
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

  /// The rate that the account bore for a while, to which it comes back after a cut; nil: it bore the configured rate.
  private var borne: Double?
  private var cutAt = -Double.infinity
  private var refusalsInARow = 0
  /// After a refusal one call finds out whether the gateway takes any; each accepted one allows another beside it.
  private var flightsAllowed: Int
  private var largestCall = 1
  private var retryTokens = Pacer.retryQuota
  /// Since when the rate is the configured one again.
  private var fullSince: Double?
  private var taken: Throughput
  private var random: RandomSource

  private static let retryQuota = 500
  private static let retryCost = 5
  /// The longest wait after a slow-down answer, seconds.
  private static let longestHold = 4.0
  /// What is left of the rate after a cut.
  private static let cut = 0.7
  /// After so many cuts (to about 1/17) without an accepted call it is not the rate that the gateway minds: only the
  /// waits grow from then on, so that a storm ends in minutes.
  private static let mostCutsInARow = 8
  /// The borne rate after a refusal of what was taken for it.
  private static let stepDown = 0.95
  /// Seconds from a cut back to the borne rate.
  private static let recovery = 3.0
  /// Seconds after a cut at which the rate begins to rise beyond the borne one, and how many it takes to tenfold it.
  private static let probeAfter = 5.0
  private static let probeTime = 20.0

  /// - Parameter learnt: the rate that this account bore in an earlier run after it had said no.
  public init(_ limits: Limits, learnt: Double? = nil, now: Double, seed: UInt64) {
    self.limits = limits
    messages = Spacing(rate: limits.rate, now: now)
    calls = Spacing(rate: limits.calls, now: now)
    flightsAllowed = limits.concurrency
    taken = Throughput(since: now)
    random = RandomSource(state: seed)
    if let learnt, learnt < limits.rate {
      let start = max(slowest, learnt)
      borne = start
      // As if it had just come back from a cut.
      cutAt = now - Pacer.recovery
      messages.rate = start
    }
  }

  /// Messages a second now.
  public var rate: Double { messages.rate }
  public var isSlowed: Bool { messages.rate < limits.rate }
  /// The rate that this account bears, for the next run; nil: the configured one.
  public var learnt: Double? { borne }

  /// Whether a call may start now.
  public func decide(now: Double) -> Decision {
    if retryTokens < Pacer.retryCost { return .exhausted }
    if inFlight >= flightsAllowed { return .full }
    let ready = max(messages.readyAt, calls.readyAt)
    return ready <= now ? .go : .wait(until: ready)
  }

  /// A call of `count` messages starts.
  public mutating func start(count: Int, now: Double) {
    grow(now: now)
    messages.take(count, now: now)
    calls.take(1, now: now)
    inFlight += 1
    largestCall = max(largestCall, count)
  }

  /// A call ended otherwise than with a slow-down answer.
  /// - Parameter startedAt: when it started; only calls that started after a cut prove that calls are taken again.
  public mutating func finish(count: Int, startedAt: Double, now: Double) {
    inFlight -= 1
    if startedAt >= cutAt {
      refusalsInARow = 0
      flightsAllowed = min(limits.concurrency, flightsAllowed + 1)
    }
    retryTokens = min(Pacer.retryQuota, retryTokens + 1)
    taken.add(count, now: now)
  }

  /// A call was answered with "slow down".
  /// - Parameter startedAt: when it started; answers to calls that started before the last cut say nothing new.
  public mutating func slowDown(startedAt: Double, now: Double) {
    inFlight -= 1
    retryTokens -= Pacer.retryCost
    guard startedAt >= cutAt else { return }
    if refusalsInARow < Pacer.mostCutsInARow { cutRate(now: now) }
    cutAt = now
    fullSince = nil
    refusalsInARow += 1
    flightsAllowed = 1
    let longest = min(Pacer.longestHold, 0.2 * pow(2, Double(refusalsInARow - 1)))
    messages.holdUntil(now + random.unit() * longest)
  }

  private mutating func cutRate(now: Double) {
    // Where the calls a second bind, the messages' own rate was never reached.
    let refused = min(messages.rate, limits.calls * Double(largestCall))
    let measured = taken.rate(now: now)
    if let before = borne, refused > before * 1.01 {
      // A probe was refused: what was borne before it still is, unless the limit has risen meanwhile.
      borne = max(before, min(refused * Pacer.stepDown, measured * (refused > 1.5 * before ? 0.95 : 0.85)))
    } else {
      borne = max(slowest, refused * Pacer.stepDown)
    }
    messages.rate = max(slowest, min(refused, borne ?? refused) * Pacer.cut)
  }

  /// No account is slower than a message a second unless it is configured so.
  private var slowest: Double { min(1, limits.rate) }

  private mutating func grow(now: Double) {
    guard let borne else { return }
    let since = now - cutAt
    var next = borne
    if since < Pacer.recovery {
      let left = 1 - since / Pacer.recovery
      next = borne * (1 - (1 - Pacer.cut) * left * left * left)
    } else if since > Pacer.probeAfter {
      let part = (since - Pacer.probeAfter) / Pacer.probeTime
      next = borne * pow(10, part * part * part * part)
      next = min(next, max(borne, 2 * taken.rate(now: now)))
    }
    messages.rate = min(limits.rate, max(messages.rate, next))
    guard messages.rate >= limits.rate else { return }
    let full = fullSince ?? now
    fullSince = full
    if now - full > Pacer.probeAfter { self.borne = nil }
  }
}

/// Messages accepted a second over the last two to four seconds.
private struct Throughput: Sendable {
  private static let window = 2.0
  private var before: (start: Double, count: Int)
  private var start: Double
  private var count = 0

  init(since now: Double) {
    before = (now, 0)
    start = now
  }

  mutating func add(_ messages: Int, now: Double) {
    count += messages
    guard now - start >= Throughput.window else { return }
    before = (start, count)
    start = now
    count = 0
  }

  func rate(now: Double) -> Double { Double(before.count + count) / max(Throughput.window / 2, now - before.start) }
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
