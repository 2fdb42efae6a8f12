import Messaging
import Platform
import TestSupport
import Testing

@testable import Campaigns
@testable import Ledger

@Suite struct FailoverBudgetTests {
  struct Case: CustomTestStringConvertible {
    var name: String
    var limit: String
    var cost: String
    /// Each message: what it costs where it is, and at the accounts that could carry it.
    var messages: [(now: String, costs: [String])]
    /// The place of the account that takes it; nil: it stays.
    var taken: [Int?]
    var after: String
    var held = 0
    var needed = "0"
    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "the limit is reached to the last fen", limit: "0.25", cost: "0.15",
      messages: [("0.05", ["0.10"]), ("0.05", ["0.10"]), ("0.05", ["0.10"])], taken: [0, 0, nil], after: "0.25",
      held: 1,
      needed: "0.30"),
    Case(
      name: "a ten-thousandth over it", limit: "0.2499", cost: "0.15",
      messages: [("0.05", ["0.10"]), ("0.05", ["0.10"]), ("0.05", ["0.10"])], taken: [0, nil, nil], after: "0.20",
      held: 2, needed: "0.30"),
    Case(
      name: "the next account is too dear, one behind it is not", limit: "0.06", cost: "0.05",
      messages: [("0.05", ["0.10", "0.06"])], taken: [1], after: "0.06"),
    Case(
      name: "a cheaper account makes room for a dear message", limit: "0.10", cost: "0.10",
      messages: [("0.05", ["0.08"]), ("0.05", ["0.02"]), ("0.05", ["0.08"])], taken: [nil, 0, 0], after: "0.10",
      held: 1, needed: "0.13"),
    Case(name: "nobody can carry it", limit: "1", cost: "0.05", messages: [("0.05", [])], taken: [nil], after: "0.05"),
    Case(
      name: "more than can be calculated stays", limit: "1", cost: "0.05",
      messages: [("0.05", ["999999999999999"])], taken: [nil], after: "0.05", held: 1, needed: "999999999999999"),
  ]

  @Test(arguments: cases) func `messages move while the limit allows it`(_ one: Case) throws {
    var budget = FailoverBudget(limit: try Money(parsing: one.limit), cost: try Money(parsing: one.cost), held: .init())
    let taken = try one.messages.map { message in
      budget.choose(
        among: try message.costs.map { try Money(parsing: $0) }, instead: try Money(parsing: message.now))
    }
    #expect(taken == one.taken)
    #expect(budget.cost == (try Money(parsing: one.after)))
    #expect(budget.held == .init(messages: one.held, needed: try Money(parsing: one.needed)))
  }

  @Test func `what cannot be calculated is over every limit`() throws {
    var budget = FailoverBudget(limit: try Money(parsing: "1"), cost: nil, held: .init())
    #expect(budget.choose(among: [.zero], instead: .zero) == nil)
    #expect(budget.held == .init(messages: 1, needed: nil))
  }
}

@Suite struct SpendLimitTests {
  static let prices = #"{"a":{"":"0.05"},"b":{"US":"0.01","":"0.10"},"c":{"":"0.07"}}"#

  struct Case: CustomTestStringConvertible {
    var name: String
    var limit: String?
    /// The signature of account b; a's is 【甲】.
    var signature = "【乙】"
    var accounts = ["a", "b"]
    /// What account a says to its calls of two messages, in order; the last word counts for all further ones.
    var answers = ["account"]
    /// Where each of six messages ends: its account, in capitals when it was accepted there.
    var ends: String
    var held = 0
    var needed = "0"
    var testDescription: String { name }
  }

  // Six messages at 0.05 are planned: 0.30 yuan.
  static let cases = [
    Case(name: "without a limit all move", limit: nil, ends: "BBBBBB"),
    Case(name: "the limit allows all", limit: "0.60", ends: "BBBBBB"),
    Case(name: "the limit allows some, also of one call", limit: "0.45", ends: "BBBaaa", held: 3, needed: "0.60"),
    Case(name: "not one more", limit: "0.3499", ends: "aaaaaa", held: 6, needed: "0.60"),
    Case(
      name: "more segments there", limit: "0.75", signature: "【\(String(repeating: "乙", count: 66))】", ends: "BBBaaa",
      held: 3, needed: "1.20"),
    Case(
      name: "an account behind it is cheaper", limit: "0.43", accounts: ["a", "b", "c"], ends: "BBCaaa", held: 3,
      needed: "0.60"),
    Case(
      name: "what was sent counts", limit: "0.40", answers: ["ok", "account"], ends: "AABBaa", held: 2, needed: "0.50"),
    Case(
      name: "unknown messages count, and never move", limit: "0.40", answers: ["what?", "account"], ends: "??BBaa",
      held: 2, needed: "0.50"),
    Case(name: "refused ones do not", limit: "0.40", answers: ["refused", "account"], ends: "--BBBB"),
  ]

  private static func fixture(_ one: Case) throws -> SendingFixture {
    let fixture = try SendingFixture((1...3).map { ("a", "p2p", ["【甲】one \($0)", "【甲】two \($0)"]) })
    fixture.failover = true
    let signatures = ["a": "【甲】", "b": one.signature, "c": "【丙】"]
    fixture.accounts = one.accounts.map {
      SendingFixture.account($0, PairGateway(), signature: signatures[$0] ?? "")
    }
    var said = 0
    fixture.world.answer = { request in
      guard request.account == "a" else { return (SendingWorld.says("ok"), 0.05) }
      said += 1
      return (SendingWorld.says(one.answers[min(said, one.answers.count) - 1]), 0.05)
    }
    fixture.spendLimit = try limit(one.limit)
    return fixture
  }

  private static func limit(_ text: String?) throws -> SpendLimit? {
    try text.map { SpendLimit(try Money(parsing: $0), prices: try FrozenPrices(prices)) }
  }

  private static func ends(_ fixture: SendingFixture) throws -> String {
    let directory = try MessageDirectory(fixture.ledger)
    return try (0..<6).map { index in
      let fate = try directory.fate(root: index / 2 + 1, position: index % 2)
      return switch fate.state {
      case .accepted: fate.gateway.uppercased()
      case .planned: fate.gateway
      case .refused: "-"
      default: "?"
      }
    }.joined()
  }

  @Test(arguments: cases) func `a failover keeps to the limit`(_ one: Case) throws {
    let fixture = try Self.fixture(one)
    let sender = try fixture.sender()
    #expect(try sender.run() == .finished)
    #expect(try Self.ends(fixture) == one.ends)
    #expect(sender.heldBack?.messages ?? 0 == one.held)
    if one.held > 0 { #expect(sender.heldBack?.needed == (try Money(parsing: one.needed))) }
    let most = try fixture.spendLimit?.costAtMost(fixture.ledger) ?? .zero
    #expect(try most <= Money(parsing: one.limit ?? "0"))
    // What the gateways saw of the others is each message once.
    let taken = fixture.world.requests.filter { $0.account != "a" }.flatMap(\.recipients)
    #expect(Set(taken).count == taken.count && taken.count == one.ends.filter { "BC".contains($0) }.count)
  }

  @Test(arguments: cases.filter { $0.held > 0 })
  func `a higher limit lets the rest move, and nothing moves twice`(_ one: Case) throws {
    let fixture = try Self.fixture(one)
    _ = try fixture.sender().run()
    let before = fixture.world.requests.filter { $0.account != "a" }.flatMap(\.recipients)
    // The same limit again: nothing more.
    let same = try fixture.sender()
    #expect(try same.run() == .finished)
    #expect(try Self.ends(fixture) == one.ends && same.heldBack?.messages == one.held)
    fixture.spendLimit = try Self.limit(one.needed)
    let sender = try fixture.sender()
    #expect(try sender.run() == .finished)
    #expect(sender.heldBack == nil)
    #expect(try !Self.ends(fixture).contains("a"))
    let taken = fixture.world.requests.filter { $0.account != "a" }.flatMap(\.recipients)
    #expect(Set(taken).count == taken.count && taken.count > before.count)
  }

  @Test func `a limit is not what keeps messages when no account runs`() throws {
    let fixture = try Self.fixture(Self.cases[2])
    fixture.world.answer = { _ in (SendingWorld.says("account"), 0.05) }
    let sender = try fixture.sender()
    #expect(try sender.run() == .finished)
    #expect(sender.stops.count == 2 && sender.heldBack == nil)
    #expect(try fixture.fates().allSatisfy { $0 == .planned })
  }

  @Test(arguments: [
    ("a", "CN", "0.05"), ("b", "CN", "0.10"), ("b", "US", "0.01"), ("d", "CN", nil),
  ]) func `prices are those of the plan`(_ gateway: String, _ region: String, _ price: String?) throws {
    let prices = try FrozenPrices(Self.prices)
    #expect(prices.price(of: gateway, to: region) == (try price.map { try Money(parsing: $0) }))
    #expect(try FrozenPrices(nil).price(of: gateway, to: region) == nil)
  }

  @Test func `a price that is no amount is told`() {
    #expect(throws: MoneyError.notAnAmount("0,05")) { try FrozenPrices(#"{"a":{"":"0,05"}}"#) }
  }

  /// Each seed is a campaign of its own.
  @Test(arguments: UInt64(1)...60)
  func `whatever accounts say, a campaign never costs more than its limit`(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let names = ["a", "b", "c"]
    let fixture = try SendingFixture(
      (1...12).map { call in
        let texts = (0..<Int.random(in: 1...5, using: &random)).map { "\(call).\($0)" }
        return (names[Int.random(in: 0...1, using: &random)], "p2p", texts)
      })
    fixture.failover = true
    fixture.accounts = names.map { name in
      let signature = String(repeating: "签", count: Int.random(in: 0...150, using: &random))
      return SendingFixture.account(
        name, PairGateway(), concurrency: Int.random(in: 1...3, using: &random),
        batch: Int.random(in: 1...5, using: &random), signature: signature)
    }
    let prices = names.map { #""\#($0)":{"":"0.0\#(Int.random(in: 1...99, using: &random))"}"# }.joined(separator: ",")
    let frozen = try FrozenPrices("{\(prices)}")
    let planned = try #require(try SpendLimit(.zero, prices: frozen).costAtMost(fixture.ledger))
    var taken: [String: Int] = [:]
    var possible: Set<String> = []
    // By what the gateways saw, not by what the ledger says.
    var spent = Money.zero
    fixture.world.answer = { request in
      let word = ["ok", "ok", "ok", "ok", "account", "what?", "refused", "blame", "slow"].randomElement(using: &random)
      let numbers = request.recipients.map { String($0.prefix { $0 != "=" }) }
      #expect(possible.isDisjoint(with: numbers), "seed \(seed): sent again")
      if word == "ok" { for number in numbers { taken[number, default: 0] += 1 } }
      if word == "ok" || word == "what?" {
        possible.formUnion(numbers)
        for recipient in request.recipients {
          let text = Array(recipient.drop { $0 != "=" }.dropFirst().utf8)
          let segments = Segments.count(text.span, rule: .domestic).segments
          let price = frozen.price(of: request.account, to: "CN") ?? .zero
          #expect(throws: Never.self) { spent = try spent + (price * segments) }
        }
      }
      return (SendingWorld.says(word ?? "ok"), 0.05)
    }
    for _ in 0..<4 {
      let limit = try planned + (planned * Int.random(in: 0...2, using: &random))
      let spendLimit = SpendLimit(limit, prices: frozen)
      let before = try #require(try spendLimit.costAtMost(fixture.ledger))
      fixture.spendLimit = spendLimit
      // What `send` does not start it does not send.
      guard before <= limit else { continue }
      #expect(try fixture.sender().run() == .finished)
      let after = try #require(try spendLimit.costAtMost(fixture.ledger))
      #expect(after <= limit && spent <= limit, "seed \(seed)")
      let fates = try fixture.fates()
      #expect(fates.count { $0 == .accepted } == taken.count && taken.values.allSatisfy { $0 == 1 }, "seed \(seed)")
      #expect(fates.count { $0 == .accepted || $0 == .unknown } == possible.count, "seed \(seed)")
    }
  }
}
