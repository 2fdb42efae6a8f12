import Configuration
import Gateways
public import Ledger
import Messaging
import Platform

/// The spool as the intake reads it.
public protocol SpoolSource {
  /// The spool files, in the order in which they were begun.
  func names() throws(LedgerError) -> [String]
  /// A spool file's length in bytes; 0 when it was deleted.
  func length(_ name: String) throws(LedgerError) -> Int
  /// Calls `body` for every whole entry from `offset` on.
  /// - Returns: the first byte behind the last whole entry, and whether the file will not grow any more.
  func read(
    _ name: String, from offset: Int, _ body: (SpoolEntry) throws(LedgerError) -> Void
  ) throws(LedgerError) -> (next: Int, isFinished: Bool)
  /// The entry that begins at `offset`; nil when its file was deleted or holds none there.
  func entry(_ name: String, at offset: Int) throws(LedgerError) -> SpoolEntry?
}

extension SpoolReader: SpoolSource {}

/// Reads the spool's entries of one account with its gateway. Pure: the same entry gives the same content.
struct EntryReader {
  private let gateway: any ReportingGateway
  private let isDomestic: Bool

  /// Nil when the protocol brings no reports or refuses its settings.
  ///
  /// Secrets are not asked for: a push that did not prove itself never came into the spool, and a page that is there
  /// must be readable although a password is missing today.
  init?(_ account: Account) {
    var secrets: [String: Secret] = [:]
    for setting in account.type.settings where setting.kind == .secret {
      secrets[setting.key] = Secret(setting.standard ?? "unknown here")
    }
    let values = GatewayValues(account.values, secrets: secrets)
    guard let gateway = try? account.type.init(url: account.url, values: values) as? any ReportingGateway else {
      return nil
    }
    self.gateway = gateway
    isDomestic = !account.abilities.international
  }

  /// What an entry holds.
  struct Content {
    var page = ReportPage()
    /// Why something may be lost; nil when nothing is.
    var loss: String?
    /// The gateway answered a pull with a page, be it empty.
    var isAnswer = false
    /// The entry is no business of ours: a push that proves nothing, an answer that gave nothing away.
    var isIgnored = false
  }

  func read(_ entry: SpoolEntry) -> Content {
    var content = entry.source == .push ? push(entry) : pull(entry)
    if content.page.cut { content.loss = content.loss ?? "the page broke off" }
    if entry.isCut { content.loss = content.loss ?? "the answer broke off" }
    if Defect.isPlanted(.lossUntold) { content.loss = nil }
    if Defect.isPlanted(.lossInvented) { content.loss = content.loss ?? "the answer broke off" }
    return content
  }

  private func pull(_ entry: SpoolEntry) -> Content {
    guard let kind = PullKind(rawValue: entry.kind) else { return Content(loss: "a pull of an unknown kind") }
    // A request that never left gave nothing away.
    if entry.status == 0, entry.bytes.isEmpty, !entry.isCut { return Content(isIgnored: true) }
    let answer = GatewayAnswer(status: entry.status == 0 ? 200 : entry.status, body: entry.bytes, isWhole: !entry.isCut)
    switch gateway.page(in: answer, for: kind) {
    case .page(let page): return Content(page: page, isAnswer: true)
    case .refused, .slowDown: return Content(isIgnored: true)
    case .unreadable(let reason): return Content(loss: entry.isCut ? "the answer broke off" : reason)
    }
  }

  private func push(_ entry: SpoolEntry) -> Content {
    let push = GatewayPush(
      method: entry.method, rawQuery: entry.query, contentType: entry.contentType, body: entry.bytes)
    let outcome = gateway.page(in: push)
    if let page = outcome.page { return Content(page: page) }
    return outcome.status == 200 ? Content(loss: outcome.reason) : Content(isIgnored: true)
  }

  // MARK: - Records as the store has them

  func stored(_ report: StatusReport, at position: Int, of entry: SpoolEntry) -> StoredReport {
    var stored = StoredReport(receivedAt: entry.receivedAt)
    stored.position = position
    stored.account = entry.account
    stored.reportedAt = moment(report.reportedAt, before: entry.receivedAt)
    stored.submittedAt = moment(report.submittedAt, before: entry.receivedAt)
    stored.number = report.number.isEmpty ? 0 : RecordValues.number(report.number, domestic: isDomestic)
    stored.code = Defect.isPlanted(.codeMisread) ? "DELIVRD" : report.code
    stored.messageID = report.messageID
    stored.customID = report.customID
    stored.linkID = report.linkID
    stored.detail = report.detail
    stored.partIndex = report.part?.index ?? 0
    stored.partTotal = report.part?.total ?? 0
    return stored
  }

  func stored(_ reply: Reply, at position: Int, of entry: SpoolEntry) -> StoredReply {
    var stored = StoredReply(receivedAt: entry.receivedAt)
    stored.position = position
    stored.account = entry.account
    stored.repliedAt = moment(reply.receivedAt, before: entry.receivedAt)
    stored.number = RecordValues.number(reply.number, domestic: isDomestic)
    stored.numberText = reply.number
    stored.text = Defect.isPlanted(.replyTextLost) ? "" : reply.text
    stored.accessCode = reply.accessCode
    stored.messageID = reply.messageID
    stored.linkID = reply.linkID
    stored.partGroup = reply.part?.group ?? ""
    stored.partIndex = reply.part?.index ?? 0
    stored.partTotal = reply.part?.total ?? 0
    return stored
  }

  /// Gateways write Beijing time; what cannot be true is no time.
  private func moment(_ civil: CivilTime?, before arrival: Timestamp) -> Timestamp? {
    guard let civil, civil.year >= 2000 else { return nil }
    let moment = FixedZone.beijing.moment(civil)
    return moment > arrival + 86_400 ? nil : moment
  }
}

/// The digest that tells whether the same bytes were there before.
enum PageDigest {
  static func of(_ entry: SpoolEntry) -> Int64 {
    var hasher = Digest.Hasher(.sha256)
    var head = ByteBuffer(capacity: 256)
    begin(entry, &head)
    head.append(entry.query)
    head.append(separator)
    hasher.update(head.span)
    hasher.update(entry.bytes.span)
    return first(hasher.finish())
  }

  /// Of one stretch of an imported file.
  static func of(_ entry: SpoolEntry, file digest: [UInt8], stretch: Int) -> Int64 {
    var head = ByteBuffer(capacity: 256)
    begin(entry, &head)
    head.append(digest)
    head.append(decimal: stretch)
    return first(Digest.sha256(head.array))
  }

  /// Stands in no name and in no query.
  private static let separator: UInt8 = 0x1F

  private static func begin(_ entry: SpoolEntry, _ head: inout ByteBuffer) {
    head.append(entry.account)
    head.append(separator)
    head.append(entry.source.rawValue)
    head.append(separator)
    head.append(entry.kind)
    head.append(separator)
  }

  private static func first(_ digest: [UInt8]) -> Int64 {
    Int64(bitPattern: digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }
}
