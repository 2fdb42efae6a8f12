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
  private var writing: RowWriter?
  private var batch: RowPacker
  /// What was written.
  private(set) var sum = BookSum()

  init(_ path: String, _ configuration: Configuration) throws(RunError) {
    let lines = RowLines(try .begin(path, configuration, header: ReconciliationFile.columns), configuration.zone)
    batch = RowPacker(configuration.zone)
    writing = try RowWriter.start(lines)
  }

  deinit { writing?.stop() }

  func take(_ entry: borrowing BookEntry) throws(RunError) {
    batch.add(entry)
    sum.messages += 1
    sum.segments += entry.segments
    sum.billableSegments += entry.billableSegments
    do throws(MoneyError) { sum.cost = try sum.cost + entry.cost } catch {
      throw RunError(.internalError, error.diagnostic)
    }
    if batch.isFull { try writing?.send(batch.whole()) }
  }

  /// Gives the file its name.
  func finish() throws(RunError) {
    guard let writing else { return }
    try writing.send(batch.whole())
    self.writing = nil
    let rows = try writing.finish()
    guard rows == sum.messages else {
      throw RunError(.internalError, Diagnostic("reconciliation.csv has \(rows) rows of \(sum.messages) messages"))
    }
  }
}

/// Writes batches of rows on a thread of its own, while the next are joined.
private final class RowWriter: @unchecked Sendable {
  // Sendable: `lines` belongs to the thread until it has ended, then to whoever waited for its end.
  private var lines: RowLines?
  private var thread: SystemThread?
  private let batches = Channel<RowBatch>(capacity: Limits.rowBatchesAhead)
  private let failure = Monitor<RunError?>(nil)

  private init(_ lines: consuming RowLines) { self.lines = consume lines }

  static func start(_ lines: consuming RowLines) throws(RunError) -> RowWriter {
    let writer = RowWriter(lines)
    writer.thread = SystemThread.start { writer.writeAll() }
    guard writer.thread != nil else {
      throw RunError(.internalError, Diagnostic("the system has no thread left to write reconciliation.csv"))
    }
    return writer
  }

  private func writeAll() {
    while let batch = batches.receive() {
      do throws(RunError) { try lines?.write(batch) } catch {
        let error = error
        failure.change { $0 = error }
        batches.close()
        return
      }
    }
  }

  /// What went wrong with an earlier batch is told here.
  func send(_ batch: RowBatch) throws(RunError) {
    if !batches.send(batch), let error = failure.withLock({ $0 }) { throw error }
  }

  /// Ends the thread; the file is given up unless `finish` does it.
  func stop() {
    batches.close()
    thread?.join()
    thread = nil
  }

  /// - Returns: the rows of the file.
  func finish() throws(RunError) -> Int {
    stop()
    if let error = failure.withLock({ $0 }) { throw error }
    return try lines.take()?.finish() ?? 0
  }
}

/// Writes rows whose shared cells are ready.
private struct RowLines: ~Copyable {
  private var writer: CSVWriter
  private var times: TimeCells
  private var phone = ByteBuffer(capacity: 24)

  init(_ writer: consuming CSVWriter, _ zone: any Zone) {
    self.writer = writer
    times = TimeCells(zone)
  }

  mutating func write(_ batch: RowBatch) throws(RunError) {
    let ids = batch.ids.span
    let cells = batch.cells.span
    let ends = batch.cellEnds.span
    let rows = batch.rows.span
    var start = 0
    for index in 0..<rows.count {
      let row = rows[index]
      let externalEnd = Int(row.externalEnd)
      let messageEnd = Int(row.messageEnd)
      write(row.campaign, cells, ends, count: 2)
      writer.field(decimal: row.row)
      writer.field(ids.extracting(start..<externalEnd))
      RowLines.write(row.number, &phone, &writer)
      write(row.call, cells, ends, count: 2)
      writer.field(ids.extracting(externalEnd..<messageEnd))
      start = messageEnd
      write(row.submitted, cells, ends, count: 1)
      writer.field(raw: row.state.word)
      write(row.report, cells, ends, count: 2)
      if let second = row.reported { times.write(second, to: &writer) } else { writer.emptyField() }
      if let latency = row.latency { writer.field(decimal: latency) } else { writer.emptyField() }
      if let match = row.match { writer.field(raw: match.word) } else { writer.emptyField() }
      write(row.money, cells, ends, count: 4)
      try onWriting { () throws(TableError) in try writer.endRow() }
    }
  }

  private static func write(_ number: UInt64, _ phone: inout ByteBuffer, _ writer: inout CSVWriter) {
    phone.clear()
    PhoneNumber.append(number, to: &phone)
    writer.field(phone.span)
  }

  private mutating func write(
    _ place: Int32, _ cells: borrowing Span<UInt8>, _ ends: borrowing Span<Int32>, count: Int
  ) {
    let start = place == 0 ? 0 : Int(ends[Int(place) - 1])
    writer.fields(written: cells.extracting(start..<Int(ends[Int(place)])), count: count)
  }

  consuming func finish() throws(RunError) -> Int {
    let rows = writer.rows
    try finishing(writer, isDurable: false)
    return rows
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
