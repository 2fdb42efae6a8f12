import Database
import Messaging
import Platform
import TestSupport

@testable import Ledger

/// One message of a plan that a test writes.
struct Row {
  var row: Int
  var call: Int
  var position: Int
  var text = "Hello"
  var segments = 1
  var externalID: String?

  var number: UInt64 { 8_613_800_000_000 + UInt64(row) }
}

/// A plan's rows as SQLite fetches them.
final class Rows: BulkSource {
  private let rows: [Row]
  private var index = -1
  private var words = ByteBuffer()
  private var texts = ByteBuffer()

  init(_ rows: [Row]) {
    self.rows = rows
    words.append("CNUCS-2")
  }

  func advance() -> Bool {
    index += 1
    guard index < rows.count else { return false }
    texts.clear()
    texts.append(rows[index].text)
    texts.append(rows[index].externalID ?? "")
    return true
  }

  func value(_ column: Int, into result: borrowing BulkResult) {
    let row = rows[index]
    switch column {
    case 0: result.set(row.row)
    case 1: row.externalID == nil ? result.setNull() : result.set(text: texts, row.text.utf8.count..<texts.count)
    case 2: result.set(Int(row.number))
    case 3: result.set(text: words, 0..<2)
    case 4: result.set(row.call)
    case 5: result.set(row.position)
    case 6: result.set(text: words, 2..<7)
    case 7: result.set(row.text.unicodeScalars.count)
    case 8: result.set(row.segments)
    default: result.set(text: texts, 0..<row.text.utf8.count)
    }
  }
}

/// A frozen plan in a folder of its own.
struct LedgerFixture {
  static let time = Timestamp(seconds: 1_794_362_400)
  let folder: TemporaryFolder
  var path: String { folder.path + "/night" }

  init(_ rows: [Row], gateway: String = "j") throws {
    folder = try TemporaryFolder()
    try LedgerFixture.build(rows, in: path, gateway: gateway)
  }

  static func build(_ rows: [Row], in folder: String, gateway: String = "j") throws {
    let builder = try LedgerBuilder(folder: folder)
    try builder.load(messages: Rows(rows))
    try builder.finish(calls: LedgerFixture.calls(rows, gateway: gateway), LedgerFixture.facts)
  }

  /// Two calls: rows 1 to 4 and rows 5 and 6.
  init() throws {
    try self.init(
      (0..<6).map { Row(row: $0 + 1, call: $0 / 4 + 1, position: $0 % 4, externalID: $0 == 2 ? "c3" : nil) })
  }

  static let facts = FrozenPlan(
    facts: [("campaign", "night"), ("epoch", "e")], inputs: [("contacts", "a.csv", "00ff")], rejected: [(.duplicate, 2)]
  )

  static func calls(_ rows: [Row], gateway: String) -> [PlannedCall] {
    Dictionary(grouping: rows, by: \.call).sorted { $0.key < $1.key }.map { id, members in
      PlannedCall(
        id: id, gateway: gateway, endpoint: "p2p", count: members.count, firstRow: members.map(\.row).min() ?? 0,
        lastRow: members.map(\.row).max() ?? 0)
    }
  }

  func open() throws -> CampaignLedger { try CampaignLedger(folder: path) }

  /// The file as another program sees it.
  func database() throws -> Database {
    try Database.open(path + "/ledger.db", .readWrite, applicationID: Schema.applicationID)
  }
}

extension CampaignLedger {
  func intend(_ call: Int, attempt: Int = 1) throws {
    try commit([
      .intend(call: call, attempt: attempt, link: "link-\(call)-\(attempt)", bodySHA256: "aa", at: LedgerFixture.time)
    ])
  }

  func settle(_ call: Int, attempt: Int = 1, _ settlement: Settlement) throws {
    try commit([.settle(call: call, link: "link-\(call)-\(attempt)", settlement, at: LedgerFixture.time + 1)])
  }
}
