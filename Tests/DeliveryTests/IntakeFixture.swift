import Configuration
import Database
import Gateways
import Ledger
import Messaging
import Platform
import TestSupport
import Testing

@testable import Delivery

/// A spool whose entries a test puts there; its files hold a hundred bytes an entry.
final class FakeSpool: SpoolSource {
  let folder: String
  private var files: [String: [SpoolEntry]] = [:]
  var finished: Set<String> = []
  /// The entry, counted over all files, before which reading fails.
  var failsBefore: Int?

  init(_ folder: String) throws {
    self.folder = folder
    try Files.makeFolder(folder)
  }

  func put(_ entry: SpoolEntry, in name: String = "1.spool") throws {
    var entry = entry
    entry.spool = name
    entry.offset = 100 * (files[name]?.count ?? 0)
    files[name, default: []].append(entry)
    let file = try File(folder + "/" + name, .append)
    try file.write([UInt8](repeating: 0, count: 100).span)
    try file.close()
  }

  func delete(_ name: String) throws {
    files[name] = nil
    try Files.remove(folder + "/" + name)
  }

  func names() -> [String] { files.keys.sorted() }

  func length(_ name: String) -> Int { 100 * (files[name]?.count ?? 0) }

  func read(
    _ name: String, from offset: Int, _ body: (SpoolEntry) throws(LedgerError) -> Void
  ) throws(LedgerError) -> (next: Int, isFinished: Bool) {
    let entries = files[name] ?? []
    for entry in entries where entry.offset >= offset {
      if let failsBefore {
        guard failsBefore > 0 else { throw .file(FileError("read", name, number: 5)) }
        self.failsBefore = failsBefore - 1
      }
      try body(entry)
    }
    return (entries.count * 100, finished.contains(name))
  }

  func entry(_ name: String, at offset: Int) -> SpoolEntry? { files[name]?.first { $0.offset == offset } }
}

/// A workspace with one account of each protocol, its spool, and what the intake made of it.
struct IntakeFixture {
  /// 2026-11-11 10:00:00 in Beijing.
  static let time = Timestamp(seconds: 1_794_362_400)
  let folder: TemporaryFolder
  let spool: FakeSpool
  var configuration: Configuration
  var data: String { configuration.data }

  static let accounts = """
    [gateways.j]
    protocol = "juhe"
    url = "http://127.0.0.1:1"
    account = "a"
    password = "env:QUNFA_NOT_SET"
    extno = "1"
    [gateways.e]
    protocol = "emay"
    url = "http://127.0.0.1:1"
    app_id = "a"
    secret_key = "env:QUNFA_NOT_SET"
    [gateways.m]
    protocol = "mobset"
    corp_id = "300003"
    login_name = "l"
    password = "env:QUNFA_NOT_SET"
    [gateways.y]
    protocol = "youe"
    uid = "u"
    password = "env:QUNFA_NOT_SET"
    [gateways.s]
    protocol = "18sms"
    account = "a"
    password = "env:QUNFA_NOT_SET"
    push_password = "env:QUNFA_NOT_SET"
    [imports.j]
    columns = { phone = "号码", message_id = "编号", status = "状态", reported_at = "时间" }

    """

  init(_ toml: String = IntakeFixture.accounts) throws {
    folder = try TemporaryFolder()
    configuration = try Configuration.parse(
      toml, workspace: folder.path, registry: GatewayRegistry(allGateways))
    spool = try FakeSpool(configuration.data + "/spool")
  }

  mutating func configure(_ toml: String) throws {
    configuration = try Configuration.parse(toml, workspace: folder.path, registry: GatewayRegistry(allGateways))
  }

  @discardableResult
  func run(at seconds: Double = 3600, recordsAtOnce: Int = Limits.intakeRecords) throws -> IntakeReport {
    try Intake(configuration, spool: spool, recordsAtOnce: recordsAtOnce).run(now: Self.time + seconds, wait: 0)
  }

  func database() throws -> Database {
    try Database.open(data + "/reports.db", .readOnly, applicationID: 0x7166_5250)
  }

  /// Changes the store behind the intake's back.
  func change(_ sql: String) throws {
    let database = try Database.open(data + "/reports.db", .readWrite, applicationID: 0x7166_5250)
    try database.execute(sql)
  }

  /// The rows of a query, cells joined by `|`.
  func rows(_ sql: String, cells: Int32 = 1) throws -> [String] {
    guard Files.exists(data + "/reports.db") else { return [] }
    let database = try database()
    var select = try database.prepare(sql)
    var rows: [String] = []
    while try select.step() { rows.append((0..<cells).map { select.text($0) }.joined(separator: "|")) }
    return rows
  }

  /// All that the store tells, but ids.
  func dump() throws -> [String] {
    try rows(
      """
      SELECT * FROM (
        SELECT 'page', spool || offset || kind || source, reports, replies, note FROM pages UNION ALL
        SELECT 'report', number, code, message_id, received_at || link_id || custom_id FROM reports UNION ALL
        SELECT 'reply', number, text, part_index || '/' || part_total, whole FROM replies UNION ALL
        SELECT 'whole', number, text, opt_out || campaign || row, told FROM whole_replies UNION ALL
        SELECT 'loss', spool || offset, kind, salvaged, note FROM losses UNION ALL
        SELECT 'poll', account, kind, at, '' FROM polls UNION ALL
        SELECT 'spool', name, read_to, finished, '' FROM spools
      ) ORDER BY 1, 2, 3, 4, 5
      """, cells: 5)
  }

  func optOuts() throws -> [String] {
    var found: [String] = []
    try WorkspaceStore(folder: data).forEachOptOut {
      found.append("\($0.number) \($0.source) \($0.text) \($0.campaign)")
    }
    return found
  }

  // MARK: Entries

  static func pull(
    _ account: String, _ body: String, kind: String = "reports", status: Int = 200, cut: Bool = false,
    at seconds: Double = 0
  ) -> SpoolEntry {
    var entry = SpoolEntry(.pull, account: account, kind: kind, receivedAt: time + seconds)
    entry.status = status
    entry.isCut = cut
    entry.bytes = Array(body.utf8)
    return entry
  }

  static func push(_ account: String, query: String = "", body: String = "", at seconds: Double = 0) -> SpoolEntry {
    var entry = SpoolEntry(.push, account: account, receivedAt: time + seconds)
    entry.method = body.isEmpty ? "GET" : "POST"
    entry.query = query
    entry.bytes = Array(body.utf8)
    return entry
  }

  static func file(_ account: String, _ path: String) -> SpoolEntry {
    var entry = SpoolEntry(.import, account: account, receivedAt: time)
    entry.bytes = Array(path.utf8)
    return entry
  }

  /// A reply to 18sms, or a part of one.
  static func reply(
    _ text: String, from number: String = "13800138000", part: String? = nil, time: String = "2611110955",
    at seconds: Double = 0
  ) -> SpoolEntry {
    let part = part.map { "&isems=1&emshead=\($0)" } ?? ""
    return push("s", query: "moTime=\(time)&destcode=1069&mobile=\(number)&msg=\(percent(text))\(part)", at: seconds)
  }

  static func percent(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return text.utf8.map { "%\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined()
  }
}
