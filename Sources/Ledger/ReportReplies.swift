import Database
public import Platform

/// A reply as a person wrote it: its parts joined, judged, given to the message it answers.
public struct WholeReply: Sendable, Equatable {
  /// The id of its first part in the store.
  public var id = 0
  public var account = ""
  /// The gateway's time, or that of arrival when the gateway tells none.
  public var at: Timestamp
  /// E.164 digits without `+`; 0 when the number cannot be read.
  public var number: UInt64 = 0
  /// The number as it came.
  public var numberText = ""
  public var text = ""
  public var isOptOut = false
  /// The campaign of the newest message to the number through the account before the reply; empty when there is none.
  public var campaign = ""
  /// The message's row in its campaign's contacts; 0 when there is none.
  public var row = 0

  public init(at: Timestamp) { self.at = at }
}

/// A whole reply with the parts it was made of, as the store takes it.
public struct GivenReply: Sendable, Equatable {
  public var reply: WholeReply
  /// The store's ids of all its parts, doubled ones included.
  public var parts: [Int]

  public init(_ reply: WholeReply, parts: [Int]) {
    self.reply = reply
    self.parts = parts
  }
}

extension ReportStore {
  private static let replyColumns = """
    r.id, r.page, r.position, a.name, r.received_at, r.replied_at, r.number, r.number_text, r.text, r.access_code,
    r.message_id, r.link_id, r.part_group, r.part_index, r.part_total
    """

  private static func reply(_ row: borrowing Statement) -> StoredReply {
    var reply = StoredReply(receivedAt: Timestamp(milliseconds: row.integer(4)))
    reply.id = Int(row.integer(0))
    reply.page = Int(row.integer(1))
    reply.position = Int(row.integer(2))
    reply.account = row.text(3)
    reply.repliedAt = row.moment(5)
    reply.number = UInt64(bitPattern: row.integer(6))
    reply.numberText = row.text(7)
    reply.text = row.text(8)
    reply.accessCode = row.text(9)
    reply.messageID = row.text(10)
    reply.linkID = row.text(11)
    reply.partGroup = row.text(12)
    reply.partIndex = Int(row.integer(13))
    reply.partTotal = Int(row.integer(14))
    return reply
  }

  /// Replies and parts that belong to no whole reply yet, above `after`, by id.
  public func waitingReplies(after: Int = 0, limit: Int) throws(LedgerError) -> [StoredReply] {
    try ledgerErrors { () throws(DatabaseError) in
      var select = try database.prepare(
        """
        SELECT \(ReportStore.replyColumns) FROM replies r JOIN accounts a ON a.id = r.account
        WHERE r.whole IS NULL AND r.id > ? ORDER BY r.id LIMIT ?
        """)
      select.bind(1, after)
      select.bind(2, limit)
      var replies: [StoredReply] = []
      while try select.step() { replies.append(ReportStore.reply(select)) }
      return replies
    }
  }

  /// Parts of the same account, number and group as `part` that were given already, each with the id of its whole.
  public func givenParts(like part: StoredReply) throws(LedgerError) -> [(part: StoredReply, whole: Int)] {
    try ledgerErrors { () throws(DatabaseError) in
      var select = try database.prepare(
        """
        SELECT \(ReportStore.replyColumns), r.whole FROM replies r JOIN accounts a ON a.id = r.account
        WHERE r.part_total > 1 AND r.account = (SELECT id FROM accounts WHERE name = ?1) AND r.number = ?2
          AND r.part_group = ?3 AND r.part_total = ?4 AND r.whole IS NOT NULL ORDER BY r.id
        """)
      select.bind(1, part.account)
      select.bind(2, Int64(bitPattern: part.number))
      select.bind(3, part.partGroup)
      select.bind(4, part.partTotal)
      var parts: [(part: StoredReply, whole: Int)] = []
      while try select.step() { parts.append((ReportStore.reply(select), Int(select.integer(15)))) }
      return parts
    }
  }

  /// How often whole replies were written: replies.csv is as old as the count it was written at.
  public func repliesVersion() throws(LedgerError) -> Int {
    try ledgerErrors { () throws(DatabaseError) in Int(try storeFact("replies_version") ?? "") ?? 0 }
  }

  /// The count that replies.csv was written at; nil when it never was.
  public func writtenRepliesVersion() throws(LedgerError) -> Int? {
    try ledgerErrors { () throws(DatabaseError) in try storeFact("replies_file").flatMap { Int($0) } }
  }

  /// All whole replies, by their time.
  public func forEachWholeReply<Failure: Error>(
    _ body: (WholeReply) throws(Failure) -> Void, failing: (LedgerError) -> Failure
  ) throws(Failure) {
    var select: Statement
    do throws(DatabaseError) {
      select = try database.prepare(ReportStore.wholeReplies + " ORDER BY w.at, w.id")
    } catch { throw failing(.database(error)) }
    while true {
      let more: Bool
      do throws(DatabaseError) { more = try select.step() } catch { throw failing(.database(error)) }
      guard more else { return }
      try body(ReportStore.whole(select))
    }
  }

  /// Replies that opt out and were not handed to the suppression list yet, by id.
  public func untoldOptOuts() throws(LedgerError) -> [WholeReply] {
    try ledgerErrors { () throws(DatabaseError) in
      var select = try database.prepare(ReportStore.wholeReplies + " WHERE w.told = 0 ORDER BY w.id")
      var replies: [WholeReply] = []
      while try select.step() { replies.append(ReportStore.whole(select)) }
      return replies
    }
  }

  private static let wholeReplies = """
    SELECT w.id, a.name, w.at, w.number, w.number_text, w.text, w.opt_out, w.campaign, w.row
    FROM whole_replies w JOIN accounts a ON a.id = w.account
    """

  private static func whole(_ row: borrowing Statement) -> WholeReply {
    var reply = WholeReply(at: Timestamp(milliseconds: row.integer(2)))
    reply.id = Int(row.integer(0))
    reply.account = row.text(1)
    reply.number = UInt64(bitPattern: row.integer(3))
    reply.numberText = row.text(4)
    reply.text = row.text(5)
    reply.isOptOut = row.integer(6) != 0
    reply.campaign = row.text(7)
    reply.row = Int(row.integer(8))
    return reply
  }
}

extension ReportWriter {
  /// Writes whole replies and marks their parts, in one transaction. A reply that was there is written anew; when it
  /// opts out only now, it is to be told.
  public func give(_ replies: [GivenReply]) throws(LedgerError) {
    guard !replies.isEmpty else { return }
    try ledgerErrors { () throws(DatabaseError) in
      try store.database.transaction { () throws(DatabaseError) in
        var insert = try store.database.prepare(
          """
          INSERT INTO whole_replies
          VALUES(?1, (SELECT id FROM accounts WHERE name = ?2), ?3, ?4, ?5, ?6, ?7, 1 - ?7, ?8, ?9)
          ON CONFLICT(id) DO UPDATE SET text = excluded.text, opt_out = excluded.opt_out,
            told = CASE WHEN excluded.opt_out > opt_out THEN 0 ELSE told END
          """)
        var mark = try store.database.prepare("UPDATE replies SET whole = ? WHERE id = ? AND whole IS NULL")
        for given in replies {
          let reply = given.reply
          insert.bind(1, reply.id)
          insert.bind(2, reply.account)
          insert.bind(3, milliseconds(reply.at))
          insert.bind(4, Int64(bitPattern: reply.number))
          insert.bind(5, reply.numberText)
          insert.bind(6, reply.text)
          insert.bind(7, reply.isOptOut ? 1 : 0)
          insert.bind(8, reply.campaign)
          insert.bind(9, reply.row)
          try insert.run()
          for part in given.parts {
            mark.bind(1, reply.id)
            mark.bind(2, part)
            try mark.run()
          }
        }
        let version = Int(try store.storeFact("replies_version") ?? "") ?? 0
        try store.setStoreFact("replies_version", String(version + 1))
      }
    }
  }

  /// These opt-outs are on the suppression list now: what a person takes off it again stays off.
  public func markTold(_ replies: [Int]) throws(LedgerError) {
    guard !replies.isEmpty else { return }
    try ledgerErrors { () throws(DatabaseError) in
      try store.database.transaction { () throws(DatabaseError) in
        var update = try store.database.prepare("UPDATE whole_replies SET told = 1 WHERE id = ?")
        for id in replies {
          update.bind(1, id)
          try update.run()
        }
      }
    }
  }

  /// replies.csv holds what the store had at that count.
  public func markRepliesWritten(_ version: Int) throws(LedgerError) {
    try ledgerErrors { () throws(DatabaseError) in
      try store.database.transaction { () throws(DatabaseError) in
        try store.setStoreFact("replies_file", String(version))
      }
    }
  }
}
