import Campaigns
import Messaging
import Platform
@testable import Reconciliation
import TestSupport

/// Made-up messages for the report page, the same on every run.
struct PageFixture {
  /// A gateway and how its messages end: code, meaning, state, share in percent.
  struct Account {
    var name: String
    var price: String?
    var share: Int
    var endings: [(code: String, meaning: String, state: DeliveryState, share: Int)]
  }

  static let sentAt = Timestamp(seconds: 1_794_358_800)

  static let usual: [Account] = [
    Account(
      name: "juhe-main", price: "0.035", share: 60,
      endings: [
        ("DELIVRD", "delivered / 成功", .delivered, 93), ("UNDELIV", "not delivered / 未送达", .failed, 3),
        ("MK:1008", "number out of service / 空号", .failed, 1), ("EXPIRED", "no final report in time / 超时", .expired, 1),
        ("", "", .accepted, 1), ("8", "content refused / 内容被拒", .refused, 1),
      ]),
    Account(
      name: "mobset-东区备用通道（华东二部专用长名称）", price: "0.042", share: 25,
      endings: [
        ("0", "delivered / 成功", .delivered, 90), ("12", "handset off / 关机", .failed, 6), ("", "", .unknown, 1),
        ("", "", .accepted, 3),
      ]),
    Account(
      name: "emay", price: "0.05", share: 10,
      endings: [("DELIVRD", "delivered / 成功", .delivered, 95), ("REJECTD", "rejected / 拒绝", .failed, 5)]),
    Account(name: "youe", price: nil, share: 3, endings: [("1", "delivered", .delivered, 100)]),
    Account(name: "18sms-a", price: "0.038", share: 1, endings: [("0", "delivered", .delivered, 100)]),
    Account(name: "18sms-b", price: "0.038", share: 1, endings: [("", "", .planned, 60), ("", "", .cancelled, 40)]),
  ]

  let accounts: [Account]
  var messages: Int

  /// Gives every entry to `body`.
  func forEach(_ body: (borrowing BookEntry) throws -> Void) throws {
    var random = SeededGenerator(seed: 11)
    var entry = BookEntry()
    for row in 1...max(1, messages) where row <= messages {
      let account = accounts[PageFixture.pick(accounts.map(\.share), &random)]
      let ending = account.endings[PageFixture.pick(account.endings.map(\.share), &random)]
      entry.row = row
      entry.number = 8_613_800_000_000 + UInt64(row)
      entry.gateway = account.name
      entry.segments = [1, 1, 1, 1, 2, 2, 3][Int(random.next() % 7)]
      entry.state = ending.state
      let isSent = ending.state != .planned && ending.state != .cancelled
      entry.submittedAt = isSent ? PageFixture.sentAt + Double(row * 5400 / messages) : nil
      let isReported = [.delivered, .failed, .expired].contains(ending.state)
      entry.ledgerState =
        isReported ? .accepted : MessageState(rawValue: ending.state.rawValue) ?? .accepted
      entry.isAccepted = isReported || ending.state == .accepted
      entry.answerCode = ending.state == .refused ? ending.code : ""
      entry.reportCode = ending.state == .refused ? "" : ending.code
      entry.reportMeaning = ending.meaning
      entry.match = isReported ? .messageID : nil
      let delay = 2 + Int(random.next() % 6) + (random.next() % 12 == 0 ? Int(random.next() % 4000) : 0)
      entry.reportedAt = isReported ? entry.submittedAt.map { $0 + Double(delay) } : nil
      entry.unitPrice = try account.price.map { try Money(parsing: $0) }
      entry.billableSegments = isReported || ending.state == .accepted ? entry.segments : 0
      entry.cost = try (entry.unitPrice ?? .zero) * entry.billableSegments
      try body(entry)
    }
  }

  private static func pick(_ shares: [Int], _ random: inout SeededGenerator) -> Int {
    var rest = Int(random.next() % UInt64(max(1, shares.reduce(0, +))))
    for (index, share) in shares.enumerated() {
      if rest < share { return index }
      rest -= share
    }
    return 0
  }

  /// Facts that fit the messages.
  func facts(name: String = "双十一老客回馈", department: String = "marketing-east") -> PageFacts {
    var facts = PageFacts(
      campaign: "2026-11-double11", writtenAt: PageFixture.sentAt + 90_000, toolVersion: "0.1.0",
      zone: FixedZone.beijing, zoneName: "Asia/Shanghai")
    facts.name = name
    facts.department = department
    facts.plannedAt = PageFixture.sentAt + -600
    facts.rejected = [
      (.invalidPhone, messages / 50), (.duplicate, messages / 30), (.suppressed, messages / 200),
      (.missingValue, messages / 1000),
    ]
    facts.planned = messages
    facts.rowsRead = messages + facts.rejected.reduce(0) { $0 + $1.rows }
    return facts
  }

  /// The page of these messages.
  func page(_ facts: PageFacts? = nil) throws -> ReportPage {
    let figures = PageFigures()
    try forEach { try figures.take($0) }
    return ReportPage(facts ?? self.facts(), figures)
  }
}

extension String {
  /// Where `word` stands, byte by byte: a page is long, and the library's own search is slow in debug builds.
  func places(of word: String) -> [Int] {
    let text = Array(utf8)
    let wanted = Array(word.utf8)
    guard let first = wanted.first, text.count >= wanted.count else { return [] }
    var places: [Int] = []
    for start in 0...text.count - wanted.count where text[start] == first {
      if text[start..<start + wanted.count].elementsEqual(wanted) { places.append(start) }
    }
    return places
  }

  func has(_ word: String) -> Bool { !places(of: word).isEmpty }
}
