@testable import Campaigns

/// A gateway's hidden limit: a store of tokens that fills at a rate. A call that finds too few is refused and takes none.
struct HiddenLimit {
  var rate: Double
  var store: Double
  private var tokens: Double
  private var filledAt = 0.0

  /// - Parameter seconds: how long the store lasts at the limit's own rate.
  init(rate: Double, seconds: Double, batch: Int) {
    self.rate = rate
    store = max(rate * seconds, Double(batch))
    tokens = store
  }

  mutating func rise(to rate: Double) {
    store *= rate / self.rate
    self.rate = rate
  }

  mutating func take(_ count: Int, at moment: Double) -> Bool {
    tokens = min(store, tokens + (moment - filledAt) * rate)
    filledAt = moment
    guard tokens >= Double(count) else { return false }
    tokens -= Double(count)
    return true
  }
}

/// The sender's loop around a pacer, on a clock of its own: calls of one size, answers after 5 to 100 ms, every turn up to
/// 2 ms late.
struct PaceSimulation {
  var batch: Int
  var limit: HiddenLimit?
  var latency = 0.005...0.1
  var jitter = 0.002
  /// When the hidden limit changes, and to what.
  var change: (at: Double, rate: Double)?
  /// The gateway says "slow down" to everything.
  var isStorm = false

  private(set) var started: [Double] = []
  private(set) var accepted: [Double] = []
  private(set) var refused: [Double] = []
  private(set) var exhaustedAt: Double?
  private(set) var fastest = 0.0
  private(set) var pacer: Pacer
  private var random: RandomSource
  private var flights: [(end: Double, start: Double, isTaken: Bool)] = []

  init(
    rate: Double, calls: Double = 100_000, concurrency: Int, batch: Int, limit: HiddenLimit? = nil,
    learnt: Double? = nil, seed: UInt64 = 1
  ) {
    self.batch = batch
    self.limit = limit
    random = RandomSource(state: seed)
    pacer = Pacer(
      Pacer.Limits(rate: rate, calls: calls, concurrency: concurrency), learnt: learnt, now: 0, seed: seed &* 31)
  }

  mutating func run(seconds: Double) {
    var now = 0.0
    while now < seconds, exhaustedAt == nil {
      if let change, now >= change.at {
        limit?.rise(to: change.rate)
        self.change = nil
      }
      land(at: now)
      depart(at: now)
      var next = now + 0.5
      switch pacer.decide(now: now) {
      case .go: next = now
      case .wait(let until): next = min(next, until)
      case .full: break
      case .exhausted: exhaustedAt = now
      }
      if let end = flights.map(\.end).min() { next = min(next, end) }
      now = max(next, now) + 0.000_1 + random.unit() * jitter
    }
  }

  private mutating func land(at now: Double) {
    for flight in flights where flight.end <= now {
      if flight.isTaken {
        accepted.append(now)
        pacer.finish(count: batch, startedAt: flight.start, now: now)
      } else {
        refused.append(now)
        pacer.slowDown(startedAt: flight.start, now: now)
      }
    }
    flights.removeAll { $0.end <= now }
  }

  private mutating func depart(at now: Double) {
    var departures = 0
    while departures < 32, pacer.decide(now: now) == .go {
      pacer.start(count: batch, now: now)
      fastest = max(fastest, pacer.rate)
      started.append(now)
      let way = latency.lowerBound + random.unit() * (latency.upperBound - latency.lowerBound)
      let isTaken = isStorm ? false : limit?.take(batch, at: now + way / 2) ?? true
      flights.append((now + way, now, isTaken))
      departures += 1
    }
  }

  /// Messages a second that were accepted between two moments.
  func rate(from start: Double, to end: Double) -> Double {
    Double(count(accepted, from: start, to: end) * batch) / (end - start)
  }

  /// Calls refused between two moments, as a share of all answers.
  func refusals(from start: Double, to end: Double) -> Double {
    let no = count(refused, from: start, to: end)
    return Double(no) / Double(max(1, no + count(accepted, from: start, to: end)))
  }

  private func count(_ moments: [Double], from start: Double, to end: Double) -> Int {
    place(of: end, in: moments) - place(of: start, in: moments)
  }

  /// How many of the sorted moments lie before one.
  private func place(of moment: Double, in moments: [Double]) -> Int {
    var (low, high) = (0, moments.count)
    while low < high {
      let middle = (low + high) / 2
      if moments[middle] < moment { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
