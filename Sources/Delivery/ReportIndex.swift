public import Configuration
public import Gateways
public import Ledger
import Messaging
public import Platform

/// What a join has to know besides ledgers and reports.
public struct JoinSettings: Sendable {
  /// By account name; an account that is missing has no table of status codes.
  public var gateways: [String: any ReportingGateway.Type]
  /// Seconds without a final report after which a message counts as expired.
  public var reportTimeout: Int
  /// Milliseconds since 1970.
  public var now: Int64
  /// Accounts that share another's login at the vendor, by name: whoever fetches gets the reports of all of them.
  public var logins: [String: String] = [:]

  public init(gateways: [String: any ReportingGateway.Type], reportTimeout: Int, now: Int64) {
    self.gateways = gateways
    self.reportTimeout = reportTimeout
    self.now = now
  }

  public init(_ configuration: Configuration, now: Timestamp) {
    var gateways: [String: any ReportingGateway.Type] = [:]
    for account in configuration.accounts { gateways[account.name] = account.type as? any ReportingGateway.Type }
    self.init(
      gateways: gateways, reportTimeout: configuration.reportTimeout, now: now.nanoseconds / 1_000_000)
    logins = configuration.sharedLogins
  }

  /// The account under whose name the reports of an account are looked for.
  func login(of account: String) -> String { logins[account] ?? account }
}

/// Reports in memory, found by account, id and number together; and what became of each of them.
public final class ReportIndex {
  /// What became of a report.
  public enum Fate: UInt8, Sendable {
    case unmatched = 0
    case joined
    /// It repeats an earlier report of its message.
    case doubled
  }

  public let reports: ReportColumns
  let byMessage: KeyTable
  let byCustom: KeyTable
  let byLink: KeyTable
  private var fates: [UInt8]
  private let settings: JoinSettings
  /// The codes' meanings, by account and code as they turn up.
  private var places: [[Int32]]
  public private(set) var meanings: [StatusMeaning] = []
  /// For each meaning the state that it gives a message of one part; nil when it is not final.
  private(set) var finals: [DeliveryState?] = []
  /// There are reports by the gateways' ids, and all of them name a number.
  let hasOnlyNumbered: Bool
  /// Most reports say the same as the one before.
  private var last = (account: -1, code: -1, place: -1)

  public init(_ reports: ReportColumns, _ settings: JoinSettings) {
    self.reports = reports
    self.settings = settings
    byMessage = KeyTable(reports.messageKeys)
    byCustom = KeyTable(reports.customKeys)
    byLink = KeyTable(reports.linkKeys)
    hasOnlyNumbered = !byMessage.isEmpty && !reports.hasNumberless
    fates = Array(repeating: 0, count: reports.count)
    places = reports.accountNames.map { _ in Array(repeating: -1, count: reports.codeNames.count) }
  }

  public func fate(_ report: Int) -> Fate { Fate(rawValue: fates[report]) ?? .unmatched }

  func mark(_ report: Int, _ fate: Fate) { fates[report] = fate.rawValue }

  /// The place in `meanings` of what a report says.
  func meaning(of report: Int) -> Int {
    let account = Int(reports.accounts[report])
    let code = Int(reports.codes[report])
    if last.account == account, last.code == code { return last.place }
    let place = place(ofMeaning: code, account)
    last = (account, code, place)
    return place
  }

  private func place(ofMeaning code: Int, _ account: Int) -> Int {
    let known = places[account][code]
    if known >= 0 { return Int(known) }
    let written = reports.codeNames[code]
    let type = settings.gateways[reports.accountNames[account]]
    let meaning =
      type?.wordMeaning(written)
      ?? StatusMeaning(written, .pending, "a code of an account that qunfa.toml has no more", "qunfa.toml 中已没有该账号")
    meanings.append(StatusMeaning(written, meaning.status, meaning.english, meaning.chinese))
    finals.append(meaning.status.final)
    places[account][code] = Int32(meanings.count - 1)
    return meanings.count - 1
  }

  /// How many reports ended so.
  public func count(_ fate: Fate) -> Int {
    fates.reduce(0) { $0 + ($1 == fate.rawValue ? 1 : 0) }
  }
}
