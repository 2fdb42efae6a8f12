public import Database
public import Messaging
import Platform

/// A call of a new plan.
public struct PlannedCall: Sendable, Equatable {
  /// From 1.
  public var id: Int
  public var gateway: String
  public var endpoint: String
  public var count: Int
  /// The rows of its first and last message.
  public var firstRow: Int
  public var lastRow: Int

  public init(id: Int, gateway: String, endpoint: String, count: Int, firstRow: Int, lastRow: Int) {
    self.id = id
    self.gateway = gateway
    self.endpoint = endpoint
    self.count = count
    self.firstRow = firstRow
    self.lastRow = lastRow
  }

  /// Whether its messages lie so far apart that reading them by row range would read too much.
  var isScattered: Bool { lastRow - firstRow + 1 > max(64, count * 8) }
}

/// What a plan froze besides its messages and calls.
public struct FrozenPlan: Sendable {
  /// Short facts by name: campaign, name, department, epoch, settings, header, …
  public var facts: [(key: String, value: String)]
  /// Files by role (contacts, template, suppression, campaign) with their SHA-256 in hexadecimal digits.
  public var inputs: [(role: String, path: String, sha256: String)]
  /// Rejected rows by reason.
  public var rejected: [(reason: RejectReason, rows: Int)]

  public init(
    facts: [(key: String, value: String)], inputs: [(role: String, path: String, sha256: String)],
    rejected: [(reason: RejectReason, rows: Int)]
  ) {
    self.facts = facts
    self.inputs = inputs
    self.rejected = rejected
  }
}

/// Builds a campaign's ledger beside its final name; only `finish` makes it one, durably and at once.
public final class LedgerBuilder: @unchecked Sendable {
  // Sendable although SQLite's connection is not: the loading thread has it until it has ended, then the caller.
  private let database: Database
  private let folder: String

  /// The columns of the messages' source, in the order in which it is asked for them.
  public static let messageColumns = [
    "row INTEGER", "external_id TEXT", "phone INTEGER", "region TEXT", "call INTEGER", "position INTEGER",
    "encoding TEXT", "units INTEGER", "segments INTEGER", "text TEXT",
  ]

  public init(folder: String) throws(LedgerError) {
    try fileErrors { () throws(FileError) in
      try Files.makeFolder(folder)
      try Files.remove(folder + "/ledger.db.part")
    }
    self.folder = folder
    do throws(DatabaseError) {
      database = try Database.open(folder + "/ledger.db.part", .building, applicationID: Schema.applicationID)
      try database.execute(Schema.tables)
      try database.execute("PRAGMA user_version = \(Schema.version)")
    } catch { throw .database(error) }
  }

  // A plan that came to nothing leaves no file with numbers and texts behind. After `finish` there is none of that
  // name.
  deinit { try? Files.remove(folder + "/ledger.db.part") }

  /// Loads all messages, in row order.
  public func load(messages source: any BulkSource) throws(LedgerError) {
    try ledgerErrors { () throws(DatabaseError) in
      try database.insert(
        from: source, columns: LedgerBuilder.messageColumns.joined(separator: ", "),
        "INSERT INTO messages SELECT * FROM incoming")
    }
  }

  /// Writes the calls and facts, makes the file durable and gives it its name.
  public func finish(calls: [PlannedCall], _ frozen: FrozenPlan) throws(LedgerError) {
    try ledgerErrors { () throws(DatabaseError) in
      try database.execute("BEGIN")
      try write(calls)
      try write(frozen)
      if calls.contains(where: \.isScattered) { try database.execute(Schema.callIndex) }
      try database.execute(Schema.guards)
      try database.execute("COMMIT")
    }
    try fileErrors { () throws(FileError) in
      let file = try File(folder + "/ledger.db.part", .append)
      try file.synchronize()
      try Files.moveAsNew(folder + "/ledger.db.part", to: folder + "/ledger.db")
    }
  }

  private func write(_ calls: [PlannedCall]) throws(DatabaseError) {
    var insert = try database.prepare(
      """
      INSERT INTO calls(id, root, first, count, gateway, endpoint, first_row, last_row, state)
      VALUES(?1, ?1, 0, ?2, ?3, ?4, ?5, ?6, 'planned')
      """)
    for call in calls {
      insert.bind(1, call.id)
      insert.bind(2, call.count)
      insert.bind(3, call.gateway)
      insert.bind(4, call.endpoint)
      insert.bind(5, call.firstRow)
      insert.bind(6, call.lastRow)
      try insert.run()
    }
  }

  private func write(_ frozen: FrozenPlan) throws(DatabaseError) {
    var fact = try database.prepare("INSERT INTO facts VALUES(?, ?)")
    for (key, value) in frozen.facts {
      fact.bind(1, key)
      fact.bind(2, value)
      try fact.run()
    }
    var input = try database.prepare("INSERT INTO inputs VALUES(?, ?, ?)")
    for (role, path, sha256) in frozen.inputs {
      input.bind(1, role)
      input.bind(2, path)
      input.bind(3, sha256)
      try input.run()
    }
    var rejected = try database.prepare("INSERT INTO rejected VALUES(?, ?)")
    for (reason, rows) in frozen.rejected {
      rejected.bind(1, reason.rawValue)
      rejected.bind(2, rows)
      try rejected.run()
    }
  }
}
