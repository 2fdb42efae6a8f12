import JSON
import Platform
import TestSupport

/// A campaign's files of `send` beside its ledger.
struct CampaignFiles {
  private let campaign: CampaignFacts
  private let folder: String
  /// The texts of `result.csv`, by account and number.
  private(set) var texts: [String: [UInt64: Set<String>]] = [:]

  init(_ campaign: CampaignFacts, _ evidence: Evidence) {
    self.campaign = campaign
    folder = "\(evidence.workspace)/out/\(campaign.id)"
  }

  mutating func check(_ findings: inout Findings) throws {
    let missing = ["result.csv", "rejected.csv", "failed.csv", "manifest.json"].filter {
      !Files.exists("\(folder)/\($0)")
    }
    findings.add("files that are not there", in: campaign.id, missing.count)
    guard missing.isEmpty else { return }
    try checkResult(&findings)
    try checkManifest(&findings)
    let rejected = try Table.read(folder + "/rejected.csv", []) { _ in }
    findings.compare("rows of rejected.csv and of the ledger", in: campaign.id, rejected, campaign.rejected)
  }

  /// What a file may say of a message that the ledger has so: reports may have told more since.
  private static func fits(_ state: String, _ ledger: String) -> Bool {
    let reported = ["delivered", "failed", "expired", "partial"]
    return switch ledger {
    case "accepted": state == ledger || reported.contains(state)
    case "unknown", "sending": state == "unknown" || reported.contains(state)
    default: state == ledger
    }
  }

  /// A row of `plan.csv`.
  private struct Planned {
    var gateway: String
    var number: UInt64
    var segments: String
    var text: String
  }

  private func plan() throws -> [String: Planned] {
    var plan: [String: Planned] = [:]
    guard Files.exists("\(folder)/plan.csv") else { return plan }
    try Table.read(folder + "/plan.csv", ["row", "gateway", "phone", "segments", "text"]) { cells in
      plan[cells[0]] = Planned(
        gateway: cells[1], number: GatewayRecord.number(cells[2].filter(\.isNumber)), segments: cells[3], text: cells[4]
      )
    }
    return plan
  }

  private mutating func checkResult(_ findings: inout Findings) throws {
    let plan = try plan()
    var unplanned = 0
    var texts: [String: [UInt64: Set<String>]] = [:]
    var known: [Int: CampaignFacts.Message] = [:]
    for message in campaign.messages { known[message.row] = message }
    var wrong = 0
    var strange = 0
    let columns = ["row", "state", "segments", "link_id", "message_id", "phone", "gateway", "text"]
    try Table.read(folder + "/result.csv", columns) { cells in
      guard let row = Int(cells[0]), let message = known.removeValue(forKey: row) else {
        strange += 1
        return
      }
      let isSettled = message.state == "accepted"
      let agrees =
        Self.fits(cells[1], message.state) && Int(cells[2]) == message.segments && cells[3] == message.link
        && (cells[4] == message.ids || !isSettled)
        && message.number == GatewayRecord.number(cells[5].filter(\.isNumber)) && cells[6] == message.account
      if !agrees { wrong += 1 }
      texts[message.account, default: [:]][message.number, default: []].insert(cells[7])
      // A gateway that took the message over may make another text of it.
      guard let planned = plan[cells[0]], planned.gateway == message.account else { return }
      if planned.number != message.number || planned.segments != cells[2] || planned.text != cells[7] { unplanned += 1 }
    }
    self.texts = texts
    findings.add("rows of result.csv that differ from plan.csv", in: campaign.id, unplanned)
    findings.add("messages that result.csv lacks", in: campaign.id, known.count)
    findings.add("rows of result.csv that the ledger lacks, or doubled ones", in: campaign.id, strange)
    findings.add("rows of result.csv that differ from the ledger", in: campaign.id, wrong)
  }

  /// A report may settle what the ledger has as unknown, so these two are one sum.
  private func checkManifest(_ findings: inout Findings) throws {
    let manifest = try JSON(parsing: Files.read(folder + "/manifest.json", limit: 1 << 24))
    let groups: [(names: [String], states: [String])] = [
      (["accepted", "unknown"], ["accepted", "unknown", "sending"]), (["refused"], ["refused", "failed"]),
      (["unsent"], ["planned", "cancelled"]),
    ]
    for (names, states) in groups {
      for (unit, ours) in [
        ("messages", states.reduce(0) { $0 + campaign.count($1) }),
        ("segments", states.reduce(0) { $0 + campaign.segments($1) }),
      ] {
        let theirs = names.reduce(0) { $0 + (Int(manifest["counts"]?[$1]?[unit]?.text ?? "") ?? -1) }
        let what = names.joined(separator: " and ")
        findings.compare("\(what) \(unit) in the manifest and in the ledger", in: campaign.id, theirs, ours)
      }
    }
    let accepted = Int(manifest["counts"]?["accepted"]?["messages"]?.text ?? "") ?? -1
    findings.add(
      "accepted in the ledger, not in the manifest", in: campaign.id, campaign.count("accepted") - accepted)
    let planned = Int(manifest["counts"]?["planned"]?["messages"]?.text ?? "") ?? -1
    findings.compare("planned in the manifest and in the ledger", in: campaign.id, planned, campaign.messages.count)
    let segments = Int(manifest["counts"]?["planned"]?["segments"]?.text ?? "") ?? -1
    findings.compare(
      "planned segments in the manifest and in the ledger", in: campaign.id, segments, campaign.plannedSegments)
  }
}
