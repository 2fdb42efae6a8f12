public import Campaigns
public import Configuration
import Gateways
import HTTP
import Ledger
import Platform

/// What `pull` is asked for.
public struct PullOptions: Sendable {
  /// Accounts; empty: all that can be pulled.
  public var gateways: [String] = []
  /// Seconds between two polls; nil: one poll.
  public var watch: Double?
  /// Go on until nothing waits for a report.
  public var untilComplete = false

  public init() {}
}

/// Fetches what waits at the gateways, each page once and onto the disk before anybody reads it (design.md §3).
///
///     for each account: room and intent ─► request, bytes into the spool as they come ─► durable end ─► next page
public final class PullRun {
  let configuration: Configuration
  let console: any RunConsole
  private let options: PullOptions
  private let after: AfterReceiving
  private var accounts: [PullAccount] = []
  private var codes: Set<ExitCode> = []
  private var isDirty = true
  private var lastIntake = monotonicSeconds()
  private var diskFault: RunError?
  private var told: [String: Int] = [:]

  public init(
    _ configuration: Configuration, _ options: PullOptions, console: any RunConsole, after: AfterReceiving
  ) {
    self.configuration = configuration
    self.options = options
    self.console = console
    self.after = after
  }

  /// Throws when nothing could be done or the disk refused; everything else stands in the report.
  public func run() throws(RunError) -> PullReport {
    accounts = try openAccounts()
    for account in accounts { for warning in account.overdue(console.now()) { console.tell(warning) } }
    if !accounts.isEmpty {
      let client = try mapping({ () throws(HTTPError) in try HTTPClient() }) { RunError(.internalError, $0.diagnostic) }
      defer { client.close() }
      try loop(client)
    }
    for account in accounts {
      if account.hasNews { account.spool.close() } else { account.spool.discard() }
    }
    try after.intake()
    if accounts.isEmpty, codes.isEmpty, options.untilComplete, try !after.isComplete() { tellNobodyAsked() }
    var report = PullReport()
    report.rows = accounts.flatMap(\.rows)
    // Who watches was told when it happened; the next poll made up for it.
    if options.watch == nil || options.untilComplete {
      if report.rows.contains(where: { $0.possibleLosses > 0 }) { codes.insert(.partly) }
      if accounts.contains(where: { $0.line.gaveUp }) { codes.insert(.gatewayStopped) }
    }
    report.exitCode = ExitCode.mostSerious(Array(codes))
    return report
  }

  /// Messages wait for reports, and there is no gateway to ask for them.
  private func tellNobodyAsked() {
    codes.insert(.paused)
    console.tell(
      Diagnostic(
        "messages wait for their reports, and no gateway can be asked for them here", severity: .warning,
        next: "Let 'qunfa listen' receive them; 'qunfa status' tells how many there are."))
  }

  // MARK: The loop

  private func loop(_ client: HTTPClient) throws(RunError) {
    while true {
      var moment = monotonicSeconds() + 0.5
      let restUntil = start(client, &moment)
      let isBusy = accounts.contains { $0.underWay != nil }
      if let diskFault, !isBusy { throw diskFault }
      if !isBusy, let restUntil {
        let hasPolled = isDirty
        try takeIn()
        if try isOver(restUntil, hasPolled: hasPolled) { return }
      } else if monotonicSeconds() - lastIntake > Limits.intakeSeconds {
        try takeIn()
      }
      for completion in client.wait(until: moment) { settle(completion) }
    }
  }

  /// Starts what may start.
  ///
  /// - Returns: nil while an account has something to do; else when the first next poll is due, infinity for never.
  private func start(_ client: HTTPClient, _ moment: inout Double) -> Double? {
    var rest: Double? = .infinity
    for (index, account) in accounts.enumerated() where account.underWay == nil {
      let now = monotonicSeconds()
      if diskFault != nil || console.isInterrupted { continue }
      switch account.line.next(now) {
      case .fetch(let kind):
        fetch(kind, of: account, tag: UInt64(index), client)
        rest = nil
      case .wait(let until):
        moment = min(moment, until)
        rest = nil
      case .rest(let until):
        moment = min(moment, until ?? moment)
        rest = rest.map { min($0, until ?? .infinity) }
      case .stopped: break
      }
    }
    return rest
  }

  /// Whether a pull whose accounts all rest has nothing more to do.
  private func isOver(_ restUntil: Double, hasPolled: Bool) throws(RunError) -> Bool {
    if console.isInterrupted {
      // Who watches expects to be stopped.
      if options.watch == nil || options.untilComplete { codes.insert(.paused) }
      return true
    }
    if options.untilComplete, hasPolled, try after.isComplete() { return true }
    return restUntil == .infinity
  }

  private func takeIn() throws(RunError) {
    guard isDirty else { return }
    isDirty = false
    try after.intake()
    lastIntake = monotonicSeconds()
  }

  // MARK: One fetch

  private func fetch(_ kind: PullKind, of account: PullAccount, tag: UInt64, _ client: HTTPClient) {
    let now = console.now()
    guard let request = account.gateway.pullRequest(for: kind, at: now) else {
      account.line.took(.page(more: false), monotonicSeconds())
      return
    }
    do throws(LedgerError) { try account.spool.begin(kind.rawValue, at: now) } catch {
      return stop(error)
    }
    account.underWay = kind
    let spool = account.spool
    client.submit(
      ClientRequest(
        request.method == .post ? .post : .get, url: request.url, contentType: request.contentType, body: request.body,
        timeout: Double(account.account.timeout), authorities: account.account.caFile?.path,
        received: { piece in spool.piece(piece) }),
      tag: tag)
  }

  private func settle(_ completion: ClientCompletion) {
    let account = accounts[Int(completion.tag)]
    guard let kind = account.underWay else { return }
    account.underWay = nil
    isDirty = true
    let (answer, isWhole, failure) = parts(of: completion.result)
    do throws(LedgerError) {
      try account.spool.end(status: answer?.status ?? 0, isWhole: isWhole, at: console.now())
    } catch {
      stop(error)
      rescue(answer, isWhole, kind, of: account)
    }
    let rowsBefore = account.rows
    let ending = judge(answer, isWhole, failure, kind, of: account)
    let isEmpty = account.rows == rowsBefore
    if case .page = ending, isEmpty {} else if ending != .unreachable { account.hasNews = true }
    account.line.took(ending, monotonicSeconds())
    if ending == .page(more: false) {
      // Only for warnings: a disk that refuses this is told by the next fetch.
      try? account.polls.record(kind, at: console.now())
    }
    if ending == .refused { codes.insert(.gatewayStopped) }
  }

  private func parts(of result: ClientResult) -> (answer: GatewayAnswer?, isWhole: Bool, failure: String) {
    switch result {
    case .answered(let answer): (GatewayAnswer(status: answer.status, body: answer.body), true, "")
    case .cutShort(let answer, let reason):
      (GatewayAnswer(status: answer.status, body: answer.body, isWhole: false), false, reason)
    case .notSent(let reason): (nil, true, reason)
    case .unknown(let reason): (nil, false, reason)
    }
  }

  /// The disk refused the bytes at hand: another file may still take them.
  private func rescue(_ answer: GatewayAnswer?, _ isWhole: Bool, _ kind: PullKind, of account: PullAccount) {
    guard let answer, !answer.body.isEmpty else { return }
    let other = SpoolFetches(folder: configuration.data, account: account.name)
    defer { other.close() }
    do throws(LedgerError) {
      try other.begin(kind.rawValue, at: console.now())
      other.piece(answer.body.span)
      try other.end(status: answer.status, isWhole: isWhole, at: console.now())
    } catch {
      account.note(kind) { $0.possibleLosses += 1 }
    }
  }

  private func stop(_ error: LedgerError) {
    if diskFault == nil { diskFault = RunError(error) }
  }

  /// What the answer means for the account; counts what came.
  private func judge(
    _ answer: GatewayAnswer?, _ isWhole: Bool, _ failure: String, _ kind: PullKind, of account: PullAccount
  ) -> PullLine.Ending {
    guard let answer else {
      if isWhole {
        tell(account, "cannot be reached: \(failure)", "Check the network and 'url'; nothing is lost.")
        return .unreachable
      }
      return lost(kind, of: account, "no answer came: \(failure)")
    }
    switch account.gateway.page(in: answer, for: kind) {
    case .page(let page):
      let isNew = isNew(page, answer, kind, of: account)
      if isNew { count(page, kind, of: account) }
      if page.cut || !isWhole { return lost(kind, of: account, isWhole ? "the page broke off" : failure) }
      if page.more, !isNew {
        tell(account, "the same page of \(kind.rawValue) came twice", "It is left until the next poll.")
      }
      return .page(more: page.more && isNew)
    case .unreadable(let reason): return lost(kind, of: account, isWhole ? reason : failure)
    case .slowDown(let code) where isWhole:
      if !console.isInterrupted { tell(account, account.words(for: code), "It is asked again more slowly.") }
      return .slowDown
    case .refused(let code) where isWhole:
      tell(account, account.words(for: code), "Put it right at the vendor or in qunfa.toml, then pull again.")
      return .refused
    case .slowDown, .refused: return lost(kind, of: account, failure)
    }
  }

  private func count(_ page: ReportPage, _ kind: PullKind, of account: PullAccount) {
    account.note(kind) { row in
      if !page.isEmpty { row.pages += 1 }
      row.reports += page.reports.count
      row.replies += page.replies.count
    }
    if !page.notes.isEmpty { account.hasNews = true }
    for note in page.notes { tell(account, note, nil, of: .note) }
  }

  /// False when the same records came before: they count once, and the gateway might give them for ever. What stands
  /// around them, such as a balance, may differ.
  private func isNew(
    _ page: ReportPage, _ answer: GatewayAnswer, _ kind: PullKind, of account: PullAccount
  ) -> Bool {
    if account.pages.count >= Limits.pagesRemembered { account.pages.removeAll() }
    var hasher = Digest.Hasher(.sha256)
    for word in [kind.rawValue] + page.reports.map(\.raw) + page.replies.map(\.raw) {
      hasher.update(Array("\(word)\n".utf8).span)
    }
    if page.isEmpty { hasher.update(answer.body.span) }
    return account.pages.insert(hasher.finish()).inserted
  }

  private func lost(_ kind: PullKind, of account: PullAccount, _ reason: String) -> PullLine.Ending {
    account.note(kind) { $0.possibleLosses += 1 }
    tell(
      account, "a page of \(kind.rawValue) may be lost: \(reason)",
      "What came of it is kept. Messages without a report show up in the reconciliation.")
    return .lost
  }

  /// Of one kind of news at most so many lines.
  private func tell(
    _ account: PullAccount, _ found: String, _ next: String?, of severity: Diagnostic.Severity = .warning
  ) {
    let key = account.name + " " + found
    told[key, default: 0] += 1
    guard told[key] ?? 0 <= 1, told.count <= Limits.pullNotes * max(1, accounts.count) else { return }
    console.tell(Diagnostic("gateway '\(account.name)': \(found)", severity: severity, next: next))
  }

  // MARK: Accounts

  /// The accounts to pull, each held by its lock. Whatever is wrong with the settings stops the pull here.
  private func openAccounts() throws(RunError) -> [PullAccount] {
    var opened: [(Account, any ReportingGateway)] = []
    for account in try chosen() {
      let gateway = try mapping({ () throws(ConfigurationError) in try account.open() }) {
        RunError(.usage, $0.diagnostics)
      }
      if let reporting = gateway as? any ReportingGateway { opened.append((account, reporting)) }
    }
    let folder = configuration.data + "/accounts"
    try onOutput { () throws(FileError) in try Files.makeFolder(folder) }
    var accounts: [PullAccount] = []
    for (account, gateway) in opened {
      let path = folder + "/\(account.name).fetch.lock"
      guard let lock = try onOutput({ () throws(FileError) in try HeldLock.take(path) }) else {
        console.tell(
          Diagnostic(
            "another process fetches the reports of gateway '\(account.name)'", at: Place(file: path),
            next: "Let it end, or stop it: a page goes to whoever asks first."))
        codes.insert(.locked)
        continue
      }
      accounts.append(
        PullAccount(account, gateway, lock, folder: configuration.data, interval: interval(of: account)))
    }
    return accounts
  }

  private func interval(of account: Account) -> Double? {
    guard options.watch != nil || options.untilComplete else { return nil }
    // Never so often that a gateway which answers at once is asked in a circle.
    return max(options.watch ?? 0, Double(account.pollInterval), 0.1)
  }

  private func chosen() throws(RunError) -> [Account] {
    guard !options.gateways.isEmpty else {
      let pulled = configuration.accounts.filter(\.isPulled)
      if pulled.isEmpty {
        console.tell(
          Diagnostic(
            "no gateway of qunfa.toml offers its reports to be fetched", severity: .note,
            at: Place(file: configuration.file), next: "What is pushed is received by 'qunfa listen'."))
      }
      return pulled
    }
    var accounts: [Account] = []
    for name in options.gateways where !accounts.contains(where: { $0.name == name }) {
      let account = try configuration.knownAccount(name)
      guard account.isPulled else {
        throw RunError(
          .usage,
          Diagnostic(
            "gateway '\(name)' (\(account.type.name)) only pushes its reports", at: account.place,
            next: "Receive them with 'qunfa listen'."))
      }
      accounts.append(account)
    }
    return accounts
  }
}

extension Account {
  /// Whether its gateway can be asked for reports or replies.
  var isPulled: Bool { (type as? any ReportingGateway.Type)?.pulls.isEmpty == false }
}

extension Configuration {
  /// The account that a command line names.
  func knownAccount(_ name: String) throws(RunError) -> Account {
    if let account = account(name) { return account }
    let known = accounts.map(\.name)
    let near = nearest(to: name, among: known).map { "Did you mean '\($0)'? " } ?? ""
    throw RunError(
      .usage,
      Diagnostic(
        "no gateway '\(name)'", at: Place(file: file), expected: "a [gateways.NAME]",
        next: near + "Known: " + (known.isEmpty ? "none" : known.joined(separator: ", "))))
  }
}
