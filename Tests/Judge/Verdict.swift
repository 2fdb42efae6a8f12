import Platform

/// What the judge is given: the gateways' own record, the workspace, and how often the tool was killed.
public struct Evidence: Sendable {
  public var workspace: String
  public var campaigns: [String]
  public var accounts: [JudgedAccount]
  public var log: String
  public var handedLog: String?
  /// Messages that may be unknown, by account: those of the calls that kills found under way and that a fault befell.
  public var unknownBound: [String: Int] = [:]
  /// By campaign: the calls that kills found under way, in which alone messages may be unknown. Nil: not known.
  public var callsUnderWay: [String: Set<Int>]?
  /// Messages of an account that a fault may have made unknown, besides those under way at a kill.
  public var excusedUnknown = 0
  /// Pages that may be lost, where `fetchesCut` is nil: kills of `pull` and answers that a fault cut short.
  public var lossBound = 0
  /// By account: messages that were taken out before they were sent, because their recipient opted out.
  public var withdrawn: [String: Int] = [:]
  /// The fetches that kills cut short, which alone may be lost. Nil: not known.
  public var fetchesCut: Set<Leftovers.Fetch>?
  /// Answers to an account's fetches that a fault cut short, besides those.
  public var excusedPages = 0
  /// Other numbers that the gateways know are none of this workspace's business.
  public var numbers: ClosedRange<UInt64> = 0...UInt64.max
  /// Whether everything was run to its end, so that nothing may be left to send.
  public var isComplete = true
  /// Whether everything handed out must be in the store, and `reconcile` was run last.
  public var isReconciled = false

  public init(
    workspace: String, campaigns: [String], accounts: [JudgedAccount], log: String, handedLog: String? = nil
  ) {
    self.workspace = workspace
    self.campaigns = campaigns
    self.accounts = accounts
    self.log = log
    self.handedLog = handedLog
  }
}

/// The judge's word about a workspace: which promises of docs/reliability.md do not hold.
public struct Verdict: Sendable {
  public private(set) var violations: [Violation] = []
  /// By account.
  public private(set) var figures: [String: Figures] = [:]

  /// What happened at an account.
  public struct Figures: Sendable {
    public var planned = 0
    public var taken = 0
    public var takenTwice = 0
    public var accepted = 0
    public var refused = 0
    public var unknown = 0
    /// Of the unknown ones, those whose call no kill found under way.
    public var unexplained = 0
    public var lost = 0
    public var handed = 0
    /// Records of pushes that were answered with 200.
    public var pushed = 0
    public var stored = 0
    public var possibleLosses = 0
    /// The pages of which something is missing in the store: `reports 7`.
    public var missingPages: [String] = []
  }

  /// Judges a workspace in which no process runs any more.
  ///
  /// - Throws: when a file cannot be read at all.
  public init(on evidence: Evidence) throws {
    let record = try GatewayRecord(
      log: evidence.log, handedLog: evidence.handedLog, accounts: evidence.accounts, numbers: evidence.numbers)
    var findings = Findings()
    let campaigns = evidence.campaigns.compactMap { id -> CampaignFacts? in
      let facts = try? CampaignFacts(id: id, folder: "\(evidence.workspace)/data/campaigns/\(id)")
      if facts == nil { findings.add("no ledger that can be read", in: id, 1) }
      return facts
    }
    for account in evidence.accounts {
      figures[account.name] = Self.compare(account, record, campaigns, evidence, &findings)
    }
    var texts: [String: [UInt64: Set<String>]] = [:]
    for campaign in campaigns {
      try Self.checkLedger(campaign, evidence, &findings)
      var files = CampaignFiles(campaign, evidence)
      try files.check(&findings)
      for (account, known) in files.texts {
        texts[account, default: [:]].merge(known) { $0.union($1) }
      }
    }
    for account in evidence.accounts {
      findings.add(
        "taken by the gateway with another text than result.csv has for its number", in: account.name,
        (record.taken[account.name] ?? []).count { message in
          texts[account.name]?[message.number].map { !$0.contains(message.text) } ?? false
        })
    }
    if evidence.handedLog != nil {
      let store = try StoreFacts(folder: evidence.workspace + "/data")
      var receipts = Receipts(record, store, evidence)
      for account in evidence.accounts {
        receipts.check(account.name, &figures[account.name, default: .init()], &findings)
      }
      if evidence.isReconciled {
        for campaign in campaigns { try BookFiles(campaign, record, store, evidence).check(&findings) }
      }
    }
    violations = findings.all
  }

  /// accepted by the ledger ⊆ taken by the gateway ⊆ accepted ∪ unknown, and nothing taken more often than planned.
  private static func compare(
    _ account: JudgedAccount, _ record: GatewayRecord, _ campaigns: [CampaignFacts], _ evidence: Evidence,
    _ findings: inout Findings
  ) -> Figures {
    var figures = Figures()
    var taken: [UInt64: [GatewayRecord.Taken]] = [:]
    for message in record.taken[account.name] ?? [] { taken[message.number, default: []].append(message) }
    var planned: [UInt64: Int] = [:]
    var accepted: [UInt64: Int] = [:]
    var possible: [UInt64: Int] = [:]
    var wrongIDs = 0
    for campaign in campaigns {
      let underWay = evidence.callsUnderWay?[campaign.id] ?? []
      for message in campaign.messages where message.account == account.name {
        planned[message.number, default: 0] += 1
        figures.planned += 1
        switch message.state {
        case "accepted":
          accepted[message.number, default: 0] += 1
          possible[message.number, default: 0] += 1
          figures.accepted += 1
          let known = taken[message.number] ?? []
          let fits = known.contains { $0.ids == message.ids && ($0.link.isEmpty || $0.link == message.link) }
          if !known.isEmpty, !fits { wrongIDs += 1 }
        case "unknown", "sending":
          possible[message.number, default: 0] += 1
          figures.unknown += 1
          if !underWay.contains(message.call) { figures.unexplained += 1 }
        case "refused", "failed": figures.refused += 1
        default: figures.lost += 1
        }
      }
    }
    for (number, messages) in taken {
      figures.taken += messages.count
      figures.takenTwice += max(0, messages.count - (planned[number] ?? 0))
    }
    let place = account.name
    findings.add("taken by the gateway more often than planned", in: place, figures.takenTwice)
    findings.add(
      "accepted in the ledger, never taken by the gateway", in: place,
      accepted.reduce(0) { $0 + max(0, $1.value - (taken[$1.key]?.count ?? 0)) })
    findings.add(
      "taken by the gateway, neither accepted nor unknown in the ledger", in: place,
      taken.reduce(0) { $0 + max(0, $1.value.count - (possible[$1.key] ?? 0)) } - figures.takenTwice)
    findings.add("accepted under other ids than the gateway gave", in: place, wrongIDs)
    if evidence.isComplete { findings.add("never sent", in: place, figures.lost - (evidence.withdrawn[place] ?? 0)) }
    let bound = evidence.unknownBound[place] ?? 0
    findings.add("unknown beyond the bound of \(bound)", in: place, figures.unknown - bound)
    if evidence.callsUnderWay != nil {
      // A bound that nobody could break proves nothing.
      let isIdle = bound * 4 > figures.planned
      findings.add(
        "bound on unknown of more than a quarter of what was planned: proves nothing", in: place, isIdle ? bound : 0)
      findings.add(
        "unknown, but no kill found their call under way", in: place, figures.unexplained - evidence.excusedUnknown)
    }
    return figures
  }

  /// What the ledger must be by itself.
  private static func checkLedger(
    _ campaign: CampaignFacts, _ evidence: Evidence, _ findings: inout Findings
  ) throws {
    let id = campaign.id
    findings.compare(
      "rows read = planned + rejected", in: id, campaign.rowsRead, campaign.messages.count + campaign.rejected)
    if evidence.isComplete {
      findings.add("calls left as being sent", in: id, campaign.calls.count { $0.value.state == "sending" })
    }
    let answers = try AnswersOnDisk("\(evidence.workspace)/data/campaigns/\(id)/answers.log")
    let unproved = campaign.calls.count { call, facts in
      ["accepted", "refused", "mixed"].contains(facts.state) && !campaign.decided.contains(call)
        && !answers.attempts.contains([call, facts.attempt])
    }
    findings.add("calls settled without their raw answer on disk", in: id, unproved)
  }
}
