import Campaigns
import JSON
import Ledger
import Platform

extension Command {
  static let status = Command(
    name: "status", caption: "What stands where: messages by state, waiting and unknown ones by age",
    operands: "[CAMPAIGN]", operandCount: 0...1,
    details: """
      Reads the ledger beside a running send and changes nothing. Without CAMPAIGN a line for each campaign, and what
      comes back from the gateways: last polls, possible losses, reports that were not taken in yet.
      Exit codes: 7 some messages are unknown, 5 some wait to be sent (without CAMPAIGN also: reports wait to be taken
      in or fetched), 4 some were rejected, refused or failed, else 0.
      """,
    example: "qunfa status 2026-11-double11"
  ) { (invocation) throws(RunError) in
    let workspace = try invocation.openWorkspace()
    guard !invocation.operands.isEmpty else { return try invocation.overview(workspace) }
    let id = try invocation.campaignID(in: workspace)
    let status = try workspace.status(of: id, segments: true, now: .now)
    var facts = try workspace.accountFacts()
    facts.receiving = try workspace.receivingStatus(now: .now)
    invocation.console.print(
      invocation.wantsJSON
        ? status.json(facts).serialized : StatusText(status, facts, workspace.configuration.zone).text)
    return status.exitCode
  }
}

extension Invocation {
  /// All campaigns in one table. A ledger that cannot be read is told and does not hide the others.
  fileprivate func overview(_ workspace: Workspace) throws(RunError) -> ExitCode {
    var statuses: [CampaignStatus] = []
    var codes: [ExitCode] = []
    for id in try workspace.campaigns() {
      do throws(RunError) {
        let status = try workspace.status(of: id, segments: false, now: .now)
        statuses.append(status)
        codes.append(status.exitCode)
      } catch {
        for diagnostic in error.diagnostics { console.tell(diagnostic) }
        codes.append(error.code)
      }
    }
    let receiving = try workspace.receivingStatus(now: .now)
    codes.append(receiving.exitCode)
    let code = ExitCode.mostSerious(codes)
    if wantsJSON {
      let facts = AccountFacts()
      let json: JSON = [
        "campaigns": .array(statuses.map { $0.json(facts, isOverview: true) }), "receiving": receiving.json,
        "exit_code": JSON(Int(code.rawValue)),
      ]
      console.print(json.serialized)
    } else {
      // Nothing is known of campaigns that could not be read, not even that there are none.
      let isUnread = statuses.isEmpty && codes.count > 1
      let blocks = [
        isUnread ? "" : StatusText.overview(statuses, workspace.configuration.zone),
        receiving.text(workspace.configuration.zone),
      ]
      console.print(blocks.filter { !$0.isEmpty }.joined(separator: "\n\n"))
    }
    return code
  }
}
