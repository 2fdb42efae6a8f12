import Campaigns
import Configuration
package import Messaging
import Platform
import Tables

/// What kind of difference a row of differences.csv is (product.md, "Settled points").
package enum DifferenceKind: String, Sendable, CaseIterable {
  case onlyOurs = "only_ours"
  case onlyTheirs = "only_theirs"
  case segments, price, duplicate, total
}

/// Why ours and theirs differ, where that can be told: stable words, for an accountant (docs/bills.md explains each).
package enum DifferenceCause: String, Sendable, CaseIterable {
  case signatureNotCounted = "signature not counted by the vendor"
  case signatureNotCountedByUs = "signature counted by the vendor but not by us"
  case notBilled = "not billed though billable"
  case failedButBilled = "failed but billed"
  case refusedButBilled = "refused but billed"
  case unreportedButBilled = "billed without a report of delivery"
  case notSentButBilled = "never sent but billed"
  case unknownAccepted = "unknown that was accepted after all"
  case lateReport = "late report"
  case otherMonth = "other month"
  case doubledLine = "doubled line"
  case furtherLine = "one line more for a number of ours"
  case strangeNumber = "a number that was never sent to"
  case strangeID = "an id that we were never given"
  case otherCampaign = "not among the messages that were reconciled"
  case noPrice = "no price in qunfa.toml"
  case dayTotal = "total"
  case everything = "all in all"
  case balance = "balance"
}

/// A value that ours or theirs shows.
enum DifferenceValue {
  case none
  case segments(Int)
  case money(Money)
  /// Days since 1970.
  case day(Int)

  func write(to writer: inout CSVWriter) {
    switch self {
    case .none: writer.emptyField()
    case .segments(let count): writer.field(decimal: count)
    case .money(let money): writer.field(money.description, guarded: false)
    case .day(let day): writer.field(Calendar.text(day))
    }
  }
}

/// One row of differences.csv, with what it adds to the sums.
struct Difference {
  var number: UInt64 = 0
  var id = ""
  var ours = DifferenceValue.none
  var theirs = DifferenceValue.none
  var kind: DifferenceKind
  var cause: DifferenceCause?
  /// Said behind the cause.
  var detail = ""
  /// Theirs less ours.
  var segments = 0
  var amount = Money.zero
}

/// differences.csv while it is written.
struct DifferenceFile: ~Copyable {
  static let columns = ["gateway", "phone", "message_id", "ours", "theirs", "kind", "cause"]
  private var writer: CSVWriter
  private(set) var rows = 0

  init(path: String, _ configuration: Configuration) throws(RunError) {
    writer = try CSVWriter.begin(path, configuration, header: DifferenceFile.columns)
  }

  mutating func write(_ difference: Difference, gateway: String) throws(RunError) {
    writer.field(gateway)
    writer.field(difference.number == 0 ? "" : PhoneNumber.written(difference.number))
    writer.field(difference.id)
    difference.ours.write(to: &writer)
    difference.theirs.write(to: &writer)
    writer.field(difference.kind.rawValue)
    let words = difference.cause?.rawValue ?? ""
    writer.field(difference.detail.isEmpty ? words : "\(words): \(difference.detail)")
    rows += 1
    try onWriting { () throws(TableError) in try writer.endRow() }
  }

  consuming func finish() throws(RunError) {
    do throws(TableError) { try writer.finish(isDurable: false) } catch {
      throw RunError(.gatewayStopped, error.diagnostic)
    }
  }
}

/// The sums of one gateway's comparison.
package struct BillSums: Sendable {
  package var gateway = ""
  package var hasMoney = false
  /// False for a bill of totals that only has amounts.
  package var hasSegments = true
  package var planned = SegmentSum()
  package var accepted = SegmentSum()
  /// By reports: delivered, and long messages delivered in part.
  package var delivered = SegmentSum()
  /// What the contract bills (`bill_on`).
  package var ours = SegmentSum()
  package var oursCost = Money.zero
  /// Lines of the bill; rows of a bill of totals.
  package var theirs = SegmentSum()
  package var theirsCost = Money.zero
  /// Messages that ours and theirs see alike.
  package var agreed = 0
  /// By kind: rows of messages, and theirs less ours.
  package var differences: [DifferenceKind: DifferenceSum] = [:]
  /// Segments by which messages differ, more and less not set off against each other.
  package var segmentsApart = 0
  /// Differences beyond the tolerance.
  package var isBeyondTolerance = false
  package var badRows = 0

  package struct SegmentSum: Sendable, Equatable {
    package var messages = 0
    package var segments = 0

    mutating func add(_ segments: Int) {
      messages += 1
      self.segments += segments
    }
  }

  package struct DifferenceSum: Sendable, Equatable {
    package var rows = 0
    package var segments = 0
    package var amount = Money.zero
  }

  /// Ours and all differences make theirs, in segments and in money; else a message was counted twice or not at all.
  package var isConserved: Bool {
    let segments = differences.values.reduce(ours.segments) { $0 + $1.segments }
    guard !hasSegments || segments == theirs.segments else { return false }
    guard hasMoney else { return true }
    var amount = oursCost
    for sum in differences.values {
      guard let next = try? amount + sum.amount else { return false }
      amount = next
    }
    return amount == theirsCost
  }
}

/// Runs `body`, an amount that cannot be held being the books' own fault.
func onBooks<Result>(_ body: () throws(MoneyError) -> Result) throws(RunError) -> Result {
  try mapping(body) { RunError(.unbalanced, $0.diagnostic) }
}
