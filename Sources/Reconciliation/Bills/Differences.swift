package import Campaigns
package import Configuration
import Messaging
package import Platform

/// `reconcile --bill`: vendors' bills and accounts' balances beside our books, into differences.csv.
///
/// Takes every planned message of the reconciled campaigns once, then `finish`. Memory: the bills' lines, and the
/// messages that no line was found for by id.
package final class Differences: BookSink {
  private let zone: any Zone
  private let tolerance: Int
  private var file: DifferenceFile?
  private let path: String
  private var comparisons: [String: BillComparison] = [:]
  private var totals: [String: BillTotalsComparison] = [:]
  private let bills: [Bill]
  private var balances: BalanceView

  /// - Parameters:
  ///   - path: of differences.csv.
  ///   - tolerance: segments by which a gateway's messages may differ in all before that is told with exit 8.
  ///   - isWholeBook: whether every campaign that the bills can know of is read.
  package init(
    _ bills: [Bill], to path: String, _ configuration: Configuration, balances: BalanceView, tolerance: Int = 0,
    isWholeBook: Bool
  ) throws(RunError) {
    self.bills = bills
    self.tolerance = tolerance
    self.path = path
    self.balances = balances
    zone = configuration.zone
    for bill in bills {
      if bill.hasMessages {
        comparisons[bill.gateway] = BillComparison(bill, configuration.zone, isWholeBook: isWholeBook)
      } else {
        totals[bill.gateway] = BillTotalsComparison(bill, configuration.zone)
      }
    }
    file = try DifferenceFile(path: path, configuration)
  }

  package func take(_ entry: borrowing BookEntry) throws(RunError) {
    try balances.take(entry)
    // `Optional` because a class's stored file cannot be lent out and the class be used at once.
    guard var open = file.take() else { return }
    if let comparison = comparisons[entry.gateway] {
      try comparison.take(entry, &open)
    } else if totals[entry.gateway] != nil {
      try totals[entry.gateway]?.take(entry)
    }
    file = consume open
  }

  /// Writes what is left, then the file under its name. To be called once.
  package func finish() throws(RunError) -> DifferenceReport {
    guard var open = file.take() else {
      throw RunError(.internalError, Diagnostic("differences.csv is finished twice"))
    }
    var report = DifferenceReport(path: path)
    for bill in bills {
      var sums: BillSums
      if let comparison = comparisons[bill.gateway] {
        try comparison.finish(&open)
        sums = comparison.sums
      } else {
        try totals[bill.gateway]?.finish(&open)
        sums = totals[bill.gateway]?.sums ?? BillSums()
      }
      sums.isBeyondTolerance = isBeyondTolerance(sums)
      try writeTotals(sums, &open)
      report.sums.append(sums)
      report.faults += bill.faults
      report.warnings += bill.warnings
    }
    report.losses = try balances.losses()
    for loss in report.losses where loss.differs {
      try open.write(loss.difference, gateway: loss.gateway)
    }
    report.rows = open.rows
    try open.finish()
    return report
  }

  private func isBeyondTolerance(_ sums: BillSums) -> Bool {
    if sums.segmentsApart > tolerance { return true }
    // What differs in money alone has no segments to be tolerated by; nor has a bill line in another month.
    return sums.differences.values.contains { $0.segments == 0 && $0.rows > 0 && sums.segmentsApart == 0 }
      || (sums.differences[.price]?.rows ?? 0) > 0 || !isMoneyExplained(sums)
  }

  /// Whether the segments apart can cost what the sums differ by: at most twice our own price a segment, since prices
  /// differ by country. Otherwise a tolerated segment would hide any amount.
  private func isMoneyExplained(_ sums: BillSums) -> Bool {
    guard sums.hasMoney, sums.segmentsApart > 0, sums.ours.segments > 0 else { return true }
    do throws(MoneyError) {
      let (less, more) = (min(sums.oursCost, sums.theirsCost), max(sums.oursCost, sums.theirsCost))
      return try (more - less) * sums.ours.segments <= sums.oursCost * (2 * sums.segmentsApart)
    } catch { return false }
  }

  private func writeTotals(_ sums: BillSums, _ file: inout DifferenceFile) throws(RunError) {
    if sums.hasSegments, sums.ours.segments != sums.theirs.segments {
      try file.write(
        Difference(
          ours: .segments(sums.ours.segments), theirs: .segments(sums.theirs.segments), kind: .total,
          cause: .everything, detail: "segments"), gateway: sums.gateway)
    }
    if sums.hasMoney, sums.oursCost != sums.theirsCost {
      try file.write(
        Difference(
          ours: .money(sums.oursCost), theirs: .money(sums.theirsCost), kind: .total, cause: .everything,
          detail: "amount"), gateway: sums.gateway)
    }
  }
}

/// What came of comparing bills and balances with our books.
package struct DifferenceReport: Sendable {
  package var path: String
  /// A gateway each, in the order of the command line.
  package var sums: [BillSums] = []
  package var losses: [BalanceLoss] = []
  /// Rows of differences.csv.
  package var rows = 0
  /// The first of the bills' rows that cannot be read.
  package var faults: [Diagnostic] = []
  /// What else is odd about the bills.
  package var warnings: [Diagnostic] = []

  package var badRows: Int { sums.reduce(0) { $0 + $1.badRows } }

  package var isConserved: Bool { sums.allSatisfy(\.isConserved) }

  /// 8 for differences beyond the tolerance, rows that cannot be read, and sums that do not add up; else 0.
  package var exitCode: ExitCode {
    sums.contains { $0.isBeyondTolerance || $0.badRows > 0 || !$0.isConserved } ? .unbalanced : .done
  }

  /// What makes the exit code; empty when it is 0.
  package var reasons: [String] {
    var reasons: [String] = []
    for sum in sums {
      if !sum.isConserved { reasons.append("the sums of gateway '\(sum.gateway)' do not add up") }
      if sum.isBeyondTolerance { reasons.append("the bill of gateway '\(sum.gateway)' differs (differences.csv)") }
    }
    if badRows > 0 { reasons.append(amount(badRows, "bill row") + " cannot be read") }
    return reasons
  }

  /// What a person must know besides the sums.
  package var diagnostics: [Diagnostic] {
    var told = warnings + faults
    if badRows > faults.count {
      told.append(Diagnostic("\(amount(badRows - faults.count, "further row")) of the bills cannot be read"))
    }
    if badRows > 0 {
      told.append(
        Diagnostic(
          "\(amount(badRows, "row")) of the bills cannot be read and are in no sum",
          next: "Correct the rows or ask the vendor, then reconcile again."))
    }
    for sum in sums where !sum.isConserved {
      told.append(
        Diagnostic(
          "the sums of gateway '\(sum.gateway)' do not add up: ours and all differences do not make theirs",
          at: Place(file: path), expected: "ours + differences = theirs, in segments and in yuan",
          next: "This is a fault of qunfa: please report it with the bill's first lines."))
    }
    return told
  }
}
