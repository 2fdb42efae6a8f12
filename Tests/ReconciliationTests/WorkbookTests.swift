import Messaging
import Platform
import Tables
import TestSupport
import Testing

@testable import Reconciliation

/// An .xlsx taken apart: a zip of XML files, each read by the house's own XML reader.
struct WorkbookContent {
  /// The names in the zip.
  private(set) var names: [String] = []
  private let folder: TemporaryFolder

  /// Every part becomes a gzip file: a zip holds the same deflated bytes, with their CRC and length.
  init(_ bytes: [UInt8], in folder: TemporaryFolder) throws {
    self.folder = folder
    func number(_ at: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << ($1 * 8) }
    }
    let end = try #require(bytes.indices.dropLast(21).last { number($0, 4) == 0x0605_4B50 })
    var entry = number(end + 16, 4)
    for _ in 0..<number(end + 10, 2) {
      let (crc, packed, length) = (number(entry + 16, 4), number(entry + 20, 4), number(entry + 24, 4))
      let nameLength = number(entry + 28, 2)
      let name = Array(bytes[entry + 46..<entry + 46 + nameLength]).text
      let local = number(entry + 42, 4)
      let start = local + 30 + number(local + 26, 2) + number(local + 28, 2)
      var gzip: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255] + bytes[start..<start + packed]
      for value in [crc, length] { for shift in 0..<4 { gzip.append(UInt8(value >> (shift * 8) & 255)) } }
      names.append(name)
      try folder.write("parts/" + name + ".gz", gzip)
      entry += 46 + nameLength + number(entry + 30, 2) + number(entry + 32, 2)
    }
  }

  /// The elements called `record` of a part, as dictionaries of attributes and children.
  func records(_ record: String, of part: String) throws -> [[String: String]] {
    var reader = try TableReader(
      path: folder.path + "/parts/" + part + ".gz", options: TableOptions(record: record, digest: false))
    var fields = Fields()
    var found: [[String: String]] = []
    while true {
      fields.clear()
      guard try reader.next(into: &fields) else { return found }
      found.append(Dictionary(zip(reader.header, fields.texts), uniquingKeysWith: { $1 }))
    }
  }

  /// Cells by their name: `t:` before a text, `n:` before a number.
  func cells(ofSheet number: Int) throws -> [String: String] {
    var cells: [String: String] = [:]
    for cell in try records("c", of: "xl/worksheets/sheet\(number).xml") {
      let isText = cell["t"] == "inlineStr"
      // Written with 17 digits, so that no bit is lost; read back, the shortest that means the same.
      let number = Double(cell["v"] ?? "").map { "n:\($0)" } ?? "n:"
      cells[cell["r"] ?? ""] = isText ? "t:" + (cell["is/t"] ?? "") : number
    }
    return cells
  }
}

@Suite struct WorkbookTests {
  private static let header =
    "campaign,department,row,external_id,phone,gateway,link_id,message_id,submitted_at,state,report_code,"
    + "report_meaning,reported_at,latency_s,match,segments,billable_segments,unit_price,cost\n"

  private func write(_ rows: String) throws -> (WorkbookContent, BillFixture) {
    let fixture = try BillFixture()
    let path = try fixture.folder.write("reconciliation.csv", "\u{FEFF}" + Self.header + rows)
    try fixture.folder.write(
      "differences.csv", "gateway,phone,message_id,ours,theirs,kind,cause\nj,1,007,1,2,segments,\n")
    var sums = BillSums()
    sums.gateway = "juhe-main"
    sums.ours.segments = 3
    sums.theirs.segments = 4
    try ReconciliationWorkbook.write(
      to: fixture.folder.path + "/r.xlsx", files: [path, fixture.folder.path + "/differences.csv"], bills: [sums],
      fixture.configuration)
    let bytes = try Files.read(fixture.folder.path + "/r.xlsx", limit: 1 << 24)
    return (try WorkbookContent(bytes, in: fixture.folder), fixture)
  }

  @Test func `ids are texts, counts and amounts are numbers, nothing is a formula`() throws {
    let (content, fixture) = try write(
      """
      c1,east,1,'=1+1,8613800000001,juhe-main,,00012345678901234567,2026-11-11 09:00:00,delivered,,"a<b&c",,3,message_id,2,2,0.035,0.07
      c1,east,2,"'@x",8613800000002,juhe-main,,A02,2026-11-11 09:00:00,failed,,,,,,1,1,0.035,0.035

      """)
    let cells = try content.cells(ofSheet: 2)
    #expect(cells["A1"] == "t:campaign")
    #expect(cells["C2"] == "n:1.0" && cells["P2"] == "n:2.0" && cells["S2"] == "n:0.07")
    #expect(cells["D2"] == "t:=1+1" && cells["D3"] == "t:@x")
    #expect(cells["E2"] == "t:8613800000001")
    #expect(cells["H2"] == "t:00012345678901234567")
    #expect(cells["L2"] == "t:a<b&c")
    #expect(cells["I2"] == "t:2026-11-11 09:00:00")
    for part in content.names where part.hasPrefix("xl/worksheets/sheet") {
      let formulas = try content.records("c", of: part).filter { $0["f"] != nil }
      #expect(formulas.isEmpty)
    }
    #expect(Files.permissions(fixture.folder.path + "/r.xlsx") == 0o600)
    #expect(!Files.exists(fixture.folder.path + "/r.xlsx.part"))
    // The third sheet is differences.csv: what is compared are numbers, the id a text.
    let third = try content.cells(ofSheet: 3)
    #expect(third["C2"] == "t:007" && third["D2"] == "n:1.0" && third["E2"] == "n:2.0")
  }

  @Test func `the first sheet adds up and has charts`() throws {
    let (content, _) = try write(
      """
      c1,e,1,,8613800000001,juhe-main,,A01,,delivered,,,,,,2,2,0.035,0.07
      c1,e,2,,8613800000002,youe-a,,A02,,failed,,,,,,1,0,0.035,0.00

      """)
    let cells = try content.cells(ofSheet: 1)
    #expect(cells["A5"] == "t:delivered" && cells["B5"] == "n:1.0" && cells["E5"] == "n:0.07")
    #expect(cells["A6"] == "t:failed" && cells["D6"] == "n:0.0")
    #expect(cells["A7"] == "t:total" && cells["C7"] == "n:3.0" && cells["E7"] == "n:0.07")
    #expect(content.names.filter { $0.hasPrefix("xl/charts/chart") }.count == 3)
    #expect(content.names.contains("xl/workbook.xml"))
  }
}
