import Messaging
import Platform
import Tables

/// Rows of reconciliation.csv on their way to the thread that writes them: numbers where a row has them alone, cells
/// that are quoted already where many rows share them.
struct RowBatch: Sendable {
  struct Row: Sendable {
    var row: Int
    var number: UInt64
    /// Seconds since 1970.
    var reported: Int64?
    var latency: Int?
    /// Where the row's ids end in `ids`: the external one, and behind it the gateway's.
    var externalEnd: Int32
    var messageEnd: Int32
    /// Places of cells.
    var campaign: Int32
    var call: Int32
    var submitted: Int32
    var report: Int32
    var money: Int32
    var state: DeliveryState
    var match: MatchKind?
  }

  var rows: [Row] = []
  var ids: [UInt8] = []
  /// Cells one behind the other, and where each group of them ends.
  var cells: [UInt8] = []
  var cellEnds: [Int32] = []
}

/// Fills batches. What many rows share becomes cells once a batch.
struct RowPacker {
  private var rows: [RowBatch.Row] = []
  private var ids: [UInt8] = []
  private var cells: [UInt8] = []
  private var cellEnds: [Int32] = []
  private let zone: any Zone
  private var call = (key: -1, cells: Int32(0), submitted: Int32(0))
  private var campaign = (id: "", cells: Int32(-1))
  /// Places of code and meaning by the entry's key; -1 when the batch has none yet.
  private var reports: [Int32] = []
  private var money: [MoneyCells] = []
  private var noReport: Int32 = -1

  /// Segments, billable segments, price and cost of a row.
  private struct MoneyCells {
    var segments: Int
    var billable: Int
    var price: Money?
    var cells: Int32
  }

  init(_ zone: any Zone) { self.zone = zone }

  var isFull: Bool { rows.count >= Limits.rowsInBatch }

  /// The batch as far as it is filled; the next one begins.
  mutating func whole() -> RowBatch {
    let whole = RowBatch(rows: rows, ids: ids, cells: cells, cellEnds: cellEnds)
    rows = []
    rows.reserveCapacity(Limits.rowsInBatch)
    let idBytes = ids.count
    ids = []
    ids.reserveCapacity(idBytes + 4096)
    cells = []
    cellEnds = []
    call.key = -1
    campaign.cells = -1
    reports = []
    money = []
    noReport = -1
    return whole
  }

  mutating func add(_ entry: borrowing BookEntry) {
    if entry.callKey != call.key { turn(entry) }
    RowPacker.append(entry.externalID.span, to: &ids)
    let externalEnd = ids.count
    RowPacker.append(entry.messageID.span, to: &ids)
    let report = report(entry)
    let money = money(entry)
    rows.append(
      RowBatch.Row(
        row: entry.row, number: entry.number, reported: entry.reportedAt?.seconds, latency: entry.latency,
        externalEnd: Int32(truncatingIfNeeded: externalEnd), messageEnd: Int32(truncatingIfNeeded: ids.count),
        campaign: campaign.cells, call: call.cells, submitted: call.submitted, report: report, money: money,
        state: entry.state, match: entry.match))
  }

  private static func append(_ bytes: borrowing Span<UInt8>, to ids: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    unsafe bytes.withUnsafeBufferPointer { unsafe ids.append(contentsOf: $0) }
  }

  private mutating func write(_ texts: [String]) -> Int32 {
    cells += WrittenCells(texts).bytes
    cellEnds.append(Int32(truncatingIfNeeded: cells.count))
    return Int32(truncatingIfNeeded: cellEnds.count - 1)
  }

  private mutating func turn(_ entry: borrowing BookEntry) {
    if campaign.cells < 0 || entry.campaign != campaign.id {
      campaign = (entry.campaign, write([entry.campaign, entry.department]))
    }
    let submitted = entry.submittedAt.map { zone.civil($0).spaced } ?? ""
    call = (entry.callKey, write([entry.gateway, entry.linkID]), write([submitted]))
  }

  private mutating func report(_ entry: borrowing BookEntry) -> Int32 {
    let key = entry.reportKey
    guard key >= 0 else {
      guard entry.reportCode.isEmpty, entry.reportMeaning.isEmpty else {
        return write([entry.reportCode, entry.reportMeaning])
      }
      if noReport < 0 { noReport = write(["", ""]) }
      return noReport
    }
    while reports.count <= key { reports.append(-1) }
    if reports[key] < 0 { reports[key] = write([entry.reportCode, entry.reportMeaning]) }
    return reports[key]
  }

  private mutating func money(_ entry: borrowing BookEntry) -> Int32 {
    for known in money
    where known.segments == entry.segments && known.billable == entry.billableSegments && known.price == entry.unitPrice
    {
      return known.cells
    }
    let place = write([
      String(entry.segments), String(entry.billableSegments), entry.unitPrice?.description ?? "",
      entry.cost.description,
    ])
    if money.count < Limits.sharedMoneyCells {
      money.append(
        MoneyCells(
          segments: entry.segments, billable: entry.billableSegments, price: entry.unitPrice, cells: place))
    }
    return place
  }
}

/// Dates as cells, each made once a second.
struct TimeCells: ~Copyable {
  /// Bytes of `2026-11-11 09:00:03`.
  private static let width = 19
  private let zone: any Zone
  private var seconds: [Int64]
  private var texts: [UInt8]

  init(_ zone: any Zone) {
    self.zone = zone
    seconds = Array(repeating: .min, count: Limits.timeCells)
    texts = Array(repeating: 0, count: Limits.timeCells * TimeCells.width)
  }

  mutating func write(_ second: Int64, to writer: inout CSVWriter) {
    let place = Int(second & Int64(Limits.timeCells - 1))
    let start = place * TimeCells.width
    if seconds[place] != second {
      seconds[place] = second
      let civil = zone.civil(Timestamp(seconds: second))
      // Moments of 64 bits of nanoseconds have years of four digits.
      put(civil.year / 100, at: start)
      put(civil.year % 100, at: start + 2)
      put(civil.month, at: start + 5, behind: "-")
      put(civil.day, at: start + 8, behind: "-")
      put(civil.hour, at: start + 11, behind: " ")
      put(civil.minute, at: start + 14, behind: ":")
      put(civil.second, at: start + 17, behind: ":")
    }
    writer.fields(written: texts.span.extracting(start..<start + TimeCells.width), count: 1)
  }

  /// Two digits, and what stands before them.
  private mutating func put(_ value: Int, at place: Int, behind mark: Unicode.Scalar? = nil) {
    if let mark { texts[place - 1] = UInt8(ascii: mark) }
    texts[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / 10)
    texts[place + 1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10)
  }
}
