import Campaigns
import Messaging
import Platform
import TestSupport
import Testing

@testable import Reconciliation

@Suite struct BillTests {
  @Test(
    arguments: [
      ("2", 2), ("1,024", 1024), ("２", 2), ("2.00", 2), (" 3 ", 3), ("=\"4\"", 4), ("'5", 5), ("0", 0),
      ("", nil), ("1.5", nil), ("-1", nil), ("two", nil), ("9999999999999", nil), (",1", nil), ("1.0.0", nil),
    ] as [(String, Int?)])
  func `counts are read however people write them`(text: String, count: Int?) {
    var folded = ByteBuffer()
    BillCell.fold(Array(text.utf8).span, into: &folded)
    #expect(BillCell.count(folded.span) == count)
  }

  @Test(
    arguments: [
      ("0.035", "0.035"), ("¥0.035", "0.035"), ("￥1,024.50", "1024.50"), ("０．０４", "0.04"), (".05", "0.05"),
      ("12元", "12.00"), (" 0.0350 ", "0.035"), ("-1.20", "-1.20"),
      ("", nil), ("free", nil), ("1.2.3", nil), ("1e3", nil), ("0.0000000000001", nil),
    ] as [(String, String?)])
  func `amounts are exact`(text: String, amount: String?) {
    var folded = ByteBuffer()
    BillCell.fold(Array(text.utf8).span, into: &folded)
    #expect(BillCell.money(folded.span)?.description == amount)
  }

  @Test(
    arguments: [
      ("2026-11-11", "2026-11-11"), ("2026/11/1", "2026-11-01"), ("2026年11月11日", "2026-11-11"),
      ("20261111", "2026-11-11"), ("2026/11/11 9:00", "2026-11-11"), ("2026-11-11T09:00:03+08:00", "2026-11-11"),
      ("20261111090003", "2026-11-11"), ("20261111 09:00:03", "2026-11-11"), ("２０２６－１１－１１", "2026-11-11"),
      ("2026.11.11", "2026-11-11"), ("2026-11", "2026-11-01 month"), ("2026年11月", "2026-11-01 month"),
      ("202611", "2026-11-01 month"), ("2026-02-29", nil), ("2026-13-01", nil), ("11/11/2026", nil), ("46337", nil),
      ("", nil), ("yesterday", nil), ("2026", nil), ("09:00", nil), ("99999999999999999", nil),
    ] as [(String, String?)])
  func `dates are read in the usual forms and never guessed`(text: String, day: String?) {
    var folded = ByteBuffer()
    BillCell.fold(Array(text.utf8).span, into: &folded)
    let read = BillCell.day(folded.span).map { Calendar.text($0.day) + ($0.isMonth ? " month" : "") }
    #expect(read == day)
  }

  @Test func `a line is normalised as the books are`() throws {
    let fixture = try BillFixture()
    let bill = try fixture.bill(
      """
      138 0000 0001,A01,1,0.035,2026-11-11 09:00:00
      0086-13800000002,0000012345678901234567,2,￥0.035,2026/11/12
      合计,,3,,

      """)
    #expect(bill.lines.count == 2)
    #expect(bill.lines[0].number == 8_613_800_000_001)
    #expect(bill.lines[1].number == 8_613_800_000_002)
    #expect(bill.lines.id(1) == "0000012345678901234567")
    #expect(bill.segments == 3)
    #expect(bill.amount.description == "0.105")
    #expect(bill.sumRows == 1 && bill.badRows == 0)
    #expect(bill.firstDay.map(Calendar.text) == "2026-11-11" && bill.lastDay.map(Calendar.text) == "2026-11-12")
  }

  @Test func `bad rows are told with their place, counted, and in no sum`() throws {
    let fixture = try BillFixture()
    let bill = try fixture.bill(
      """
      13800000001,A01,1,0.035,2026-11-11
      13800000002,A02,one,0.035,2026-11-11
      13800000003,A03,1,free,2026-11-11
      13800000004,A04,1,0.035,someday
      nobody,,1,0.035,2026-11-11
      13800000006,A06,1,0.035

      """)
    #expect(bill.badRows == 5)
    #expect(bill.segments == 1)
    #expect(bill.faults.map { $0.place?.line } == [3, 4, 5, 6, 7])
    #expect(bill.faults.map { $0.place?.column } == [3, 4, 5, 1, nil])
    #expect(
      bill.faults[0].description.hasSuffix(
        "bill.csv:3:3: error: found a text of 3 bytes in column \"计费条数\"; expected whole segments such as 2"))
    #expect(bill.faults[1].found == "found a text of 4 bytes in column \"单价\"")
    #expect(bill.faults[2].found == "found a text of 7 bytes in column \"提交时间\"")
    let (report, _) = try fixture.compare([bill], [OurMessage(id: "A01")])
    #expect(report.exitCode == .unbalanced)
    #expect(report.diagnostics.contains { $0.found == "5 rows of the bills cannot be read and are in no sum" })
  }

  @Test(arguments: [
    ("", "nothing"), ("１.5", "'1.5'"), ("13800138000", "a number of 11 digits"), ("138-0013-8000", "a phone number"),
    ("王小明", "a text of 9 bytes"), ("Ann", "a text of 3 bytes"), ("1.5元", "'1.5元'"), ("2026年1月", "'2026年1月'"),
    ("亲爱的顾客您好您的订单已经发出请注意查收", "a text of 60 bytes"),
  ])
  func `a bad cell is shown unless it may be a number or a text of somebody`(cell: String, shown: String) throws {
    let bill = try BillFixture().bill("13800000001,A01,\(cell),0.035,2026-11-11\n")
    #expect(bill.faults.map(\.found) == ["found \(shown) in column \"计费条数\""])
  }

  @Test func `the same bill twice is warned of`() throws {
    let fixture = try BillFixture()
    let text = "号码,消息编号,计费条数,单价,提交时间\n13800000001,A01,1,0.035,2026-11-11\n"
    let files = [
      try fixture.folder.write("a.csv", text), try fixture.folder.write("b.csv", text),
      try fixture.folder.write("c.csv", text + "13800000002,A02,1,0.035,2026-11-11\n"),
    ]
    let bill = try Bill.read(gateway: "juhe-main", files: files, fixture.configuration)
    #expect(bill.warnings.map { $0.place?.file } == [files[1]])
    let (report, _) = try fixture.compare([bill], [OurMessage(id: "A01")])
    #expect(report.diagnostics.first?.severity == .warning)
  }

  @Test func `a column that is not there ends with 3 and the nearest name`() throws {
    let fixture = try BillFixture()
    let path = try fixture.folder.write("b.csv", "号码,消息编码,计费条数,单价,提交时间\n")
    let error = #expect(throws: RunError.self) {
      _ = try Bill.read(gateway: "juhe-main", files: [path], fixture.configuration)
    }
    #expect(error?.code == .input)
    #expect(error?.diagnostic.next?.contains("Did you mean \"消息编码\"?") == true)
  }

  @Test func `a gateway without a column map ends with 2 and an example`() throws {
    let fixture = try BillFixture(
      more: "[gateways.other]\nprotocol = \"youe\"\nuid = \"1\"\npassword = \"p\"\nprice = \"1\"")
    let error = #expect(throws: RunError.self) {
      _ = try Bill.read(gateway: "other", files: ["x.csv"], fixture.configuration)
    }
    #expect(error?.code == .usage)
    #expect(error?.diagnostic.next?.contains("[bills.other]") == true)
    let unknown = #expect(throws: RunError.self) {
      _ = try Bill.read(gateway: "juhe-mian", files: ["x.csv"], fixture.configuration)
    }
    #expect(unknown?.code == .usage)
    #expect(unknown?.diagnostic.next == "Did you mean 'juhe-main'?")
  }
}
