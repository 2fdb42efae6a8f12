import Database
import Messaging
import Platform
import TestSupport
import Testing

@testable import Ledger

@Suite struct CampaignLedgerTests {
  @Test func `a plan reads back as it was frozen`() throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    #expect(try CampaignLedger.exists(in: fixture.path))
    #expect(!Files.exists(fixture.path + "/ledger.db.part"))
    #expect(try ledger.fact("campaign") == "night")
    #expect(try ledger.fact("colour") == nil)
    #expect(try ledger.inputs().map(\.sha256) == ["00ff"])
    #expect(try ledger.rejected().map(\.reason) == [.duplicate])
    let calls = try ledger.calls(in: .planned, of: nil, after: 0, limit: 10)
    #expect(calls.map(\.id) == [1, 2] && calls.map(\.count) == [4, 2] && calls.map(\.attempt) == [0, 0])
    #expect(calls.map(\.root) == [1, 2] && calls.map(\.linkID) == ["", ""])
    #expect(try ledger.messages(of: calls[1]).rows == [5, 6])
    var ids: [String] = []
    try ledger.forEachMessage { (message) throws(LedgerError) in ids.append(message.externalID.array.text) }
    #expect(ids == ["", "", "c3", "", "", ""])
  }

  @Test func `a plan that was not finished is no ledger`() throws {
    let folder = try TemporaryFolder()
    do {
      let builder = try LedgerBuilder(folder: folder.path)
      try builder.load(messages: Rows([Row(row: 1, call: 1, position: 0)]))
    }
    #expect(try !CampaignLedger.exists(in: folder.path))
    try LedgerFixture.build([Row(row: 7, call: 1, position: 0)], in: folder.path)
    let ledger = try CampaignLedger(folder: folder.path)
    #expect(try ledger.messages(of: #require(try ledger.call(1))).rows == [7])
  }

  /// What the database itself must refuse, whoever asks.
  static let forbidden = [
    "UPDATE messages SET text = 'other' WHERE row = 1", "UPDATE messages SET phone = 1",
    "DELETE FROM messages WHERE row = 1",
    "INSERT INTO messages SELECT row + 100, external_id, phone, region, call, position, encoding, units, segments, text FROM messages",
    "DELETE FROM calls", "UPDATE calls SET state = 'accepted' WHERE id = 1",
    "UPDATE calls SET state = 'planned' WHERE id = 2",
    "INSERT INTO calls(id, root, first, count, gateway, endpoint, first_row, last_row, state) VALUES(9,1,0,1,'j','p2p',1,1,'sending')",
    "INSERT INTO attempts(link_id, call, attempt, intended_at, body_sha256) VALUES('link-2-1', 1, 1, 0, '')",
    "INSERT INTO attempts(link_id, call, attempt, intended_at, body_sha256) VALUES('new', 77, 1, 0, '')",
  ]

  @Test(arguments: forbidden) func `the database refuses`(_ sql: String) throws {
    let fixture = try LedgerFixture()
    do {
      let ledger = try fixture.open()
      try ledger.intend(2)
      try ledger.settle(2, Settlement(.accepted))
    }
    let database = try fixture.database()
    #expect(throws: DatabaseError.self) { try database.execute(sql) }
  }

  @Test func `every move outside the table is refused and every move in it is made`() throws {
    let fixture = try LedgerFixture((1...81).map { Row(row: $0, call: $0, position: 0) })
    _ = try fixture.open()
    let database = try fixture.database()
    var id = 0
    for from in CallState.allCases {
      for to in CallState.allCases {
        id += 1
        // Brought to the state by the shortest way that the table permits.
        for step in CampaignLedgerTests.way(to: from) {
          try database.execute("UPDATE calls SET state = '\(step.rawValue)' WHERE id = \(id)")
        }
        let permitted = CallState.transitions.contains { $0.from == from && $0.to == to }
        let moved = (try? database.execute("UPDATE calls SET state = '\(to.rawValue)' WHERE id = \(id)")) != nil
        #expect(moved == permitted, "\(from) to \(to)")
      }
    }
  }

  static func way(to state: CallState) -> [CallState] {
    switch state {
    case .planned: []
    case .sending, .divided, .cancelled: [state]
    case .failed: [.sending, .unknown, .failed]
    default: [.sending, state]
    }
  }

  @Test func `a link id is never used twice`() throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    try ledger.intend(1)
    #expect(throws: LedgerError.self) {
      try ledger.commit([.intend(call: 2, attempt: 1, link: "link-1-1", bodySHA256: "", at: LedgerFixture.time)])
    }
    #expect(try ledger.call(2)?.state == .planned)
  }

  @Test func `a turn's changes are made together or not at all`() throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    try ledger.intend(1)
    #expect(throws: LedgerError.self) {
      try ledger.commit([
        .settle(call: 1, link: "link-1-1", Settlement(.accepted, ids: ["a", "b", "c", "d"]), at: LedgerFixture.time),
        // A planned call has nothing to settle.
        .settle(call: 2, link: "link-2-1", Settlement(.accepted), at: LedgerFixture.time),
      ])
    }
    let other = try CampaignLedger(folder: fixture.path, readOnly: true)
    #expect(try other.call(1)?.state == .sending)
    #expect(try other.settlement(of: 1).ids == nil)
    try ledger.settle(1, Settlement(.accepted))
    #expect(try other.call(1)?.state == .accepted)
  }

  @Test func `a settlement reads back as it was written`() throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    try ledger.intend(1)
    let settlement = Settlement(
      .mixed, code: "0", note: "an \"odd\"\nnote", states: [.accepted, .refused, .unknown, .accepted],
      ids: ["1234567890123456789", "", "", "a b"], codes: ["0", "12\\", "", "0"])
    try ledger.settle(1, settlement)
    #expect(try ledger.settlement(of: 1) == settlement)
    let call = try #require(try ledger.call(1))
    #expect(
      call.state == .mixed && call.attempt == 1 && call.linkID == "link-1-1" && call.submittedAt == LedgerFixture.time)
  }

  @Test func `a call that was put back waits with its attempts counted`() throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    try ledger.intend(1)
    try ledger.commit([.putBack(call: 1, link: "link-1-1", ending: "slow_down", code: "8", at: LedgerFixture.time)])
    let call = try #require(try ledger.call(1))
    #expect(call.state == .planned && call.attempt == 1 && call.submittedAt == nil)
    try ledger.intend(1, attempt: 2)
    #expect(try ledger.call(1)?.linkID == "link-1-2")
  }

  @Test func `calls come in pages, by state and gateway`() throws {
    let fixture = try LedgerFixture((1...25).map { Row(row: $0, call: $0, position: 0) })
    let ledger = try fixture.open()
    for id in stride(from: 5, through: 25, by: 5) { try ledger.intend(id) }
    var found: [Int] = []
    var pages = 0
    while true {
      let page = try ledger.calls(in: .planned, of: "j", after: found.last ?? 0, limit: 7)
      if page.isEmpty { break }
      found += page.map(\.id)
      pages += 1
    }
    #expect(found == (1...25).filter { $0 % 5 != 0 } && pages == 3)
    #expect(try ledger.calls(in: .sending, of: nil, after: 10, limit: 99).map(\.id) == [15, 20, 25])
    #expect(try ledger.calls(in: .planned, of: "m", after: 0, limit: 99).isEmpty)
    #expect(try ledger.call(99) == nil)
  }

  @Test(arguments: [1, 40]) func `a call has its own messages, near together or far apart`(_ gap: Int) throws {
    // Two calls whose rows alternate; with the gap their rows lie too far apart for reading by row range.
    let rows = (0..<40).map { Row(row: $0 * gap + 1, call: $0 % 2 + 1, position: $0 / 2, text: "text \($0)") }
    let fixture = try LedgerFixture(rows)
    let ledger = try fixture.open()
    let index = try fixture.database().number("SELECT count(*) FROM sqlite_schema WHERE name = 'messages_by_call'")
    #expect(index == (gap == 1 ? 0 : 1))
    for id in 1...2 {
      let mine = rows.filter { $0.call == id }
      let messages = try ledger.messages(of: #require(try ledger.call(id)))
      #expect(messages.rows == mine.map(\.row) && messages.numbers == mine.map(\.number))
      #expect(messages.texts.map(\.text) == mine.map(\.text))
    }
    let parts = [
      CallPart(first: 0, count: 5, gateway: "j", endpoint: "p2p"),
      CallPart(first: 5, count: 15, gateway: "m", endpoint: "send"),
    ]
    let made = try ledger.commit([.carve(root: 2, parts: parts, supersedes: 2)])
    #expect(made == [3, 4])
    let part = try ledger.messages(of: #require(try ledger.call(4)))
    #expect(part.texts.map(\.text) == rows.filter { $0.call == 2 }.dropFirst(5).map(\.text))
    #expect(try ledger.call(2)?.state == .divided)
  }

  @Test func `a part keeps the segments of the call that it was cut from`() throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    let moved = CallPart(first: 1, count: 3, gateway: "m", endpoint: "send", segments: [2, 3, 4])
    let ids = try ledger.commit([
      .carve(root: 1, parts: [CallPart(first: 0, count: 1, gateway: "j", endpoint: "p2p"), moved], supersedes: 1)
    ])
    try ledger.intend(ids[1])
    // Halved: as much as the first call's planned segments would say is wrong at the other gateway.
    let halves = try ledger.commit([
      .divide(
        call: ids[1], link: "link-\(ids[1])-1", ending: "halved", code: "9",
        into: [
          CallPart(first: 1, count: 1, gateway: "m", endpoint: "send"),
          CallPart(first: 2, count: 2, gateway: "m", endpoint: "send"),
        ], at: LedgerFixture.time)
    ])
    #expect(try ledger.segments(of: ids[0]) == nil)
    #expect(try ledger.segments(of: halves[0]) == [2])
    #expect(try ledger.segments(of: halves[1]) == [3, 4])
  }

  @Test func `a ledger of another version is refused with what to do`() throws {
    let fixture = try LedgerFixture()
    try fixture.database().execute("PRAGMA user_version = 9")
    do {
      _ = try fixture.open()
      Issue.record("opened")
    } catch let error as LedgerError {
      #expect(!error.isStorageFault)
      #expect(error.diagnostic.expected == "version 1 or older")
    }
  }

  @Test func `a reader beside the writer changes nothing`() throws {
    let fixture = try LedgerFixture()
    let ledger = try fixture.open()
    let reader = try CampaignLedger(folder: fixture.path, readOnly: true)
    #expect(throws: LedgerError.self) { try reader.intend(1) }
    try ledger.intend(1)
    #expect(try reader.call(1)?.state == .sending)
    try ledger.checkpoint()
    #expect(Files.size(fixture.path + "/ledger.db-wal") ?? 0 == 0)
  }
}
