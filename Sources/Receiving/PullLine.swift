import Gateways
import Platform

/// What one account does next: a value that decides, without network, files or clock.
struct PullLine {
  enum Step: Equatable {
    case fetch(PullKind)
    /// Not before that moment on the monotonic clock, then ask again.
    case wait(Double)
    /// Nothing waits at the gateway; with a repeating pull the next poll is due at that moment.
    case rest(until: Double?)
    /// No further fetch of this account: the gateway refuses.
    case stopped
  }

  /// How a fetch ended, as far as the line goes on differently.
  enum Ending: Equatable {
    /// A page; whether more may wait.
    case page(more: Bool)
    /// Asked too fast.
    case slowDown
    /// The gateway says no and will again.
    case refused
    /// Records may be lost: unreadable, broken off, no answer.
    case lost
    /// The gateway was not reached; nothing is lost.
    case unreachable
  }

  private let kinds: [PullKind]
  /// Seconds between the starts of two polls; nil: one poll.
  private let interval: Double?
  private var index = 0
  private var startedAt: Double
  private var notBefore: Double
  private var slowDowns = 0
  private var isStopped = false
  /// The last poll gave up before the gateway said that nothing waits.
  private(set) var gaveUp = false

  init(_ kinds: [PullKind], interval: Double?, now: Double) {
    self.kinds = kinds
    self.interval = interval
    startedAt = now
    notBefore = now
  }

  mutating func next(_ now: Double) -> Step {
    if isStopped { return .stopped }
    if index >= kinds.count {
      guard let interval else { return .rest(until: nil) }
      let due = startedAt + interval
      if now < due { return .rest(until: due) }
      (index, slowDowns, gaveUp) = (0, 0, false)
      (startedAt, notBefore) = (now, now)
    }
    return now < notBefore ? .wait(notBefore) : .fetch(kinds[index])
  }

  /// What a fetch of the present kind came to.
  mutating func took(_ ending: Ending, _ now: Double) {
    switch ending {
    case .page(let more):
      slowDowns = 0
      if !more { index += 1 }
    case .slowDown:
      slowDowns += 1
      notBefore = now + Limits.slowDownSeconds * Double(1 << min(slowDowns - 1, 10))
      if slowDowns > Limits.slowDowns { giveUp() }
    case .refused: isStopped = true
    // Where one page was lost another may be: what waits is left to the next poll, the other kind is still asked for.
    case .lost: index += 1
    case .unreachable: giveUp()
    }
  }

  private mutating func giveUp() {
    gaveUp = true
    index = kinds.count
  }
}
