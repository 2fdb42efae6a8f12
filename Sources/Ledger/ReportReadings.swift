import Database
public import Platform

/// The reports from a moment on as columns, in the order of arrival: what joining a million of them needs, in
/// about sixty bytes each. Ids are kept as keys only (`TextHash.key` of account, id and number).
public struct ReportColumns: Sendable {
  /// In the store.
  public private(set) var ids: [Int] = []
  /// Places in `accountNames`.
  public private(set) var accounts: [UInt16] = []
  /// E.164 digits, 0 when the report names none.
  public private(set) var numbers: [UInt64] = []
  /// Milliseconds since 1970.
  public private(set) var received: [Int64] = []
  /// Milliseconds since 1970; the time of arrival where the report names none that can be read.
  public private(set) var reported: [Int64] = []
  /// Places in `codeNames`.
  public private(set) var codes: [UInt32] = []
  /// Which part it names, from 1; 0 for none.
  public private(set) var parts: [UInt16] = []
  /// By the gateway's id, by our id of the message, by our id of the call; 0 where the report has none. The last two
  /// are empty when no report has one.
  public private(set) var messageKeys: [UInt64] = []
  public private(set) var customKeys: [UInt64] = []
  public private(set) var linkKeys: [UInt64] = []
  public private(set) var accountNames: [String] = []
  public private(set) var codeNames: [String] = []
  /// Whether some report names no number.
  public private(set) var hasNumberless = false

  public var count: Int { ids.count }

  public init() {}

  /// The seed under which an account's ids are hashed.
  public static func seed(of account: String) -> UInt64 { TextHash.of(account, seed: 0x5EED) }
}

extension ReportStore {
  /// The reports received from `start` on, however late: a pull or an export file may bring them long after the day
  /// they are about.
  /// - Parameter names: other names for accounts, under which their reports are wanted.
  public func columns(
    since start: Timestamp, names: [String: String] = [:]
  ) throws(LedgerError) -> ReportColumns {
    try ledgerErrors { () throws(DatabaseError) in
      let accounts = try accountNames().map { (id: $0.id, name: names[$0.name] ?? $0.name) }
      let taker = ReportTaker(accounts, since: milliseconds(start))
      let first = try firstReport(receivedSince: start)
      let last = try database.number("SELECT max(id) FROM reports")
      taker.reserve(Int(min(max(0, last - first + 1), Int64(Limits.reportsReserved))))
      try database.scan(
        """
        SELECT 1 FROM reports WHERE id >= ?1 AND taken(
          id, account, received_at, reported_at, number, code, message_id, custom_id, link_id, part_index)
        ORDER BY id
        """, [first], into: taker)
      return taker.columns
    }
  }

  private func accountNames() throws(DatabaseError) -> [(id: Int64, name: String)] {
    var select = try database.prepare("SELECT id, name FROM accounts ORDER BY id")
    var names: [(id: Int64, name: String)] = []
    while try select.step() { names.append((select.integer(0), select.text(1))) }
    return names
  }

  /// The id before which no report is that recent. Pages and their reports stand in the order of their intake, so the
  /// reports of the first such page are found by halving.
  private func firstReport(receivedSince start: Timestamp) throws(DatabaseError) -> Int64 {
    var select = try database.prepare("SELECT min(id) FROM pages WHERE received_at >= ?")
    select.bind(1, start.nanoseconds / 1_000_000)
    guard try select.step(), !select.isNull(0) else { return 0 }
    let page = select.integer(0)
    var low = try database.number("SELECT min(id) FROM reports")
    var high = try database.number("SELECT max(id) FROM reports") + 1
    var look = try database.prepare("SELECT page FROM reports WHERE id >= ? ORDER BY id LIMIT 1")
    while low < high {
      let middle = low + (high - low) / 2
      look.bind(1, middle)
      let isEarlier = try look.step() && look.integer(0) < page
      look.reset()
      if isEarlier { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Reports whole, with the place of their page in the spool, for `unmatched.csv`; one that is not there is left out.
  public func reports(_ ids: [Int]) throws(LedgerError) -> [(report: StoredReport, spool: String, offset: Int)] {
    try ledgerErrors { () throws(DatabaseError) in
      var select = try database.prepare(
        """
        SELECT r.id, r.page, r.position, a.name, r.received_at, r.reported_at, r.number, r.code, r.message_id,
          r.custom_id, r.link_id, r.detail, r.submitted_at, r.part_index, r.part_total, p.spool, p.offset
        FROM reports r JOIN accounts a ON a.id = r.account LEFT JOIN pages p ON p.id = r.page WHERE r.id = ?
        """)
      var reports: [(report: StoredReport, spool: String, offset: Int)] = []
      for id in ids {
        select.bind(1, id)
        if try select.step() {
          reports.append((ReportStore.report(select), select.text(15), Int(select.integer(16))))
        }
        select.reset()
      }
      return reports
    }
  }

  /// How many fetches broke off.
  public func possibleLossCount() throws(LedgerError) -> Int {
    try ledgerErrors { () throws(DatabaseError) in Int(try database.number("SELECT count(*) FROM losses")) }
  }

  private static func report(_ row: borrowing Statement) -> StoredReport {
    func time(_ column: Int32) -> Timestamp { Timestamp(nanoseconds: row.integer(column) * 1_000_000) }
    var report = StoredReport(receivedAt: time(4))
    report.id = Int(row.integer(0))
    report.page = Int(row.integer(1))
    report.position = Int(row.integer(2))
    report.account = row.text(3)
    report.reportedAt = row.isNull(5) ? nil : time(5)
    report.number = UInt64(bitPattern: row.integer(6))
    report.code = row.text(7)
    report.messageID = row.text(8)
    report.customID = row.text(9)
    report.linkID = row.text(10)
    report.detail = row.text(11)
    report.submittedAt = row.isNull(12) ? nil : time(12)
    report.partIndex = Int(row.integer(13))
    report.partTotal = Int(row.integer(14))
    return report
  }
}

/// Puts the reports from a moment on into columns.
private final class ReportTaker: BulkTaker {
  private(set) var columns = ReportColumns()
  private var loader: Loader
  private let start: Int64

  init(_ accounts: [(id: Int64, name: String)], since start: Int64) {
    loader = Loader(accounts)
    self.start = start
    columns.name(accounts.map(\.name))
  }

  func reserve(_ count: Int) { columns.reserve(count) }

  func take(_ row: borrowing BulkRow) -> Bool {
    if row.integer(2) >= start { columns.append(row, &loader) }
    return false
  }
}

/// What loading remembers from one report to the next.
private struct Loader {
  let accounts: [(id: Int64, name: String)]
  let seeds: [UInt64]
  var account = (id: Int64.min, place: 0)
  var codes: [UInt64: UInt32] = [:]
  var code = (hash: UInt64(0), place: UInt32(0))
  var hasCustom = false
  var hasLink = false

  init(_ accounts: [(id: Int64, name: String)]) {
    self.accounts = accounts
    seeds = accounts.map { ReportColumns.seed(of: $0.name) }
  }

  mutating func place(ofAccount id: Int64) -> Int {
    if account.id != id { account = (id, accounts.firstIndex { $0.id == id } ?? 0) }
    return account.place
  }
}

extension ReportColumns {
  fileprivate mutating func reserve(_ count: Int) {
    ids.reserveCapacity(count)
    accounts.reserveCapacity(count)
    numbers.reserveCapacity(count)
    received.reserveCapacity(count)
    reported.reserveCapacity(count)
    codes.reserveCapacity(count)
    parts.reserveCapacity(count)
    messageKeys.reserveCapacity(count)
  }

  fileprivate mutating func append(_ row: borrowing BulkRow, _ loader: inout Loader) {
    let account = loader.place(ofAccount: row.integer(1))
    let number = UInt64(bitPattern: row.integer(4))
    let receivedAt = row.integer(2)
    ids.append(Int(row.integer(0)))
    accounts.append(UInt16(clamping: account))
    numbers.append(number)
    received.append(receivedAt)
    let reportedAt = row.integer(3)
    reported.append(reportedAt == 0 && row.isNull(3) ? receivedAt : reportedAt)
    parts.append(UInt16(clamping: row.integer(9)))
    if number == 0 { hasNumberless = true }
    let seed = loader.seeds.isEmpty ? 0 : loader.seeds[account]
    codes.append(place(ofCode: row, &loader))
    messageKeys.append(ReportColumns.key(row, 6, seed, number))
    let custom = ReportColumns.key(row, 7, seed, number)
    if custom != 0, !loader.hasCustom {
      loader.hasCustom = true
      customKeys = Array(repeating: 0, count: ids.count - 1)
    }
    if loader.hasCustom { customKeys.append(custom) }
    let link = ReportColumns.key(row, 8, seed, number)
    if link != 0, !loader.hasLink {
      loader.hasLink = true
      linkKeys = Array(repeating: 0, count: ids.count - 1)
    }
    if loader.hasLink { linkKeys.append(link) }
  }

  private static func key(_ row: borrowing BulkRow, _ column: Int, _ seed: UInt64, _ number: UInt64) -> UInt64 {
    let id = row.bytes(column)
    return id.isEmpty ? 0 : TextHash.key(TextHash.of(id, seed: seed), number: number)
  }

  private mutating func place(ofCode row: borrowing BulkRow, _ loader: inout Loader) -> UInt32 {
    let hash = TextHash.of(row.bytes(5), seed: 1)
    if hash == loader.code.hash { return loader.code.place }
    let place: UInt32
    if let known = loader.codes[hash] {
      place = known
    } else {
      place = UInt32(codeNames.count)
      codeNames.append(row.text(5))
      loader.codes[hash] = place
    }
    loader.code = (hash, place)
    return place
  }

  fileprivate mutating func name(_ accounts: [String]) { accountNames = accounts }
}
