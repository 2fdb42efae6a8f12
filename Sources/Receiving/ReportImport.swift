public import Campaigns
public import Configuration
import Delivery
import Ledger
import Platform
import Tables

/// Takes a file with status reports that a vendor's portal exported into the spool.
public struct ReportImport {
  private let configuration: Configuration
  private let console: any RunConsole

  public init(_ configuration: Configuration, console: any RunConsole) {
    self.configuration = configuration
    self.console = console
  }

  /// Reads the file once to see that it can be read, has the columns and how many of its rows are reports, then keeps
  /// its bytes; the intake reads its rows.
  ///
  /// - Parameter name: the account that the reports are for.
  public func run(_ path: String, for name: String) throws(RunError) -> ImportReport {
    let account = try configuration.knownAccount(name)
    guard let map = configuration.imports[name] else {
      throw RunError(
        .usage,
        Diagnostic(
          "there is no [imports.\(name)], so which column is what is not known", at: account.place,
          expected: "[imports.\(name)] in qunfa.toml",
          next: """
            Write, with the names in the file's first line:
              [imports.\(name)]
              columns = { phone = "号码", message_id = "消息编号", status = "状态", reported_at = "时间" }
            """))
    }
    var report = ImportReport()
    let digest = try check(path, map, &report)
    for fault in report.faults { console.tell(fault) }
    if report.leftOut > report.faults.count {
      let rest = report.leftOut - report.faults.count
      console.tell(
        Diagnostic("left out: \(amount(rest, "further row"))", severity: .warning, at: Place(file: path)))
    }
    let isNew = try onLedger { () throws(LedgerError) in
      try SpoolImports.add(path, account: name, digest: digest, folder: configuration.data, at: console.now())
    }
    report.isKnown = !isNew
    if report.isKnown {
      console.tell(
        Diagnostic("the same file was imported before; nothing changes", severity: .note, at: Place(file: path)))
    }
    return report
  }

  /// The file's digest, once all of it was read and its columns are there.
  private func check(_ path: String, _ map: ColumnMap, _ report: inout ImportReport) throws(RunError) -> [UInt8] {
    var table = try onTable { () throws(TableError) in try ImportedTable(path, map, digest: true) }
    while try onTable({ () throws(TableError) in try table.next() }) != nil { report.kept += 1 }
    report.leftOut = table.unreadable
    report.faults = table.faults
    guard let digest = table.digest else {
      throw RunError(.input, Diagnostic("the file cannot be read to its end", at: Place(file: path)))
    }
    return digest
  }
}
