import Configuration
import Delivery
import JSON
import Ledger
import Messaging
import Platform

extension CampaignRun {
  /// Who opted out after the plan was frozen gets nothing: their planned messages are withdrawn, and nobody else's.
  func withdrawSuppressed(_ ledger: CampaignLedger) throws(RunError) {
    let store = try onLedger { () throws(LedgerError) in try workspace.store() }
    let suppressed = try Suppression(configuration, store).numbers
    guard suppressed.count > 0 else { return }
    let withdrawn = try withdrawPlanned(ledger) { _, messages in messages.numbers.map(suppressed.contains) }
    guard withdrawn > 0 else { return }
    console.tell(
      Diagnostic(
        "\(withdrawn) planned messages are withdrawn: their numbers came onto the suppression list after the plan",
        severity: .note, at: Place(file: ledgerFolder)))
  }

  /// Messages that a person let send again and of which a report says meanwhile that they arrived the first time.
  func withdrawProven(_ ledger: CampaignLedger) throws(RunError) {
    let decisions = try onLedger { () throws(LedgerError) in try ledger.decisions() }
    guard decisions.contains(where: { $0.decision == Resolution.resend.rawValue }) else { return }
    let join = try onLedger { () throws(LedgerError) in
      try workspace.join(of: campaign.id, ledger, now: console.now())
    }
    guard let join else { return }
    let withdrawn = try withdrawPlanned(ledger) { call, messages in
      (0..<messages.count).map { index in
        let joined = join.join(
          JoinableMessage(
            row: messages.rows[index], number: messages.numbers[index], root: call.root, position: call.first + index,
            segments: messages.segments[index]))
        return joined.lastKnown == .delivered || joined.lastKnown == .partial
      }
    }
    guard withdrawn > 0 else { return }
    console.tell(
      Diagnostic(
        "\(amount(withdrawn, "message is", "messages are")) not sent again: reports say meanwhile that the first one arrived",
        severity: .note, at: Place(file: ledgerFolder)))
  }

  /// Cancels the planned messages that are marked; returns how many.
  private func withdrawPlanned(
    _ ledger: CampaignLedger, marks: (Call, CallMessages) -> [Bool]
  ) throws(RunError) -> Int {
    var withdrawn = 0
    var after = 0
    while true {
      let page = try onLedger { () throws(LedgerError) in
        try ledger.calls(in: .planned, of: nil, after: after, limit: Limits.callsPerDecision)
      }
      guard let last = page.last else { return withdrawn }
      after = last.id
      for call in page {
        let messages = try onLedger { () throws(LedgerError) in try ledger.messages(of: call) }
        withdrawn += try withdraw(marks(call, messages), from: call, ledger)
      }
    }
  }

  /// Cancels the marked messages of a call.
  private func withdraw(_ marks: [Bool], from call: Call, _ ledger: CampaignLedger) throws(RunError) -> Int {
    guard marks.contains(true) else { return 0 }
    let segments = try onLedger { () throws(LedgerError) in try ledger.segments(of: call.id) }
    var parts: [CallPart] = []
    var cancelled: [Bool] = []
    for (index, mark) in marks.enumerated() {
      if cancelled.last == mark {
        parts[parts.count - 1].count += 1
        if let segments { parts[parts.count - 1].segments?.append(segments[index]) }
      } else {
        cancelled.append(mark)
        parts.append(
          CallPart(
            first: call.first + index, count: 1, gateway: call.gateway, endpoint: call.endpoint,
            segments: segments.map { [$0[index]] }))
      }
    }
    let now = console.now()
    try onLedger { () throws(LedgerError) in
      // A crash between the two leaves planned calls, which the next run judges again before it sends anything.
      let made = try ledger.commit([.carve(root: call.id, parts: parts, supersedes: call.id)])
      try ledger.commit(zip(made, cancelled).filter(\.1).map { .cancel(call: $0.0, at: now) })
    }
    return marks.count { $0 }
  }

  /// The prices under which the plan was frozen, by gateway and country (empty: all others), for the result files.
  static func prices(_ campaign: CampaignFile) -> JSON {
    .object(
      campaign.accounts.map { account in
        var prices = account.prices.keys.sorted().map { JSON.Member($0, .string(account.prices[$0] ?? "0")) }
        prices.append(JSON.Member("", .string(account.price ?? "0")))
        return JSON.Member(account.name, .object(prices))
      })
  }

  /// Costs stay those of the plan; a price that is another one today is only told.
  func tellOfNewPrices(_ ledger: CampaignLedger) throws(RunError) {
    let frozen = try onLedger { () throws(LedgerError) in try ledger.fact("prices") }
    guard let frozen, frozen != CampaignRun.prices(campaign).serialized else { return }
    console.tell(
      Diagnostic(
        "prices in qunfa.toml have changed since the campaign was planned: its files keep the prices of the plan",
        severity: .note, at: Place(file: configuration.file)))
  }

  /// A plan of no rows binds nobody: when the real export comes under the same id it is planned anew.
  func forgetEmptyPlan() throws(RunError) {
    guard try hasLedger() else { return }
    do {
      let ledger = try onLedger { () throws(LedgerError) in try CampaignLedger(folder: ledgerFolder) }
      guard try frozenCounts(ledger).rows == 0 else { return }
    }
    try onOutput { () throws(FileError) in
      for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] { try Files.remove(ledgerFolder + "/" + name) }
    }
  }

  /// Result files of a campaign without its ledger: the data folder is not mounted, or was moved away. To start anew
  /// would be to send everything twice.
  func requireMemory(_ options: SendOptions) throws(RunError) {
    let manifest = outputFolder + "/manifest.json"
    guard !options.again, try isThere(manifest), try !hasLedger() else { return }
    throw RunError(
      .input,
      Diagnostic(
        "the campaign '\(campaign.id)' was sent before, but its ledger is gone", at: Place(file: manifest),
        expected: "the ledger in \(ledgerFolder)",
        next: "Mount or put back the data folder. If it shall really be sent anew, give it a new id, or use --again."))
  }

  /// A table with a header and nothing else: more often a broken export than a quiet night.
  var noRows: Diagnostic {
    Diagnostic(
      "the contact files hold no rows", severity: .warning, at: campaign.contacts.files.first?.place,
      expected: "one recipient or more", next: "Look at the export.")
  }
}
