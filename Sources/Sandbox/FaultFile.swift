import Platform
import TOML

extension FaultPlan {
  /// Reads a faults file (docs/sandbox.md, "The faults file") and tells all that is wrong with it.
  public init(path: String) throws(SandboxError) {
    let bytes: [UInt8]
    do {
      bytes = try Files.read(path, limit: Limits.configurationBytes)
    } catch {
      throw SandboxError(.faults, error.diagnostic)
    }
    try self.init(toml: bytes, file: path)
  }

  /// - Parameter file: the name that messages show.
  public init(toml bytes: [UInt8], file: String) throws(SandboxError) {
    let document: TOMLTable
    do {
      document = try TOMLDocument.parse(bytes, file: file)
    } catch {
      throw SandboxError(.faults, error.diagnostic)
    }
    self.init()
    let faults = Faults()
    var reader = KeyReader(document, faults: faults)
    seed = reader.integer("seed", in: 0...Int.max).map { UInt64($0) }
    magic = reader.boolean("magic") ?? true
    readAccounts(&reader)
    readDesks(&reader)
    if let table = reader.table("bills") { bills.read(table) }
    reader.finish()
    let errors = faults.sortedErrors
    if let first = errors.first { throw SandboxError(.faults, first, all: errors) }
  }

  // MARK: Accounts

  /// `[accounts.juhe]` changes the demo account, `[[accounts.juhe]]` names several.
  private mutating func readAccounts(_ root: inout KeyReader) {
    guard var reader = root.table("accounts") else { return }
    for gateway in SandboxGateway.allCases {
      guard let node = reader.table[gateway.rawValue] else {
        reader.know(gateway.rawValue)
        continue
      }
      let tables: [KeyReader]
      if case .array = node.value {
        tables = reader.tables(gateway.rawValue) ?? []
      } else {
        tables = reader.table(gateway.rawValue).map { [$0] } ?? []
      }
      if !tables.isEmpty { accounts[gateway] = tables.map { readAccount($0, gateway) } }
    }
    reader.finish()
  }

  /// The keys are those of the gateway in qunfa.toml.
  private func readAccount(_ table: KeyReader, _ gateway: SandboxGateway) -> SandboxAccount {
    var reader = table
    var account = SandboxAccount.demo(gateway)
    let login = ["juhe": "account", "emay": "app_id", "mobset": "login_name", "youe": "uid", "18sms": "account"]
    account.login = reader.text(login[gateway.rawValue] ?? "account") ?? account.login
    account.password = reader.text(gateway == .emay ? "secret_key" : "password") ?? account.password
    if gateway == .mobset { account.corpID = reader.text("corp_id") ?? account.corpID }
    if gateway == .juhe || gateway == .eighteen { account.extno = reader.string("extno") ?? account.extno }
    if gateway == .eighteen { account.product = reader.string("product") ?? account.product }
    if gateway == .juhe {
      account.passwordMode =
        reader.choice("password_mode", as: SandboxAccount.PasswordMode.self) ?? account.passwordMode
    }
    account.balance = reader.integer("balance", in: -1_000_000_000_000...1_000_000_000_000) ?? account.balance
    account.postpaid = reader.boolean("postpaid") ?? account.postpaid
    reader.finish()
    return account
  }

  // MARK: Platforms

  /// `[gateway.all]` first, then each platform's own table on top of it.
  private mutating func readDesks(_ root: inout KeyReader) {
    guard var reader = root.table("gateway") else { return }
    for gateway in SandboxGateway.allCases {
      var plan = desks[gateway] ?? DeskPlan(gateway)
      for name in ["all", gateway.rawValue] {
        // Where a push goes is each gateway's own: its form tells the receiver whose it is.
        let canPush = name != "all" && [.juhe, .youe, .eighteen].contains(gateway)
        if let table = reader.table(name) { plan.read(table, canPush: canPush) }
      }
      desks[gateway] = plan
    }
    reader.finish()
  }
}

extension DeskPlan {
  fileprivate mutating func read(_ table: KeyReader, canPush: Bool) {
    var reader = table
    rate = reader.number("rate", in: 0...1_000_000_000, unit: "messages a second") ?? rate
    burst = reader.number("burst", in: 1...1_000_000_000, unit: "messages") ?? burst
    callsPerSecond = reader.number("calls_per_second", in: 0...1_000_000) ?? callsPerSecond
    mostNumbers = reader.integer("max_numbers", in: 1...1_000_000) ?? mostNumbers
    fewestNumbers = reader.integer("min_numbers", in: 1...1_000_000) ?? fewestNumbers
    mostUnits = reader.integer("max_units", in: 1...1_000_000) ?? mostUnits
    signature = reader.string("signature") ?? signature
    price = reader.integer("price", in: 0...1_000_000) ?? price
    billOn = reader.choice("bill_on", as: SandboxBilling.self) ?? billOn
    if let text = reader.decimal("bill_price") {
      if let price = MicroYuan(text) {
        billPrice = price.value
      } else {
        reader.fault("bill_price", found: "\"\(text)\"", expected: "yuan a segment with at most six decimals")
      }
    }
    balanceInterval = reader.number("balance_interval", in: 0...86_400, unit: "seconds") ?? balanceInterval
    clockTolerance = reader.number("clock_tolerance", in: 0...1_000_000_000, unit: "seconds") ?? clockTolerance
    if let milliseconds = range("latency_ms", in: 0...3_600_000, &reader) {
      latency = milliseconds.lowerBound / 1000...milliseconds.upperBound / 1000
    }
    readNumbers(&reader)
    for table in reader.tables("fault") ?? [] {
      if let fault = Fault(reading: table) { faults.append(fault) }
    }
    if let table = reader.table("outage"), let outage = Fault(outage: table) { faults.append(outage) }
    if let table = reader.table("reports") { reports.read(table, canPush: canPush) }
    reader.finish()
  }

  private mutating func readNumbers(_ reader: inout KeyReader) {
    let expected = "digits with at most one *, as \"138*\""
    for (text, place) in reader.placedStrings("refuse_numbers", expected: "a list of strings") ?? [] {
      if let pattern = NumberPattern(text) {
        refusedNumbers.append(pattern)
      } else {
        reader.faults.report(Diagnostic("not a number's form", at: place, expected: expected))
      }
    }
  }
}

extension BillPlan {
  /// `errors` for all kinds, each kind's own on top.
  fileprivate mutating func read(_ table: KeyReader) {
    var reader = table
    if let count = reader.integer("errors", in: 0...1_000_000) { self = BillPlan(errors: count) }
    for kind in Kind.allCases {
      if let count = reader.integer(kind.rawValue, in: 0...1_000_000) { errors[kind] = count }
    }
    reader.finish()
  }
}

extension ReportPlan {
  /// - Parameter canPush: false where the platform never pushes; `push` is an unknown key then.
  fileprivate mutating func read(_ table: KeyReader, canPush: Bool) {
    var reader = table
    delay = range("delay", in: 0...1_000_000, &reader) ?? delay
    failed = reader.number("failed", in: 0...1) ?? failed
    expired = reader.number("expired", in: 0...1) ?? expired
    lost = reader.number("lost", in: 0...1) ?? lost
    repeated = reader.number("repeated", in: 0...1) ?? repeated
    replies = reader.number("replies", in: 0...1) ?? replies
    optOuts = reader.number("opt_outs", in: 0...1) ?? optOuts
    if canPush { push = reader.text("push") ?? push }
    pushPause = reader.number("push_pause", in: 0...86_400, unit: "seconds") ?? pushPause
    receiver = reader.string("receiver") ?? receiver
    receiverPassword = reader.string("receiver_password") ?? receiverPassword
    if failed + expired + lost > 1 {
      reader.fault(
        "failed", found: "failed, expired and lost are more than 1 together", expected: "shares of the whole",
        next: "Unless they are set, failed is 0.03, expired and lost are 0.01 each.")
    }
    reader.finish()
  }
}

extension Fault {
  fileprivate init?(reading table: KeyReader) {
    var reader = table
    guard let kind = reader.choice("kind", as: Kind.self, .required) else { return nil }
    let triggers = ["every", "probability", "calls", "from"].filter { reader.has($0) }
    let trigger = Self.trigger(&reader)
    self.init(
      kind, trigger ?? .calls([]), on: reader.choice("on", as: SandboxTask.self) ?? .submit,
      seconds: reader.number("seconds", in: 0...86_400) ?? 3,
      status: reader.integer("status", in: 200...599) ?? 500, code: reader.text("code") ?? "")
    if triggers.count != 1 {
      reader.faults.report(
        Diagnostic(
          "a fault with \(triggers.count) of every, probability, calls and from", at: table.table.place,
          expected: "exactly one, to say which calls it befalls"))
    }
    if kind == .answer, code.isEmpty { reader.missing("code", expected: "the code that the platform shall answer") }
    reader.finish()
    if trigger == nil { return nil }
  }

  /// `{ after_calls = 100, calls = 20 }`: the calls 101 to 120; `kind` says what they meet.
  fileprivate init?(outage table: KeyReader) {
    var reader = table
    let after = reader.integer("after_calls", in: 0...1_000_000_000, .required) ?? 0
    let count = reader.integer("calls", in: 1...1_000_000_000, .required) ?? 1
    let kind = reader.choice("kind", as: Kind.self) ?? .closeBefore
    let status = reader.integer("status", in: 200...599) ?? 503
    let code = reader.text("code") ?? ""
    reader.finish()
    self.init(kind, .range(after + 1...after + count), status: status, code: code)
  }

  private static func trigger(_ reader: inout KeyReader) -> Trigger? {
    let last = reader.integer("to", in: 1...1_000_000_000)
    let every = reader.integer("every", in: 1...1_000_000_000)
    let share = reader.number("probability", in: 0...1)
    let calls = integers("calls", &reader)
    let first = reader.integer("from", in: 1...1_000_000_000)
    if let every { return .every(every) }
    if let share { return .probability(share) }
    if let calls { return .calls(calls) }
    guard let first else { return nil }
    let end = last ?? Int.max
    guard end >= first else {
      reader.fault("to", found: "'to' is before 'from'", expected: "a call at or after it")
      return nil
    }
    return .range(first...end)
  }
}

// MARK: - Lists of numbers

private func integers(_ key: String, _ reader: inout KeyReader) -> [Int]? {
  guard let node = reader.node(key, expected: "a list of call numbers") else { return nil }
  guard case .array(let elements) = node.value else {
    reader.fault(key, found: "found \(node.value.quoted)", expected: "a list of call numbers, as [3, 7]")
    return nil
  }
  var numbers: [Int] = []
  for element in elements {
    guard case .integer(let value) = element.value, let number = Int(exactly: value), number > 0 else {
      reader.faults.report(
        Diagnostic("found \(element.value.quoted)", at: element.place, expected: "a call number from 1"))
      return nil
    }
    numbers.append(number)
  }
  return numbers
}

/// `[20, 80]`, or one number for both ends.
private func range(_ key: String, in bounds: ClosedRange<Double>, _ reader: inout KeyReader) -> ClosedRange<Double>? {
  guard let node = reader.node(key, expected: "two numbers") else { return nil }
  let elements = if case .array(let elements) = node.value { elements } else { [node] }
  let numbers = elements.compactMap { element -> Double? in
    switch element.value {
    case .integer(let value): Double(value)
    case .float(let value): value
    default: nil
    }
  }
  guard numbers.count == elements.count, (1...2).contains(numbers.count), let first = numbers.first,
    let last = numbers.last, bounds.contains(first), bounds.contains(last), first <= last
  else {
    reader.fault(key, found: "found \(node.value.quoted)", expected: "a number, or two as [20, 80], the smaller first")
    return nil
  }
  return first...last
}
