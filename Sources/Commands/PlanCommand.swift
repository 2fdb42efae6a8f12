import Campaigns
import Configuration
import Gateways
import JSON
import Messaging
import Platform

extension Command {
  static let plan = Command(
    name: "plan", caption: "The dry run: counts, calls, segments, cost and finish time; sends nothing",
    operands: "CAMPAIGN", operandCount: 1...1,
    details: "Writes plan.csv and rejected.csv to the campaign's folder under 'output'. Leaves the ledger as it was.",
    example: "qunfa plan campaign.toml"
  ) { (invocation) throws(RunError) in
    let (workspace, campaign) = try invocation.openCampaign()
    let report = try CampaignRun(campaign, workspace, console: invocation.console).plan()
    let files = workspace.outputFolder(of: campaign.id)
    invocation.console.print(
      invocation.wantsJSON ? report.json.serialized : PlanText(report, campaign, workspace, files).text)
    return report.exitCode
  }
}

extension Invocation {
  /// The workspace's configuration, its warnings told.
  func openWorkspace() throws(RunError) -> Workspace {
    let configuration: Configuration
    do throws(ConfigurationError) {
      configuration = try Configuration.load(workspace: folder, registry: GatewayRegistry(allGateways))
    } catch { throw RunError(.usage, error.diagnostics) }
    for warning in configuration.warnings { console.tell(warning) }
    return Workspace(configuration)
  }

  /// The workspace and the campaign that the first operand names: a file, or the id of a campaign that the ledger
  /// knows.
  func openCampaign() throws(RunError) -> (Workspace, CampaignFile) {
    let workspace = try openWorkspace()
    return (workspace, try campaign(operands[0], in: workspace))
  }

  func campaign(_ name: String, in workspace: Workspace) throws(RunError) -> CampaignFile {
    let path = try workspace.campaignFile(name)
    do throws(ConfigurationError) {
      let campaign = try CampaignFile.load(path: path, configuration: workspace.configuration)
      for warning in campaign.warnings { console.tell(warning) }
      return campaign
    } catch { throw RunError(.usage, error.diagnostics) }
  }
}
