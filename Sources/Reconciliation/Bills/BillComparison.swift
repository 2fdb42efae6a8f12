import Campaigns
import Messaging
import Platform

/// One gateway's bill of messages beside our books: every message once, then `finish`.
///
/// By id first, while the books are read; messages that have none, or whose id the bill does not know, wait for the end
/// and get a free line of their number, one to one, the billable ones first. So no message takes another's line.
final class BillComparison {
  let bill: Bill
  private var days: DayClock
  private let isWholeBook: Bool
  private(set) var sums = BillSums()
  /// Messages without a line by id.
  private var waiting: [BillMessage] = []
  private var ids = ByteBuffer(capacity: 4096)
  private var found: [Int] = []
  /// The ids of the message under way.
  private var currentIDs = ByteBuffer(capacity: 64)

  /// - Parameter isWholeBook: whether the books are read in full, so that a line without a message is nobody's.
  init(_ bill: Bill, _ zone: any Zone, isWholeBook: Bool) {
    self.bill = bill
    days = DayClock(zone)
    self.isWholeBook = isWholeBook
    sums.gateway = bill.gateway
    sums.hasMoney = bill.hasMoney
    sums.theirs = .init(messages: bill.lines.count, segments: bill.segments)
    sums.theirsCost = bill.amount
    sums.badRows = bill.badRows
  }

  // MARK: - Our messages

  func take(_ entry: borrowing BookEntry, _ file: inout DifferenceFile) throws(RunError) {
    try sums.add(entry)
    let isKnown = bill.lines.noteOurs(entry.number)
    found.removeAll(keepingCapacity: true)
    if bill.hasIDs { findByID(entry) }
    var message = BillMessage(entry, &days)
    if found.isEmpty {
      guard isKnown || message.billable > 0 else { return }
      let start = ids.count
      ids.append(entry.messageID.span)
      message.ids = start..<ids.count
      waiting.append(message)
      return
    }
    currentIDs.clear()
    currentIDs.append(entry.messageID.span)
    try judge(message, &file)
  }

  /// Every line of any of its ids, else of our id of its call and its number.
  private func findByID(_ entry: borrowing BookEntry) {
    let text = entry.messageID.span
    var start = 0
    for index in 0...text.count where index == text.count || text[index] == UInt8(ascii: " ") {
      if index > start { bill.lines.claim(id: text.extracting(start..<index), number: entry.number, into: &found) }
      start = index + 1
    }
    if found.isEmpty, !entry.linkID.isEmpty {
      bill.lines.claim(link: Array(entry.linkID.utf8).span, number: entry.number, into: &found)
    }
  }

  // MARK: - The end

  func finish(_ file: inout DifferenceFile) throws(RunError) {
    var rest: [BillMessage] = []
    // Those that must be billed choose first, then those that may be, then those that must not.
    for rank in 0...2 {
      for message in waiting where Self.rank(message) == rank {
        found.removeAll(keepingCapacity: true)
        recall(message)
        findByNumber(message, onSameDay: true)
        if found.isEmpty { rest.append(message) } else { try judge(message, &file) }
      }
    }
    waiting = []
    for message in rest {
      found.removeAll(keepingCapacity: true)
      recall(message)
      findByNumber(message, onSameDay: false)
      if !found.isEmpty {
        try judge(message, &file)
      } else if message.billable > 0 {
        try tellUnbilled(message, &file)
      }
    }
    try tellUnclaimed(&file)
  }

  private static func rank(_ message: BillMessage) -> Int {
    if message.billable > 0 { return 0 }
    return message.ledgerState == .unknown || message.ledgerState == .sending ? 1 : 2
  }

  private func recall(_ message: BillMessage) {
    currentIDs.clear()
    Self.copy(message.ids, of: ids, to: &currentIDs)
  }

  /// What stands under `message_id`: our ids, else the one that the bill names.
  private var shownID: String {
    guard currentIDs.isEmpty, let line = found.first else { return currentIDs.array.text }
    return bill.lines.id(line)
  }

  /// Two fields of `self` at once, which a span of one of them would not allow.
  private static func copy(_ range: Range<Int>, of source: borrowing ByteBuffer, to target: inout ByteBuffer) {
    target.append(source.span.extracting(range))
  }

  /// Claims free lines of its number: one, or several of one segment each that make up a long message.
  private func findByNumber(_ message: BillMessage, onSameDay: Bool) {
    // A line that names another message is that message's, unless we never learnt this one's id.
    let needsNoID = !message.ids.isEmpty
    let free = bill.lines.free(message.number) { line in
      if needsNoID, line.idLength > 0 { return false }
      guard onSameDay, line.day != BillLines.noDay, let submitted = message.submitted else { return true }
      return Int(line.day) == submitted
    }
    guard let first = free.first(where: { Int(bill.lines[$0].segments) == message.segments }) ?? free.first else {
      return
    }
    bill.lines.claim(first)
    found.append(first)
    var sum = Int(bill.lines[first].segments)
    guard sum == 1, message.segments > 1 else { return }
    for line in free where line != first && sum < message.segments && bill.lines[line].segments == 1 {
      bill.lines.claim(line)
      found.append(line)
      sum += 1
    }
  }

  private func tellUnbilled(_ message: BillMessage, _ file: inout DifferenceFile) throws(RunError) {
    let cause = message.causeOfSilence(bill)
    var detail = ""
    if cause == .otherMonth, let submitted = message.submitted { detail = "sent on \(Calendar.text(submitted))" }
    if cause == .lateReport, let reported = message.reported { detail = "reported on \(Calendar.text(reported))" }
    let amount = try onBooks { () throws(MoneyError) in try Money.zero - message.cost }
    try tell(
      Difference(
        number: message.number, id: shownID, ours: .segments(message.billable), theirs: .segments(0),
        kind: .onlyOurs, cause: cause, detail: detail, segments: -message.billable, amount: amount), &file)
  }

  private func tellUnclaimed(_ file: inout DifferenceFile) throws(RunError) {
    for index in 0..<bill.lines.count where !bill.lines[index].isClaimed {
      let line = bill.lines[index]
      var difference = Difference(
        number: line.number, id: bill.lines.id(index), ours: .segments(0), theirs: .segments(Int(line.segments)),
        kind: .onlyTheirs, segments: Int(line.segments), amount: bill.lines.money(line.amount) ?? .zero)
      if bill.lines.hasClaimedDouble(index) {
        difference.kind = .duplicate
        difference.cause = .doubledLine
      } else if line.isOurs {
        difference.cause = .furtherLine
      } else if isWholeBook {
        difference.cause = line.number == 0 ? .strangeID : .strangeNumber
      } else {
        difference.cause = .otherCampaign
      }
      difference.detail = "line \(line.row)"
      try tell(difference, &file)
    }
  }

  // MARK: - A message and its lines

  /// Compares a message with the lines in `found`, which are claimed for it.
  private func judge(_ message: BillMessage, _ file: inout DifferenceFile) throws(RunError) {
    if found.count > 1 { found.sort() }
    let before = file.rows
    let own = try splitDoubled(message, &file)
    var theirs = 0
    var amount = Money.zero
    for index in own {
      theirs += Int(bill.lines[index].segments)
      amount = try onBooks { () throws(MoneyError) in
        try amount + (bill.lines.money(bill.lines[index].amount) ?? .zero)
      }
    }
    if message.billable == 0 {
      if theirs > 0 || amount != .zero { try tellBilled(message, theirs, amount, &file) }
    } else {
      try compare(message, theirs, amount, own, &file)
    }
    if file.rows == before { sums.agreed += 1 }
  }

  /// Tells the lines that are there once too often, and returns the others.
  private func splitDoubled(
    _ message: BillMessage, _ file: inout DifferenceFile
  ) throws(RunError) -> [Int] {
    guard found.count > 1 else { return found }
    var own: [Int] = []
    var sum = 0
    var seen: Set<String> = []
    // Where every part has an id of its own, the same id twice is a part twice.
    let hasPartIDs = currentIDs.array.contains(UInt8(ascii: " "))
    for index in found {
      let line = bill.lines[index]
      // Else what goes beyond our count in whole lines is.
      let isDoubled =
        hasPartIDs && line.idLength > 0
        ? !seen.insert(bill.lines.id(index)).inserted : sum >= max(1, message.segments)
      guard isDoubled else {
        own.append(index)
        sum += Int(line.segments)
        continue
      }
      try tell(
        Difference(
          number: message.number, id: bill.lines.id(index), ours: .segments(0), theirs: .segments(Int(line.segments)),
          kind: .duplicate, cause: .doubledLine, detail: "line \(line.row)", segments: Int(line.segments),
          amount: bill.lines.money(line.amount) ?? .zero), &file)
    }
    return own
  }

  private func tellBilled(
    _ message: BillMessage, _ theirs: Int, _ amount: Money, _ file: inout DifferenceFile
  ) throws(RunError) {
    let cause = message.causeOfBilling(lastDay: bill.lastDay)
    var detail = ""
    if cause == .unknownAccepted { detail = "qunfa resolve CAMPAIGN --unknown accepted" }
    if cause == .lateReport, let reported = message.reported { detail = "reported on \(Calendar.text(reported))" }
    try tell(
      Difference(
        number: message.number, id: shownID, ours: .segments(0), theirs: .segments(theirs), kind: .onlyTheirs,
        cause: cause, detail: detail, segments: theirs, amount: amount),
      &file)
  }

  private func compare(
    _ message: BillMessage, _ theirs: Int, _ amount: Money, _ own: [Int], _ file: inout DifferenceFile
  ) throws(RunError) {
    let price = message.price ?? .zero
    if theirs != message.billable {
      var difference = row(message)
      difference.ours = .segments(message.billable)
      difference.theirs = .segments(theirs)
      difference.cause = message.cause(theirs: theirs)
      difference.segments = theirs - message.billable
      difference.amount = try onBooks { () throws(MoneyError) in try price * (theirs - message.billable) }
      try tell(difference, &file)
    }
    if bill.hasMoney {
      let expected = try onBooks { () throws(MoneyError) in
        try message.cost + (price * (theirs - message.billable))
      }
      if amount != expected { try tellPrice(message, amount, expected, own, &file) }
    }
    // The message is billed, but in a month in which it was not sent; midnight is forgiven.
    let day = bill.lines[own[0]].day
    if let submitted = message.submitted, day != BillLines.noDay, abs(Int(day) - submitted) > 1,
      Calendar.month(Int(day)) != Calendar.month(submitted)
    {
      var difference = row(message)
      difference.kind = .total
      difference.ours = .day(submitted)
      difference.theirs = .day(Int(day))
      difference.cause = .otherMonth
      difference.detail = "sent in \(Calendar.monthText(Calendar.month(submitted)))"
      try tell(difference, &file)
    }
  }

  private func row(_ message: BillMessage) -> Difference {
    Difference(number: message.number, id: shownID, kind: .segments)
  }

  private func tellPrice(
    _ message: BillMessage, _ amount: Money, _ expected: Money, _ own: [Int], _ file: inout DifferenceFile
  ) throws(RunError) {
    var difference = row(message)
    difference.kind = .price
    let prices = own.compactMap { bill.lines.money(bill.lines[$0].price) }
    // The price that differs; without a column for it, the amounts.
    if let price = prices.first(where: { $0 != message.price }) {
      difference.ours = message.price.map { .money($0) } ?? .none
      difference.theirs = .money(price)
    } else {
      difference.ours = .money(expected)
      difference.theirs = .money(amount)
    }
    if message.price == nil { difference.cause = .noPrice }
    difference.amount = try onBooks { () throws(MoneyError) in try amount - expected }
    try tell(difference, &file)
  }

  private func tell(_ difference: Difference, _ file: inout DifferenceFile) throws(RunError) {
    try sums.add(difference)
    try file.write(difference, gateway: bill.gateway)
  }
}

extension BillSums {
  mutating func add(_ entry: borrowing BookEntry) throws(RunError) {
    planned.add(entry.segments)
    if entry.isAccepted { accepted.add(entry.segments) }
    if entry.state == .delivered || entry.state == .partial { delivered.add(entry.segments) }
    guard entry.billableSegments > 0 else { return }
    ours.add(entry.billableSegments)
    let cost = entry.cost
    let sum = oursCost
    oursCost = try onBooks { () throws(MoneyError) in try sum + cost }
  }

  mutating func add(_ difference: Difference) throws(RunError) {
    var sum = differences[difference.kind] ?? DifferenceSum()
    sum.rows += 1
    sum.segments += difference.segments
    let before = sum.amount
    sum.amount = try onBooks { () throws(MoneyError) in try before + difference.amount }
    differences[difference.kind] = sum
    segmentsApart += abs(difference.segments)
  }
}
