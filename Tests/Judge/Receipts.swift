/// What was handed out beside what is in the report store.
struct Receipts {
  private let record: GatewayRecord
  private let store: StoreFacts
  private let evidence: Evidence

  init(_ record: GatewayRecord, _ store: StoreFacts, _ evidence: Evidence) {
    self.record = record
    self.store = store
    self.evidence = evidence
  }

  /// By what a record is told from others of its account: juhe, emay, mobset and 18sms their id, youe link and number.
  private func key(_ id: String, _ link: String, _ number: UInt64, isReply: Bool, keyed: Bool) -> String {
    if isReply { return "\(number)" }
    return keyed ? id : "\(link) \(number)"
  }

  func check(_ account: String, _ figures: inout Verdict.Figures, _ findings: inout Findings) {
    for isReply in [false, true] {
      let handed = (record.handed[account] ?? []).filter { $0.isReply == isReply }
      let stored = store.records.filter { $0.account == account && $0.isReply == isReply }
      // 18sms gives one id to all messages of a call.
      let keyed = ["juhe", "emay", "mobset"].contains(evidence.accounts.first { $0.name == account }?.gateway)
      func keyOf(_ handed: GatewayRecord.Handed) -> String {
        key(handed.id, handed.link.isEmpty ? handed.id : handed.link, handed.number, isReply: isReply, keyed: keyed)
      }
      var left = stored.reduce(into: [String: Int]()) { counts, report in
        let link = report.link.isEmpty ? report.id : report.link
        counts[key(report.id, link, report.number, isReply: isReply, keyed: keyed), default: 0] += 1
      }
      var missingPages: Set<Int> = []
      var missingPushed = 0
      for report in handed where report.way != .failedPush {
        let key = keyOf(report)
        if let count = left[key], count > 0 {
          left[key] = count - 1
        } else if report.way == .pull {
          missingPages.insert(report.page)
        } else {
          missingPushed += 1
        }
      }
      // A push that was kept but whose answer never arrived stands in the record as failed.
      for report in handed where report.way == .failedPush {
        if let count = left[keyOf(report)], count > 0 { left[keyOf(report)] = count - 1 }
      }
      let losses = store.losses.count { $0.account == account && $0.isOfReplies == isReply }
      let what = isReply ? "replies" : "reports"
      if evidence.isComplete {
        findings.add(
          "pages of \(what) handed out, not in the store, not listed as lost", in: account, missingPages.count - losses)
        findings.add("pushed \(what) that were answered and are not in the store", in: account, missingPushed)
      }
      findings.add(
        "\(what) in the store more often than handed out", in: account, left.values.reduce(0, +))
      figures.handed += handed.count { $0.way != .failedPush }
      figures.stored += stored.count
      figures.possibleLosses += losses
    }
    findings.add(
      "possible losses beyond the bound of \(evidence.lossBound)", in: account,
      figures.possibleLosses - evidence.lossBound)
  }
}
