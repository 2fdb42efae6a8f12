import Configuration
import Ledger
import Platform
import TestSupport
import Testing

@testable import Delivery

@Suite struct IntakeTests {
  typealias F = IntakeFixture
  static let juhePage = """
    {"status":"0","list":[
    {"flag":"1","mid":"00123","mobile":"13800138000","stat":"DELIVRD","time":"2026-11-11 09:59:58"},
    {"flag":"1","mid":"12345678901234567890","mobile":"8613800138001","stat":"MA:0001"},
    {"flag":"1","mid":"aBcD","mobile":"0061422118000","stat":"unHeardOf"}]}
    """
  static let report = "receiver=r&pswd=&msgid=00123&reportTime=2611110958&mobile=13800138000&status=DELIVRD"

  /// A night with everything in it, over three spool files.
  static func night(_ spool: FakeSpool) throws {
    try spool.put(F.pull("j", juhePage), in: "1.spool")
    try spool.put(F.pull("j", #"{"status":"0","balance":1,"list":[]}"#, at: 60), in: "1.spool")
    try spool.put(F.pull("y", "13800138000/2026-11-11 09:59:00/12345678901234567890/DELIVRD/\n", at: 61), in: "1.spool")
    try spool.put(F.push("s", query: report), in: "2.spool")
    try spool.put(F.push("s", query: report), in: "2.spool")
    try spool.put(F.reply("TD", at: 1), in: "2.spool")
    try spool.put(F.reply("好的，", part: "7,2,1", at: 2), in: "2.spool")
    let half = #"{"status":"0","list":[{"flag":"1","mid":"9","stat":"DELIVRD"},{"flag":"1","mi"#
    try spool.put(F.pull("j", half, cut: true), in: "3.spool")
    try spool.put(F.reply("谢谢", part: "7,2,2", at: 3), in: "3.spool")
    try spool.put(F.pull("m", "{\"Code\":-103}", at: 62), in: "3.spool")
  }

  @Test func `nothing in the spool makes no store`() throws {
    let fixture = try F()
    #expect(try fixture.run() == IntakeReport())
    #expect(!Files.exists(fixture.data + "/reports.db"))
  }

  @Test func `a night is taken in`() throws {
    let fixture = try F()
    try Self.night(fixture.spool)
    let report = try fixture.run()
    #expect(report.counts.reports == 6)
    #expect(report.counts.replies == 3)
    #expect(report.counts.repeatedPages == 1)
    #expect(report.counts.possibleLosses == 1)
    #expect(report.wholeReplies == 2)
    #expect(report.optOuts == 1)
    #expect(try fixture.optOuts() == ["8613800138000 reply TD "])
    #expect(report.warnings.count == 1, "\(report.warnings)")
    #expect(
      try fixture.rows("SELECT account, kind, at / 1000 FROM polls ORDER BY 1", cells: 3) == [
        "j|reports|\(F.time.seconds + 60)", "y|reports|\(F.time.seconds + 61)",
      ])
    #expect(try fixture.rows("SELECT spool, salvaged FROM losses", cells: 2) == ["3.spool|1"])
  }

  @Test func `ids stay text byte for byte, numbers become E 164 digits`() throws {
    let fixture = try F()
    try Self.night(fixture.spool)
    try fixture.run()
    #expect(
      try fixture.rows("SELECT message_id, number, code FROM reports WHERE page = 1 ORDER BY position", cells: 3) == [
        "00123|8613800138000|DELIVRD", "12345678901234567890|8613800138001|MA:0001", "aBcD|61422118000|unHeardOf",
      ])
    #expect(try fixture.rows("SELECT link_id FROM reports WHERE link_id <> ''") == ["12345678901234567890"])
  }

  @Test func `the same spool again changes nothing`() throws {
    let fixture = try F()
    try Self.night(fixture.spool)
    try fixture.run()
    let before = try fixture.dump()
    let again = try fixture.run()
    #expect(again == IntakeReport())
    #expect(try fixture.dump() == before)
  }

  @Test func `the same bytes in another file change nothing but the offsets`() throws {
    let fixture = try F()
    try Self.night(fixture.spool)
    try fixture.run()
    let counts = "SELECT (SELECT count(*) FROM pages) || '/' || (SELECT count(*) FROM reports)"
    let before = try fixture.rows(counts)
    try fixture.spool.put(F.pull("j", Self.juhePage), in: "4.spool")
    let report = try fixture.run()
    #expect(report.counts.repeatedPages == 1)
    #expect(try fixture.rows(counts) == before)
    #expect(try fixture.rows("SELECT read_to FROM spools WHERE name = '4.spool'") == ["100"])
  }

  @Test func `the same bytes of another account or kind are another page`() throws {
    let fixture = try F()
    let empty = #"{"status":"0","list":[{"flag":"1","mid":"9","stat":"DELIVRD"}]}"#
    try fixture.spool.put(F.pull("j", empty))
    try fixture.spool.put(F.pull("j", empty, kind: "replies"))
    #expect(try fixture.run().counts.pages == 2)
  }

  @Test(arguments: 0..<10, [1, 3, 20_000])
  func `a fault before any entry leads to the same end`(_ entry: Int, _ recordsAtOnce: Int) throws {
    let whole = try F()
    try Self.night(whole.spool)
    try whole.run(recordsAtOnce: recordsAtOnce)
    let fixture = try F()
    try Self.night(fixture.spool)
    fixture.spool.failsBefore = entry
    #expect(throws: LedgerError.self) { try fixture.run(recordsAtOnce: recordsAtOnce) }
    fixture.spool.failsBefore = nil
    try fixture.run(recordsAtOnce: recordsAtOnce)
    #expect(try fixture.dump() == whole.dump())
    #expect(try fixture.optOuts() == whole.optOuts())
  }

  @Test func `early, doubled, late, contradicting reports and those for nobody are all kept`() throws {
    let fixture = try F()
    let codes = ["DELIVRD", "ACCEPTD", "DELIVRD", "UNDELIV", "XX:1"]
    for (index, code) in codes.enumerated() {
      let query = "msgid=77&reportTime=26111109\(50 + index)&mobile=13800138000&status=\(code)"
      try fixture.spool.put(F.push("s", query: query, at: Double(index)))
    }
    try fixture.run()
    #expect(try fixture.rows("SELECT code FROM reports ORDER BY id") == codes)
  }

  @Test(arguments: [
    ("2611110958", "1794362280"), ("2026-11-11 09:58:07", "1794362287"), ("", ""), ("soon", ""),
    // Two days after its arrival, and the year 1999: no times.
    ("2611131001", ""), ("19991231235959", ""),
  ])
  func `times are Beijing's, and impossible ones are none`(written: String, seconds: String) throws {
    let fixture = try F()
    try fixture.spool.put(
      F.push("s", query: "msgid=1&mobile=13800138000&status=X&reportTime=" + F.percent(written)))
    try fixture.run()
    #expect(try fixture.rows("SELECT coalesce(reported_at / 1000, '') FROM reports") == [seconds])
  }

  @Test func `entries of an account that is not configured wait for it`() throws {
    var fixture = try F()
    try Self.night(fixture.spool)
    let juhe = F.accounts.firstRange(of: "[gateways.e]")!.lowerBound
    let imports = F.accounts.firstRange(of: "[imports.j]")!.lowerBound
    try fixture.configure(String(F.accounts[juhe..<imports]))
    let report = try fixture.run()
    #expect(report.counts.reports == 2)
    #expect(report.warnings.map(\.found) == ["3 pages of reports and replies of the gateway 'j' cannot be read now"])
    #expect(try fixture.run().warnings == report.warnings)
    try fixture.configure(F.accounts)
    #expect(try fixture.run().counts.reports == 4)
    #expect(try fixture.run() == IntakeReport())
    let whole = try F()
    try Self.night(whole.spool)
    try whole.run()
    #expect(try fixture.dump() == whole.dump())
  }

  @Test func `an entry whose file was deleted before its account came back is a possible loss`() throws {
    var fixture = try F()
    try fixture.spool.put(F.pull("j", Self.juhePage))
    let others = String(F.accounts[F.accounts.firstRange(of: "[gateways.e]")!.lowerBound...])
    try fixture.configure(others.replacing("[imports.j]", with: "[imports.e]"))
    try fixture.run()
    try fixture.spool.delete("1.spool")
    try fixture.configure(F.accounts)
    #expect(try fixture.run().counts.possibleLosses == 1)
    #expect(try fixture.run() == IntakeReport())
  }

  @Test(arguments: [
    // A process that died before an answer, an answer that is no page, one that broke off, a refusal, a push of
    // nonsense, one whose sender proved nothing.
    (F.pull("j", "", status: 0, cut: true), ["reports|0"]), (F.pull("j", "<html>", status: 502), ["reports|0"]),
    (F.pull("y", "13800138000/2026-11-11 09:59:00/1/DELIVRD/\n1380", cut: true), ["reports|1"]),
    (F.pull("j", #"{"status":"3"}"#), []), (F.pull("j", "", status: 0), []),
    (F.push("j", body: "hello"), ["push|0"]), (F.push("y", query: "SmsName=other&Class=rpt&Report=DELIVRD"), []),
  ])
  func `what broke off or cannot be read is a possible loss`(entry: SpoolEntry, losses: [String]) throws {
    let fixture = try F()
    try fixture.spool.put(entry)
    try fixture.run()
    #expect(try fixture.rows("SELECT kind, salvaged FROM losses", cells: 2) == losses)
  }

  @Test func `another intake at work is told, and its work left to it`() throws {
    let fixture = try F()
    try Self.night(fixture.spool)
    let lock = try FileLock.take(fixture.data + "/reports.lock")
    let report = try fixture.run()
    #expect(report.isLeftToAnother)
    #expect(report.warnings.count == 1)
    #expect(!Files.exists(fixture.data + "/reports.db"))
    _ = consume lock
  }

  @Test func `with nothing new the store is not opened for writing`() throws {
    let fixture = try F()
    try Self.night(fixture.spool)
    try fixture.run()
    let lock = try FileLock.take(fixture.data + "/reports.lock")
    #expect(try fixture.run() == IntakeReport())
    _ = consume lock
  }

  // MARK: Imported files

  static let table = """
    号码,编号,状态,时间
    13800138000,00123,DELIVRD,2026/11/11 9:58
    '+61 422 118 000,'0456,UNDELIV,
    138,,,
    "broken
    """

  @Test(arguments: [1, 2, 20_000])
  func `a portal's file is taken in once, with its bad rows counted`(_ recordsAtOnce: Int) throws {
    let fixture = try F()
    let path = try fixture.folder.write("portal.csv", Self.table)
    try fixture.spool.put(F.file("j", path))
    try fixture.spool.put(F.file("j", path))
    let report = try fixture.run(recordsAtOnce: recordsAtOnce)
    #expect(report.counts.reports == 2)
    #expect(
      try fixture.rows(
        "SELECT message_id, number, code, coalesce(reported_at / 1000, '') FROM reports ORDER BY position", cells: 4)
        == ["00123|8613800138000|DELIVRD|1794362280", "0456|61422118000|UNDELIV|"])
    #expect(try fixture.rows("SELECT note FROM pages WHERE note <> ''") == ["rows that could not be read: 2"])
  }

  @Test func `a file that lacks a column is a warning and a possible loss`() throws {
    let fixture = try F()
    try fixture.spool.put(F.file("j", try fixture.folder.write("portal.csv", "号码,状态\n1,2\n")))
    let report = try fixture.run()
    #expect(report.counts.possibleLosses == 1)
    #expect(report.warnings.map(\.severity) == [.warning, .warning])
    #expect(report.warnings.first?.found.contains("no column") == true)
  }

  // MARK: Raw records

  @Test func `the raw record of a report is found again`() throws {
    let fixture = try F()
    try Self.night(fixture.spool)
    try fixture.spool.put(F.file("j", try fixture.folder.write("portal.csv", Self.table)), in: "5.spool")
    try fixture.run()
    let raw = RawRecords(fixture.configuration, spool: fixture.spool)
    #expect(try raw.raw(spool: "1.spool", offset: 0, position: 1).contains("12345678901234567890"))
    #expect(try raw.raw(spool: "2.spool", offset: 0, position: 0).contains("msgid=00123"))
    #expect(try !raw.raw(spool: "2.spool", offset: 0, position: 0).contains("pswd"))
    #expect(try raw.rawReply(spool: "2.spool", offset: 200, position: 0).contains("moTime"))
    #expect(try raw.raw(spool: "5.spool", offset: 0, position: 0) == "13800138000,00123,DELIVRD,2026/11/11 9:58")
    #expect(try raw.raw(spool: "5.spool", offset: 0, position: 1).contains("UNDELIV"))
    #expect(try raw.raw(spool: "5.spool", offset: 0, position: 0).contains("00123"))
    #expect(raw.missing == 0)
    try fixture.spool.delete("1.spool")
    #expect(try raw.raw(spool: "1.spool", offset: 0, position: 0) == "")
    #expect(raw.missing == 1)
  }
}
