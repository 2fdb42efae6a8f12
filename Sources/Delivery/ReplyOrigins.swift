import Ledger
import Platform

/// Finds the message that each reply answers: the newest to its number through its account, or one with the same login,
/// before it.
///
/// A linkid tells the call exactly. Else the campaigns' ledgers are read, each once at most, those that were sent last
/// first, until no other can have a newer message.
struct ReplyOrigins {
  struct Origin: Equatable {
    var campaign: String
    var row: Int
    var submittedAt: Timestamp
  }

  private struct Question {
    /// Those that share the login through which the reply came.
    var accounts: [String]
    var number: UInt64
    var link: String
    var at: Timestamp
  }

  private let data: String
  private var questions: [Int: Question] = [:]
  private(set) var found: [Int: Origin] = [:]
  private var warnings: [Diagnostic] = []

  /// - Parameter data: the workspace's data folder.
  init(_ data: String) { self.data = data }

  mutating func ask(_ tag: Int, accounts: [String], number: UInt64, link: String, at moment: Timestamp) {
    guard number != 0 else { return }
    questions[tag] = Question(
      accounts: accounts, number: number, link: link, at: moment + Limits.replySlackSeconds)
  }

  /// - Returns: warnings about ledgers that cannot be read; their replies stay without a campaign.
  mutating func search() -> [Diagnostic] {
    guard !questions.isEmpty else { return [] }
    var campaigns: [(id: String, times: ClosedRange<Timestamp>)] = []
    for id in ids() {
      reading(id) { (ledger) throws(LedgerError) in
        if let times = try ledger.submissionTimes() { campaigns.append((id, times)) }
      }
    }
    campaigns.sort { $0.times.upperBound > $1.times.upperBound }
    for campaign in campaigns {
      var open = questions.filter { tag, question in
        question.at >= campaign.times.lowerBound
          && question.at - campaign.times.upperBound < Double(Limits.replyDays) * 86_400
          && found[tag].map { $0.submittedAt < campaign.times.upperBound } ?? true
      }
      guard !open.isEmpty else { continue }
      var answers: [Int: Origin] = [:]
      reading(campaign.id) { (ledger) throws(LedgerError) in
        for (tag, question) in open where !question.link.isEmpty {
          guard let row = try ledger.row(link: question.link, number: question.number) else { continue }
          // Nothing beats the gateway's word.
          answers[tag] = Origin(campaign: campaign.id, row: row, submittedAt: Timestamp(nanoseconds: .max))
          open[tag] = nil
        }
        try ReplyOrigins.scan(ledger, campaign.id, open, &answers)
      }
      for (tag, answer) in answers {
        if let other = found[tag], other.submittedAt >= answer.submittedAt { continue }
        found[tag] = answer
      }
    }
    return warnings
  }

  private static func scan(
    _ ledger: CampaignLedger, _ campaign: String, _ questions: [Int: Question], _ answers: inout [Int: Origin]
  ) throws(LedgerError) {
    var tags: [UInt64: [Int]] = [:]
    for (tag, question) in questions { tags[question.number, default: []].append(tag) }
    guard !tags.isEmpty else { return }
    var recipients: [CampaignLedger.Recipient] = []
    try ledger.forEachRecipient(among: Set(tags.keys)) { recipients.append($0) }
    for recipient in recipients {
      for tag in tags[recipient.number] ?? [] {
        guard let question = questions[tag] else { continue }
        for account in question.accounts {
          let sent = try ledger.submission(of: recipient, through: account, until: question.at)
          guard let sent, answers[tag].map({ $0.submittedAt < sent }) ?? true else { continue }
          answers[tag] = Origin(campaign: campaign, row: recipient.row, submittedAt: sent)
        }
      }
    }
  }

  /// Runs `body` on one state of a campaign's ledger; a fault is a warning, for an opt-out must not wait for it.
  private mutating func ids() -> [String] {
    do throws(LedgerError) { return try CampaignLedger.campaigns(in: data) } catch {
      warn(error)
      return []
    }
  }

  private mutating func warn(_ error: LedgerError) {
    var warning = error.diagnostic
    warning.severity = .warning
    if !warnings.contains(warning) { warnings.append(warning) }
  }

  private mutating func reading(_ id: String, _ body: (CampaignLedger) throws(LedgerError) -> Void) {
    do throws(LedgerError) {
      let ledger = try CampaignLedger(folder: data + "/campaigns/" + id, readOnly: true)
      try ledger.snapshot { () throws(LedgerError) in try body(ledger) }
    } catch { warn(error) }
  }
}
