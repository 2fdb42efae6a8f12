public import Configuration
import Ledger
import Messaging
import Platform

extension CampaignRun {
  /// Opens the ledger of a campaign that was sent, for a person's decision: the lock is held while `decide` runs, calls
  /// that an earlier run left under way are settled first, and the result files are written afterwards.
  func deciding(_ decide: (CampaignLedger) throws(RunError) -> Void) throws(RunError) -> SendReport {
    try workspace.requireLedger(of: campaign.id)
    let lock = try takeLock()
    defer { withExtendedLifetime(lock) {} }
    let started = console.now()
    let ledger = try onLedger { () throws(LedgerError) in try CampaignLedger(folder: ledgerFolder) }
    try settleInterrupted(ledger)
    try decide(ledger)
    return try writeFiles(ledger, SendEnding(), started: started)
  }
}

extension Workspace {
  /// Throws when nothing was ever sent of a campaign.
  public func requireLedger(of campaign: String) throws(RunError) {
    guard try !hasLedger(campaign) else { return }
    let campaigns = try campaigns()
    throw RunError(
      .usage,
      Diagnostic(
        "nothing was sent of the campaign '\(campaign)': it has no ledger", at: Place(file: ledgerFolder(of: campaign)),
        expected: "a campaign that was sent",
        next: "Known: " + (campaigns.isEmpty ? "none yet" : campaigns.joined(separator: ", "))))
  }

  /// The id of the campaign that a command line names: a campaign file's, or itself when the ledger or the output
  /// folder knows it.
  public func campaignID(
    _ name: String, reading load: (String) throws(RunError) -> CampaignFile
  ) throws(RunError) -> String {
    if !isFile(name), !isFile(configuration.path(name)), try isKnown(name) { return name }
    return try load(try campaignFile(name)).id
  }

  /// The campaign file as it was planned, which the ledger keeps; nil when nothing was planned yet.
  public func keptCampaignFile(of campaign: String) throws(RunError) -> String? {
    let kept = ledgerFolder(of: campaign) + "/campaign.toml"
    return try isThere(kept) ? kept : nil
  }

  private func isKnown(_ name: String) throws(RunError) -> Bool {
    guard !name.contains("/") else { return false }
    if try hasLedger(name) { return true }
    return try isThere(outputFolder(of: name) + "/manifest.json")
  }
}
