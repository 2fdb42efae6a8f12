public import Gateways
import Messaging
public import Platform

/// What the reports of one message come to (product.md, "Reports"). Pure: reports in, verdict out.
///
/// Each part has the first final status that was reported for it, unless a later report says delivered. All parts
/// delivered: delivered. Any part failed: failed when none was delivered, else partial. What is still silent when
/// `report_timeout` has passed makes a message expired, or partial when other parts were delivered.
public struct RollUp {
  /// One report, in the order of arrival.
  public struct Report: Sendable {
    /// The part it is about: the place of its id among the message's ids, or the number that it names, from 0.
    public var part: Int
    public var meaning: StatusMeaning
    public var reportedAt: Timestamp?

    public init(part: Int = 0, _ meaning: StatusMeaning, at time: Timestamp?) {
      self.part = part
      self.meaning = meaning
      reportedAt = time
    }
  }

  /// How many parts report for themselves.
  public enum Parts: Sendable, Equatable {
    /// So many ids: each part answers for itself.
    case ids(Int)
    /// One id for all parts, a report a part, without a number (18sms): at most so many.
    case unnumbered(Int)
  }

  private let parts: Parts
  /// Seconds after which silence means expired, when they have passed; nil while they have not.
  private let silence: Int?
  /// The report that decides for each part; nil while it has no final one.
  private var deciding: [Report?]
  /// A report that says something else than the one that decides.
  private var contradiction: String?
  private var lastPending: Report?

  /// - Parameter silence: `report_timeout` in seconds once it has passed since submission, else nil.
  public static func verdict(_ reports: [Report], parts: Parts, silence: Int?) -> Verdict {
    var rollUp = RollUp(parts, silence)
    for report in reports { rollUp.take(report) }
    return rollUp.verdict
  }

  private init(_ parts: Parts, _ silence: Int?) {
    self.parts = parts
    self.silence = silence
    deciding =
      switch parts {
      case .ids(let count): Array(repeating: nil, count: max(1, count))
      case .unnumbered: []
      }
  }

  private mutating func take(_ report: Report) {
    guard report.meaning.status != .pending else {
      lastPending = report
      return
    }
    guard case .unnumbered(let most) = parts, most > 1 else {
      if deciding.isEmpty { deciding = [nil] }
      return settle(min(max(0, report.part), deciding.count - 1), report)
    }
    // A part cannot be told from its neighbour: the same report again changes nothing, another one is another part's.
    let isRepeated = deciding.contains {
      $0?.meaning.code == report.meaning.code && $0?.reportedAt == report.reportedAt
    }
    if isRepeated { return }
    if deciding.count < most { deciding.append(report) } else { note(report, against: deciding.last ?? nil) }
  }

  private mutating func settle(_ part: Int, _ report: Report) {
    guard let earlier = deciding[part] else {
      deciding[part] = report
      return
    }
    if report.meaning.status == .delivered, earlier.meaning.status != .delivered {
      contradiction = earlier.meaning.code
      deciding[part] = report
    } else {
      note(report, against: earlier)
    }
  }

  private mutating func note(_ report: Report, against decided: Report?) {
    guard let decided, decided.meaning.status != report.meaning.status else { return }
    contradiction = report.meaning.code
  }

  private var verdict: Verdict {
    let final = deciding.compactMap(\.self)
    let delivered = final.filter { $0.meaning.status == .delivered }
    let failed = final.first { $0.meaning.status == .failed }
    let expired = final.first { $0.meaning.status == .expired }
    let silent = deciding.count - final.count
    if let bad = failed ?? expired {
      guard delivered.isEmpty else { return told(.partial, bad, by: latest(final), of: delivered.count) }
      return told(failed == nil ? .expired : .failed, bad, by: bad.reportedAt)
    }
    if let last = delivered.last, silent == 0 { return told(.delivered, last, by: latest(delivered)) }
    guard let silence else { return undecided(delivered.first) }
    if let first = delivered.first { return told(.partial, first, by: latest(delivered), of: delivered.count) }
    var verdict = undecided(nil)
    verdict.state = .expired
    let words = "no final report within \(RollUp.words(silence))"
    verdict.meaning = verdict.meaning.isEmpty ? words : verdict.meaning + "; " + words
    return verdict
  }

  private func latest(_ reports: [Report]) -> Timestamp? { reports.compactMap(\.reportedAt).max() }

  private func told(_ state: DeliveryState, _ report: Report, by time: Timestamp?, of delivered: Int? = nil) -> Verdict
  {
    var verdict = Verdict()
    verdict.state = state
    verdict.code = report.meaning.code
    verdict.meaning = report.meaning.words
    if let delivered {
      let total: String
      if case .ids(let count) = parts { total = String(count) } else { total = String(deciding.count) }
      verdict.meaning += "; \(delivered) of \(total) parts delivered"
    }
    if let contradiction { verdict.meaning += " (another report said \(contradiction))" }
    verdict.reportedAt = time
    return verdict
  }

  /// Nothing is decided: what the last report said, raw.
  private func undecided(_ delivered: Report?) -> Verdict {
    var verdict = Verdict()
    if let last = lastPending ?? delivered {
      verdict.code = last.meaning.code
      verdict.meaning = last.meaning.words
      verdict.reportedAt = last.reportedAt
    }
    return verdict
  }

  static func words(_ seconds: Int) -> String {
    seconds >= 3600 && seconds % 3600 == 0 ? "\(seconds / 3600) h" : "\(seconds) s"
  }
}

extension StatusMeaning {
  /// The meaning in both languages, as files show it.
  public var words: String { "\(english) / \(chinese)" }
}
