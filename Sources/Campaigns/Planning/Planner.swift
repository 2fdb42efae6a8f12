import Platform

/// What the planner must know of a gateway account.
public struct PlanRoute: Sendable {
  public var name: String
  /// Most numbers a call.
  public var batch: Int
  /// The endpoint words of product.md; `pointToPoint` is nil where the gateway has none.
  public var pointToPoint: String?
  public var sameContent: String
  /// The endpoint of a call with one recipient, where that is another one.
  public var single: String?
  /// The longest text that endpoint takes, in units; nil: any.
  public var singleMostUnits: Int?
  public var pointToPointTakesLineBreaks: Bool

  public init(
    name: String, batch: Int, pointToPoint: String?, sameContent: String, single: String? = nil,
    singleMostUnits: Int? = nil,
    pointToPointTakesLineBreaks: Bool = true
  ) {
    self.name = name
    self.batch = batch
    self.pointToPoint = pointToPoint
    self.sameContent = sameContent
    self.single = single
    self.singleMostUnits = singleMostUnits
    self.pointToPointTakesLineBreaks = pointToPointTakesLineBreaks
  }

  /// The endpoint's word for a kind of call.
  public func endpoint(_ kind: Planner.Kind) -> String {
    switch kind {
    case .pointToPoint: pointToPoint ?? sameContent
    case .sameContent: sameContent
    case .single: single ?? sameContent
    }
  }
}

/// Puts messages into calls, as few as the gateways' limits allow (product.md, "Choosing the endpoint").
///
/// Per gateway with a point-to-point endpoint the fewest calls are ⌈messages ÷ batch⌉ whatever the texts: whole batches
/// of one text go by the same-content endpoint (a shorter request), all others are packed full point-to-point. Without
/// one, every distinct text fills its own calls. Texts are grouped within blocks of `Limits.blockMessages` messages, so
/// memory does not grow with the campaign and the number of calls is the smallest all the same. The same input gives
/// the same plan. A call never holds the same number twice.
public struct Planner: Sendable {
  /// Which of a route's endpoints carries a call.
  public enum Kind: UInt8, Sendable { case pointToPoint, sameContent, single }

  /// A call as the planner fills it.
  public struct PlacedCall: Sendable, Equatable {
    public var route: Int
    public var kind: Kind
    public var count = 0
    public var firstRow = 0
    public var lastRow = 0
    /// Whether all its texts so far are alike.
    var isUniform = true
    var textHash: UInt64 = 0
    /// Units of its first text.
    var units: Int
    /// The block in which it was opened; its endpoint can only change before that block is handed on.
    var block: Int
    var isOpen = true
  }

  private let routes: [PlanRoute]
  /// Every message has the same text (per route): the template names no column.
  private let isConstant: Bool
  /// Whether a number may come again (`dedupe` other than `phone`).
  private let numbersRepeat: Bool
  public private(set) var calls: [PlacedCall] = []
  /// Open point-to-point calls by route, oldest first.
  private var pool: [[Int]]
  /// Open same-content calls by route and text, oldest first.
  private var groups: [UInt64: [Int32]] = [:]
  /// The numbers in open calls, only kept where numbers may repeat.
  private var numbers: [Int: Set<UInt64>] = [:]
  private var block = 0

  public init(routes: [PlanRoute], isConstant: Bool, numbersRepeat: Bool) {
    self.routes = routes
    self.isConstant = isConstant
    self.numbersRepeat = numbersRepeat
    pool = Array(repeating: [], count: routes.count)
  }

  /// Gives every message of the block its call and position. Blocks come in row order; after `isLast` none may come.
  public mutating func place(_ messages: inout [PlannedMessage], isLast: Bool) {
    block += 1
    var whole = wholeBatches(messages)
    for index in messages.indices {
      let message = messages[index]
      let call = open(for: message, &whole)
      messages[index].call = Int32(call)
      messages[index].position = Int32(calls[call].count)
      add(message, to: call)
    }
    if isLast { settleOpenCalls() }
    for index in messages.indices { messages[index].kind = calls[Int(messages[index].call)].kind }
  }

  /// The endpoint's word in the `endpoint` column.
  public func endpoint(_ kind: Kind, of route: Int) -> String { routes[route].endpoint(kind) }

  // MARK: Which call

  private mutating func open(for message: PlannedMessage, _ whole: inout [UInt64: Int]) -> Int {
    let route = routes[Int(message.route)]
    let key = groupKey(message)
    guard route.pointToPoint != nil, !isConstant,
      route.pointToPointTakesLineBreaks || !message.hasLineBreak
    else { return openGroup(key, message, route) }
    if let left = whole[key], left > 0 {
      whole[key] = left - 1
      return openGroup(key, message, route)
    }
    let candidates = pool[Int(message.route)]
    if let found = candidates.first(where: { takes(message.number, $0) }) { return found }
    let call = begin(message, .pointToPoint)
    pool[Int(message.route)].append(call)
    if pool[Int(message.route)].count > Limits.openCalls { numbers[pool[Int(message.route)].removeFirst()] = nil }
    return call
  }

  private mutating func openGroup(_ key: UInt64, _ message: PlannedMessage, _ route: PlanRoute) -> Int {
    if let candidates = groups[key], let found = candidates.first(where: { takes(message.number, Int($0)) }) {
      return Int(found)
    }
    let call = begin(message, .sameContent)
    groups[key, default: []].append(Int32(call))
    if groups[key]?.count ?? 0 > Limits.openCalls, let oldest = groups[key]?.removeFirst() {
      numbers[Int(oldest)] = nil
    }
    return call
  }

  private func takes(_ number: UInt64, _ call: Int) -> Bool {
    !(numbersRepeat && numbers[call]?.contains(number) ?? false)
  }

  private mutating func begin(_ message: PlannedMessage, _ kind: Kind) -> Int {
    calls.append(
      PlacedCall(
        route: Int(message.route), kind: kind, firstRow: message.row, textHash: message.textHash,
        units: Int(message.units), block: block))
    return calls.count - 1
  }

  private mutating func add(_ message: PlannedMessage, to call: Int) {
    calls[call].count += 1
    calls[call].lastRow = message.row
    if calls[call].textHash != message.textHash { calls[call].isUniform = false }
    if numbersRepeat { numbers[call, default: []].insert(message.number) }
    if calls[call].count == routes[Int(message.route)].batch { close(call, message) }
  }

  private mutating func close(_ call: Int, _ message: PlannedMessage) {
    calls[call].isOpen = false
    numbers[call] = nil
    if let index = pool[Int(message.route)].firstIndex(of: call) {
      pool[Int(message.route)].remove(at: index)
    } else {
      let key = groupKey(message)
      groups[key]?.removeAll { Int($0) == call }
      if groups[key]?.isEmpty ?? false { groups[key] = nil }
    }
    choose(call)
  }

  /// A point-to-point call whose texts turned out alike goes by the same-content endpoint, one with a single recipient
  /// by the endpoint for that, as long as no message of it was handed on.
  private mutating func choose(_ call: Int) {
    let placed = calls[call]
    guard placed.block == block else { return }
    let route = routes[placed.route]
    if placed.count == 1, route.single != nil, placed.units <= route.singleMostUnits ?? Int.max {
      calls[call].kind = .single
    } else if placed.isUniform, placed.count > 1 {
      calls[call].kind = .sameContent
    }
  }

  private mutating func settleOpenCalls() {
    for index in calls.indices where calls[index].isOpen && calls[index].block == block { choose(index) }
  }

  // MARK: Whole batches of one text

  /// How many messages of each text go by the same-content endpoint: the largest multiple of the batch in this block.
  private func wholeBatches(_ messages: [PlannedMessage]) -> [UInt64: Int] {
    guard !isConstant, messages.count >= smallestBatch else { return [:] }
    var counts = TextCounts(capacity: messages.count)
    var atLeastOneBatch: [UInt64: Int] = [:]
    for message in messages where routes[Int(message.route)].pointToPoint != nil {
      let key = groupKey(message)
      let count = counts.count(key)
      if count == routes[Int(message.route)].batch { atLeastOneBatch[key] = 0 }
    }
    for key in atLeastOneBatch.keys { atLeastOneBatch[key] = counts[key] }
    guard !atLeastOneBatch.isEmpty else { return [:] }
    for message in messages {
      let key = groupKey(message)
      guard let count = atLeastOneBatch[key] else { continue }
      let batch = routes[Int(message.route)].batch
      atLeastOneBatch[key] = count / batch * batch
    }
    return atLeastOneBatch
  }

  private var smallestBatch: Int { routes.filter { $0.pointToPoint != nil }.map(\.batch).min() ?? Int.max }

  private func groupKey(_ message: PlannedMessage) -> UInt64 {
    message.textHash &+ UInt64(message.route) &* 0x9E37_79B9_7F4A_7C15
  }
}

/// Counts keys of one block: open addressing, no deletion, at most half full.
private struct TextCounts {
  private var keys: [UInt64]
  private var counts: [Int32]
  private let mask: Int

  init(capacity: Int) {
    var size = 1024
    while size < capacity * 2 { size *= 2 }
    keys = Array(repeating: 0, count: size)
    counts = Array(repeating: 0, count: size)
    mask = size - 1
  }

  private func slot(_ key: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: key &* 0x9E37_79B9_7F4A_7C15 >> 20) & mask
    while counts[slot] != 0, keys[slot] != key { slot = (slot + 1) & mask }
    return slot
  }

  /// Adds one and returns the count so far.
  mutating func count(_ key: UInt64) -> Int {
    let slot = slot(key)
    keys[slot] = key
    counts[slot] += 1
    return Int(counts[slot])
  }

  subscript(key: UInt64) -> Int { Int(counts[slot(key)]) }
}
