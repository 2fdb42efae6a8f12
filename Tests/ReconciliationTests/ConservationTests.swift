import Ledger
import Messaging
import Platform
import TestSupport
import Testing

@testable import Reconciliation

/// Whatever campaigns and reports there are, ledger, reconciliation.csv, summary.csv and unmatched.csv agree.
@Suite struct ConservationTests {
  /// A small generator, so that a seed in a failure can be run again.
  struct Dice {
    var state: UInt64
    mutating func roll(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    mutating func one<Value>(of values: [Value]) -> Value { values[roll(values.count)] }
  }

  static let codes = ["DELIVRD", "UNDELIV", "EXPIRED", "ACCEPTD", "12", "13", "10", "15", "FAIL_MOBILE", "??", ""]

  /// A campaign's calls, and reports for them: right ones, doubled ones, wrong numbers, wrong accounts, nobody's.
  private func calls(_ dice: inout Dice, _ reports: inout [StoredReport], id: String) -> [BooksFixture.TestCall] {
    (0..<1 + dice.roll(6)).map { call in
      let gateway = dice.one(of: ["j", "j2", "m", "x", "y", "e"])
      let count = 1 + dice.roll(9)
      let numbers = (0..<count).map { 8_613_800_000_000 + UInt64(call * 20 + $0) }
      let segments = 1 + dice.roll(3)
      let state = dice.one(of: [CallState.accepted, .accepted, .accepted, .mixed, .refused, .unknown])
      var settlement = Settlement(state)
      if state == .accepted || state == .mixed, gateway != "y" {
        settlement.ids = (0..<count).map { position in
          let id = "\(id)-\(call)-\(gateway == "x" ? 0 : position)"
          return gateway == "m" ? (0..<segments).map { "\(id)-\($0)" }.joined(separator: " ") : id
        }
      }
      if state == .mixed {
        settlement.states = (0..<count).map { _ in dice.one(of: [.accepted, .refused, .unknown]) }
      }
      let link = "\(id)-link-\(call)"
      for (position, number) in numbers.enumerated() {
        for _ in 0..<dice.roll(4) {
          var report = BooksFixture.report(
            dice.roll(12) == 0 ? "j" : gateway, dice.roll(12) == 0 ? number + 1000 : number,
            id: settlement.ids.map { dice.one(of: $0[position].split(separator: " ").map(String.init)) } ?? "",
            code: dice.one(of: ConservationTests.codes), after: Double(dice.roll(5) * 1000))
          if gateway == "y" { report.linkID = dice.roll(8) == 0 ? "" : link }
          reports.append(report)
          if dice.roll(5) == 0 { reports.append(report) }
        }
      }
      return BooksFixture.TestCall(
        gateway: gateway, numbers: numbers, segments: segments, settlement: dice.roll(8) == 0 ? nil : settlement,
        link: link, at: BooksFixture.submitted + Double(dice.roll(3) * 86_400))
    }
  }

  @Test(arguments: 1...40)
  func `the three files and the ledger conserve`(seed: Int) throws {
    var dice = Dice(state: UInt64(seed))
    let books = try BooksFixture(billOn: dice.one(of: ["accepted", "delivered", "not_failed"]))
    books.console.time = BooksFixture.submitted + Double(dice.roll(8)) * 86_400
    var reports: [StoredReport] = []
    var planned = (messages: 0, segments: 0)
    for id in ["a", "b"].prefix(1 + dice.roll(2)) {
      let calls = calls(&dice, &reports, id: id)
      planned.messages += calls.reduce(0) { $0 + $1.numbers.count }
      planned.segments += calls.reduce(0) { $0 + $1.numbers.count * $1.segments }
      try books.campaign(calls, id: id)
    }
    for index in reports.indices.reversed() { reports.swapAt(index, dice.roll(index + 1)) }
    try books.receive(reports)
    let report = try books.reconcile()
    let rows = try books.file("reconciliation.csv")
    let summary = try books.file("summary.csv")
    let unmatched = try books.file("unmatched.csv")
    func sum(_ file: CSVText, _ column: String) -> Int { file[column].reduce(0) { $0 + (Int($1) ?? 0) } }
    func money(_ file: CSVText) throws -> Money {
      try file["cost"].reduce(Money.zero) { try $0 + Money(parsing: $1) }
    }
    let comment = Comment("seed \(seed)")
    #expect(report.isConserved, comment)
    #expect(rows.rows.count == planned.messages, comment)
    #expect(sum(summary, "planned") == planned.messages, comment)
    #expect(sum(rows, "segments") == planned.segments, comment)
    #expect(sum(summary, "segments") == planned.segments, comment)
    #expect(sum(rows, "billable_segments") == sum(summary, "billable_segments"), comment)
    #expect(try money(rows) == money(summary), comment)
    #expect(try money(rows) == Money(parsing: "0.035") * sum(rows, "billable_segments"), comment)
    #expect(report.totals.reportsRead == reports.count, comment)
    #expect(unmatched.rows.count == report.totals.reportsUnmatched, comment)
    let accepted = ["delivered", "failed", "expired", "waiting"].reduce(0) { $0 + sum(summary, $1) }
    #expect(sum(summary, "accepted") == accepted, comment)
    let states = rows["state"].reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
    #expect(sum(summary, "delivered") == (states["delivered"] ?? 0) + (states["partial"] ?? 0), comment)
    #expect(sum(summary, "unknown") == states["unknown"] ?? 0, comment)
  }
}
