import Database
import JSON
import Platform
import TestSupport

/// A campaign as its ledger has it, read by SQL of its own.
struct CampaignFacts {
  struct Message {
    var row: Int
    var call: Int
    var account: String
    var number: UInt64
    var state: String
    var ids: String
    var link: String
    var segments: Int
  }

  struct Call {
    var state: String
    var attempt: Int
    var note: String
  }

  /// What the tool writes into the head of a campaign's ledger.
  static let applicationID: Int32 = 0x7166_434C

  let id: String
  private(set) var messages: [Message] = []
  private(set) var calls: [Int: Call] = [:]
  private(set) var rowsRead = 0
  private(set) var rejected = 0
  /// As the plan was frozen, whatever gateway sent in the end.
  private(set) var plannedSegments = 0
  /// Calls about which a person decided.
  private(set) var decided: Set<Int> = []

  init(id: String, folder: String) throws {
    self.id = id
    let database = try Database.open(folder + "/ledger.db", .readOnly, applicationID: CampaignFacts.applicationID)
    // The view's functions are not for strangers' files; this one is ours.
    try database.execute("PRAGMA trusted_schema = 1")
    var select = try database.prepare(
      """
      SELECT row, gateway, phone, state, message_id, coalesce(link_id, ''), segments, call
      FROM message_states ORDER BY row
      """)
    while try select.step() {
      messages.append(
        Message(
          row: Int(select.integer(0)), call: Int(select.integer(7)), account: select.text(1),
          number: UInt64(select.integer(2)),
          state: select.text(3), ids: select.text(4), link: select.text(5), segments: Int(select.integer(6))))
    }
    var calls = try database.prepare("SELECT id, state, attempt, coalesce(note, '') FROM calls")
    while try calls.step() {
      self.calls[Int(calls.integer(0))] = Call(
        state: calls.text(1), attempt: Int(calls.integer(2)), note: calls.text(3))
    }
    rejected = Int(try database.number("SELECT coalesce(sum(rows), 0) FROM rejected"))
    plannedSegments = Int(try database.number("SELECT coalesce(sum(segments), 0) FROM messages"))
    rowsRead = Int(
      try database.number("SELECT json_extract(value, '$.rows_read') FROM facts WHERE key = 'counts'"))
    var decisions = try database.prepare("SELECT DISTINCT call FROM decisions")
    while try decisions.step() { decided.insert(Int(decisions.integer(0))) }
  }

  func count(_ state: String, account: String? = nil) -> Int {
    messages.count { $0.state == state && (account == nil || $0.account == account) }
  }

  func segments(_ state: String) -> Int { messages.reduce(0) { $0 + ($1.state == state ? $1.segments : 0) } }
}

/// The calls and attempts whose raw answer is on disk (docs/files.md, `answers.log`).
struct AnswersOnDisk {
  private(set) var attempts: Set<[Int]> = []

  init(_ path: String) throws {
    guard Files.exists(path) else { return }
    let bytes = try Files.read(path, limit: 1 << 32)
    var start = 0
    while start < bytes.count, let end = bytes[start...].firstIndex(of: 0x0A) {
      let words = String(decoding: bytes[start..<end], as: UTF8.self).split(separator: " ")
      start = end + 1
      guard words.count == 6, words[0] == "qunfa-answer", let call = Int(words[1]), let attempt = Int(words[2]),
        let length = Int(words[4]), start + length <= bytes.count,
        Digest.hex(Digest.sha256(Array(bytes[start..<start + length]))) == words[5]
      else { continue }
      attempts.insert([call, attempt])
      start += length
    }
  }
}
