import Database
import Glibc
import Platform
import TestSupport
import Testing

@Suite struct ReadOnlyTests {
  @Test func `a file is read although the log's index cannot be made beside it`() throws {
    let folder = try TemporaryFolder()
    // A name with everything that an address would read otherwise.
    let path = folder.path + "/a?b#c%20.db"
    do {
      let database = try Database.open(path, .readWrite, applicationID: 7)
      try database.execute("CREATE TABLE t(x); INSERT INTO t VALUES(5)")
    }
    // Not even root gets past a link here: SQLite follows none.
    #expect(unsafe symlink("nowhere", path + "-shm") == 0)
    let reader = try Database.open(path, .readOnly, applicationID: 7)
    #expect(try reader.number("SELECT x FROM t") == 5)
    #expect(throws: DatabaseError.self) { try reader.execute("INSERT INTO t VALUES(6)") }
  }

  @Test func `with commits in the log the file alone is not taken for the truth`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/x.db"
    let writer = try Database.open(path, .readWrite, applicationID: 7)
    try writer.execute("CREATE TABLE t(x); INSERT INTO t VALUES(5)")
    let copy = folder.path + "/copy.db"
    for end in ["", "-wal"] { try Files.replace(copy + end, with: Files.read(path + end, limit: 1 << 20)) }
    #expect(unsafe symlink("nowhere", copy + "-shm") == 0)
    do {
      _ = try Database.open(copy, .readOnly, applicationID: 7)
      Issue.record("it was opened")
    } catch { #expect(error.primaryCode == 14) }
    #expect(try writer.number("SELECT x FROM t") == 5)
  }
}
