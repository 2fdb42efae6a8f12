import Campaigns
import Configuration
import Messaging
import Platform
import Tables

/// `reconciliation.csv`: a row for every planned message (product.md, "Output files").
final class ReconciliationFile: BookSink {
  static let columns = [
    "campaign", "department", "row", "external_id", "phone", "gateway", "link_id", "message_id", "submitted_at",
    "state", "report_code", "report_meaning", "reported_at", "latency_s", "match", "segments", "billable_segments",
    "unit_price", "cost",
  ]
  /// Nil when it is finished.
  private var lines: ReconciliationLines?
  /// What was written.
  private(set) var sum = BookSum()

  init(_ path: String, _ configuration: Configuration) throws(RunError) {
    lines = ReconciliationLines(
      try .begin(path, configuration, header: ReconciliationFile.columns), configuration.zone)
  }

  func take(_ entry: borrowing BookEntry) throws(RunError) {
    try lines?.write(entry)
    sum.messages += 1
    sum.segments += entry.segments
    sum.billableSegments += entry.billableSegments
    try onMoney { () throws(MoneyError) in sum.cost = try sum.cost + entry.cost }
  }

  /// Gives the file its name.
  func finish() throws(RunError) { try lines.take()?.finish() }
}

/// Writes the rows. Cells that many rows share are written once and kept.
private struct ReconciliationLines: ~Copyable {
  private var writer: CSVWriter
  private var times: TimeCells
  private var phone = ByteBuffer(capacity: 24)
  private var call = (key: -1, cells: WrittenCells([""]), submitted: WrittenCells([""]))
  private var campaign = (id: "", cells: WrittenCells([""]))
  /// Report code and meaning, by the entry's key.
  private var reports: [WrittenCells?] = []
  private var money: [MoneyCells] = []

  /// Segments, billable segments, price and cost of a row.
  private struct MoneyCells {
    var segments: Int
    var billable: Int
    var price: Money?
    var cells: WrittenCells
  }

  init(_ writer: consuming CSVWriter, _ zone: any Zone) {
    self.writer = writer
    times = TimeCells(zone)
  }

  mutating func write(_ entry: borrowing BookEntry) throws(RunError) {
    if entry.callKey != call.key { turn(entry) }
    writer.fields(campaign.cells)
    writer.field(decimal: entry.row)
    writer.field(entry.externalID.span)
    ReconciliationLines.write(entry.number, &phone, &writer)
    writer.fields(call.cells)
    writer.field(entry.messageID.span)
    writer.fields(call.submitted)
    writer.field(raw: entry.state.word)
    writeReport(entry)
    if let match = entry.match { writer.field(raw: match.word) } else { writer.emptyField() }
    writeMoney(entry)
    try onWriting { () throws(TableError) in try writer.endRow() }
  }

  private static func write(_ number: UInt64, _ phone: inout ByteBuffer, _ writer: inout CSVWriter) {
    phone.clear()
    PhoneNumber.append(number, to: &phone)
    writer.field(phone.span)
  }

  private mutating func turn(_ entry: borrowing BookEntry) {
    if entry.campaign != campaign.id {
      campaign = (entry.campaign, WrittenCells([entry.campaign, entry.department]))
    }
    call = (
      entry.callKey, WrittenCells([entry.gateway, entry.linkID]),
      WrittenCells([entry.submittedAt.map { times.text($0) } ?? ""])
    )
  }

  private mutating func writeReport(_ entry: borrowing BookEntry) {
    if entry.reportKey >= 0 {
      while reports.count <= entry.reportKey { reports.append(nil) }
      if let cells = reports[entry.reportKey] {
        writer.fields(cells)
      } else {
        let cells = WrittenCells([entry.reportCode, entry.reportMeaning])
        reports[entry.reportKey] = cells
        writer.fields(cells)
      }
    } else {
      writer.field(entry.reportCode)
      writer.field(entry.reportMeaning)
    }
    if let reportedAt = entry.reportedAt {
      writer.fields(times.cells(reportedAt))
    } else {
      writer.emptyField()
    }
    if let latency = entry.latency { writer.field(decimal: latency) } else { writer.emptyField() }
  }

  private mutating func writeMoney(_ entry: borrowing BookEntry) {
    for known in money
    where known.segments == entry.segments && known.billable == entry.billableSegments && known.price == entry.unitPrice
    {
      return writer.fields(known.cells)
    }
    let cells = WrittenCells([
      String(entry.segments), String(entry.billableSegments), entry.unitPrice?.description ?? "",
      entry.cost.description,
    ])
    if money.count < Limits.sharedMoneyCells {
      money.append(
        MoneyCells(
          segments: entry.segments, billable: entry.billableSegments, price: entry.unitPrice, cells: cells))
    }
    writer.fields(cells)
  }

  consuming func finish() throws(RunError) { try finishing(writer, isDurable: false) }
}

/// Dates as cells, each made once a second.
struct TimeCells: ~Copyable {
  private let zone: any Zone
  private var seconds: [Int64]
  private var known: [WrittenCells]

  init(_ zone: any Zone) {
    self.zone = zone
    seconds = Array(repeating: .min, count: Limits.timeCells)
    known = Array(repeating: WrittenCells([""]), count: Limits.timeCells)
  }

  func text(_ moment: Timestamp) -> String { zone.civil(moment).spaced }

  mutating func cells(_ moment: Timestamp) -> WrittenCells {
    let second = moment.seconds
    let place = Int(second & Int64(Limits.timeCells - 1))
    if seconds[place] != second {
      seconds[place] = second
      known[place] = WrittenCells([text(moment)])
    }
    return known[place]
  }
}

extension DeliveryState {
  /// The word for files; needs neither quotes nor a guard.
  var word: StaticString {
    switch self {
    case .planned: "planned"
    case .sending: "sending"
    case .accepted: "accepted"
    case .refused: "refused"
    case .unknown: "unknown"
    case .cancelled: "cancelled"
    case .failed: "failed"
    case .delivered: "delivered"
    case .expired: "expired"
    case .partial: "partial"
    }
  }
}

extension MatchKind {
  var word: StaticString {
    switch self {
    case .messageID: "message_id"
    case .linkID: "link_id"
    case .customID: "custom_id"
    case .phone: "phone"
    }
  }
}
