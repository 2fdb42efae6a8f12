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
    guard !CampaignLedger.exists(in: ledgerFolder(of: campaign)) else { return }
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
    let isFile = [name, configuration.path(name)].contains { Files.exists($0) && !Files.isFolder($0) }
    let isKnown =
      !name.contains("/")
      && (CampaignLedger.exists(in: ledgerFolder(of: name))
        || Files.exists(outputFolder(of: name) + "/manifest.json"))
    if isKnown, !isFile { return name }
    return try load(try campaignFile(name)).id
  }

  /// The campaign file as it was planned, which the ledger keeps; nil when nothing was planned yet.
  public func keptCampaignFile(of campaign: String) -> String? {
    let kept = ledgerFolder(of: campaign) + "/campaign.toml"
    return Files.exists(kept) ? kept : nil
  }
}
