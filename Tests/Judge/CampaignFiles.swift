import JSON
import Platform

/// A campaign's files of `send` beside its ledger.
struct CampaignFiles {
  private let campaign: CampaignFacts
  private let folder: String

  init(_ campaign: CampaignFacts, _ evidence: Evidence) {
    self.campaign = campaign
    folder = "\(evidence.workspace)/out/\(campaign.id)"
  }

  func check(_ findings: inout Findings) throws {
    let missing = ["result.csv", "rejected.csv", "failed.csv", "manifest.json"].filter { !Files.exists("\(folder)/\($0)") }
    findings.add("files that are not there", in: campaign.id, missing.count)
    guard missing.isEmpty else { return }
    try checkResult(&findings)
    try checkManifest(&findings)
    let rejected = try Table.read(folder + "/rejected.csv", []) { _ in }
    findings.compare("rows of rejected.csv and of the ledger", in: campaign.id, rejected, campaign.rejected)
  }

  private func checkResult(_ findings: inout Findings) throws {
    var known: [Int: CampaignFacts.Message] = [:]
    for message in campaign.messages { known[message.row] = message }
    var wrong = 0
    var strange = 0
    try Table.read(folder + "/result.csv", ["row", "state", "segments", "link_id", "message_id", "phone"]) { cells in
      guard let row = Int(cells[0]), let message = known.removeValue(forKey: row) else {
        strange += 1
        return
      }
      let state = message.state == "sending" ? "unknown" : message.state
      let agrees =
        cells[1] == state && Int(cells[2]) == message.segments && cells[3] == message.link
        && cells[4] == message.ids && message.number == GatewayRecord.number(cells[5].filter(\.isNumber))
      if !agrees { wrong += 1 }
    }
    findings.add("messages that result.csv lacks", in: campaign.id, known.count)
    findings.add("rows of result.csv that the ledger lacks, or doubled ones", in: campaign.id, strange)
    findings.add("rows of result.csv that differ from the ledger", in: campaign.id, wrong)
  }

  private func checkManifest(_ findings: inout Findings) throws {
    let manifest = try JSON(parsing: Files.read(folder + "/manifest.json", limit: 1 << 24))
    let groups: [(name: String, states: [String])] = [
      ("accepted", ["accepted"]), ("refused", ["refused", "failed"]), ("unsent", ["planned", "cancelled"]),
      ("unknown", ["unknown", "sending"]),
    ]
    for (name, states) in groups {
      let counts = manifest["counts"]?[name]
      for (unit, ours) in [
        ("messages", states.reduce(0) { $0 + campaign.count($1) }),
        ("segments", states.reduce(0) { $0 + campaign.segments($1) }),
      ] {
        let theirs = Int(counts?[unit]?.text ?? "") ?? -1
        findings.compare("\(name) \(unit) in the manifest and in the ledger", in: campaign.id, theirs, ours)
      }
    }
    let planned = Int(manifest["counts"]?["planned"]?["messages"]?.text ?? "") ?? -1
    findings.compare("planned in the manifest and in the ledger", in: campaign.id, planned, campaign.messages.count)
  }
}
