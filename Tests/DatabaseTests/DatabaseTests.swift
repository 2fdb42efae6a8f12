import Database
import Platform
import TestSupport
import Testing

private let testID: Int32 = 0x5465_7374

@Suite struct DatabaseTests {
  @Test func `what a transaction throws away is gone, what it returns stays`() throws {
    let folder = try TemporaryFolder()
    let database = try Database.open(folder.path + "/a.db", .readWrite, applicationID: testID)
    try database.execute("CREATE TABLE t(x INTEGER) STRICT")
    try database.transaction { () throws(DatabaseError) in try database.execute("INSERT INTO t VALUES(1)") }
    #expect(throws: DatabaseError.self) {
      try database.transaction { () throws(DatabaseError) in
        try database.execute("INSERT INTO t VALUES(2)")
        try database.execute("INSERT INTO t VALUES('no number')")
      }
    }
    #expect(try database.number("SELECT sum(x) FROM t") == 1)
    #expect(try database.text("PRAGMA journal_mode") == "wal")
    #expect(try database.number("PRAGMA synchronous") == 2)
    #expect(try database.damage() == nil)
  }

  @Test func `an error behind a statement's first row is told`() throws {
    let folder = try TemporaryFolder()
    let database = try Database.open(folder.path + "/a.db", .readWrite, applicationID: testID)
    let sql = "SELECT 1 UNION ALL SELECT abs(-9223372036854775808)"
    #expect(throws: DatabaseError.self) { try database.number(sql) }
    #expect(throws: DatabaseError.self) { try database.text(sql) }
  }

  @Test func `another program's database is not taken for ours`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.db"
    do {
      let database = try Database.open(path, .readWrite, applicationID: testID)
      try database.execute("CREATE TABLE t(x)")
    }
    do {
      _ = try Database.open(path, .readWrite, applicationID: testID + 1)
      Issue.record("opened")
    } catch {
      #expect(error.message == "this is not a database of qunfa (application id \(testID))")
    }
  }

  @Test func `values come back as they were bound`() throws {
    let folder = try TemporaryFolder()
    let database = try Database.open(folder.path + "/a.db", .readWrite, applicationID: testID)
    try database.execute("CREATE TABLE t(i INTEGER, a TEXT, b TEXT, c BLOB) STRICT")
    var insert = try database.prepare("INSERT INTO t VALUES(?,?,?,?)")
    insert.bind(1, Int64.max)
    insert.bind(2, "")
    insert.bind(3, nil as String?)
    insert.bind(4, blob: [0, 255])
    try insert.run()
    var select = try database.prepare("SELECT i, a, b, c FROM t")
    #expect(try select.step())
    #expect(select.integer(0) == Int64.max)
    #expect(select.optionalText(1) == "")
    #expect(select.optionalText(2) == nil)
    #expect(select.bytes(3) == [0, 255])
    #expect(try !select.step())
  }

  @Test func `rows are loaded from a source without a statement a row`() throws {
    let folder = try TemporaryFolder()
    let database = try Database.open(folder.path + "/a.db", .building, applicationID: testID)
    try database.execute("CREATE TABLE t(n INTEGER PRIMARY KEY, text TEXT) STRICT")
    try database.insert(
      from: Counting(to: 10_000), columns: "n INTEGER, text TEXT", "INSERT INTO t SELECT n, text FROM incoming")
    #expect(try database.number("SELECT count(*) FROM t") == 10_000)
    #expect(try database.text("SELECT text FROM t WHERE n = 77") == "文77")
    #expect(try database.text("SELECT text IS NULL FROM t WHERE n = 10") == "1")
  }
}

private final class Counting: BulkSource {
  private let last: Int
  private var current = 0
  private var text = ByteBuffer()

  init(to last: Int) { self.last = last }

  func advance() -> Bool {
    current += 1
    text.clear()
    text.append("文\(current)")
    return current <= last
  }

  func value(_ column: Int, into result: borrowing BulkResult) {
    if column == 0 { return result.set(current) }
    if current % 10 == 0 { return result.setNull() }
    result.set(text: text, 0..<text.count)
  }
}
