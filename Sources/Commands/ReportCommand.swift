import Campaigns
import JSON
import Platform
import Reconciliation

extension Command {
  static let report = Command(
    name: "report", caption: "One page with figures and charts: report.html, for people",
    operands: "CAMPAIGN", operandCount: 1...1,
    options: [
      Option("--output", value: "FILE", "Write the page there instead of report.html in the campaign's output folder")
    ],
    details: """
      Reads the ledger and the reports and changes neither. The page needs no network and holds no phone number and no
      text. Exit codes: 8 the books do not balance, else 0.
      """,
    example: "qunfa report 2026-11-double11"
  ) { (invocation) throws(RunError) in
    let (workspace, campaign) = try invocation.openSentCampaign()
    let books = try workspace.holdBooks()
    defer { withExtendedLifetime(books) {} }
    let page = CampaignPage(
      campaign.id, department: campaign.department, workspace, console: invocation.console)
    let result = try page.write(to: invocation.value("--output"))
    if !result.isConserved {
      invocation.console.tell(
        Diagnostic(
          "the books do not balance", severity: .error, at: Place(file: result.path),
          next: "Keep the data folder as it is and report this as a fault."))
    }
    let json: JSON = [
      "path": .string(result.path), "messages": JSON(result.messages), "conserved": .boolean(result.isConserved),
      "exit_code": JSON(Int(result.exitCode.rawValue)),
    ]
    invocation.console.print(
      invocation.wantsJSON ? json.serialized : "\(result.path): \(amount(result.messages, "message"))")
    return result.exitCode
  }
}
