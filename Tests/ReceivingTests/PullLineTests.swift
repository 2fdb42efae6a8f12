import Gateways
import Testing

@testable import Receiving

@Suite struct PullLineTests {
  /// What a poll of reports and replies that ended like this asks for next; `.` rests, `w` waits, `x` has stopped.
  static let cases: [(endings: [PullLine.Ending], steps: String, gaveUp: Bool)] = [
    ([], "r", false),
    ([.page(more: false)], "rp", false),
    ([.page(more: true), .page(more: true)], "rrr", false),
    ([.page(more: true), .page(more: false), .page(more: false)], "rrp.", false),
    ([.lost], "rp", false),
    ([.lost, .lost], "rp.", false),
    ([.refused], "rx", false),
    ([.unreachable], "r.", true),
    ([.slowDown], "rw", false),
  ]

  @Test(arguments: cases)
  func `what follows an answer`(_ row: (endings: [PullLine.Ending], steps: String, gaveUp: Bool)) {
    var line = PullLine([.reports, .replies], interval: nil, now: 0)
    var steps = word(line.next(0))
    for ending in row.endings {
      line.took(ending, 0)
      steps += word(line.next(0))
    }
    #expect(steps == row.steps)
    #expect(line.gaveUp == row.gaveUp)
  }

  @Test func `a gateway that is asked too fast is asked more slowly, then left alone`() {
    var line = PullLine([.reports], interval: nil, now: 0)
    var now = 0.0
    var pauses: [Double] = []
    while case .fetch = line.next(now) {
      line.took(.slowDown, now)
      guard case .wait(let until) = line.next(now) else { break }
      pauses.append(until - now)
      now = until
    }
    #expect(pauses == [1, 2, 4, 8, 16])
    #expect(line.gaveUp)
    #expect(line.next(now) == .rest(until: nil))
  }

  @Test func `the next poll starts an interval after this one did`() {
    var line = PullLine([.reports], interval: 30, now: 100)
    line.took(.page(more: true), 110)
    line.took(.page(more: false), 112)
    #expect(line.next(112) == .rest(until: 130))
    #expect(line.next(129.9) == .rest(until: 130))
    #expect(line.next(131) == .fetch(.reports))
    line.took(.unreachable, 131)
    #expect(line.gaveUp)
    #expect(line.next(161) == .fetch(.reports))
    #expect(!line.gaveUp)
  }

  private func word(_ step: PullLine.Step) -> String {
    switch step {
    case .fetch(.reports): "r"
    case .fetch(.replies): "p"
    case .wait: "w"
    case .rest: "."
    case .stopped: "x"
    }
  }
}
