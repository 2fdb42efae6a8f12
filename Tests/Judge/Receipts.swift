/// What was handed out beside what is in the report store.
struct Receipts {
  private typealias Place = StoreFacts.Place

  /// A page that a gateway gave away.
  private struct Page {
    /// Records that are not in the store.
    var missing = 0
    /// Where the spool has it, if any of its records is in the store.
    var place: Place?
  }

  private let record: GatewayRecord
  private let store: StoreFacts
  private let evidence: Evidence

  init(_ record: GatewayRecord, _ store: StoreFacts, _ evidence: Evidence) {
    self.record = record
    self.store = store
    self.evidence = evidence
  }

  /// By what a record is told from others of its account: way and content, and juhe, emay, mobset their id, youe and
  /// 18sms link or id and number.
  private func key(_ way: String, _ id: String, _ link: String, _ number: UInt64, _ content: String, isReply: Bool)
    -> String
  {
    let words = isReply ? ["\(number)"] : isKeyed ? [id] : [link.isEmpty ? id : link, "\(number)"]
    return ([way] + words + [content]).joined(separator: "\u{1F}")
  }

  private var isKeyed = false

  mutating func check(_ account: String, _ figures: inout Verdict.Figures, _ findings: inout Findings) {
    // 18sms gives one id to all messages of a call.
    isKeyed = ["juhe", "emay", "mobset"].contains(evidence.accounts.first { $0.name == account }?.gateway)
    for isReply in [false, true] {
      let what = isReply ? "replies" : "reports"
      let handed = (record.handed[account] ?? []).filter { $0.isReply == isReply }
      let stored = store.records.filter { $0.account == account && $0.isReply == isReply }
      let (pages, missingPushed, surplus) = match(handed, stored, isReply)
      if evidence.isComplete {
        findings.add(
          "pages of \(what) handed out, not in the store, not listed as lost", in: account,
          pagesLostInSilence(pages, account, what))
        findings.add("pushed \(what) that were answered and are not in the store", in: account, missingPushed)
      }
      findings.add("\(what) in the store more often than handed out, or other ones", in: account, surplus)
      figures.handed += handed.count { $0.way != .failedPush }
      figures.pushed += handed.count { $0.way == .push }
      figures.stored += stored.count
      figures.missingPages += pages.filter { $0.value.missing > 0 }.keys.sorted().map { "\(what) \($0)" }
    }
    checkLosses(account, &figures, &findings)
  }

  /// Pages with what is missing of them, pushes that are missing, and records that nobody handed out.
  private func match(
    _ handed: [GatewayRecord.Handed], _ stored: [StoreFacts.Record], _ isReply: Bool
  ) -> (pages: [Int: Page], missingPushed: Int, surplus: Int) {
    var left: [String: [Place]] = [:]
    // From the last to the first, so that the first is taken first.
    for report in stored.reversed() {
      let content = isReply ? report.text : report.code
      let key = key(report.source, report.id, report.link, report.number, content, isReply: isReply)
      left[key, default: []].append(report.place)
    }
    func take(_ report: GatewayRecord.Handed) -> Place? {
      let way = report.way == .pull ? "pull" : "push"
      let content = isReply ? report.text : report.code
      return left[key(way, report.id, report.link, report.number, content, isReply: isReply)]?.popLast()
    }
    var pages: [Int: Page] = [:]
    var missingPushed = 0
    for report in handed where report.way != .failedPush {
      let place = take(report)
      if report.way == .push {
        if place == nil { missingPushed += 1 }
      } else {
        var page = pages[report.page] ?? Page()
        if place == nil { page.missing += 1 }
        page.place = page.place ?? place
        pages[report.page] = page
      }
    }
    // A push that was kept but whose answer never arrived stands in the record as failed.
    for report in handed where report.way == .failedPush { _ = take(report) }
    return (pages, missingPushed, left.values.reduce(0) { $0 + $1.count })
  }

  /// Pages with something missing for which no loss is listed: at their very place in the spool, or, when nothing of
  /// them is there, between the pages before and behind. An account fetches one page after the other, so that the pages'
  /// numbers and their places grow together; each loss excuses one page.
  private func pagesLostInSilence(_ pages: [Int: Page], _ account: String, _ kind: String) -> Int {
    let losses = store.losses.filter { $0.account == account && $0.kind == kind }
    let inOrder = pages.sorted { $0.key < $1.key }.map(\.value)
    var silent = 0
    var last = Place(spool: "", offset: 0)
    for (index, page) in inOrder.enumerated() {
      if let place = page.place {
        if page.missing > 0, !losses.contains(where: { $0.place == place }) { silent += 1 }
        last = max(last, place)
        continue
      }
      let next = inOrder[index...].lazy.compactMap(\.place).first
      let loss = losses.first { $0.salvaged == 0 && $0.place > last && (next == nil || $0.place < next!) }
      if let loss { last = loss.place } else { silent += 1 }
    }
    return silent
  }

  private func checkLosses(_ account: String, _ figures: inout Verdict.Figures, _ findings: inout Findings) {
    let losses = store.losses.filter { $0.account == account }
    figures.possibleLosses = losses.count
    guard let cut = evidence.fetchesCut?.filter({ $0.account == account }) else {
      findings.add(
        "possible losses beyond the bound of \(evidence.lossBound)", in: account, losses.count - evidence.lossBound)
      return
    }
    let places = Set(cut.map { Place(spool: $0.spool, offset: $0.offset) })
    findings.add(
      "possible losses, but no kill cut their fetch short", in: account,
      losses.count { !places.contains($0.place) } - evidence.excusedPages)
    guard evidence.isComplete else { return }
    let told = Set(losses.map { "\($0.kind) \($0.place)" })
    findings.add(
      "fetches that a kill cut short, not listed as possible losses", in: account,
      cut.count { !told.contains("\($0.kind) \(Place(spool: $0.spool, offset: $0.offset))") })
  }
}
