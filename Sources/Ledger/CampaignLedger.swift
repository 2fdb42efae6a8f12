import Database
public import Messaging
import Platform

/// A campaign's ledger in one SQLite file. Only the process that holds the campaign's lock opens it for writing.
public final class CampaignLedger: CallStore {
  let database: Database
  public let folder: String
  private var statements: [String: Box] = [:]

  /// Statements are kept for the ledger's life: preparing one costs more than running it.
  private final class Box {
    var statement: Statement
    init(_ statement: consuming Statement) { self.statement = statement }
  }

  /// - Throws: when the system cannot tell; a ledger that is taken for missing would be planned and sent anew.
  public static func exists(in folder: String) throws(LedgerError) -> Bool {
    try fileErrors { () throws(FileError) in try Files.isThere(folder + "/ledger.db") }
  }

  /// The ids of the campaigns of a workspace's data folder that have a ledger, sorted; also those of which the system
  /// cannot tell, so that whoever opens them meets the error and one of them hides no other.
  public static func campaigns(in data: String) throws(LedgerError) -> [String] {
    let folder = data + "/campaigns"
    return try fileErrors { () throws(FileError) in try Files.list(folder) }.filter { id in
      // A file system of its own has this folder, closed to all but root.
      guard id != "lost+found" else { return false }
      do throws(LedgerError) { return try exists(in: folder + "/" + id) } catch { return true }
    }
  }

  /// Whether a run holds the campaign now.
  public static func isHeld(in folder: String) throws(LedgerError) -> Bool {
    try fileErrors { () throws(FileError) in try FileLock.isHeld(folder + "/lock") }
  }

  /// - Parameter readOnly: for `status` and `verify` beside a run.
  public init(folder: String, readOnly: Bool = false) throws(LedgerError) {
    self.folder = folder
    let path = folder + "/ledger.db"
    // A log that was left behind tells of a stop that was none of ours.
    let unclean = try fileErrors { () throws(FileError) in try Files.length(path + "-wal") ?? 0 } > 0
    do throws(DatabaseError) {
      database = try Database.open(path, readOnly ? .readOnly : .readWrite, applicationID: Schema.applicationID)
    } catch { throw .database(error) }
    let version = try ledgerErrors { () throws(DatabaseError) in try database.number("PRAGMA user_version") }
    guard version == Schema.version else { throw .version(path: path, found: version, known: Schema.version) }
    if unclean, !readOnly, let finding = try ledgerErrors({ () throws(DatabaseError) in try database.damage() }) {
      throw .damaged(path: path, finding: finding)
    }
  }

  private func prepared(_ sql: String) throws(DatabaseError) -> Box {
    if let box = statements[sql] { return box }
    let box = Box(try database.prepare(sql))
    statements[sql] = box
    return box
  }

  // MARK: Reading

  public func fact(_ key: String) throws(LedgerError) -> String? {
    try ledgerErrors { () throws(DatabaseError) in
      let box = try prepared("SELECT value FROM facts WHERE key = ?")
      box.statement.bind(1, key)
      defer { box.statement.reset() }
      return try box.statement.step() ? box.statement.text(0) : nil
    }
  }

  public func inputs() throws(LedgerError) -> [(role: String, path: String, sha256: String)] {
    try ledgerErrors { () throws(DatabaseError) in
      var select = try database.prepare("SELECT role, path, sha256 FROM inputs ORDER BY role, path")
      var inputs: [(role: String, path: String, sha256: String)] = []
      while try select.step() { inputs.append((select.text(0), select.text(1), select.text(2))) }
      return inputs
    }
  }

  public func rejected() throws(LedgerError) -> [(reason: RejectReason, rows: Int)] {
    try ledgerErrors { () throws(DatabaseError) in
      var select = try database.prepare("SELECT reason, rows FROM rejected")
      var found: [RejectReason: Int] = [:]
      while try select.step() {
        if let reason = RejectReason(rawValue: select.text(0)) { found[reason] = Int(select.integer(1)) }
      }
      return RejectReason.allCases.compactMap { reason in found[reason].map { (reason, $0) } }
    }
  }

  static let columns = """
    id, root, first, count, gateway, endpoint, first_row, last_row, state, attempt, link_id, submitted_at, code, note
    """

  static func call(_ row: borrowing Statement) -> Call {
    Call(
      id: Int(row.integer(0)), root: Int(row.integer(1)), first: Int(row.integer(2)), count: Int(row.integer(3)),
      gateway: row.text(4), endpoint: row.text(5), firstRow: Int(row.integer(6)), lastRow: Int(row.integer(7)),
      state: CallState(rawValue: row.text(8)) ?? .unknown, attempt: Int(row.integer(9)), linkID: row.text(10),
      submittedAt: row.isNull(11) ? nil : Timestamp(nanoseconds: row.integer(11) * 1_000_000), code: row.text(12),
      note: row.text(13))
  }

  public func calls(
    in state: CallState, of gateway: String?, after: Int, limit: Int
  ) throws(LedgerError) -> [Call] {
    try ledgerErrors { () throws(DatabaseError) in
      let box = try prepared(
        """
        SELECT \(CampaignLedger.columns) FROM calls
        WHERE id > ?1 AND state = ?2 AND (?3 IS NULL OR gateway = ?3) ORDER BY id LIMIT ?4
        """)
      box.statement.bind(1, after)
      box.statement.bind(2, state.rawValue)
      box.statement.bind(3, gateway)
      box.statement.bind(4, limit)
      defer { box.statement.reset() }
      var calls: [Call] = []
      while try box.statement.step() { calls.append(CampaignLedger.call(box.statement)) }
      return calls
    }
  }

  public func call(_ id: Int) throws(LedgerError) -> Call? {
    try ledgerErrors { () throws(DatabaseError) in
      let box = try prepared("SELECT \(CampaignLedger.columns) FROM calls WHERE id = ?")
      box.statement.bind(1, id)
      defer { box.statement.reset() }
      return try box.statement.step() ? CampaignLedger.call(box.statement) : nil
    }
  }

  public func forEachCall(_ body: (Call) -> Void) throws(LedgerError) {
    try ledgerErrors { () throws(DatabaseError) in
      var select = try database.prepare("SELECT \(CampaignLedger.columns) FROM calls ORDER BY id")
      while try select.step() { body(CampaignLedger.call(select)) }
    }
  }

  public func messages(of call: Call) throws(LedgerError) -> CallMessages {
    let plan = PlannedCall(
      id: call.root, gateway: "", endpoint: "", count: call.count, firstRow: call.firstRow, lastRow: call.lastRow)
    let from =
      plan.isScattered && hasCallIndex
      ? "messages INDEXED BY messages_by_call WHERE call = ?1"
      : "messages NOT INDEXED WHERE row BETWEEN ?4 AND ?5 AND call = ?1"
    return try ledgerErrors { () throws(DatabaseError) in
      let box = try prepared(
        """
        SELECT row, phone, region, segments, text FROM \(from)
        AND position >= ?2 AND position < ?2 + ?3 AND ?4 <= ?5 ORDER BY row
        """)
      box.statement.bind(1, call.root)
      box.statement.bind(2, call.first)
      box.statement.bind(3, call.count)
      box.statement.bind(4, call.firstRow)
      box.statement.bind(5, call.lastRow)
      defer { box.statement.reset() }
      var messages = CallMessages()
      while try box.statement.step() {
        messages.rows.append(Int(box.statement.integer(0)))
        messages.numbers.append(UInt64(bitPattern: box.statement.integer(1)))
        messages.regions.append(box.statement.text(2))
        messages.segments.append(Int(box.statement.integer(3)))
        messages.texts.append(box.statement.bytes(4))
      }
      return messages
    }
  }

  private lazy var hasCallIndex: Bool =
    (try? database.number("SELECT count(*) FROM sqlite_schema WHERE name = 'messages_by_call'")) == 1

  public func settlement(of call: Int) throws(LedgerError) -> Settlement {
    try ledgerErrors { () throws(DatabaseError) in
      let box = try prepared("SELECT state, code, note, states, ids, codes FROM calls WHERE id = ?")
      box.statement.bind(1, call)
      defer { box.statement.reset() }
      guard try box.statement.step() else { return Settlement(.unknown) }
      return Settlement(
        CallState(rawValue: box.statement.text(0)) ?? .unknown, code: box.statement.text(1),
        note: box.statement.text(2),
        states: box.statement.optionalText(3).map { TextArray.read($0).map { MessageState(rawValue: $0) ?? .unknown } },
        ids: box.statement.optionalText(4).map(TextArray.read),
        codes: box.statement.optionalText(5).map(TextArray.read))
    }
  }

  public func segments(of call: Int) throws(LedgerError) -> [Int]? {
    try ledgerErrors { () throws(DatabaseError) in
      let box = try prepared("SELECT segments FROM calls WHERE id = ?")
      box.statement.bind(1, call)
      defer { box.statement.reset() }
      guard try box.statement.step(), let text = box.statement.optionalText(0) else { return nil }
      return TextArray.read(text).map { Int($0) ?? 0 }
    }
  }

  public func forEachMessage(
    _ body: (borrowing StoredMessage) throws(LedgerError) -> Void
  ) throws(LedgerError) {
    var message = StoredMessage()
    var select = try ledgerErrors { () throws(DatabaseError) in
      try database.prepare(
        "SELECT row, external_id, phone, region, call, position, units, segments, encoding, text FROM messages ORDER BY row"
      )
    }
    while true {
      let more: Bool
      do throws(DatabaseError) { more = try select.step() } catch { throw .database(error) }
      guard more else { return }
      message.row = Int(select.integer(0))
      message.externalID.clear()
      select.append(1, to: &message.externalID)
      message.number = UInt64(bitPattern: select.integer(2))
      message.region = select.text(3)
      message.root = Int(select.integer(4))
      message.position = Int(select.integer(5))
      message.units = Int(select.integer(6))
      message.segments = Int(select.integer(7))
      message.encoding = select.text(8)
      message.text.clear()
      select.append(9, to: &message.text)
      try body(message)
    }
  }

  // MARK: Writing

  @discardableResult public func commit(_ changes: [Change]) throws(LedgerError) -> [Int] {
    guard !changes.isEmpty else { return [] }
    return try ledgerErrors { () throws(DatabaseError) in
      if Defect.isPlanted(.intentNotSynced) { try database.execute("PRAGMA synchronous = OFF") }
      return try database.transaction { () throws(DatabaseError) in
        var made: [Int] = []
        for change in changes { try apply(change, &made) }
        return made
      }
    }
  }

  private func apply(_ change: Change, _ made: inout [Int]) throws(DatabaseError) {
    switch change {
    case .intend(let call, let attempt, let link, let body, let at):
      try run(
        "INSERT INTO attempts(link_id, call, attempt, intended_at, body_sha256) VALUES(?, ?, ?, ?, ?)",
        .text(link), .integer(call), .integer(attempt), .time(at), .text(body))
      try run(
        "UPDATE calls SET state = 'sending', attempt = ?, link_id = ?, submitted_at = ? WHERE id = ?",
        .integer(attempt), .text(link), .time(at), .integer(call))
    case .settle(let call, let link, let settlement, let at):
      try end(link, settlement.state.rawValue, settlement.code, at)
      try write(settlement, to: call, at)
    case .putBack(let call, let link, let ending, let code, let at):
      try end(link, ending, code, at)
      try run("UPDATE calls SET state = 'planned', submitted_at = NULL WHERE id = ?", .integer(call))
    case .divide(let call, let link, let ending, let code, let parts, let at):
      try end(link, ending, code, at)
      try run("UPDATE calls SET state = 'divided', submitted_at = NULL WHERE id = ?", .integer(call))
      for part in parts { made.append(try insert(part, from: call)) }
    case .carve(let source, let parts, let superseded):
      if let superseded { try run("UPDATE calls SET state = 'divided' WHERE id = ?", .integer(superseded)) }
      for part in parts { made.append(try insert(part, from: source)) }
    case .cancel(let call, let at):
      try run("UPDATE calls SET state = 'cancelled', settled_at = ? WHERE id = ?", .time(at), .integer(call))
    case .resend(let call, let parts, let person, let positions, let at):
      try record("resend", person, call, positions, at)
      for part in parts { made.append(try insert(part, from: call)) }
    case .decide(let call, let settlement, let decision, let person, let positions, let at):
      try record(decision, person, call, positions, at)
      try write(settlement, to: call, at)
    }
  }

  private func record(
    _ decision: String, _ person: String, _ call: Int, _ positions: [Int], _ at: Timestamp
  ) throws(DatabaseError) {
    try run(
      "INSERT INTO decisions(at, person, decision, call, positions) VALUES(?, ?, ?, ?, ?)",
      .time(at), .text(person), .text(decision), .integer(call), .text(TextArray.write(positions.map(String.init))))
  }

  private func write(_ settlement: Settlement, to call: Int, _ at: Timestamp) throws(DatabaseError) {
    try run(
      "UPDATE calls SET state = ?, settled_at = ?, code = ?, note = ?, states = ?, ids = ?, codes = ? WHERE id = ?",
      .text(settlement.state.rawValue), .time(at), .text(settlement.code), .text(settlement.note),
      .optional(settlement.states.map { TextArray.write($0.map(\.rawValue)) }),
      .optional(settlement.ids.map(TextArray.write)), .optional(settlement.codes.map(TextArray.write)),
      .integer(call))
  }

  private func insert(_ part: CallPart, from call: Int) throws(DatabaseError) -> Int {
    let own = part.segments
    let segments = own == nil ? try inherited(part, from: call) : own
    try run(
      """
      INSERT INTO calls(id, root, first, count, gateway, endpoint, first_row, last_row, state, segments)
      SELECT (SELECT max(id) + 1 FROM calls), root, ?, ?, ?, ?, first_row, last_row, 'planned', ? FROM calls WHERE id = ?
      """,
      .integer(part.first), .integer(part.count), .text(part.gateway), .text(part.endpoint),
      .optional(segments.map { TextArray.write($0.map(String.init)) }), .integer(call))
    return Int(try database.number("SELECT max(id) FROM calls"))
  }

  /// The part's share of the segments that its call has at another gateway than the plan's.
  private func inherited(_ part: CallPart, from call: Int) throws(DatabaseError) -> [Int]? {
    let box = try prepared("SELECT segments, first FROM calls WHERE id = ? AND gateway = ?")
    box.statement.bind(1, call)
    box.statement.bind(2, part.gateway)
    defer { box.statement.reset() }
    guard try box.statement.step(), let text = box.statement.optionalText(0) else { return nil }
    let all = TextArray.read(text).map { Int($0) ?? 0 }
    let start = part.first - Int(box.statement.integer(1))
    guard start >= 0, start + part.count <= all.count else { return nil }
    return Array(all[start..<start + part.count])
  }

  private func end(_ link: String, _ ending: String, _ code: String, _ at: Timestamp) throws(DatabaseError) {
    try run(
      "UPDATE attempts SET ended_at = ?, ending = ?, code = ? WHERE link_id = ?",
      .time(at), .text(ending), .text(code), .text(link))
  }

  private enum Value {
    case integer(Int), text(String), optional(String?), time(Timestamp)
  }

  private func run(_ sql: String, _ values: Value...) throws(DatabaseError) {
    let box = try prepared(sql)
    for (index, value) in values.enumerated() {
      switch value {
      case .integer(let value): box.statement.bind(Int32(index + 1), value)
      case .text(let value): box.statement.bind(Int32(index + 1), value)
      case .optional(let value): box.statement.bind(Int32(index + 1), value)
      case .time(let value): box.statement.bind(Int32(index + 1), value.nanoseconds / 1_000_000)
      }
    }
    defer { box.statement.reset() }
    while try box.statement.step() {}
  }

  /// Empties the write-ahead log into the file, so that the folder can be copied.
  public func checkpoint() throws(LedgerError) {
    try ledgerErrors { () throws(DatabaseError) in try database.checkpoint() }
  }
}
