import Campaigns
import Ledger
import Messaging
import Platform
import TestSupport
import Testing

@testable import Reconciliation

/// A case of one or few messages and lines.
struct DifferenceCase: CustomTestStringConvertible {
  var name: String
  var ours: [OurMessage]
  var bill: String
  /// `kind|cause|ours|theirs` of the rows that belong to messages.
  var rows: [String]
  var gateway = "juhe-main"
  var testDescription: String { name }
}

@Suite struct DifferencesTests {
  static let one: UInt64 = 8_613_800_000_001
  static let cases: [DifferenceCase] = [
    DifferenceCase(
      name: "alike", ours: [OurMessage(id: "A01")], bill: "13800000001,A01,1,0.035,2026-11-11\n", rows: []),
    DifferenceCase(
      name: "not billed", ours: [OurMessage(id: "A01")], bill: "",
      rows: ["only_ours|not billed though billable|1|0"]),
    DifferenceCase(
      name: "a number never sent to", ours: [], bill: "13800000001,A01,2,0.035,2026-11-11\n",
      rows: ["only_theirs|a number that was never sent to: line 2|0|2"]),
    DifferenceCase(
      name: "one segment more", ours: [OurMessage(id: "A01")], bill: "13800000001,A01,2,0.035,2026-11-11\n",
      rows: ["segments||1|2"]),
    DifferenceCase(
      name: "signature not counted", ours: [OurMessage(id: "A01", segments: 2, units: 75, signatureUnits: 6)],
      bill: "13800000001,A01,1,0.035,2026-11-11\n",
      rows: ["segments|signature not counted by the vendor|2|1"]),
    DifferenceCase(
      name: "signature counted by them", ours: [OurMessage(id: "A01", segments: 1, units: 68, signatureUnits: 6)],
      bill: "13800000001,A01,2,0.035,2026-11-11\n",
      rows: ["segments|signature counted by the vendor but not by us|1|2"]),
    DifferenceCase(
      name: "price", ours: [OurMessage(id: "A01")], bill: "13800000001,A01,1,0.04,2026-11-11\n",
      rows: ["price||0.035|0.04"]),
    DifferenceCase(
      name: "segments and price", ours: [OurMessage(id: "A01", segments: 2)],
      bill: "13800000001,A01,3,0.04,2026-11-11\n", rows: ["segments||2|3", "price||0.035|0.04"]),
    DifferenceCase(
      name: "no price of ours", ours: [OurMessage(id: "A01", price: nil)],
      bill: "13800000001,A01,1,0.04,2026-11-11\n", rows: ["price|no price in qunfa.toml||0.04"]),
    DifferenceCase(
      name: "doubled line", ours: [OurMessage(id: "A01")],
      bill: "13800000001,A01,1,0.035,2026-11-11\n13800000001,A01,1,0.035,2026-11-11\n",
      rows: ["duplicate|doubled line: line 3|0|1"]),
    DifferenceCase(
      name: "doubled line without ids", ours: [OurMessage()],
      bill: "13800000001,,1,0.035,2026-11-11\n13800000001,,1,0.035,2026-11-11\n",
      rows: ["duplicate|doubled line: line 3|0|1"]),
    DifferenceCase(
      name: "a row a segment", ours: [OurMessage(id: "A01 A02 A03", segments: 3)],
      bill:
        "13800000001,A01,1,0.035,2026-11-11\n13800000001,A02,1,0.035,2026-11-11\n13800000001,A03,1,0.035,2026-11-11\n",
      rows: []),
    DifferenceCase(
      name: "a part twice, another not at all", ours: [OurMessage(id: "A01 A02", segments: 2)],
      bill: "13800000001,A01,1,0.035,2026-11-11\n13800000001,A01,1,0.035,2026-11-11\n",
      rows: ["duplicate|doubled line: line 3|0|1", "segments||2|1"]),
    DifferenceCase(
      name: "a part that is billed as two", ours: [OurMessage(id: "A01 A02", segments: 2)],
      bill: "13800000001,A01,2,0.035,2026-11-11\n13800000001,A02,1,0.035,2026-11-11\n", rows: ["segments||2|3"]),
    DifferenceCase(
      name: "a row a segment without ids", ours: [OurMessage(segments: 2)],
      bill: "13800000001,,1,0.035,2026-11-11\n13800000001,,1,0.035,2026-11-11\n", rows: []),
    DifferenceCase(
      name: "failed but billed", ours: [OurMessage(id: "A01", billable: 0, state: .failed)],
      bill: "13800000001,A01,1,0.035,2026-11-11\n", rows: ["only_theirs|failed but billed|0|1"]),
    DifferenceCase(
      name: "no report but billed", ours: [OurMessage(id: "A01", billable: 0, state: .accepted)],
      bill: "13800000001,A01,1,0.035,2026-11-11\n", rows: ["only_theirs|billed without a report of delivery|0|1"]),
    DifferenceCase(
      name: "late report, billed",
      ours: [OurMessage(id: "A01", billable: 0, state: .failed, reported: "2026-11-13")],
      bill: "13800000001,A01,1,0.035,2026-11-11\n",
      rows: ["only_theirs|late report: reported on 2026-11-13|0|1"]),
    DifferenceCase(
      name: "late report, not billed",
      ours: [OurMessage(id: "A01"), OurMessage(number: one + 1, id: "A02", reported: "2026-11-13")],
      bill: "13800000001,A01,1,0.035,2026-11-11\n",
      rows: ["only_ours|late report: reported on 2026-11-13|1|0"]),
    DifferenceCase(
      name: "refused but billed", ours: [OurMessage(billable: 0, state: .refused, ledgerState: .refused)],
      bill: "13800000001,A01,1,0.035,2026-11-11\n", rows: ["only_theirs|refused but billed|0|1"]),
    DifferenceCase(
      name: "unknown but accepted", ours: [OurMessage(billable: 0, state: .unknown, ledgerState: .unknown)],
      bill: "13800000001,A01,1,0.035,2026-11-11\n",
      rows: [
        "only_theirs|unknown that was accepted after all: qunfa resolve CAMPAIGN --unknown accepted|0|1"
      ]),
    DifferenceCase(
      name: "never sent", ours: [OurMessage(billable: 0, state: .cancelled, ledgerState: .cancelled)],
      bill: "13800000001,A01,1,0.035,2026-11-11\n", rows: ["only_theirs|never sent but billed|0|1"]),
    DifferenceCase(
      name: "other month", ours: [OurMessage(id: "A01")], bill: "13800000001,A01,1,0.035,2026-12-11\n",
      rows: ["total|other month: sent in 2026-11|2026-11-11|2026-12-11"]),
    DifferenceCase(
      name: "midnight is no other month", ours: [OurMessage(id: "A01", submitted: "2026-11-30")],
      bill: "13800000001,A01,1,0.035,2026-12-01 00:00:02\n", rows: []),
    DifferenceCase(
      name: "sent after the bill's month",
      ours: [OurMessage(id: "A01"), OurMessage(number: one + 1, id: "A02", submitted: "2026-12-02")],
      bill: "13800000001,A01,1,0.035,2026-11-11\n", rows: ["only_ours|other month: sent on 2026-12-02|1|0"]),
    DifferenceCase(
      name: "one number, two campaigns, one line",
      ours: [OurMessage(), OurMessage(campaign: "c2")], bill: "13800000001,,1,0.035,2026-11-11\n",
      rows: ["only_ours|not billed though billable|1|0"]),
    DifferenceCase(
      name: "an unknown message takes no line of a billable one",
      ours: [OurMessage(billable: 0, ledgerState: .unknown), OurMessage(campaign: "c2")],
      bill: "13800000001,,1,0.035,2026-11-11\n", rows: []),
    DifferenceCase(
      name: "an id that is another's is not ours", ours: [OurMessage(id: "A01")],
      bill: "13800000001,B01,1,0.035,2026-11-11\n",
      rows: ["only_ours|not billed though billable|1|0", "only_theirs|one line more for a number of ours: line 2|0|1"]),
    DifferenceCase(
      name: "link id and number",
      ours: [
        OurMessage(link: "20261111000000000001", gateway: "youe-a", price: "0.04"),
        OurMessage(number: one + 1, link: "20261111000000000001", gateway: "youe-a", price: "0.04"),
      ],
      bill: """
        13800000002,20261111000000000001,1,0.04,2026-11-11
        13800000001,20261111000000000001,1,0.08,2026-11-11

        """,
      rows: ["price||0.04|0.08"], gateway: "youe-a"),
    DifferenceCase(
      name: "totals", ours: [OurMessage(gateway: "18sms-a", segments: 2, price: "0.04")],
      bill: "2026-11-11,3,0.12\n",
      rows: ["total|total: segments of 2026-11-11|2|3", "total|total: amount of 2026-11-11|0.08|0.12"],
      gateway: "18sms-a"),
    DifferenceCase(
      name: "totals of a month",
      ours: [
        OurMessage(gateway: "18sms-a", price: "0.04"),
        OurMessage(gateway: "18sms-a", price: "0.04", submitted: "2026-11-12"),
      ],
      bill: "2026年11月,2,￥0.08\n", rows: [], gateway: "18sms-a"),
  ]

  @Test(arguments: cases) func `each difference has its kind and its cause`(example: DifferenceCase) throws {
    let fixture = try BillFixture()
    let bill = try fixture.bill(example.bill, gateway: example.gateway)
    #expect(bill.badRows == 0)
    let (report, file) = try fixture.compare([bill], example.ours)
    let rows = file.rows.filter { !$0["cause"]!.hasPrefix("all in all") }.map {
      "\($0["kind"]!)|\($0["cause"]!)|\($0["ours"]!)|\($0["theirs"]!)"
    }
    #expect(rows == example.rows)
    #expect(report.isConserved)
    #expect(report.exitCode == (example.rows.isEmpty ? .done : .unbalanced))
    #expect(report.sums.first?.gateway == example.gateway)
  }

  @Test func `the sums are told in all when they differ`() throws {
    let fixture = try BillFixture()
    let bill = try fixture.bill("13800000001,A01,3,0.035,2026-11-11\n")
    let (_, file) = try fixture.compare([bill], [OurMessage(id: "A01")])
    let totals = file.rows.filter { $0["kind"] == "total" }
    #expect(
      totals.map { "\($0["ours"]!)|\($0["theirs"]!)|\($0["cause"]!)" } == [
        "1|3|all in all: segments", "0.035|0.105|all in all: amount",
      ])
    #expect(file.header == ["gateway", "phone", "message_id", "ours", "theirs", "kind", "cause"])
    #expect(file.rows[0]["phone"] == "13800000001" && file.rows[0]["message_id"] == "A01")
  }

  @Test(arguments: [(0, ExitCode.unbalanced), (1, .unbalanced), (2, .done)])
  func `a tolerance in segments forgives small sums`(tolerance: Int, code: ExitCode) throws {
    let fixture = try BillFixture()
    let bill = try fixture.bill("13800000001,A01,2,0.035,2026-11-11\n13800000002,A02,1,0.035,2026-11-11\n")
    let ours = [OurMessage(id: "A01"), OurMessage(number: Self.one + 1, id: "A02", segments: 2)]
    let (report, file) = try fixture.compare([bill], ours, tolerance: tolerance)
    #expect(report.exitCode == code)
    #expect(file.rows.count == 2)
  }

  @Test(arguments: [("0.12", ExitCode.done), ("99.00", .unbalanced)])
  func `a tolerated segment hides no more than it can cost`(amount: String, code: ExitCode) throws {
    let fixture = try BillFixture()
    let bill = try fixture.bill("2026-11-11,3,\(amount)\n", gateway: "18sms-a")
    let ours = [OurMessage(gateway: "18sms-a", segments: 2, price: "0.04")]
    #expect(try fixture.compare([bill], ours, tolerance: 1).report.exitCode == code)
  }

  @Test func `a line of another campaign is told as such when not all were read`() throws {
    let fixture = try BillFixture()
    let bill = try fixture.bill("13800000001,A01,1,0.035,2026-11-11\n")
    let (_, file) = try fixture.compare([bill], [], isWholeBook: false)
    #expect(file["cause"].first == "not among the messages that were reconciled: line 2")
  }

  @Test(arguments: 0..<24) func `ours and the differences make theirs, whatever the bill says`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let fixture = try BillFixture()
    var ours: [OurMessage] = []
    var lines: [String] = []
    let hasIDs = Bool.random(using: &random)
    for index in 0..<120 {
      var message = OurMessage(number: Self.one + UInt64(Int.random(in: 0..<80, using: &random)))
      message.segments = Int.random(in: 1...4, using: &random)
      message.id = hasIDs && Int.random(in: 0..<5, using: &random) > 0 ? "A\(index)" : ""
      message.ledgerState = MessageState.allCases.randomElement(using: &random)!
      message.state = DeliveryState(message.ledgerState)
      message.billable = message.ledgerState == .accepted ? message.segments : 0
      ours.append(message)
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let segments = Int.random(in: 0...4, using: &random)
        let price = ["0.035", "0.04", "0"].randomElement(using: &random)!
        let day = Int.random(in: 10...12, using: &random)
        let id = Int.random(in: 0..<4, using: &random) > 0 ? message.id : ""
        lines.append("\(message.number % 100_000_000_000),\(id),\(segments),\(price),2026-11-\(day)")
      }
    }
    lines.shuffle(using: &random)
    let bill = try fixture.bill(lines.map { $0 + "\n" }.joined())
    let (report, _) = try fixture.compare([bill], ours)
    #expect(report.isConserved)
    let sums = report.sums[0]
    #expect(sums.ours.segments == ours.reduce(0) { $0 + ($1.billable ?? 0) })
    #expect(
      sums.theirs.segments
        == lines.reduce(0) { $0 + Int($1.split(separator: ",", omittingEmptySubsequences: false)[2])! })
  }
}

@Suite struct BalanceViewTests {
  private func balance(_ minute: Int, _ amount: String, campaign: String = "c1", unit: String = "messages")
    -> WorkspaceStore.Balance
  {
    WorkspaceStore.Balance(
      at: Timestamp(seconds: Int64(minute * 60)), gateway: "juhe-main", product: "", amount: amount, unit: unit,
      campaign: campaign)
  }

  private func losses(_ balances: [WorkspaceStore.Balance]) throws -> [BalanceLoss] {
    let fixture = try BillFixture()
    let (report, _) = try fixture.compare(
      [], [OurMessage(id: "A01", segments: 3)], balances: BalanceView(balances))
    return report.losses
  }

  @Test func `an account lost what the campaign took`() throws {
    let loss = try #require(try losses([balance(1, "100"), balance(2, "97")]).first)
    #expect(!loss.differs)
    #expect(loss.lost.description == "3.00")
  }

  @Test func `li are thousandths of a yuan`() throws {
    let loss = try #require(try losses([balance(1, "1000", unit: "li"), balance(2, "890", unit: "li")]).first)
    #expect(loss.lost.description == "0.11" && loss.expected.description == "0.105" && loss.differs)
  }

  @Test func `what others spent between two runs is not the campaign's`() throws {
    let loss = try #require(
      try losses([
        balance(1, "100"), balance(2, "98"), balance(3, "98", campaign: "c2"), balance(4, "50", campaign: "c2"),
        balance(5, "50"), balance(6, "49"),
      ]).first)
    #expect(loss.lost.description == "3.00" && !loss.differs)
  }

  @Test func `a rise is money paid in, and said`() throws {
    let loss = try #require(try losses([balance(1, "100"), balance(2, "1097")]).first)
    #expect(loss.paidIn.description == "997.00" && loss.differs)
  }

  @Test func `one balance alone tells nothing`() throws {
    #expect(try losses([balance(1, "100")]).isEmpty)
  }
}
