import Campaigns
import Configuration
import Gateways
import Ledger
import Platform

/// One account that is pulled: its gateway, its spool, what it does next and what came.
final class PullAccount {
  let account: Account
  let gateway: any ReportingGateway
  let spool: SpoolFetches
  var line: PullLine
  var rows: [PullReport.Row]
  /// The kind whose answer is under way.
  var underWay: PullKind?
  /// Digests of the pages: a gateway that repeats itself for ever must not hold the pull, and no page counts twice.
  var pages: Set<[UInt8]> = []
  var polls: PollTimes
  /// Something came that is worth keeping: anything but whole pages without a record.
  var hasNews = false
  private let lock: HeldLock

  var name: String { account.name }
  var type: any ReportingGateway.Type { Swift.type(of: gateway) }

  init(
    _ account: Account, _ gateway: any ReportingGateway, _ lock: HeldLock, folder: String, interval: Double?
  ) {
    self.account = account
    self.gateway = gateway
    self.lock = lock
    spool = SpoolFetches(folder: folder, account: account.name)
    let kinds = Swift.type(of: gateway).pulls
    line = PullLine(kinds, interval: interval, now: monotonicSeconds())
    rows = kinds.map { PullReport.Row(gateway: account.name, kind: $0.rawValue) }
    polls = PollTimes(folder: folder, account: account.name)
  }

  func note(_ kind: PullKind, _ change: (inout PullReport.Row) -> Void) {
    for index in rows.indices where rows[index].kind == kind.rawValue { change(&rows[index]) }
  }

  /// What is about to be lost at the gateway because nobody asked for it.
  func overdue(_ now: Timestamp) -> [Diagnostic] {
    type.pulls.compactMap { kind in
      guard let kept = type.retention(of: kind), let last = polls[kind], now - last > Double(kept) / 2 else {
        return nil
      }
      let hours = Int((now - last) / 3600)
      return Diagnostic(
        "the \(kind.rawValue) of gateway '\(name)' were last fetched \(hours) h ago; it keeps them for \(kept / 3600) h",
        severity: .warning, next: "Run 'qunfa pull' more often: what is older is lost.")
    }
  }

  /// The refusal in the words of the gateway's document.
  func words(for code: String) -> String {
    let meaning = type.meaning(of: code)
    return "the gateway answered \(code)" + (meaning.map { ": \($0.english) (\($0.chinese))" } ?? "")
  }
}

/// When an account was last asked until it had nothing more, kept between runs in `data/accounts/NAME.polls`.
struct PollTimes {
  private let path: String
  private var times: [PullKind: Timestamp] = [:]

  init(folder: String, account: String) {
    path = folder + "/accounts/\(account).polls"
    // A file that cannot be read only costs a warning that is not given.
    guard let bytes = try? Files.read(path, limit: 4096) else { return }
    for line in bytes.text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 2, let kind = PullKind(rawValue: String(words[0])), let at = Int64(words[1]) else {
        continue
      }
      times[kind] = Timestamp(seconds: at)
    }
  }

  subscript(_ kind: PullKind) -> Timestamp? { times[kind] }

  mutating func record(_ kind: PullKind, at moment: Timestamp) throws(FileError) {
    times[kind] = moment
    let lines = times.map { "\($0.key.rawValue) \($0.value.seconds)\n" }.sorted()
    try Files.replace(path, with: Array(lines.joined().utf8))
  }
}
