public import Configuration
public import Ledger
import Platform
import Tables

/// The records of the spool as they came, for unmatched.csv: read and parsed again, page by page.
///
/// Asked in the order of the store, each page is read once and a file of a portal from end to end.
public final class RawRecords {
  private let configuration: Configuration
  private let spool: any SpoolSource
  private var page: (spool: String, offset: Int, reports: [String], replies: [String])?
  private var table: OpenTable?

  private final class OpenTable {
    let spool: String
    let offset: Int
    var reader: ImportedTable
    init(_ spool: String, _ offset: Int, _ reader: consuming ImportedTable) {
      self.spool = spool
      self.offset = offset
      self.reader = reader
    }
  }

  /// Records that were asked for and that the spool no longer has.
  public private(set) var missing = 0

  public init(_ configuration: Configuration, spool: any SpoolSource) {
    self.configuration = configuration
    self.spool = spool
  }

  /// The raw record of a report; empty, and counted in `missing`, when its spool file was deleted or its account is not
  /// configured any more.
  /// - Parameters:
  ///   - name: the page's spool file.
  ///   - offset: the page's first byte there.
  ///   - position: the report's index in the page.
  public func raw(spool name: String, offset: Int, position: Int) throws(LedgerError) -> String {
    try raw(name, offset, position, isReply: false)
  }

  /// The same of a reply, whose index counts the page's replies.
  public func rawReply(spool name: String, offset: Int, position: Int) throws(LedgerError) -> String {
    try raw(name, offset, position, isReply: true)
  }

  private func raw(_ name: String, _ offset: Int, _ position: Int, isReply: Bool) throws(LedgerError) -> String {
    if let table, table.spool == name, table.offset == offset, table.reader.position < position {
      return found(row(position, in: table))
    }
    if page?.spool != name || page?.offset != offset { try load(name, offset) }
    if let table, table.spool == name, table.offset == offset { return found(row(position, in: table)) }
    guard let page, page.spool == name, page.offset == offset else { return found(nil) }
    let records = isReply ? page.replies : page.reports
    return found(position >= 0 && position < records.count ? records[position] : nil)
  }

  private func found(_ record: String?) -> String {
    if record == nil { missing += 1 }
    return record ?? ""
  }

  private func load(_ name: String, _ offset: Int) throws(LedgerError) {
    page = nil
    table = nil
    guard let entry = try spool.entry(in: name, at: offset), let account = configuration.account(entry.account) else {
      // Remembered as empty, so that the next record of the page does not look again.
      page = (name, offset, [], [])
      return
    }
    if entry.source == .import {
      guard let map = configuration.imports[entry.account] else { return }
      let path = Files.join(spool.folder, entry.bytes.text)
      // A file that is gone leaves its records without their rows.
      if let reader = try? ImportedTable(path, map) { table = OpenTable(name, offset, reader) }
      return
    }
    let content = EntryReader(account)?.read(entry)
    page = (name, offset, content?.page.reports.map(\.raw) ?? [], content?.page.replies.map(\.raw) ?? [])
  }

  private func row(_ position: Int, in table: OpenTable) -> String? {
    while table.reader.position < position {
      // A damaged file gives what stands before the damage.
      guard let report = try? table.reader.next() else { return nil }
      if table.reader.position == position { return report.raw }
    }
    return nil
  }
}
