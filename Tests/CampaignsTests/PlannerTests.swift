import Platform
import TestSupport
import Testing

@testable import Campaigns

/// A message of the planner's tests: its number, its text by a letter, its route.
private func message(_ row: Int, _ text: UInt64, number: Int? = nil, route: Int = 0, lineBreak: Bool = false)
  -> PlannedMessage
{
  PlannedMessage(
    row: row, number: UInt64(8_613_800_000_000 + (number ?? row)), textHash: text, textEnd: 0, externalIDEnd: 0,
    units: 10, segments: 1, route: UInt8(route), isGSM7: false, hasLineBreak: lineBreak, region: 0)
}

private let both = PlanRoute(
  name: "juhe", batch: 3, pointToPoint: "p2p", sameContent: "send", pointToPointTakesLineBreaks: false)
private let sameOnly = PlanRoute(name: "mobset", batch: 3, pointToPoint: nil, sameContent: "send")
private let withSingle = PlanRoute(
  name: "emay", batch: 3, pointToPoint: "personality", sameContent: "batch", single: "single")

@Suite struct PlannerTests {
  struct Case: CustomTestStringConvertible {
    var name: String
    var route: PlanRoute
    /// Texts by letter, a row each; a capital letter has a line break.
    var texts: String
    /// The calls as kind:texts in row order.
    var calls: [String]
    var isConstant = false
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "nothing", route: both, texts: "", calls: []),
    Case(name: "different texts fill calls", route: both, texts: "abcdefg", calls: ["p2p:abc", "p2p:def", "p2p:g"]),
    Case(name: "a whole batch of one text", route: both, texts: "aaab", calls: ["send:aaa", "p2p:b"]),
    Case(
      name: "what is beyond whole batches rides with others", route: both, texts: "aaaabc",
      calls: ["send:aaa", "p2p:abc"]),
    Case(name: "two whole batches", route: both, texts: "ababab", calls: ["send:aaa", "send:bbb"]),
    Case(name: "a call whose texts turn out alike", route: both, texts: "bcdaa", calls: ["p2p:bcd", "send:aa"]),
    Case(
      name: "line breaks keep out of point-to-point", route: both, texts: "AbAcB",
      calls: ["send:AA", "p2p:bc", "send:B"]),
    Case(
      name: "no point-to-point", route: sameOnly, texts: "abababac",
      calls: ["send:aaa", "send:bbb", "send:a", "send:c"]),
    Case(
      name: "one text for all", route: both, texts: "aaaaaaa", calls: ["send:aaa", "send:aaa", "send:a"],
      isConstant: true),
    Case(name: "a last single", route: withSingle, texts: "abcd", calls: ["personality:abc", "single:d"]),
    Case(
      name: "a single of one text", route: withSingle, texts: "aaaa", calls: ["batch:aaa", "single:a"], isConstant: true
    ),
    Case(name: "a single without an endpoint for it", route: both, texts: "a", calls: ["p2p:a"]),
  ]

  @Test(arguments: cases) func `messages go into the expected calls`(_ one: Case) {
    var planner = Planner(routes: [one.route], isConstant: one.isConstant, numbersRepeat: false)
    let letters = Array(one.texts.utf8)
    var messages = letters.enumerated().map { index, letter in
      message(index + 1, UInt64(letter), lineBreak: letter < UInt8(ascii: "a"))
    }
    planner.place(&messages, isLast: true)
    var texts = planner.calls.map { _ in "" }
    for (index, message) in messages.enumerated() {
      texts[Int(message.call)].append(Character(Unicode.Scalar(letters[index])))
    }
    let found = planner.calls.enumerated().map { index, call in planner.endpoint(call.kind, of: 0) + ":" + texts[index]
    }
    #expect(found == one.calls)
  }

  @Test func `a number that comes again goes into another call`() {
    var planner = Planner(routes: [both], isConstant: false, numbersRepeat: true)
    var messages = [1, 1, 2, 2, 3, 3].enumerated().map { message($0 + 1, UInt64($0 + 1), number: $1) }
    planner.place(&messages, isLast: true)
    #expect(messages.map(\.call) == [0, 1, 0, 1, 0, 1])
    #expect(planner.calls.map(\.count) == [3, 3])
  }

  @Test func `blocks that follow fill the calls that are still open`() {
    var planner = Planner(routes: [both, sameOnly], isConstant: false, numbersRepeat: false)
    var first = [message(1, 1), message(2, 7, route: 1)]
    planner.place(&first, isLast: false)
    var second = [message(3, 2), message(4, 7, route: 1), message(5, 3)]
    planner.place(&second, isLast: true)
    #expect(planner.calls.map(\.count) == [3, 2])
    #expect(planner.calls.map(\.kind) == [.pointToPoint, .sameContent])
    #expect(second.map(\.position) == [1, 1, 2])
    #expect(planner.calls[0].firstRow == 1 && planner.calls[0].lastRow == 5)
  }
}

/// Random plans against what product.md, "Choosing the endpoint", promises.
@Suite struct PlannerPropertyTests {
  struct Campaign {
    var routes: [PlanRoute]
    var isConstant: Bool
    var numbersRepeat: Bool
    var messages: [PlannedMessage] = []
  }

  static func campaign(_ seed: UInt64) -> Campaign {
    var random = SeededGenerator(seed: seed)
    let routes = (0..<Int.random(in: 1...3, using: &random)).map { index in
      PlanRoute(
        name: "g\(index)", batch: [1, 2, 7, 50, 200].randomElement(using: &random) ?? 1,
        pointToPoint: Bool.random(using: &random) ? "p2p" : nil, sameContent: "send",
        single: Bool.random(using: &random) ? "single" : nil, pointToPointTakesLineBreaks: Bool.random(using: &random))
    }
    let isConstant = Int.random(in: 0..<5, using: &random) == 0
    var campaign = Campaign(
      routes: routes, isConstant: isConstant, numbersRepeat: Int.random(in: 0..<3, using: &random) == 0)
    let count = [0, 1, 5, 100, 3000, Limits.blockMessages * 2 + 77].randomElement(using: &random) ?? 0
    let texts = isConstant ? 1 : [1, 3, 40, 100_000].randomElement(using: &random) ?? 1
    let numbers = campaign.numbersRepeat ? max(1, count / 2) : 0
    for row in 0..<count {
      let text = UInt64.random(in: 1...UInt64(texts), using: &random)
      let route = Int.random(in: 0..<routes.count, using: &random)
      campaign.messages.append(
        message(
          row * 3 + 1, text, number: numbers > 0 ? Int.random(in: 0..<numbers, using: &random) : row, route: route,
          lineBreak: text % 5 == 0))
    }
    return campaign
  }

  static func plan(_ campaign: Campaign) -> (calls: [Planner.PlacedCall], messages: [PlannedMessage]) {
    var planner = Planner(
      routes: campaign.routes, isConstant: campaign.isConstant, numbersRepeat: campaign.numbersRepeat)
    var placed: [PlannedMessage] = []
    var start = 0
    repeat {
      let end = min(start + Limits.blockMessages, campaign.messages.count)
      var block = Array(campaign.messages[start..<end])
      planner.place(&block, isLast: end == campaign.messages.count)
      placed += block
      start = end
    } while start < campaign.messages.count
    return (planner.calls, placed)
  }

  /// The fewest calls there can be.
  static func fewest(_ campaign: Campaign) -> Int {
    var pooled: [Int: Int] = [:]
    var grouped: [Int: [UInt64: Int]] = [:]
    for message in campaign.messages {
      let route = campaign.routes[Int(message.route)]
      if route.pointToPoint != nil, route.pointToPointTakesLineBreaks || !message.hasLineBreak {
        pooled[Int(message.route), default: 0] += 1
      } else {
        grouped[Int(message.route), default: [:]][message.textHash, default: 0] += 1
      }
    }
    func calls(_ count: Int, _ route: Int) -> Int {
      (count + campaign.routes[route].batch - 1) / campaign.routes[route].batch
    }
    return pooled.reduce(0) { $0 + calls($1.value, $1.key) }
      + grouped.reduce(0) { sum, group in sum + group.value.values.reduce(0) { $0 + calls($1, group.key) } }
  }

  @Test(arguments: UInt64(1)...120) func `every plan keeps what is promised`(_ seed: UInt64) {
    let campaign = PlannerPropertyTests.campaign(seed)
    let (calls, messages) = PlannerPropertyTests.plan(campaign)
    var members: [[PlannedMessage]] = calls.map { _ in [] }
    for message in messages {
      guard calls.indices.contains(Int(message.call)) else {
        Issue.record("row \(message.row) has no call")
        return
      }
      members[Int(message.call)].append(message)
    }
    for (call, inside) in zip(calls, members) {
      let route = campaign.routes[call.route]
      #expect(call.count == inside.count && (1...route.batch).contains(inside.count))
      // Positions count up in row order.
      #expect(inside.map(\.position) == (0..<Int32(inside.count)).map { $0 })
      #expect(call.firstRow == inside.first?.row && call.lastRow == inside.last?.row)
      #expect(inside.allSatisfy { Int($0.route) == call.route && $0.kind == call.kind })
      #expect(Set(inside.map(\.number)).count == inside.count, "a number twice in a call")
      switch call.kind {
      case .sameContent: #expect(Set(inside.map(\.textHash)).count == 1)
      case .single: #expect(inside.count == 1 && route.single != nil)
      case .pointToPoint:
        #expect(route.pointToPoint != nil)
        #expect(route.pointToPointTakesLineBreaks || !inside.contains(where: \.hasLineBreak))
      }
    }
    let fewest = PlannerPropertyTests.fewest(campaign)
    if campaign.numbersRepeat { #expect(calls.count >= fewest) } else { #expect(calls.count == fewest) }
    #expect(PlannerPropertyTests.plan(campaign).calls == calls, "the same input gives the same plan")
  }
}
