import Campaigns
import JSON
import Platform
import Receiving

extension Command {
  static let importReports = Command(
    name: "import-reports", caption: "Takes in status reports from a vendor's export file",
    operands: "FILE", operandCount: 1...1,
    options: [Option("--gateway", value: "NAME", "The gateway of qunfa.toml that the file is about")],
    details: """
      FILE is .csv, .tsv or .txt, also .gz, in any encoding that 'plan' reads; [imports.NAME] in qunfa.toml says which
      column is what. The same file again changes nothing.
      Exit codes: 0 done, 2 there is no [imports.NAME], 3 the file cannot be used, 6 the disk refused.
      """,
    example: "qunfa import-reports --gateway juhe-main reports.csv"
  ) { (invocation) throws(RunError) in
    let name = try invocation.required("--gateway")
    let workspace = try invocation.openWorkspace()
    let report = try ReportImport(workspace.configuration, console: invocation.console)
      .run(invocation.inFolder(invocation.operands[0]), for: name)
    try workspace.afterReceiving(invocation.console).intake()
    let json: JSON = ["gateway": .string(name), "rows": JSON(report.rows), "known": .boolean(report.isKnown)]
    let words = report.isKnown ? "nothing new" : "taken in"
    invocation.console.print(
      invocation.wantsJSON ? json.serialized : "\(amount(report.rows, "row")) for gateway '\(name)': \(words)")
    return .done
  }
}
