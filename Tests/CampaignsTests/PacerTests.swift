import Testing

@testable import Campaigns

/// The configured pace, design.md §8: within 1 % over 30 s.
@Suite struct PaceTests {
  struct Case: CustomTestStringConvertible {
    var rate: Double
    var calls: Double
    var batch: Int
    var concurrency: Int
    /// The bound that binds, in messages a second.
    var expected: Double { min(rate, calls * Double(batch)) }
    var testDescription: String { "\(rate) messages/s, \(calls) calls/s, \(batch) a call, \(concurrency) in flight" }
  }

  static let cases: [Case] = {
    var cases: [Case] = []
    for rate in [20.0, 300, 2000, 10_000] {
      for batch in [1, 50, 200, 1000] {
        for concurrency in [1, 4, 64] {
          for calls in [20.0, 500] {
            let one = Case(rate: rate, calls: calls, batch: batch, concurrency: concurrency)
            // What answers of 5 to 100 ms allow at all.
            guard one.expected / Double(batch) < Double(concurrency) / 0.06 else { continue }
            cases.append(one)
          }
        }
      }
    }
    return cases
  }()

  @Test(arguments: cases) func `an account is used within 1 % of its configured pace`(_ one: Case) {
    var simulation = PaceSimulation(
      rate: one.rate, calls: one.calls, concurrency: one.concurrency, batch: one.batch)
    let interval = Double(one.batch) / one.expected
    // Thirty seconds, longer where a call takes so long that they hold but a few.
    let seconds = max(30, interval * 200)
    simulation.run(seconds: seconds + 1)
    let starts = simulation.started.filter { $0 <= seconds }
    let found = Double(starts.count - 1) * Double(one.batch) / ((starts.last ?? 0) - (starts.first ?? 0))
    #expect(abs(found / one.expected - 1) < 0.01, "\(found) a second")
    // No second holds more than its share, one call and what 0.25 s of delay may catch up.
    let most = one.expected * 1.25 / Double(one.batch) + 2
    var low = 0
    for high in starts.indices {
      while starts[high] - starts[low] > 1 { low += 1 }
      if Double(high - low + 1) > most {
        Issue.record("\(high - low + 1) calls within a second, \(most) are allowed")
        return
      }
    }
  }

  @Test func `at most a quarter of a second of delay is made good`() {
    var spacing = Spacing(rate: 100, now: 0)
    spacing.take(100, now: 0)
    #expect(spacing.readyAt == 1)
    spacing.take(100, now: 1.2)
    #expect(spacing.readyAt == 2)
    spacing.take(100, now: 60)
    #expect(spacing.readyAt == 60.75)
    spacing.holdUntil(70)
    spacing.holdUntil(65)
    #expect(spacing.readyAt == 70)
  }

  @Test func `no more calls are in flight than allowed`() {
    var pacer = Pacer(Pacer.Limits(rate: 1e6, calls: 1e6, concurrency: 2), now: 0, seed: 1)
    #expect(pacer.decide(now: 1) == .go)
    pacer.start(count: 1, now: 1)
    #expect(pacer.decide(now: 1.1) == .go)
    pacer.start(count: 1, now: 1.1)
    #expect(pacer.decide(now: 9) == .full)
    pacer.finish(count: 1, startedAt: 1, now: 9)
    #expect(pacer.decide(now: 9) == .go)
    #expect(pacer.inFlight == 1)
  }
}

/// A hidden limit, design.md §8: 90 % used, 1 % "slow down", found within 30 s when it rises tenfold.
@Suite struct HiddenLimitTests {
  struct Case: CustomTestStringConvertible {
    var calls: Double
    var batch: Int
    var store: Double
    var concurrency: Int
    var limit: Double { calls * Double(batch) }
    var testDescription: String {
      "\(calls) calls/s of \(batch), store of \(store) s, \(concurrency) in flight"
    }
  }

  static let cases: [Case] = {
    var cases: [Case] = []
    for calls in [10.0, 20, 80] {
      for store in [0.2, 1, 3] {
        for concurrency in [1, 4, 16] where calls * 0.06 < Double(concurrency) {
          cases.append(Case(calls: calls, batch: concurrency == 4 ? 200 : 50, store: store, concurrency: concurrency))
        }
      }
    }
    return cases
  }()

  @Test(arguments: cases) func `nine tenths of a hidden limit are used, one call in a hundred is refused`(_ one: Case) {
    for seed in UInt64(1)...3 {
      let rise = 160.0 + 4 * Double(seed)
      var simulation = PaceSimulation(
        rate: one.limit * 10.5, concurrency: one.concurrency, batch: one.batch,
        limit: HiddenLimit(rate: one.limit, seconds: one.store, batch: one.batch), seed: seed &* 977)
      simulation.change = (rise, one.limit * 10)
      simulation.run(seconds: rise + 90)
      let steady = (from: 30.0, to: rise)
      #expect(simulation.exhaustedAt == nil)
      #expect(simulation.rate(from: steady.from, to: steady.to) >= 0.9 * one.limit)
      #expect(simulation.refusals(from: steady.from, to: steady.to) <= 0.01)
      #expect(simulation.fastest <= one.limit * 10.5)
      // What can be reached with so many calls in flight and an answer every 52.5 ms.
      let reachable = min(one.limit * 10, Double(one.concurrency * one.batch) / 0.0525 * 0.9)
      let moments = stride(from: 0.0, through: 30, by: 0.5)
      let found = moments.first { simulation.rate(from: rise + $0, to: rise + $0 + 2) >= 0.9 * reachable }
      #expect(found != nil, "after 30 s: \(simulation.rate(from: rise + 30, to: rise + 32)) of \(reachable)")
      #expect(simulation.rate(from: rise + 35, to: rise + 85) >= 0.9 * reachable)
    }
  }

  @Test(arguments: [1, 4, 16])
  func `a limit of a hundredth of the configured rate is found before the retry quota ends`(_ concurrency: Int) {
    var simulation = PaceSimulation(
      rate: 50_000, concurrency: concurrency, batch: 50, limit: HiddenLimit(rate: 500, seconds: 1, batch: 50))
    simulation.run(seconds: 120)
    #expect(simulation.exhaustedAt == nil)
    #expect(simulation.rate(from: 60, to: 120) >= 450)
  }

  @Test func `a limit on calls a second is found as well`() {
    // 20 calls a second are configured, which makes 1,000 messages, far below the 50,000 of the rate.
    var simulation = PaceSimulation(
      rate: 50_000, calls: 20, concurrency: 4, batch: 50, limit: HiddenLimit(rate: 500, seconds: 0.5, batch: 50))
    simulation.run(seconds: 120)
    #expect(simulation.refused.count { $0 < 20 } < 12)
    #expect(simulation.rate(from: 30, to: 120) >= 450)
    #expect(simulation.refusals(from: 30, to: 120) <= 0.01)
  }

  @Test(arguments: [1, 4, 16]) func `a storm ends in a pause`(_ concurrency: Int) throws {
    var simulation = PaceSimulation(rate: 1000, concurrency: concurrency, batch: 50)
    simulation.isStorm = true
    simulation.run(seconds: 3600)
    let end = try #require(simulation.exhaustedAt)
    // Long enough for a gateway that is restarted, short enough for a person who waits.
    #expect(end > 60 && end < 600)
    #expect(simulation.refused.count == 100)
  }

  @Test func `answers to calls from before a cut cut no second time`() {
    var pacer = Pacer(Pacer.Limits(rate: 1000, calls: 1000, concurrency: 4), now: 0, seed: 3)
    for index in 0..<3 { pacer.start(count: 1, now: 0.01 * Double(index)) }
    pacer.slowDown(startedAt: 0, now: 0.1)
    let rate = pacer.rate
    #expect(rate < 700)
    pacer.slowDown(startedAt: 0.01, now: 0.11)
    pacer.slowDown(startedAt: 0.02, now: 0.12)
    #expect(pacer.rate == rate)
    #expect(pacer.inFlight == 0)
    #expect(pacer.isSlowed)
  }

  @Test func `what was learnt is where the next run starts`() {
    var simulation = PaceSimulation(
      rate: 5000, concurrency: 4, batch: 50, limit: HiddenLimit(rate: 500, seconds: 0.5, batch: 50), learnt: 480)
    #expect(simulation.pacer.rate == 480)
    simulation.run(seconds: 60)
    #expect(simulation.refused.count < 8)
    #expect(simulation.rate(from: 0, to: 60) >= 450)
    #expect((450...600).contains(simulation.pacer.learnt ?? 0))
  }

  @Test func `what was learnt and holds no more is forgotten`() {
    var simulation = PaceSimulation(rate: 500, concurrency: 4, batch: 50, learnt: 50)
    simulation.run(seconds: 60)
    #expect(simulation.pacer.learnt == nil)
    #expect(simulation.pacer.rate == 500)
    #expect(!simulation.pacer.isSlowed)
  }

  @Test(arguments: [0.5, 1, 300]) func `a learnt rate above the configured one changes nothing`(_ rate: Double) {
    let pacer = Pacer(Pacer.Limits(rate: rate, calls: 10, concurrency: 1), learnt: rate + 1, now: 0, seed: 1)
    #expect(pacer.rate == rate)
    #expect(pacer.learnt == nil)
  }

  @Test func `an account of less than a message a second never goes faster after a cut`() {
    var pacer = Pacer(Pacer.Limits(rate: 0.5, calls: 10, concurrency: 1), now: 0, seed: 1)
    pacer.start(count: 1, now: 0)
    pacer.slowDown(startedAt: 0, now: 1)
    #expect(pacer.rate <= 0.5)
  }
}
