public import Campaigns
public import Configuration
public import Messaging
import Platform
import Tables

/// `summary.csv`: campaign × department × gateway × day.
public final class SummaryFile: BookSink {
  static let columns = [
    "campaign", "department", "gateway", "day", "planned", "accepted", "refused", "unknown", "delivered", "failed",
    "expired", "waiting", "segments", "billable_segments", "cost", "delivered_rate",
  ]

  /// One row: messages of one campaign and gateway that were submitted on one local day.
  public struct Line: Sendable, Equatable {
    public var campaign: String
    public var department: String
    public var gateway: String
    public var day: String
    public var planned = 0
    /// Taken by the gateway: `delivered + failed + expired + waiting`.
    public var accepted = 0
    public var refused = 0
    public var unknown = 0
    /// Partial ones included.
    public var delivered = 0
    public var failed = 0
    public var expired = 0
    public var waiting = 0
    public var segments = 0
    public var billableSegments = 0
    public var cost = Money.zero

    /// Per cent of the accepted with two decimals, rounded down: only all of them are 100.00; empty without any.
    public var deliveredRate: String {
      guard accepted > 0 else { return "" }
      let hundredths = delivered * 10_000 / accepted
      return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
    }
  }

  private struct Key: Hashable {
    var campaign: String
    var gateway: String
    var day: String
  }

  public private(set) var lines: [Line] = []
  private var places: [Key: Int] = [:]
  private var last = (call: -1, line: 0)
  private let zone: any Zone

  public init(_ configuration: Configuration) { zone = configuration.zone }

  public func take(_ entry: borrowing BookEntry) throws(RunError) {
    if entry.callKey != last.call { last = (entry.callKey, place(entry)) }
    do throws(MoneyError) {
      try SummaryFile.count(entry, &lines[last.line])
    } catch { throw RunError(.internalError, error.diagnostic) }
  }

  private static func count(_ entry: borrowing BookEntry, _ line: inout Line) throws(MoneyError) {
    line.planned += 1
    line.segments += entry.segments
    line.billableSegments += entry.billableSegments
    if entry.billableSegments > 0 { line.cost = try line.cost + entry.cost }
    guard entry.isAccepted else {
      switch entry.state {
      // A person's word that an unknown message failed is a refusal: no report says so.
      case .refused, .failed: line.refused += 1
      case .unknown, .sending: line.unknown += 1
      default: break
      }
      return
    }
    line.accepted += 1
    switch entry.state {
    case .delivered, .partial: line.delivered += Defect.isPlanted(.deliveriesCountedTwice) ? 2 : 1
    case .failed: line.failed += 1
    case .expired: line.expired += 1
    default: line.waiting += 1
    }
  }

  private func place(_ entry: borrowing BookEntry) -> Int {
    let day = zone.civil(entry.submittedAt ?? entry.plannedAt).date
    let key = Key(campaign: entry.campaign, gateway: entry.gateway, day: day)
    if let known = places[key] { return known }
    lines.append(
      Line(campaign: entry.campaign, department: entry.department, gateway: entry.gateway, day: day))
    places[key] = lines.count - 1
    return lines.count - 1
  }

  /// The sum of the lines.
  func sum() throws(RunError) -> BookSum {
    var sum = BookSum()
    for line in lines {
      sum.messages += line.planned
      sum.segments += line.segments
      sum.billableSegments += line.billableSegments
      try onMoney { () throws(MoneyError) in sum.cost = try sum.cost + line.cost }
    }
    return sum
  }

  /// Writes the file: campaigns in the order of the books, then by gateway and day.
  func write(_ path: String, _ configuration: Configuration) throws(RunError) {
    var order: [String: Int] = [:]
    for line in lines where order[line.campaign] == nil { order[line.campaign] = order.count }
    let sorted = lines.sorted {
      (order[$0.campaign] ?? 0, $0.gateway, $0.day) < (order[$1.campaign] ?? 0, $1.gateway, $1.day)
    }
    var writer = try CSVWriter.begin(path, configuration, header: SummaryFile.columns)
    for line in sorted {
      for cell in [line.campaign, line.department, line.gateway, line.day] { writer.field(cell) }
      let counts = [
        line.planned, line.accepted, line.refused, line.unknown, line.delivered, line.failed, line.expired,
        line.waiting, line.segments, line.billableSegments,
      ]
      for count in counts { writer.field(decimal: count) }
      writer.field(line.cost.description, guarded: false)
      writer.field(line.deliveredRate)
      try onWriting { () throws(TableError) in try writer.endRow() }
    }
    try finishing(writer, isDurable: false)
  }
}
