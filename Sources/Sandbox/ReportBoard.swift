import Platform

/// What a report says. Each platform has its own words for it.
enum Outcome: UInt8, Sendable {
  case delivered
  case failed
  case expired
  /// The number is none.
  case badNumber
  /// The call had the number before.
  case repeatedNumber
  /// The account had no more money.
  case noBalance
}

/// A report that waits for its time or to be fetched. Compact, since a campaign leaves a million of them.
struct Report: Sendable, Equatable {
  /// Of the message, or of one of its parts.
  var id: UInt64
  var digits: UInt64
  /// Which call the message came in; `ReportBoard.record` knows more.
  var call: UInt32
  /// Which of the call's own ids is the message's.
  var index: UInt16
  var zeros: UInt8
  var outcome: Outcome
}

/// A reply that waits for its time or to be fetched.
struct Answerback: Sendable, Equatable {
  var digits: UInt64
  var call: UInt32
  var optsOut: Bool
}

/// What the reports of one call share.
struct CallRecord: Sendable {
  var submittedAt: Timestamp
  /// youe: the call's own id as received.
  var link: [UInt8] = []
  /// emay: the messages' own ids one behind the other, and where each ends.
  var customs: [UInt8] = []
  var customEnds: [UInt32] = []
  /// Reports and replies that still need this.
  fileprivate var needs = 0

  init(submittedAt: Timestamp) { self.submittedAt = submittedAt }

  func custom(_ index: UInt16) -> ArraySlice<UInt8> {
    guard Int(index) < customEnds.count else { return [] }
    return customs[(index == 0 ? 0 : Int(customEnds[Int(index) - 1]))..<Int(customEnds[Int(index)])]
  }
}

/// Reports and replies of one account: they become due slot by slot and are handed out once, in the order of their
/// time.
struct ReportBoard: Sendable {
  /// A tenth of a second of `Moment.clock`.
  private typealias Slot = Int
  private var dueReports: [Slot: [Report]] = [:]
  private var dueReplies: [Slot: [Answerback]] = [:]
  private var nextSlot: Slot
  private var reports = Queue<Report>()
  private var replies = Queue<Answerback>()
  private var records: [UInt32: CallRecord] = [:]
  /// mobset: messages withdrawn before they went out.
  private var withdrawn: Set<UInt64> = []
  private var held = 0

  init(now: Double) { nextSlot = Int(now * 10) }

  mutating func remember(_ record: CallRecord, call: UInt32) { records[call] = record }

  func record(_ call: UInt32) -> CallRecord? { records[call] }

  /// Tells that a report or reply of this call is out and its record was used.
  mutating func release(_ call: UInt32) {
    guard let needs = records[call]?.needs else { return }
    if needs <= 1 { records[call] = nil } else { records[call]?.needs = needs - 1 }
  }

  mutating func add(_ report: Report, due: Double) {
    guard held < Limits.sandboxReports else { return }
    held += 1
    records[report.call]?.needs += 1
    dueReports[max(nextSlot, Int(due * 10)), default: []].append(report)
  }

  mutating func add(_ reply: Answerback, due: Double) {
    guard held < Limits.sandboxReports else { return }
    held += 1
    records[reply.call]?.needs += 1
    dueReplies[max(nextSlot, Int(due * 10)), default: []].append(reply)
  }

  mutating func withdraw(_ id: UInt64) { withdrawn.insert(id) }

  /// The oldest reports that are due, at most `most`; nobody gets them again.
  mutating func takeReports(_ most: Int, now: Double) -> [Report] {
    advance(to: now)
    let taken = reports.take(most)
    held -= taken.count
    return taken
  }

  mutating func takeReplies(_ most: Int, now: Double) -> [Answerback] {
    advance(to: now)
    let taken = replies.take(most)
    held -= taken.count
    return taken
  }

  /// Whether something is due.
  mutating func hasDue(now: Double) -> Bool {
    advance(to: now)
    return !reports.isEmpty || !replies.isEmpty
  }

  private mutating func advance(to now: Double) {
    let last = Int(now * 10)
    guard nextSlot <= last else { return }
    for slot in nextSlot...last {
      if let due = dueReports.removeValue(forKey: slot) {
        let kept = withdrawn.isEmpty ? due : due.filter { !withdrawn.contains($0.id) }
        held -= due.count - kept.count
        reports.append(kept)
      }
      if let due = dueReplies.removeValue(forKey: slot) { replies.append(due) }
    }
    nextSlot = last + 1
  }
}

/// First in, first out.
private struct Queue<Element: Sendable>: Sendable {
  private var chunks: [[Element]] = []
  private var firstChunk = 0
  private var taken = 0

  var isEmpty: Bool { firstChunk == chunks.count }

  mutating func append(_ chunk: [Element]) { if !chunk.isEmpty { chunks.append(chunk) } }

  mutating func take(_ most: Int) -> [Element] {
    var result: [Element] = []
    while result.count < most, firstChunk < chunks.count {
      let chunk = chunks[firstChunk]
      let end = min(chunk.count, taken + most - result.count)
      result.append(contentsOf: chunk[taken..<end])
      taken = end
      if taken == chunk.count { dropChunk() }
    }
    return result
  }

  private mutating func dropChunk() {
    chunks[firstChunk] = []
    firstChunk += 1
    taken = 0
    if firstChunk == chunks.count {
      chunks.removeAll(keepingCapacity: true)
      firstChunk = 0
    }
  }
}
