import Campaigns
import JSON
import Platform
import Receiving

extension Command {
  static let importReports = Command(
    name: "import-reports", caption: "Takes in status reports from a vendor's export file",
    operands: "FILE", operandCount: 1...1,
    options: [Option("--gateway", value: "NAME", isRequired: true, "The gateway of qunfa.toml that the file is about")],
    details: """
      FILE is .csv, .tsv or .txt, also .gz, in any encoding that 'plan' reads; [imports.NAME] in qunfa.toml says which
      column is what. The same file again changes nothing. Rows that are malformed, have no status, or
      neither an id nor a number are left out.
      Exit codes: 0 done, 2 there is no [imports.NAME], 3 the file cannot be used, 4 rows were left out, 6 the disk
      refused.
      """,
    example: "qunfa import-reports --gateway juhe-main reports.csv"
  ) { (invocation) throws(RunError) in
    let name = try invocation.required("--gateway")
    let workspace = try invocation.openWorkspace()
    let report = try ReportImport(workspace.configuration, console: invocation.console)
      .run(invocation.inFolder(invocation.operands[0]), for: name)
    try workspace.afterReceiving(invocation.console).intake()
    invocation.console.print(
      invocation.wantsJSON ? report.json(gateway: name).serialized : report.text(gateway: name))
    return report.exitCode
  }
}

extension ImportReport {
  fileprivate func text(gateway: String) -> String {
    "\(amount(rows, "row")) read for gateway '\(gateway)': \(kept) kept, \(leftOut) left out"
      + (isKnown ? "; nothing new" : "")
  }

  fileprivate func json(gateway: String) -> JSON {
    [
      "gateway": .string(gateway), "rows": JSON(rows), "kept": JSON(kept), "left_out": JSON(leftOut),
      "known": .boolean(isKnown), "exit_code": JSON(Int(exitCode.rawValue)),
    ]
  }
}
