import Campaigns
import Configuration
import Delivery
import Ledger
import Messaging
import Platform
import Tables

/// `unmatched.csv`: the reports that belong to no message of any campaign.
struct UnmatchedFile {
  static let columns = [
    "gateway", "received_at", "message_id", "link_id", "phone", "report_code", "reported_at", "raw",
  ]

  /// Writes the file; returns how many reports it lists.
  /// - Parameter raw: the records as they came; nil where there is no spool to read them from.
  static func write(
    _ path: String, _ configuration: Configuration, _ index: ReportIndex?, raw: RawRecords?
  ) throws(RunError) -> Int {
    var writer = try CSVWriter.begin(path, configuration, header: columns)
    var listed = 0
    if let index {
      let ids = (0..<index.reports.count).filter { index.fate($0) == .unmatched }.map { index.reports.ids[$0] }
      let store = try onLedger { () throws(LedgerError) in
        ids.isEmpty ? nil : try ReportStore(folder: configuration.data, readOnly: true)
      }
      var start = 0
      while let store, start < ids.count {
        let some = Array(ids[start..<min(ids.count, start + Limits.bookBlockMessages)])
        let reports = try onLedger { () throws(LedgerError) in try store.reports(some) }
        for (report, spool, offset) in reports {
          let record = try onLedger { () throws(LedgerError) -> String? in
            try raw?.raw(spool: spool, offset: offset, position: report.position)
          }
          try append(report, record, &writer, configuration.zone)
        }
        listed += reports.count
        start += some.count
      }
    }
    try finishing(writer, isDurable: false)
    return listed
  }

  private static func append(
    _ report: StoredReport, _ record: String?, _ writer: inout CSVWriter, _ zone: any Zone
  ) throws(RunError) {
    writer.field(report.account)
    writer.field(zone.civil(report.receivedAt).spaced)
    writer.field(report.messageID)
    writer.field(report.linkID)
    writer.field(report.number == 0 ? "" : PhoneNumber.written(report.number))
    writer.field(report.code)
    writer.field(report.reportedAt.map { zone.civil($0).spaced } ?? "")
    writer.field(record ?? "")
    try onWriting { () throws(TableError) in try writer.endRow() }
  }
}
