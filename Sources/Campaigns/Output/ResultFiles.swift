import Configuration
import Delivery
import Gateways
import Ledger
import Messaging
import Platform
import Tables

/// `result.csv` and `failed.csv` from the ledger, and the sums that the conservation check needs.
struct ResultFiles {
  let campaign: CampaignFile
  let configuration: Configuration
  let store: any CallStore
  let folder: String
  /// What reports say; nil when none ever came.
  var join: CampaignJoin?

  static let columns = [
    "campaign", "row", "external_id", "phone", "gateway", "endpoint", "batch", "link_id", "message_id", "state", "code",
    "meaning", "segments", "cost", "submitted_at", "text",
  ]

  /// A message that did not go out: its row and what to say of it in `failed.csv`.
  struct Failure {
    var row: Int
    var state: DeliveryState
    var code: String
    var meaning: String
  }

  /// The states that `failed.csv` lists.
  private static let failures: Set<DeliveryState> = [.refused, .failed, .expired, .planned, .cancelled]

  /// Writes `result.csv`; returns the sums and the messages that `failed.csv` must show.
  func writeResults() throws(RunError) -> (summary: RunSummary, failures: [Failure]) {
    var summary = RunSummary()
    var failures: [Failure] = []
    let prices = try onLedger { () throws(LedgerError) in try store.fact("prices") }
    let own = OwnSignatures(try onLedger { () throws(LedgerError) in try store.fact("own_signatures") })
    let frozen = try onMoney { () throws(MoneyError) in try FrozenPrices(prices) }
    var line = try ResultLine(campaign, configuration, frozen, own, folder + "/result.csv")
    let directory = try onLedger { () throws(LedgerError) in try MessageDirectory(store) }
    var problem: RunError?
    try onLedger { () throws(LedgerError) in
      try store.forEachMessage { (message) throws(LedgerError) in
        guard problem == nil, !(Defect.isPlanted(.rowDropped) && message.row % 10 == 7) else { return }
        let fate = try directory.fate(root: message.root, position: message.position)
        let known = LastKnown(fate, join?.reported(message))
        do throws(RunError) {
          let segments = fate.segments ?? message.segments
          summary.states[known.settled, default: .init()].messages += 1
          summary.states[known.settled, default: .init()].segments += segments
          if Defect.isPlanted(.segmentsMiscounted) { summary.states[known.settled, default: .init()].segments += 1 }
          summary.failoverSegments += segments - message.segments
          let meaning = try line.write(message, fate, known, segments)
          if ResultFiles.failures.contains(known.state) {
            failures.append(Failure(row: message.row, state: known.state, code: known.code, meaning: meaning))
          }
        } catch { problem = error }
      }
    }
    if let problem { throw problem }
    summary.cost = line.total
    try line.finish()
    return (summary, failures)
  }

  /// Writes `failed.csv`: the failed messages with their input's own columns, so that it can be a contact file again.
  ///
  /// - Parameter inputs: the contact files' digests under which the plan was made, by name.
  /// - Returns: the name of a contact file that is another one now; then no file is left, since its rows would be other
  ///   people's.
  func writeFailures(_ failures: [Failure], inputs: [String: String]) throws(RunError) -> String? {
    let path = folder + "/failed.csv"
    var rows = try ContactRows(campaign)
    var writer = try CSVWriter.begin(path, configuration, header: rows.header + ["state", "code", "meaning"])
    var next = 0
    try rows.forEachRow { (row, fields, places) throws(RunError) in
      guard next < failures.count, failures[next].row == row else { return }
      writer.append(fields, places)
      writer.field(failures[next].state.rawValue)
      writer.field(failures[next].code)
      writer.field(failures[next].meaning)
      next += 1
      try onWriting { () throws(TableError) in try writer.endRow() }
    }
    let digests = rows.digests
    if let changed = inputs.keys.sorted().first(where: { digests[$0] != inputs[$0] }) { return changed }
    try finishing(writer)
    return nil
  }

  /// `failed.csv` without rows.
  func writeNoFailures(header: [String]) throws(RunError) {
    try finishing(.begin(folder + "/failed.csv", configuration, header: header + ["state", "code", "meaning"]))
  }
}

/// Where a message stands by the ledger and, when a report came, by that.
struct LastKnown {
  let state: DeliveryState
  /// For the sums of a run: what a report proves to be accepted is not unknown.
  let settled: MessageState
  let code: String
  /// Nil while the answer to the call is the last that is known.
  let report: Verdict?

  init(_ fate: MessageDirectory.Fate, _ reported: (joined: JoinedMessage, verdict: Verdict)?) {
    guard let (joined, verdict) = reported, joined.isAccepted || joined.match != nil else {
      state = DeliveryState(fate.state)
      settled = fate.state
      code = fate.code
      report = nil
      return
    }
    state = joined.lastKnown
    settled = joined.isAccepted ? .accepted : fate.state
    let says = verdict.state != nil || verdict.match != nil
    code = says && !verdict.code.isEmpty ? verdict.code : fate.code
    report = says ? verdict : nil
  }
}

extension CampaignJoin {
  /// A message's reports in words.
  func reported(_ message: borrowing StoredMessage) -> (joined: JoinedMessage, verdict: Verdict) {
    let joined = join(
      JoinableMessage(
        row: message.row, number: message.number, root: message.root, position: message.position,
        segments: message.segments))
    return (joined, verdict(of: joined))
  }
}

/// Writes the lines of `result.csv`.
private struct ResultLine: ~Copyable {
  private var writer: CSVWriter
  private let campaign: CampaignFile
  private let zone: any Zone
  private var meanings: [String: String] = [:]
  private let prices: FrozenPrices
  private let ownSignatures: OwnSignatures
  private var times: (moment: Timestamp, text: String)?
  private(set) var total = Money.zero

  init(
    _ campaign: CampaignFile, _ configuration: Configuration, _ prices: FrozenPrices, _ ownSignatures: OwnSignatures,
    _ path: String
  ) throws(RunError) {
    self.campaign = campaign
    self.prices = prices
    self.ownSignatures = ownSignatures
    zone = configuration.zone
    writer = try .begin(path, configuration, header: ResultFiles.columns)
  }

  /// Returns the meaning it wrote.
  mutating func write(
    _ message: borrowing StoredMessage, _ fate: MessageDirectory.Fate, _ known: LastKnown, _ segments: Int
  ) throws(RunError) -> String {
    let cost = known.settled == .accepted ? try cost(message.region, fate, segments) : .zero
    let meaning = known.report?.meaning ?? meaning(fate)
    writer.field(campaign.id)
    writer.field(decimal: message.row)
    writer.field(message.externalID.span)
    var phone = ByteBuffer(capacity: 24)
    PhoneNumber.append(message.number, to: &phone)
    writer.field(phone.span)
    writer.field(fate.gateway)
    writer.field(fate.endpoint)
    writer.field(decimal: fate.call)
    writer.field(fate.linkID)
    writer.field(fate.messageID)
    writer.field(known.state.rawValue)
    writer.field(known.code)
    writer.field(meaning)
    writer.field(decimal: segments)
    writer.field(cost.description)
    writer.field(time(fate.submittedAt))
    if fate.gateway == fate.plannedGateway {
      writer.field(message.text.span)
    } else {
      // As it went out by the gateway that took it over.
      let sent = TextForm.adapt(
        message.text.array, from: signature(of: fate.plannedGateway), to: signature(of: fate.gateway),
        isOwn: ownSignatures.contains(message.row))
      writer.field(sent.span)
    }
    try onWriting { () throws(TableError) in try writer.endRow() }
    return meaning
  }

  private func signature(of gateway: String) -> Signature {
    campaign.accounts.first { $0.name == gateway }.map(Signature.init) ?? Signature(text: [], addedByGateway: false)
  }

  /// What an accepted message costs.
  private mutating func cost(
    _ region: String, _ fate: MessageDirectory.Fate, _ segments: Int
  ) throws(RunError) -> Money {
    do throws(MoneyError) {
      let cost = try (prices.price(of: fate.gateway, to: region) ?? .zero) * segments
      total = try total + cost
      return cost
    } catch { throw RunError(.usage, error.diagnostic) }
  }

  private mutating func meaning(_ fate: MessageDirectory.Fate) -> String {
    let key = fate.gateway + "\u{1F}" + fate.code + "\u{1F}" + fate.note
    if let known = meanings[key] { return known }
    let type = campaign.accounts.first { $0.name == fate.gateway }?.type
    var parts: [String] = []
    if !fate.code.isEmpty, let row = type?.meaning(of: fate.code) { parts.append("\(row.english) / \(row.chinese)") }
    if !fate.note.isEmpty { parts.append(fate.note) }
    let meaning = parts.joined(separator: "; ")
    if meanings.count < Limits.cachedCalls { meanings[key] = meaning }
    return meaning
  }

  private mutating func time(_ moment: Timestamp?) -> String {
    guard let moment else { return "" }
    if let times, times.moment == moment { return times.text }
    let text = zone.civil(moment).spaced
    times = (moment, text)
    return text
  }

  consuming func finish() throws(RunError) { try finishing(writer) }
}
