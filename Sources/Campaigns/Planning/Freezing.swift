import Configuration
import Database
import JSON
import Ledger
import Messaging
import Platform

extension CampaignRun {
  /// Reads, judges, merges and plans into files.
  func writePlan(_ audience: Audience, _ rules: AudienceRules) throws(RunError) {
    var rejected = try RejectedFile(outputFolder + "/rejected.csv", configuration, header: audience.header)
    let configuration = configuration
    let path = outputFolder + "/plan.csv"
    try pipe(audience, &rejected) { (blocks) throws(RunError) in
      var plan = try PlanFile(path, configuration, rules.routes)
      while let block = blocks.next() {
        let content = block.take()
        try plan.add(content)
        block.put(content)
      }
      guard blocks.isComplete else { return }
      try plan.finish()
    }
    try rejected.finish()
  }

  /// Reads, judges, merges and plans into the campaign's ledger: from here on the plan is fixed.
  func freeze(_ options: SendOptions) throws(RunError) {
    let store = try onLedger { () throws(LedgerError) in try workspace.store() }
    let (audience, rules, suppression) = try openAudience(digests: true)
    var rejected = try RejectedFile(ledgerFolder + "/rejected.csv", configuration, header: audience.header)
    let builder = try onLedger { () throws(LedgerError) in try LedgerBuilder(folder: ledgerFolder) }
    try pipe(audience, &rejected) { (blocks) throws(RunError) in
      try onLedger { () throws(LedgerError) in try builder.load(messages: BlockSource(blocks)) }
    }
    let report = try PlanReport(campaign, rules, audience.summary, zone: configuration.zone, now: console.now())
    if audience.summary.rowsRead == 0 { console.tell(noRows) }
    let inputs = try inputs(audience, suppression)
    try refuseRepeated(audience, store, options)
    try rejected.finish()
    let calls = audience.calls.enumerated().map { index, call in
      PlannedCall(
        id: index + 1, gateway: rules.routes[call.route].plan.name,
        endpoint: rules.routes[call.route].plan.endpoint(call.kind),
        count: call.count, firstRow: call.firstRow, lastRow: call.lastRow)
    }
    try keepCampaignFile()
    try onLedger { () throws(LedgerError) in
      try builder.finish(
        calls: calls, FrozenPlan(facts: facts(audience, report), inputs: inputs, rejected: audience.rejectedRows))
      try store.remember(inputs: audience.digests.map(\.sha256), of: campaign.id, at: console.now())
    }
  }

  /// Judging on this thread, `write` on another; the fault of whichever failed first ends both.
  private func pipe(
    _ audience: Audience, _ rejected: inout RejectedFile,
    _ write: @escaping @Sendable (BlockReader) throws(RunError) -> Void
  ) throws(RunError) {
    let blocks = Channel<MessageBlock>(capacity: Limits.blocksInFlight)
    let spare = Channel<MessageBlock>(capacity: Limits.blocksInFlight)
    for _ in 0..<Limits.blocksInFlight { spare.send(MessageBlock()) }
    let reader = BlockReader(blocks, spare)
    let writing = try WritingThread(reader, write)
    do throws(RunError) {
      try audience.read(blocks: blocks, spare: spare, rejected: &rejected)
      reader.markComplete()
      blocks.close()
    } catch {
      blocks.close()
      _ = writing.finish()
      throw error
    }
    if let problem = writing.finish() { throw problem }
  }

  // MARK: What is frozen

  /// The campaign file as it was planned, so that the campaign can be named by its id alone.
  private func keepCampaignFile() throws(RunError) {
    let bytes = try mapping({ () throws(FileError) in
      try Files.read(campaign.file, limit: Limits.configurationBytes)
    }) { RunError(.usage, $0.diagnostic) }
    try onOutput { () throws(FileError) in try Files.replace(ledgerFolder + "/campaign.toml", with: bytes) }
  }

  private func facts(_ audience: Audience, _ report: PlanReport) -> [(key: String, value: String)] {
    let counts: JSON = [
      "rows_read": JSON(report.summary.rowsRead), "planned_messages": JSON(report.summary.planned),
      "planned_segments": JSON(report.summary.segments),
    ]
    return [
      ("campaign", campaign.id), ("name", campaign.name), ("department", campaign.department),
      ("epoch", Digest.hex(Digest.random(16))), ("planned_at", String(console.now().seconds)),
      ("settings", campaign.frozenText), ("prices", CampaignRun.prices(campaign).serialized),
      ("counts", counts.serialized), ("cost", report.summary.cost.description),
      ("header", JSON.array(audience.header.map { .string($0) }).serialized), ("tool", Manifest.toolVersion),
      ("own_signatures", audience.ownSignatures.text),
    ]
  }

  private func inputs(
    _ audience: Audience, _ suppression: Suppression
  ) throws(RunError) -> [(role: String, path: String, sha256: String)] {
    let template = try CampaignTemplate(campaign.message)
    return audience.digests.map { ("contacts", $0.name, $0.sha256) }
      + template.files.map { ("template", $0.name, $0.sha256) }
      + suppression.files.map { ("suppression", $0.name, $0.sha256) }
  }

  /// The same contact file under a new id within a day is most often a mistake that doubles every message.
  private func refuseRepeated(
    _ audience: Audience, _ store: WorkspaceStore, _ options: SendOptions
  ) throws(RunError) {
    guard !options.again else { return }
    for (name, digest) in audience.digests {
      let earlier = try onLedger { () throws(LedgerError) in
        try store.campaign(plannedFrom: digest, since: console.now() + -86_400, not: campaign.id)
      }
      guard let earlier else { continue }
      throw RunError(
        .input,
        Diagnostic(
          "the same file was planned as campaign '\(earlier)' within the last 24 hours", at: Place(file: name),
          expected: "another file, or --again",
          next:
            "To go on with that campaign run 'qunfa send' on its file; to send all of this a second time add --again."))
    }
  }

  /// A campaign that was frozen goes on only with the same inputs and settings.
  func checkUnchanged() throws(RunError) {
    let ledger = try onLedger { () throws(LedgerError) in try CampaignLedger(folder: ledgerFolder) }
    var changes: [String] = []
    let frozen = try onLedger { () throws(LedgerError) in try ledger.fact("settings") } ?? ""
    changes += differences(frozen, campaign.frozenText)
    for input in try onLedger({ () throws(LedgerError) in try ledger.inputs() }) where input.role != "suppression" {
      let path = configuration.path(input.path)
      if try !isThere(path, else: .input) {
        changes.append("\(input.role) '\(input.path)' is gone")
      } else if try Manifest.digest(of: path) != input.sha256 {
        changes.append("\(input.role) '\(input.path)' has other content")
      }
    }
    guard !changes.isEmpty else { return }
    throw RunError(
      .input,
      Diagnostic(
        "the campaign '\(campaign.id)' was planned from other inputs: \(changes.joined(separator: "; "))",
        at: Place(file: campaign.file), expected: "the inputs it was planned from",
        next: "Put them back to go on with it, or give the new campaign an id of its own."))
  }

  private func differences(_ before: String, _ after: String) -> [String] {
    let old = Set(before.split(separator: "\n"))
    let new = Set(after.split(separator: "\n"))
    let keys = old.symmetricDifference(new).map { $0.prefix { $0 != "=" } }
    return Set(keys).sorted().map { "setting '\($0)' differs" }
  }
}

extension Audience {
  var rejectedRows: [(reason: RejectReason, rows: Int)] {
    RejectReason.allCases.compactMap { reason in summary.rejected[reason].map { (reason, $0) } }
  }
}
