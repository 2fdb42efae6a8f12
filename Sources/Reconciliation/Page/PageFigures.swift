public import Campaigns
import Messaging
import Platform

/// Gathers what the report page shows, message by message. Holds counts only, so that its size does not depend on the
/// campaign's; numbers and texts never come in.
public final class PageFigures: BookSink {
  /// Messages, and the segments they are billed by.
  struct Count: Sendable, Equatable {
    var messages = 0
    var segments = 0
  }

  /// What one gateway's messages came to.
  struct Gateway: Sendable, Equatable {
    var name: String
    var messages = 0
    var submitted = 0
    var accepted = 0
    var delivered = 0
    var segments = 0
    var billableSegments = 0
    /// Price times segments of all planned messages.
    var predicted = Money.zero
    var cost = Money.zero
    /// Messages without a price: their cost is not known.
    var unpriced = 0
  }

  /// Messages of one gateway that ended with the same word of it.
  struct Code: Sendable, Hashable {
    /// Index into `gateways`.
    var gateway: Int
    /// From the submit answer; else from a report, or there was none.
    var isAnswer: Bool
    var code: String
    var meaning: String
    var state: DeliveryState
  }

  private(set) var total = Count()
  /// In the order of `DeliveryState.allCases`.
  private(set) var states = [Count](repeating: .init(), count: DeliveryState.allCases.count)
  private(set) var submitted = 0
  /// Taken by a gateway: its answer said so, or a report proves it.
  private(set) var accepted = 0
  /// Partly delivered ones included, as in summary.csv.
  private(set) var delivered = 0
  /// Accepted and without a final report.
  private(set) var waiting = 0
  /// Unknown messages that a person decided as failed; no gateway took them.
  private(set) var decidedFailed = 0
  private(set) var billableSegments = 0
  private(set) var predicted = Money.zero
  private(set) var cost = Money.zero
  private(set) var unpriced = 0
  private(set) var gateways: [Gateway] = []
  private(set) var codes: [Code: Int] = [:]
  /// Messages by their number of segments.
  private(set) var segments: [Int: Int] = [:]
  /// From submission to the report of delivered messages.
  private(set) var delays = DelayHistogram()
  private(set) var submissions = SubmissionCounts()
  /// The newest report's own time.
  private(set) var lastReport: Timestamp?
  private var lastCode: (code: Code, messages: Int)?
  private var lastGateway = 0

  public init() {}

  public func take(_ entry: borrowing BookEntry) throws(RunError) {
    let state = entry.state
    count(&total, entry.segments)
    count(&states[DeliveryState.allCases.firstIndex(of: state) ?? 0], entry.segments)
    let index = gateway(entry.gateway)
    gateways[index].messages += 1
    gateways[index].segments += entry.segments
    gateways[index].billableSegments += entry.billableSegments
    billableSegments += entry.billableSegments
    if let moment = entry.submittedAt {
      submitted += 1
      gateways[index].submitted += 1
      submissions.add(moment)
    }
    if entry.isAccepted {
      count(accepted: entry, index)
    } else if state == .failed {
      decidedFailed += 1
    }
    segments[min(entry.segments, Limits.pageSegments), default: 0] += 1
    if let moment = entry.reportedAt { lastReport = max(lastReport ?? moment, moment) }
    try count(money: entry, index)
    count(code: entry, index)
  }

  func count(of state: DeliveryState) -> Count { states[DeliveryState.allCases.firstIndex(of: state) ?? 0] }
  /// A gateway may have them; nobody knows.
  var unknown: Int { count(of: .unknown).messages + count(of: .sending).messages }

  /// In the form in which the books compare their views.
  var sum: BookSum {
    var sum = BookSum()
    sum.messages = total.messages
    sum.segments = total.segments
    sum.billableSegments = billableSegments
    sum.cost = cost
    return sum
  }

  /// The codes of one gateway, the most frequent first.
  func codes(of gateway: Int) -> [(code: Code, messages: Int)] {
    var found = codes.filter { $0.key.gateway == gateway }.map { (code: $0.key, messages: $0.value) }
    found.sort {
      ($1.messages, $0.code.code, $0.code.meaning, $0.code.state.rawValue)
        < ($0.messages, $1.code.code, $1.code.meaning, $1.code.state.rawValue)
    }
    return found
  }

  /// Must be called before `codes` is read: the last one is counted aside.
  func finish() {
    guard let last = lastCode else { return }
    lastCode = nil
    if codes[last.code] == nil, codes.count >= Limits.pageCodes {
      let rest = Code(
        gateway: last.code.gateway, isAnswer: false, code: "…", meaning: "further codes / 其他代码",
        state: last.code.state)
      codes[rest, default: 0] += last.messages
    } else {
      codes[last.code, default: 0] += last.messages
    }
  }

  // MARK: Steps

  private func count(_ count: inout Count, _ segments: Int) {
    count.messages += 1
    count.segments += segments
  }

  /// Messages of a gateway mostly follow one another.
  private func gateway(_ name: String) -> Int {
    if lastGateway < gateways.count, gateways[lastGateway].name == name { return lastGateway }
    if let known = gateways.firstIndex(where: { $0.name == name }) {
      lastGateway = known
    } else {
      gateways.append(Gateway(name: name))
      lastGateway = gateways.count - 1
    }
    return lastGateway
  }

  private func count(accepted entry: borrowing BookEntry, _ index: Int) {
    accepted += 1
    gateways[index].accepted += 1
    switch entry.state {
    case .delivered, .partial:
      delivered += 1
      gateways[index].delivered += 1
      if let delay = entry.latency { delays.add(delay) }
    case .failed, .expired: break
    default: waiting += 1
    }
  }

  private func count(money entry: borrowing BookEntry, _ index: Int) throws(RunError) {
    try onMoney { () throws(MoneyError) in try add(money: entry, index) }
  }

  private func add(money entry: borrowing BookEntry, _ index: Int) throws(MoneyError) {
    if let price = entry.unitPrice {
      let due = try price * entry.segments
      predicted = try predicted + due
      gateways[index].predicted = try gateways[index].predicted + due
    } else {
      unpriced += 1
      gateways[index].unpriced += 1
    }
    cost = try cost + entry.cost
    gateways[index].cost = try gateways[index].cost + entry.cost
  }

  private func count(code entry: borrowing BookEntry, _ index: Int) {
    let isAnswer = entry.reportCode.isEmpty && !entry.answerCode.isEmpty && entry.match == nil
    let code = Code(
      gateway: index, isAnswer: isAnswer, code: isAnswer ? entry.answerCode : entry.reportCode,
      meaning: entry.reportMeaning, state: entry.state)
    if lastCode?.code == code {
      lastCode?.messages += 1
    } else {
      finish()
      lastCode = (code, 1)
    }
  }
}

/// Submissions by the minute; by the hour when a campaign takes longer than `Limits.pageMinutes` of them.
struct SubmissionCounts: Sendable {
  /// By the number of the step since 1970.
  private(set) var counts: [Int64: Int] = [:]
  /// Seconds of one count.
  private(set) var step: Int64 = 60
  private(set) var first: Timestamp?
  private(set) var last: Timestamp?
  private var recent: (key: Int64, messages: Int)?

  init() {}

  mutating func add(_ moment: Timestamp) {
    first = min(first ?? moment, moment)
    last = max(last ?? moment, moment)
    let key = moment.seconds / step
    if recent?.key == key {
      recent?.messages += 1
    } else {
      settle()
      recent = (key, 1)
    }
  }

  /// Must be called before `counts` is read.
  mutating func settle() {
    guard let last = recent else { return }
    recent = nil
    counts[last.key, default: 0] += last.messages
    guard counts.count > Limits.pageMinutes, step < 3600 else { return }
    let factor = 3600 / step
    counts = counts.reduce(into: [:]) { $0[$1.key / factor, default: 0] += $1.value }
    step = 3600
  }
}
