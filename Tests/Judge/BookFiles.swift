import Platform
import TestSupport

/// A campaign's files of `reconcile` beside its ledger, the store and what the gateways said.
struct BookFiles {
  private let campaign: CampaignFacts
  private let evidence: Evidence
  private let outcomes: [String: [UInt64: Set<String>]]
  private var folder: String { "\(evidence.workspace)/out" }

  /// - Parameter store: what is not in it cannot be in the books.
  init(_ campaign: CampaignFacts, _ record: GatewayRecord, _ store: StoreFacts, _ evidence: Evidence) {
    self.campaign = campaign
    self.evidence = evidence
    var kept: [String: Set<String>] = [:]
    for report in store.records where !report.isReply {
      kept[report.account, default: []].formUnion([report.id, String(report.number)])
    }
    var outcomes: [String: [UInt64: Set<String>]] = [:]
    for (account, handed) in record.handed {
      for report in handed where !report.isReply {
        // A push may have been kept although its answer never arrived, and a page lost although it was given away.
        // 18sms gives one id to all messages of a call.
        let key = ["juhe", "emay", "mobset"].contains(account) ? report.id : String(report.number)
        guard kept[account]?.contains(key) == true else { continue }
        outcomes[account, default: [:]][report.number, default: []].insert(report.outcome)
      }
    }
    self.outcomes = outcomes
  }

  func check(_ findings: inout Findings) throws {
    let missing = ["reconciliation.csv", "summary.csv"].filter { !Files.exists("\(folder)/\($0)") }
    findings.add("files of reconcile that are not there", in: campaign.id, missing.count)
    guard missing.isEmpty else { return }
    var known: [Int: CampaignFacts.Message] = [:]
    for message in campaign.messages { known[message.row] = message }
    var wrong = 0
    var strange = 0
    var sums: [String: Int] = [:]
    let columns = ["campaign", "row", "state", "segments", "gateway"]
    try Table.read(folder + "/reconciliation.csv", columns) { cells in
      guard cells[0] == campaign.id else { return }
      guard let row = Int(cells[1]), let message = known.removeValue(forKey: row) else {
        strange += 1
        return
      }
      sums[cells[2], default: 0] += 1
      sums["segments", default: 0] += Int(cells[3]) ?? 0
      if !fits(cells[2], message) || Int(cells[3]) != message.segments { wrong += 1 }
    }
    findings.add("messages that reconciliation.csv lacks", in: campaign.id, known.count)
    findings.add("rows of reconciliation.csv that the ledger lacks, or doubled ones", in: campaign.id, strange)
    findings.add("rows of reconciliation.csv that say other than ledger and gateway", in: campaign.id, wrong)
    try checkSummary(sums, &findings)
  }

  /// Whether a state of the books is what ledger and gateway together say.
  private func fits(_ state: String, _ message: CampaignFacts.Message) -> Bool {
    let said = outcomes[message.account]?[message.number] ?? []
    switch message.state {
    case "accepted":
      if said.isEmpty { return ["accepted", "expired"].contains(state) }
      if said == ["delivered"] { return state == "delivered" }
      // Mobset has one code for both.
      if said == ["expired"] { return state == "expired" || message.account == "mobset" && state == "failed" }
      if said.contains("delivered") { return ["partial", "delivered", "failed"].contains(state) }
      return ["failed", "expired"].contains(state)
    case "unknown", "sending":
      return said.isEmpty
        ? state == "unknown" : ["unknown", "delivered", "failed", "expired", "partial"].contains(state)
    default: return state == message.state
    }
  }

  private func checkSummary(_ sums: [String: Int], _ findings: inout Findings) throws {
    var summary: [String: Int] = [:]
    let columns = ["campaign", "planned", "delivered", "failed", "unknown", "refused", "segments"]
    try Table.read(folder + "/summary.csv", columns) { cells in
      guard cells[0] == campaign.id else { return }
      for (name, cell) in zip(columns, cells).dropFirst() { summary[name, default: 0] += Int(cell) ?? 0 }
    }
    let id = campaign.id
    findings.compare(
      "planned in summary.csv and in the ledger", in: id, summary["planned"] ?? 0, campaign.messages.count)
    for name in ["delivered", "failed", "unknown", "refused", "segments"] {
      findings.compare(
        "\(name) in summary.csv and in reconciliation.csv", in: id, summary[name] ?? 0, sums[name] ?? 0)
    }
  }
}
