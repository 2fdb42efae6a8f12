import HTTP
import Platform
import Testing

@testable import Sandbox

@Suite struct TokenBucketTests {
  @Test func `a rate is kept after the burst`() {
    var bucket = TokenBucket(rate: 100, burst: 50, now: 0)
    var taken = 0
    for tick in 0...1000 where bucket.allows(10, now: Double(tick) / 100) {
      bucket.take(10)
      taken += 10
    }
    // Ten seconds of 100, and the store at the start.
    #expect((1040...1060).contains(taken))
  }

  @Test func `a call larger than the burst passes once the store is full, and is paid off`() {
    var bucket = TokenBucket(rate: 100, burst: 10, now: 0)
    let passes = bucket.allows(200, now: 0)
    bucket.take(200)
    let stillOwes = !bucket.allows(1, now: 1.9)
    let isPaidOff = bucket.allows(1, now: 1.92)
    #expect(passes && stillOwes && isPaidOff)
  }

  @Test func `no rate is no limit`() {
    var bucket = TokenBucket(rate: 0, burst: nil, now: 0)
    bucket.take(1_000_000)
    let passes = bucket.allows(1_000_000, now: 0)
    #expect(passes)
  }
}

@Suite struct RequestFormTests {
  private func form(_ body: String, type: String? = nil, query: [(String, String)] = []) -> RequestForm {
    let headers = type.map { [(name: "content-type", value: $0)] } ?? []
    let query = query.map { (name: $0.0, value: Array($0.1.utf8)) }
    return RequestForm(ServerRequest(method: "POST", path: "/", query: query, headers: headers, body: Array(body.utf8)))
  }

  @Test(arguments: [
    ("a=1&b=2", "2"), ("b=%E4%BD%A0+%e5%a5%bd", "你 好"), ("b=x%2By%25", "x+y%"), ("b=%zz%4", "%zz%4"), ("b", ""),
    ("&&b=1=2&", "1=2"), ("b=first&b=second", "first"), ("", ""),
  ])
  func `a field is decoded`(body: String, value: String) {
    #expect(form(body).text("b") == value)
  }

  @Test func `the body wins over the query, and only forms are read`() {
    #expect(form("b=body", query: [("b", "query")]).text("b") == "body")
    #expect(form("c=body", query: [("b", "query")]).text("b") == "query")
    #expect(form("b=body", type: "application/json").text("b") == "")
    #expect(form("b=body", type: "application/x-www-form-urlencoded;charset=UTF-8").text("b") == "body")
  }

  @Test func `letters' case counts unless it shall not`() {
    #expect(form("SmsID=1").text("SmsId") == "")
    #expect(form("SmsID=1").text("SmsId", anyCase: true) == "1")
  }
}

@Suite struct NumberPatternTests {
  @Test(arguments: [
    ("138*", "13800138000", true), ("138*", "13900138000", false), ("*000", "13800138000", true),
    ("*001", "13800138000", false), ("13800138000", "13800138000", true), ("13800138000", "138001380001", false),
    ("138*000", "13800138000", true), ("*", "1", true), ("138*", "13", false),
  ])
  func `a pattern means whole numbers, beginnings and ends`(pattern: String, number: String, isMeant: Bool) throws {
    let pattern = try #require(NumberPattern(pattern))
    let matches = pattern.matches(Array(number.utf8).span)
    #expect(matches == isMeant)
  }

  @Test(arguments: ["", "1*2*3", "1x", "+86"])
  func `anything else is no pattern`(pattern: String) {
    #expect(NumberPattern(pattern) == nil)
  }
}

@Suite struct IDMintTests {
  @Test(arguments: SandboxGateway.allCases)
  func `ids follow the seed and never come twice`(gateway: SandboxGateway) {
    func ids(_ seed: UInt64) -> [String] {
      var mint = IDMint(gateway, draws: Draws(seed: seed, gateway: gateway))
      return (0..<1000).map { _ in IDMint.text(mint.next(), of: gateway) }
    }
    #expect(ids(1) == ids(1))
    #expect(Set(ids(1)).count == 1000)
    #expect(Set(ids(1)).isDisjoint(with: ids(2)))
  }

  @Test(arguments: [(SandboxGateway.juhe, 16), (.emay, 20), (.mobset, 10), (.eighteen, 19)])
  func `ids have the document's length`(gateway: SandboxGateway, length: Int) {
    for seed in 0..<50 {
      var mint = IDMint(gateway, draws: Draws(seed: UInt64(seed), gateway: gateway))
      #expect(IDMint.text(mint.next(), of: gateway).count == length)
    }
  }
}

@Suite struct ReportBoardTests {
  private func report(_ id: UInt64) -> Report {
    Report(id: id, digits: 13_800_138_000, call: 1, index: 0, zeros: 0, outcome: .delivered)
  }

  @Test func `reports come in the order of their time, once, in pages`() {
    var board = ReportBoard(now: 0)
    for (id, due) in [(1, 3.0), (2, 1.0), (3, 2.0), (4, 9.0), (5, 1.0)] as [(UInt64, Double)] {
      board.add(report(id), due: due)
    }
    let pages = [(10, 0.5), (3, 5), (3, 5), (3, 5), (3, 10)].map { board.takeReports($0.0, now: $0.1).map(\.id) }
    #expect(pages == [[], [2, 5, 3], [1], [], [4]])
  }

  @Test func `a record lives until its last report is out`() {
    var board = ReportBoard(now: 0)
    board.remember(CallRecord(submittedAt: Timestamp(seconds: 0)), call: 1)
    board.add(report(1), due: 0)
    board.add(report(2), due: 0)
    board.release(1)
    #expect(board.record(1) != nil)
    board.release(1)
    #expect(board.record(1) == nil)
  }
}

@Suite struct TextTests {
  @Test(arguments: [("", 0), ("a", 1), ("字", 1), ("😀", 2), ("𠮷野家", 4), ("a\u{301}", 2)])
  func `units are UTF-16 units`(text: String, count: Int) {
    let counted = units(Array(text.utf8).span)
    #expect(counted == count)
    #expect(text.utf16.count == count)
  }

  @Test(arguments: [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3)])
  func `segments follow the domestic rule`(units: Int, segments: Int) {
    #expect(domesticSegments(units) == segments)
  }

  @Test(
    arguments: [
      ("20180501120000", false, 1_525_147_200), ("2018-05-01 12:00:00", true, 1_525_147_200),
      ("2018-05-01 12:00:00", false, nil), ("20180501120000", true, nil), ("20180431120000", false, nil),
      ("20180501240000", false, nil), ("0501120000", false, 1_525_147_200), ("", false, nil),
    ] as [(String, Bool, Int64?)])
  func `dates are Beijing's`(text: String, separated: Bool, seconds: Int64?) {
    let read = beijingSeconds(Array(text.utf8).span, separated: separated, year: 2018)
    #expect(read == seconds)
  }
}
