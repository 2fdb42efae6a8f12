import Campaigns
import JSON
import Platform

extension Command {
  static let verify = Command(
    name: "verify", caption: "Checks manifest.json: whether inputs and outputs are still what they were",
    operands: "CAMPAIGN", operandCount: 1...1,
    details: "Exit codes: 0 all as it was, 8 a file is changed or missing, 3 there is no manifest.",
    example: "qunfa verify 2026-11-double11"
  ) { (invocation) throws(RunError) in
    let workspace = try invocation.openWorkspace()
    let id = try invocation.campaignID(in: workspace)
    let verification = try Manifest.verify(workspace.outputFolder(of: id) + "/manifest.json", workspace: workspace)
    invocation.console.print(
      invocation.wantsJSON ? verification.json(campaign: id).serialized : verification.text(campaign: id))
    return verification.exitCode
  }
}

extension Manifest.Verification {
  func text(campaign: String) -> String {
    guard !differences.isEmpty else { return "'\(campaign)': \(files) files checked, all as the manifest has them." }
    return
      (differences.map { "\($0.found): \($0.path)" } + [
        "'\(campaign)': \(files) files checked, \(differences.count) not as the manifest has them."
      ]).joined(separator: "\n")
  }

  func json(campaign: String) -> JSON {
    [
      "campaign": .string(campaign), "files": JSON(files),
      "differences": .array(differences.map { ["path": .string($0.path), "found": .string($0.found)] }),
      "exit_code": JSON(Int(exitCode.rawValue)),
    ]
  }
}
