import Campaigns
import Configuration
import Platform

extension Invocation {
  /// The id of the campaign that the first operand names.
  func campaignID(in workspace: Workspace) throws(RunError) -> String {
    try workspace.campaignID(operands[0]) { (path) throws(RunError) in try campaign(path, in: workspace) }
  }

  /// A campaign that was sent, as it was planned: changes to its file since then do not count.
  func openSentCampaign() throws(RunError) -> (Workspace, CampaignFile) {
    let workspace = try openWorkspace()
    let id = try campaignID(in: workspace)
    try workspace.requireLedger(of: id)
    return (workspace, try campaign(try workspace.keptCampaignFile(of: id) ?? operands[0], in: workspace))
  }
}
