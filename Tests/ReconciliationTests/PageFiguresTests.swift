import JSON
import Messaging
import Platform
import TestSupport
import Testing

@testable import Reconciliation

@Suite struct PageFiguresTests {
  /// What a reader of reconciliation.csv would add up, kept in plain lists.
  private struct Sheet {
    struct Row {
      var gateway: String
      var state: DeliveryState
      var code: String
      var segments: Int
      var billable: Int
      var cost: Money
      var due: Money
      var latency: Int?
      var isSubmitted: Bool
      var ledger: MessageState
    }
    var rows: [Row] = []

    init(_ fixture: PageFixture) throws {
      try fixture.forEach { entry in
        rows.append(
          Row(
            gateway: entry.gateway, state: entry.state,
            code: entry.answerCode.isEmpty ? entry.reportCode : entry.answerCode, segments: entry.segments,
            billable: entry.billableSegments, cost: entry.cost,
            due: try entry.unitPrice.map { try $0 * entry.segments } ?? .zero, latency: entry.latency,
            isSubmitted: entry.submittedAt != nil, ledger: entry.ledgerState))
      }
    }

    func count(_ isWanted: (Row) -> Bool) -> Int { rows.count(where: isWanted) }
    func money(_ rows: [Row], _ amount: (Row) -> Money) throws -> String {
      try rows.reduce(Money.zero) { try $0 + amount($1) }.description
    }
  }

  /// The JSON on the page.
  static func data(_ page: ReportPage) throws -> JSON {
    let html = page.html.text
    let mark = "id=\"figures\">"
    let start = try #require(html.places(of: mark).first) + mark.utf8.count
    return try JSON(parsing: Array(page.html[start...].prefix { $0 != UInt8(ascii: "<") }))
  }

  @Test func `every figure is the sum over the rows`() throws {
    let fixture = PageFixture(accounts: PageFixture.usual, messages: 3000)
    let sheet = try Sheet(fixture)
    let page = try fixture.page()
    let data = try Self.data(page)
    func number(_ key: String) -> Int? { data[key]?.text.flatMap { Int($0) } }
    #expect(number("planned") == 3000)
    #expect(number("rows_read") == fixture.facts().rowsRead)
    #expect(number("submitted") == sheet.count { $0.isSubmitted })
    #expect(number("accepted") == sheet.count { $0.ledger == .accepted })
    #expect(number("delivered") == sheet.count { $0.state == .delivered })
    #expect(number("waiting") == sheet.count { $0.state == .accepted })
    #expect(number("unknown") == sheet.count { $0.state == .unknown })
    #expect(number("segments") == sheet.rows.reduce(0) { $0 + $1.segments })
    #expect(number("billable_segments") == sheet.rows.reduce(0) { $0 + $1.billable })
    #expect(try data["cost"]?.text == sheet.money(sheet.rows) { $0.cost })
    #expect(try data["predicted_cost"]?.text == sheet.money(sheet.rows) { $0.due })
    for state in DeliveryState.allCases {
      let count = data["states"]?[state.rawValue]
      #expect(count?["messages"]?.text == String(sheet.count { $0.state == state }))
      let segments = sheet.rows.filter { $0.state == state }.reduce(0) { $0 + $1.segments }
      #expect(count?["segments"]?.text == String(segments))
    }
    for length in 1...3 {
      #expect(data["messages_by_segments"]?[String(length)]?.text == String(sheet.count { $0.segments == length }))
    }
    for gateway in try #require(data["gateways"]?.elements) {
      let rows = sheet.rows.filter { $0.gateway == gateway["name"]?.text }
      #expect(gateway["messages"]?.text == String(rows.count))
      #expect(try gateway["cost"]?.text == sheet.money(rows) { $0.cost })
      #expect(try gateway["predicted_cost"]?.text == sheet.money(rows) { $0.due })
      let codes = try #require(gateway["codes"]?.elements)
      #expect(codes.reduce(0) { $0 + (Int($1["messages"]?.text ?? "") ?? 0) } == rows.count)
      for code in codes {
        let same = rows.filter { $0.code == code["code"]?.text && $0.state.rawValue == code["state"]?.text }
        #expect(code["messages"]?.text == String(same.count))
      }
    }
  }

  @Test func `the shown figures are those of the data`() throws {
    let page = try PageFixture(accounts: PageFixture.usual, messages: 3000).page()
    let html = page.html.text
    let data = try Self.data(page)
    for key in ["planned", "accepted", "delivered", "waiting", "unknown", "billable_segments"] {
      let value = try #require(data[key]?.text)
      #expect(html.has("data-figure=\"\(key)\">\(grouped(value))<"), "\(key)")
    }
    let cost = try #require(data["cost"]?.text)
    #expect(html.has("data-figure=\"cost\">¥\(grouped(cost))<"))
    for (reason, rows) in page.facts.rejected {
      #expect(html.has("data-reason=\"\(reason.rawValue)\">\(grouped(String(rows)))<"))
    }
  }

  @Test func `percentiles and shares are exact`() throws {
    var delays = DelayHistogram()
    var random = SeededGenerator(seed: 3)
    var all: [Int] = []
    for _ in 0..<5000 {
      let delay = Int(random.next() % 300) * Int(random.next() % 900)
      all.append(delay)
      delays.add(delay)
    }
    all.sort()
    for percent in [1, 50, 90, 99, 100] {
      let exact = all[max(0, (5000 * percent + 99) / 100 - 1)]
      #expect(delays.percentile(percent) == (exact > DelayHistogram.limit ? nil : exact))
    }
    let bounds = [0, 1, 10, 3600, 86_400, DelayHistogram.limit]
    #expect(delays.cumulative(bounds) == bounds.map { bound in all.count { $0 <= bound } })
    #expect(delays.later == all.count { $0 > DelayHistogram.limit })
  }

  @Test func `a report before its submission counts as at once and is told`() {
    var delays = DelayHistogram()
    delays.add(-5)
    delays.add(3)
    #expect(delays.early == 1)
    #expect(delays.percentile(50) == 0)
    #expect(delays.cumulative([0, 5]) == [1, 2])
    #expect(DelayHistogram().percentile(50) == nil)
  }

  @Test(arguments: [1, 61, 3600, 86_400, 40 * 86_400, 4000 * 86_400])
  func `the curve of submissions loses no message and has few bars`(_ span: Int) {
    var counts = SubmissionCounts()
    let step = max(1, span / 500)
    var given = 0
    for second in stride(from: 0, through: span, by: step) {
      counts.add(PageFixture.sentAt + Double(second))
      given += 1
    }
    counts.settle()
    let chart = SubmissionChart(counts, zone: FixedZone.beijing)
    #expect(chart.bars.reduce(0) { $0 + $1.messages } == given)
    #expect(chart.bars.count <= 74)
  }

  @Test func `what was submitted within one minute is one bar`() {
    var counts = SubmissionCounts()
    for _ in 0..<3 { counts.add(PageFixture.sentAt) }
    let chart = SubmissionChart(counts, zone: FixedZone.beijing)
    #expect(chart.bars.map(\.messages) == [3])
    #expect(chart.svg("").source.contains("<rect"))
  }

  @Test func `a very long submission is counted by the hour`() {
    var counts = SubmissionCounts()
    for minute in 0..<25_000 { counts.add(Timestamp(seconds: Int64(minute) * 60)) }
    counts.settle()
    #expect(counts.step == 3600)
    #expect(counts.counts.values.reduce(0, +) == 25_000)
    #expect(counts.counts.count < 420)
  }

  @Test func `figures count as summary.csv does`() throws {
    let figures = PageFigures()
    var entry = BookEntry()
    let cases: [(DeliveryState, Bool)] = [
      (.failed, false), (.failed, true), (.partial, true), (.delivered, true), (.expired, true), (.accepted, true),
      (.unknown, false), (.sending, false), (.refused, false),
    ]
    for (state, isAccepted) in cases {
      entry.state = state
      entry.isAccepted = isAccepted
      try figures.take(entry)
    }
    #expect(figures.accepted == 5)
    #expect(figures.delivered == 2)
    #expect(figures.waiting == 1)
    #expect(figures.unknown == 2)
    #expect(figures.decidedFailed == 1)
  }

  @Test func `more codes than the page counts are counted together`() throws {
    let figures = PageFigures()
    var entry = BookEntry()
    entry.gateway = "g"
    entry.state = .failed
    for code in 0..<2500 {
      entry.reportCode = "C\(code)"
      try figures.take(entry)
    }
    figures.finish()
    #expect(figures.codes.count == Limits.pageCodes + 1)
    #expect(figures.codes(of: 0).first?.messages == 500)
  }
}
