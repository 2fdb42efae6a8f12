import Configuration
import Ledger
import Platform

/// Makes whole replies of what came in, finds the messages they answer, and puts opt-outs on the suppression list.
struct Replies {
  private let configuration: Configuration
  private let writer: ReportWriter
  private let words: OptOutWords
  private var store: ReportStore { writer.store }

  init(_ configuration: Configuration, _ writer: ReportWriter) {
    self.configuration = configuration
    self.writer = writer
    words = OptOutWords(configuration.suppression.keywords)
  }

  /// A reply that is whole, or that waited long enough.
  private struct Ready {
    var reply: WholeReply
    /// Our id of the call it answers, where the gateway tells it.
    var link: String
    var parts: [Int]
  }

  func give(now: Timestamp, _ report: inout IntakeReport) throws(LedgerError) {
    var parts: [StoredReply] = []
    var after = 0
    while true {
      let page = try store.waitingReplies(after: after, limit: Limits.repliesAtOnce)
      guard let last = page.last else { break }
      after = last.id
      parts += page.filter(\.isPart)
      try give(page.filter { !$0.isPart }.map { ready($0, $0.id, $0.text, [$0.id]) }, &report)
    }
    try give(try joined(parts, now: now), &report)
    try tellOptOuts(&report)
  }

  private func ready(_ first: StoredReply, _ id: Int, _ text: String, _ parts: [Int]) -> Ready {
    var whole = WholeReply(at: first.time)
    whole.id = id
    whole.account = first.account
    whole.number = first.number
    whole.numberText = first.numberText
    whole.text = text
    whole.isOptOut = words.match(text)
    return Ready(reply: whole, link: first.linkID, parts: parts)
  }

  private func give(_ ready: [Ready], _ report: inout IntakeReport) throws(LedgerError) {
    guard !ready.isEmpty else { return }
    var origins = ReplyOrigins(configuration.data)
    var sharing: [String: [String]] = [:]
    for (index, one) in ready.enumerated() {
      let account = one.reply.account
      let accounts = sharing[account] ?? configuration.accounts(sharing: account)
      sharing[account] = accounts
      origins.ask(index, accounts: accounts, number: one.reply.number, link: one.link, at: one.reply.at)
    }
    report.warnings += origins.search()
    let given = ready.enumerated().map { index, one in
      var reply = one.reply
      if let origin = origins.found[index] { (reply.campaign, reply.row) = (origin.campaign, origin.row) }
      return GivenReply(reply, parts: one.parts)
    }
    try writer.give(given)
    report.wholeReplies += given.count
  }

  // MARK: - Long replies

  private struct PartKey: Hashable {
    var account: String
    var number: UInt64
    var numberText: String
    var group: String
    var total: Int
  }

  /// The long replies that are complete, have waited long enough, or were given before and got another part.
  private func joined(_ parts: [StoredReply], now: Timestamp) throws(LedgerError) -> [Ready] {
    var byKey: [PartKey: [StoredReply]] = [:]
    for part in parts {
      // The number as it was written only tells apart those that cannot be read.
      let key = PartKey(
        account: part.account, number: part.number, numberText: part.number == 0 ? part.numberText : "",
        group: part.partGroup, total: part.partTotal)
      byKey[key, default: []].append(part)
    }
    var ready: [Ready] = []
    for (_, waiting) in byKey {
      let given: [(part: StoredReply, whole: Int?)] = try store.givenParts(like: waiting[0]).map { ($0.part, $0.whole) }
      for group in ReplyGroup.divide(given + waiting.map { ($0, nil) }) where group.hasNews {
        guard group.whole != nil || group.isComplete || now - group.arrived >= Limits.replyPartsWaitSeconds else {
          continue
        }
        ready.append(self.ready(group.first, group.whole ?? group.first.id, group.text, group.parts))
      }
    }
    return ready.sorted { $0.reply.id < $1.reply.id }
  }

  // MARK: - Opt-outs

  /// Hands opt-outs on before they are marked as told: a crash in between tells them again, which changes nothing.
  private func tellOptOuts(_ report: inout IntakeReport) throws(LedgerError) {
    let replies = try store.untoldOptOuts()
    guard !replies.isEmpty else { return }
    let optOuts = replies.filter { $0.number != 0 }.map {
      WorkspaceStore.OptOut(number: $0.number, addedAt: $0.at, source: "reply", text: $0.text, campaign: $0.campaign)
    }
    if !optOuts.isEmpty { report.optOuts += try WorkspaceStore(folder: configuration.data).add(optOuts) }
    let lost = replies.count - optOuts.count
    if lost > 0 {
      report.warnings.append(
        Diagnostic(
          "\(amount(lost, "reply opts", "replies opt")) out, but the number in it cannot be read", severity: .warning,
          next: "Look them up in replies.csv, and add the numbers with 'qunfa optout add'."))
    }
    try writer.markTold(replies.map(\.id))
  }
}
