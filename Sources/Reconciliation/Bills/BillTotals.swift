import Campaigns
import Messaging
import Platform

/// A bill of totals beside our books: segments and amounts of each day, or of each month where the bill says months.
struct BillTotalsComparison {
  let bill: Bill
  private var days: DayClock
  private let hasMonths: Bool
  private let hasSegments: Bool
  private(set) var sums = BillSums()
  /// By day or month.
  private var ours: [Int: Sum] = [:]

  private struct Sum {
    var segments = 0
    var amount = Money.zero
  }

  init(_ bill: Bill, _ zone: any Zone) {
    self.bill = bill
    days = DayClock(zone)
    hasMonths = bill.totals.contains { $0.isMonth }
    hasSegments = bill.totals.contains { $0.segments != nil }
    sums.gateway = bill.gateway
    sums.hasMoney = bill.hasMoney
    sums.hasSegments = hasSegments
    sums.theirs = .init(messages: bill.totals.count, segments: bill.segments)
    sums.theirsCost = bill.amount
    sums.badRows = bill.badRows
  }

  mutating func take(_ entry: borrowing BookEntry) throws(RunError) {
    try sums.add(entry)
    guard entry.billableSegments > 0, let submitted = entry.submittedAt else { return }
    let period = period(days.day(submitted))
    var sum = ours[period] ?? Sum()
    sum.segments += entry.billableSegments
    let cost = entry.cost
    let before = sum.amount
    sum.amount = try onBooks { () throws(MoneyError) in try before + cost }
    ours[period] = sum
  }

  private func period(_ day: Int) -> Int { hasMonths ? Calendar.month(day) : day }

  mutating func finish(_ file: inout DifferenceFile) throws(RunError) {
    var theirs: [Int: Sum] = [:]
    for total in bill.totals {
      var sum = theirs[period(total.day)] ?? Sum()
      sum.segments += total.segments ?? 0
      let before = sum.amount
      sum.amount = try onBooks { () throws(MoneyError) in try before + (total.amount ?? .zero) }
      theirs[period(total.day)] = sum
    }
    for period in Set(ours.keys).union(theirs.keys).sorted() {
      let our = ours[period] ?? Sum()
      let their = theirs[period] ?? Sum()
      let name = hasMonths ? Calendar.monthText(period) : Calendar.text(period)
      if hasSegments, our.segments != their.segments {
        try tell(
          Difference(
            ours: .segments(our.segments), theirs: .segments(their.segments), kind: .total,
            cause: cause(period), detail: "segments of \(name)", segments: their.segments - our.segments), &file)
      }
      if bill.hasMoney, our.amount != their.amount {
        let amount = try onBooks { () throws(MoneyError) in try their.amount - our.amount }
        try tell(
          Difference(
            ours: .money(our.amount), theirs: .money(their.amount), kind: .total, cause: cause(period),
            detail: "amount of \(name)", amount: amount), &file)
      }
    }
  }

  /// A period that only ours has lies outside of the bill, or was left out.
  private func cause(_ period: Int) -> DifferenceCause {
    let isCovered =
      hasMonths
      ? bill.covers(Calendar.day(of: CivilTime(year: period / 12, month: period % 12 + 1, day: 1)))
      : bill.covers(period)
    return isCovered ? .dayTotal : .otherMonth
  }

  private mutating func tell(_ difference: Difference, _ file: inout DifferenceFile) throws(RunError) {
    try sums.add(difference)
    try file.write(difference, gateway: bill.gateway)
  }
}
