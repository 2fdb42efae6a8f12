import Platform

/// A report or reply that left the sandbox, for the log of what it handed out.
struct HandedOut: Sendable {
  enum Way: String, Sendable {
    /// In the answer to a fetch, whether or not that answer came through.
    case pull
    /// In a push that the receiver answered with 200.
    case push
    /// In a push that nobody answered so.
    case failedPush = "failed_push"
  }

  /// As the platform writes it; empty for replies and at youe.
  var id = ""
  var digits: UInt64
  var link = ""
  var custom = ""
  /// Of a report; nil: a reply.
  var outcome: Outcome?
  /// Of a report: the word or number that the platform has for the outcome.
  var code = ""
  /// Of a reply; of a long one that is pushed in parts, the part.
  var text = ""

  init(_ report: Report, of gateway: SandboxGateway, _ record: CallRecord?) {
    id = gateway == .youe ? "" : IDMint.text(report.id, of: gateway)
    digits = report.digits
    link = record?.link.text ?? ""
    custom = record.map { Array($0.custom(report.index)).text } ?? ""
    outcome = report.outcome
    code = HandedOut.code(report, of: gateway)
  }

  init(_ reply: Answerback, _ record: CallRecord?) {
    digits = reply.digits
    link = record?.link.text ?? ""
    text = reply.text
  }

  private static func code(_ report: Report, of gateway: SandboxGateway) -> String {
    switch gateway {
    case .juhe: JuhePush.word(report)
    case .emay: EmayDesk.words(report).state
    case .mobset: String(MobsetPages.words(report).status)
    case .youe: YoueDesk.word(report)
    case .eighteen: EighteenDesk.word(report)
    }
  }

  /// One line of JSON.
  ///
  /// - Parameter page: the fetch's number among the platform's; 0 for pushes.
  func write(_ way: Way, page: Int, _ gateway: SandboxGateway, account: String, into lines: inout ByteBuffer) {
    lines.append("{\"kind\":\"\(outcome == nil ? "reply" : "report")\",\"way\":\"\(way.rawValue)\",\"page\":\(page)")
    lines.append(",\"gateway\":\"\(gateway.rawValue)\",\"account\":")
    quote(Array(account.utf8).span, into: &lines)
    lines.append(",\"number\":\"\(digits)\",\"id\":\"\(id)\"")
    for (name, value) in [("link_id", link), ("custom_id", custom)] where !value.isEmpty {
      lines.append(",\"\(name)\":")
      quote(Array(value.utf8).span, into: &lines)
    }
    if let outcome {
      lines.append(",\"outcome\":\"\(outcome)\",\"code\":\"\(code)\"")
    } else {
      lines.append(",\"text\":")
      quote(Array(text.utf8).span, into: &lines)
    }
    lines.append("}\n" as StaticString)
  }
}

extension DeskState {
  /// The oldest reports that are due, handed out in the answer to a fetch.
  mutating func fetchReports(_ most: Int, of account: Int, _ call: Call) -> [Report] {
    let reports = accounts[account].board.takeReports(most, now: call.now.clock)
    counts.reports += reports.count
    note(handed(reports, [], account), .pull, page: call.number, account)
    return reports
  }

  /// The oldest replies that are due, handed out in the answer to a fetch.
  mutating func fetchReplies(_ most: Int, of account: Int, _ call: Call) -> [Answerback] {
    let replies = accounts[account].board.takeReplies(most, now: call.now.clock)
    counts.replies += replies.count
    note(handed([], replies, account), .pull, page: call.number, account)
    return replies
  }

  /// What the log of handed out records will say of these; nothing when there is no such log.
  func handed(_ reports: [Report], _ replies: [Answerback], _ account: Int) -> [HandedOut] {
    guard logsHanded else { return [] }
    let board = accounts[account].board
    return reports.map { HandedOut($0, of: gateway, board.record($0.call)) }
      + replies.map { HandedOut($0, board.record($0.call)) }
  }

  mutating func note(_ records: [HandedOut], _ way: HandedOut.Way, page: Int, _ account: Int) {
    guard !records.isEmpty else { return }
    var lines = ByteBuffer(capacity: 256 * records.count)
    for record in records {
      record.write(way, page: page, gateway, account: accounts[account].account.login, into: &lines)
    }
    handedLines += lines.array
  }
}
