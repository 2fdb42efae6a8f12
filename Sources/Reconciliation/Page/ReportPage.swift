public import Campaigns
import Messaging
import Platform

/// `report.html`: one file that needs no network and no script, for a head of marketing to read, show and print.
///
///     head ─► key figures ─► funnel ─► rejected, states ─► delay, pace ─► codes ─► costs ─► sources
///
/// Every figure is a sum over the entries of `reconciliation.csv`, or stands in the ledger; docs/report-page.md says
/// which. All figures stand once more as JSON in the element `figures`, for whoever wants to read them by machine.
public struct ReportPage {
  let facts: PageFacts
  let figures: PageFigures

  /// - Parameter figures: after all entries were given to it.
  public init(_ facts: PageFacts, _ figures: PageFigures) {
    self.facts = facts
    self.figures = figures
    figures.finish()
  }

  /// Writes the page beside its name, mode 0600, then renames it.
  public func write(_ path: String) throws(RunError) {
    try onOutput { () throws(FileError) in
      try Files.makeFolder(Files.parent(of: path))
      try Files.replace(path, with: html)
    }
  }

  /// `rows read = planned + rejected`, the books hold as many messages as the plan, and the ledgers' own sums agree.
  public var isConserved: Bool {
    let ledger = facts.ledger
    return facts.rowsRead == facts.planned + facts.rejectedRows && facts.planned == figures.total.messages
      && (ledger == nil || ledger == figures.sum)
  }

  /// The page as UTF-8.
  public var html: [UInt8] { Array(document.source.utf8) }

  private var document: Markup {
    let title: Markup = "\(facts.name.isEmpty ? facts.campaign : facts.name) · qunfa"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
      base-uri 'none'; form-action 'none'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="referrer" content="no-referrer">
      <meta name="robots" content="noindex">
      <title>\(title)</title>
      <link rel="icon" href="data:,">
      <style>\(PageStyle.css)</style>
      </head>
      <body>
      <main>
      \(head)\(warning)\(keyFigures)\(funnel)
      <div class="pair">\(states)<div>\(rejected)\(segments)</div></div>
      <div class="pair">\(delay)\(pace)</div>
      \(codes)\(costs)\(prediction)\(sources)
      </main>
      <script type="application/json" id="figures">\(data)</script>
      </body>
      </html>

      """
  }

  /// A part of the page with its heading.
  func section(_ id: Markup, _ heading: Markup, note: Markup = "", _ body: Markup) -> Markup {
    let note: Markup = note.source.isEmpty ? "" : "<p class=\"note\">\(note)</p>"
    return
      "<section id=\"\(id)\" aria-labelledby=\"h-\(id)\"><h2 id=\"h-\(id)\">\(heading)</h2>\(note)\(body)</section>\n"
  }

  /// A moment as every file of the workspace shows it.
  func time(_ moment: Timestamp?) -> Markup {
    guard let moment else { return "–" }
    return "<time>\(facts.zone.civil(moment).spaced)</time>"
  }

  // MARK: Head

  private var head: Markup {
    let name: Markup = Reconciliation.name(facts.name.isEmpty ? facts.campaign : facts.name)
    let department: Markup =
      facts.department.isEmpty
      ? "" : "<div><dt>\(words("Department", "部门"))</dt><dd>\(Reconciliation.name(facts.department))</dd></div>"
    var sent: Markup = "–"
    if let first = figures.submissions.first, let last = figures.submissions.last {
      sent = "\(time(first)) – \(time(last))"
    }
    return """
      <header>
      <p class="kind">\(words("Campaign report", "群发报告"))</p>
      <h1>\(name)</h1>
      <dl class="facts">
      <div><dt>\(words("Campaign", "活动编号"))</dt><dd>\(Reconciliation.name(facts.campaign))</dd></div>\(department)
      <div><dt>\(words("Planned", "计划时间"))</dt><dd>\(time(facts.plannedAt))</dd></div>
      <div><dt>\(words("Sent", "发送时间"))</dt><dd>\(sent)</dd></div>
      <div><dt>\(words("Newest report", "最新回执"))</dt><dd>\(time(figures.lastReport))</dd></div>
      <div><dt>\(words("Written", "生成时间"))</dt><dd>\(time(facts.writtenAt))</dd></div>
      </dl>
      \(lede)
      </header>

      """
  }

  /// The result in one sentence.
  private var lede: Markup {
    guard figures.submitted > 0 else {
      return """
        <p class="lede">Nothing was sent yet: <b>\(count: figures.total.messages)</b> messages are planned. \
        <span class="zh" lang="zh-Hans">尚未发送，计划 \(count: figures.total.messages) 条。</span></p>
        """
    }
    let median = figures.delays.percentile(50).map(duration)
    let half: Markup = median.map { ", half of them within <b>\($0)</b>" } ?? ""
    let rate = rate(figures.delivered, of: figures.accepted)
    return """
      <p class="lede">Of <b>\(count: facts.rowsRead)</b> rows in the contact file, <b>\(count: figures.total.messages)</b> \
      became messages; gateways accepted <b>\(count: figures.accepted)</b> and delivered <b>\(count: figures.delivered)</b> \
      of these (<b>\(rate)</b>)\(half). <span class="zh" lang="zh-Hans">名单 \(count: facts.rowsRead) 行，\
      计划 \(count: figures.total.messages) 条，网关接受 \(count: figures.accepted) 条，\
      送达 \(count: figures.delivered) 条（\(rate)）。</span></p>
      """
  }

  private var warning: Markup {
    guard !isConserved else { return "" }
    return """
      <p class="alert" role="alert"><b>\(words("These books do not balance.", "账目不平。"))</b> Rows read \
      \(count: facts.rowsRead), planned \(count: facts.planned), rejected \(count: facts.rejectedRows), messages in the \
      books \(count: figures.total.messages). Do not use this page before somebody has looked.</p>

      """
  }

  // MARK: Key figures

  private var keyFigures: Markup {
    let total = figures.total
    let unpriced: Markup = figures.unpriced > 0 ? "\(count: figures.unpriced) messages without a price" : "by contract"
    let some = figures.count(of: .partial).messages
    let partly: Markup = some > 0 ? "\(count: some) of them partly" : "confirmed by reports"
    return """
      <section class="keys" aria-label="Key figures">
      \(key("planned", words("Planned", "计划"), "\(count: total.messages)", "of \(count: facts.rowsRead) rows"))
      \(key("accepted", words("Accepted", "网关接受"), "\(count: figures.accepted)", "\(percent(figures.accepted, of: total.messages)) of planned"))
      \(key("delivered", words("Delivered", "送达"), "\(count: figures.delivered)", partly))
      \(key("delivered_rate", words("Delivered rate", "送达率"), "\(rate(figures.delivered, of: figures.accepted))", "of accepted"))
      \(key("waiting", words("Waiting", "等待回执"), "\(count: figures.waiting)", "no final report yet"))
      \(key("unknown", words("Unknown", "结果未知"), "\(count: figures.unknown)", figures.unknown > 0 ? "a person must look" : "nothing to look at"))
      \(key("billable_segments", words("Segments billed", "计费条数"), "\(count: figures.billableSegments)", "of \(count: total.segments) planned"))
      \(key("cost", words("Cost", "费用"), "¥\(money: figures.cost)", unpriced))
      </section>

      """
  }

  private func key(_ id: Markup, _ label: Markup, _ value: Markup, _ note: Markup) -> Markup {
    let long: Markup = value.source.unicodeScalars.count > 11 ? " long" : ""
    return """
      <div class="key \(id)"><h2>\(label)</h2><p class="figure\(long)" data-figure="\(id)">\(value)</p>\
      <p class="sub">\(note)</p></div>
      """
  }
}
