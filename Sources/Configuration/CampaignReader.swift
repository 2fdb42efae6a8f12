import Platform
import TOML

/// Turns the tables of campaign.toml into a `CampaignFile` and notes every fault on the way.
struct CampaignReader {
  let faults = Faults()
  private var root: KeyReader
  private let file: String
  private let configuration: Configuration

  init(_ table: TOMLTable, file: String, configuration: Configuration) {
    root = KeyReader(table, faults: faults)
    self.file = file
    self.configuration = configuration
  }

  /// Nil only when a part without which nothing can be made is missing; the caller looks at `faults` in any case.
  mutating func read() -> CampaignFile? {
    let id = id()
    let name = root.text("name") ?? id
    let department = root.string("department") ?? ""
    let kind = root.choice("kind", as: CampaignFile.Kind.self) ?? .marketing
    let accounts = accounts()
    let contacts = contacts()
    let message = message(kind)
    let delivery = delivery(accounts)
    root.finish()
    guard let contacts, let message else { return nil }
    return CampaignFile(
      id: id, file: file, name: name, department: department, kind: kind, accounts: accounts, contacts: contacts,
      message: message, delivery: delivery, warnings: faults.warnings)
  }

  private mutating func id() -> String {
    guard let id = root.string("id", .required, expected: "the campaign's id: \(nameRule)") else { return "" }
    if let fault = nameFault(id) { root.fault("id", found: "the id \(fault)", expected: nameRule) }
    return id
  }

  private mutating func accounts() -> [Account] {
    let known = configuration.accounts.map(\.name)
    let expected = "a list of gateways in order of preference, from \(configuration.file): \(oneOf(known))"
    // With a single gateway there is nothing to prefer.
    if !root.has("gateways"), configuration.accounts.count == 1 { return configuration.accounts }
    guard let entries = root.placedStrings("gateways", .required, expected: expected) else { return [] }
    if entries.isEmpty { root.fault("gateways", found: "an empty list", expected: expected) }
    if entries.count > Limits.campaignGateways {
      root.fault(
        "gateways", found: "\(entries.count) gateways", expected: "at most \(Limits.campaignGateways) in one campaign")
      return []
    }
    var accounts: [Account] = []
    for (name, place) in entries {
      if accounts.contains(where: { $0.name == name }) {
        faults.report(
          Diagnostic("gateway '\(visible(name))' stands there twice", at: place, expected: "each gateway once"))
      } else if let account = configuration.account(name) {
        accounts.append(account)
      } else {
        faults.report(
          Diagnostic(
            "unknown gateway '\(visible(name))'", at: place, expected: "\(oneOf(known)) (\(configuration.file))",
            next: nearest(to: name, among: known).map { "Did you mean '\($0)'?" }))
      }
    }
    return accounts
  }

  private mutating func contacts() -> CampaignFile.Contacts? {
    guard var reader = root.table("contacts", .required) else { return nil }
    let expected = "a list of files, such as [\"contacts/2026-11-11.csv\"]"
    let entries = reader.placedStrings("files", .required, expected: expected)
    if entries?.isEmpty == true { reader.fault("files", found: "an empty list", expected: expected) }
    for entry in entries ?? [] where entry.text.isEmpty {
      faults.report(Diagnostic("found an empty name", at: entry.place, expected: "a file's path"))
    }
    let files = (entries ?? []).map { WorkspaceFile($0.text, workspace: configuration.workspace, at: $0.place) }
    checkRepeats(files)
    let contacts = CampaignFile.Contacts(
      files: files, phone: reader.text("phone", .required, expected: "the name of the column with the numbers") ?? "",
      id: reader.text("id", expected: "a column's name"), region: reader.country("region") ?? "CN",
      encoding: reader.encoding("encoding"), delimiter: reader.delimiter("delimiter"),
      record: reader.text("record", expected: "an XML element's name") ?? "contact",
      dedupe: reader.choice("dedupe", as: CampaignFile.Contacts.Dedupe.self) ?? .phone)
    reader.finish()
    return contacts
  }

  /// A file named twice would be read twice.
  private func checkRepeats(_ files: [WorkspaceFile]) {
    var names: [String: String] = [:]
    for file in files where !file.name.isEmpty {
      let identity = Files.identity(file.path)
      if let name = names[identity] {
        let other = name == file.name ? "" : ", also as '\(visible(name))'"
        faults.report(
          Diagnostic(
            "the contact file '\(visible(file.name))' stands there twice\(other)", at: file.place,
            expected: "each file once"))
      } else {
        names[identity] = file.name
      }
    }
  }

  private mutating func message(_ kind: CampaignFile.Kind) -> CampaignFile.Message? {
    guard var reader = root.table("message", .required) else { return nil }
    let source = source(&reader)
    let optOut = reader.words("opt_out", lineBreaks: true) ?? ""
    let most = reader.integer("max_segments", in: 1...1000, unit: "segments") ?? 10
    let missing = reader.choice("missing", as: CampaignFile.Message.Missing.self) ?? .reject
    reader.finish()
    if kind == .marketing, optOut.isEmpty {
      faults.report(
        Diagnostic(
          "a marketing campaign without opt-out words", severity: .warning, at: reader.table.place,
          expected: "opt_out = \"拒收请回复R\"", next: "Say kind = \"notice\" when the campaign advertises nothing."))
    }
    guard let source else { return nil }
    return CampaignFile.Message(source: source, optOut: optOut, maxSegments: most, missing: missing)
  }

  /// Exactly one of `template` and `text`.
  private func source(_ reader: inout KeyReader) -> CampaignFile.Message.Source? {
    let template = reader.text("template", expected: "a template file's path")
    let text = reader.text("text", expected: "the message's text")
    switch (reader.has("template"), reader.has("text")) {
    case (true, true):
      reader.fault("text", found: "both 'template' and 'text'", expected: "one of them")
    case (false, false):
      reader.missing("template", expected: "template = \"FILE\" or text = \"…\"")
    default: break
    }
    if let template {
      let place = reader.place(of: "template")
      return .template(WorkspaceFile(template, workspace: configuration.workspace, at: place))
    }
    return text.map { .text($0, reader.place(of: "text")) }
  }

  private mutating func delivery(_ accounts: [Account]) -> CampaignFile.Delivery {
    guard var reader = root.table("delivery") else {
      return CampaignFile.Delivery(
        start: nil, timer: .wait, window: nil, rate: nil, maxCost: nil, failover: false,
        recordBalances: false)
    }
    let delivery = CampaignFile.Delivery(
      start: reader.dateTime("start")?.timestamp(in: configuration.zone),
      timer: reader.choice("timer", as: CampaignFile.Delivery.Timer.self) ?? .wait, window: window(&reader),
      rate: reader.number("rate", in: 0.01...1_000_000, unit: "messages a second"), maxCost: reader.decimal("max_cost"),
      failover: reader.boolean("failover") ?? false, recordBalances: reader.boolean("record_balances") ?? false)
    reader.finish()
    if delivery.maxCost != nil, let free = accounts.first(where: { !$0.isPriced }) {
      reader.fault(
        "max_cost", found: "a bound on the cost, but [gateways.\(free.name)] has no price for some countries it serves",
        expected: "price or prices there", next: "Add them in \(configuration.file), line \(free.place.line ?? 0).")
    }
    return delivery
  }

  private func window(_ reader: inout KeyReader) -> DailyWindow? {
    let expected = "local times such as \"09:00-20:30\""
    guard let text = reader.string("window", expected: expected) else { return nil }
    if let window = DailyWindow(text) { return window }
    reader.fault("window", found: "found '\(visible(text))'", expected: expected)
    return nil
  }
}
