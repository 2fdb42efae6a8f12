import Database
import Platform
import TestSupport

/// The report store as it stands, read by SQL of its own.
struct StoreFacts {
  struct Record {
    var isReply: Bool
    var account: String
    var number: UInt64
    var id: String
    var link: String
    var code: String
    /// Of a reply.
    var text: String
    /// `pull`, `push` or `import`.
    var source: String
    /// Of its page in the spool.
    var place: Place
  }

  /// Where an entry of the spool begins; names of spool files sort by time.
  struct Place: Hashable, Comparable {
    var spool: String
    var offset: Int

    static func < (left: Place, right: Place) -> Bool { (left.spool, left.offset) < (right.spool, right.offset) }
  }

  struct Loss {
    var account: String
    /// `reports` or `replies` of a pull, else `push` or `import`.
    var kind: String
    var salvaged: Int
    var place: Place
  }

  private static let applicationID: Int32 = 0x7166_5250

  private(set) var records: [Record] = []
  private(set) var losses: [Loss] = []

  /// - Parameter folder: the workspace's data folder; without a store everything is empty.
  init(folder: String) throws {
    let path = folder + "/reports.db"
    guard Files.exists(path) else { return }
    let database = try Database.open(path, .readOnly, applicationID: StoreFacts.applicationID)
    for table in ["reports", "replies"] {
      let (code, text) = table == "reports" ? ("r.code", "''") : ("''", "r.text")
      var select = try database.prepare(
        """
        SELECT a.name, r.number, r.message_id, r.link_id, \(code), \(text), p.source, p.spool, p.offset
        FROM \(table) r JOIN accounts a ON a.id = r.account JOIN pages p ON p.id = r.page ORDER BY r.id
        """)
      while try select.step() {
        records.append(
          Record(
            isReply: table == "replies", account: select.text(0), number: UInt64(select.integer(1)),
            id: select.text(2), link: select.text(3), code: select.text(4), text: select.text(5),
            source: select.text(6), place: Place(spool: select.text(7), offset: Int(select.integer(8)))))
      }
    }
    var select = try database.prepare(
      "SELECT account, kind, salvaged, spool, offset FROM losses ORDER BY spool, offset")
    while try select.step() {
      losses.append(
        Loss(
          account: select.text(0), kind: select.text(1), salvaged: Int(select.integer(2)),
          place: Place(spool: select.text(3), offset: Int(select.integer(4)))))
    }
  }
}
