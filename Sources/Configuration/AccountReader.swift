import Gateways
import Messaging
import Platform
import TOML

/// Turns one `[gateways.NAME]` into an `Account` and notes its faults.
struct AccountReader {
  private var reader: KeyReader
  private let name: String
  private let workspace: String
  private let registry: GatewayRegistry
  private var values: [String: String] = [:]
  private var secrets: [String: SecretSource] = [:]

  init(_ reader: KeyReader, name: String, workspace: String, registry: GatewayRegistry) {
    self.reader = reader
    self.name = name
    self.workspace = workspace
    self.registry = registry
  }

  /// Nil when the protocol is not known.
  mutating func read() -> Account? {
    let word = reader.choice("protocol", registry.names, .required)
    guard let word, let type = registry[word] else {
      // What else is wrong depends on the protocol.
      return nil
    }
    let before = reader.faults.errors.count
    for setting in type.settings { read(setting) }
    let account = account(of: type)
    finish(type)
    judge(account, onlyAddress: reader.faults.errors.count > before)
    warn(account)
    return account
  }

  /// The keys that every gateway has.
  private mutating func account(of type: any Gateway.Type) -> Account {
    let abilities = type.abilities
    let most = "numbers a call, at most what \(type.name) allows"
    return Account(
      name: name, type: type, url: url(),
      rate: reader.number("rate", in: 0.01...1_000_000, unit: "messages a second") ?? 100,
      requests: reader.number("requests", in: 0.01...100_000, unit: "calls a second") ?? 10,
      concurrency: reader.integer("concurrency", in: 1...256, unit: "calls in flight") ?? 2,
      batch: reader.integer("batch", in: 1...abilities.mostPerCall, unit: most) ?? abilities.usualPerCall,
      timeout: reader.integer("timeout", in: 1...3600, unit: "seconds") ?? abilities.usualTimeout,
      pollInterval: reader.integer("poll_interval", in: 0...86_400, unit: "seconds") ?? 30,
      price: reader.decimal("price"), prices: prices(),
      billOn: reader.choice("bill_on", as: Account.BillOn.self) ?? .accepted,
      regions: regions(of: type) ?? (abilities.international ? ["*"] : ["CN"]),
      signature: reader.words("signature") ?? "",
      signatureAddedBy: reader.choice("signature_added_by", as: Account.SignatureAdder.self) ?? .qunfa,
      caFile: file("ca_file"), values: values, secrets: secrets, place: reader.table.place)
  }

  private mutating func url() -> String? {
    let expected = "scheme://host:port, such as https://sms.example.com:7862; the paths are added"
    guard let text = reader.text("url", expected: expected) else { return nil }
    if let url = gatewayURL(text) { return url }
    // The value may hold credentials (user:password@host), so it is not shown.
    reader.fault("url", found: "an address of another form", expected: expected)
    return nil
  }

  private mutating func prices() -> [String: String] {
    guard var inner = reader.table("prices") else { return [:] }
    guard inner.keys.count <= Limits.configurationTables else {
      reader.fault(
        "prices", found: "\(inner.keys.count) prices", expected: "at most \(Limits.configurationTables)")
      return [:]
    }
    var prices: [String: String] = [:]
    for country in inner.keys {
      if !isRegion(country) {
        inner.faults.report(
          Diagnostic("found '\(visible(country))'", at: inner.keyPlace(of: country), expected: countryRule))
      }
      prices[country] = inner.decimal(country)
    }
    return prices
  }

  private mutating func regions(of type: any Gateway.Type) -> [String]? {
    let expected = "a list of country codes such as [\"CN\"], or [\"*\"] for all"
    guard let entries = reader.placedStrings("regions", expected: expected) else { return nil }
    for entry in entries where !isRegion(entry.text) && entry.text != "*" {
      reader.faults.report(
        Diagnostic("found '\(visible(entry.text))'", at: entry.place, expected: "\(countryRule), or \"*\" for all"))
    }
    if entries.isEmpty { reader.fault("regions", found: "an empty list", expected: expected) }
    if type.abilities.mainlandOnly,
      let other = entries.first(where: { $0.text == "*" || isRegion($0.text) && $0.text != "CN" })
    {
      reader.faults.report(
        Diagnostic(
          "\(type.name) takes mainland numbers only, without a country code: another country's would reach a stranger",
          at: other.place, expected: "regions = [\"CN\"]",
          next: "Send to other countries through an account of an international gateway."))
    }
    return entries.map(\.text)
  }

  private mutating func file(_ key: String) -> WorkspaceFile? {
    reader.text(key, expected: "a file's path").map {
      WorkspaceFile($0, workspace: workspace, at: reader.place(of: key))
    }
  }

  // MARK: The protocol's own keys

  private mutating func read(_ setting: GatewaySetting) {
    let need: KeyReader.Need = setting.standard == nil ? .required : .optional
    let key = setting.key
    let value: String?
    switch setting.kind {
    case .secret:
      secrets[key] = reader.secretSource(key, need, workspace: workspace)
      return
    case .text: value = need == .required ? reader.text(key, need) : reader.string(key)
    case .integer(let range): value = reader.integer(key, in: range, need).map(String.init)
    case .boolean: value = reader.boolean(key, need).map(String.init)
    case .choice(let words): value = reader.choice(key, words, need)
    }
    values[key] = value ?? setting.standard
  }

  private func finish(_ type: any Gateway.Type) {
    let (registry, name) = (registry, name)
    reader.finish { key in
      let owners = registry.protocols(with: key)
      guard !owners.isEmpty else { return nil }
      let noun = owners.count == 1 ? "protocol" : "protocols"
      return (
        "key '\(key)' belongs to \(noun) \(owners.joined(separator: ", ")), but [gateways.\(name)] has protocol \(type.name)",
        "Remove it, or correct `protocol`."
      )
    }
  }

  /// Lets the protocol judge the values. Secrets that are not at hand are replaced; the instance is thrown away.
  ///
  /// - Parameter onlyAddress: other values are wrong already; only a missing address is told besides.
  private func judge(_ account: Account, onlyAddress: Bool) {
    var known: [String: Secret] = [:]
    for setting in account.type.settings where setting.kind == .secret {
      if case .literal(let secret)? = account.secrets[setting.key]?.kind {
        known[setting.key] = secret
      } else {
        known[setting.key] = Secret(account.secrets[setting.key] == nil ? setting.standard ?? "" : "replacement")
      }
    }
    do throws(GatewaySettingError) {
      _ = try account.type.init(url: account.url, values: GatewayValues(values, secrets: known))
    } catch {
      if error.key == "url", account.url == nil, !reader.has("url") {
        return reader.missing("url", expected: error.expected)
      }
      if onlyAddress { return }
      if let source = secrets[error.key], !source.isLiteral { return }
      reader.faults.report(Account.diagnostic(error, secrets: secrets, at: reader.place(of: error.key)))
    }
  }

  private func warn(_ account: Account) {
    if !account.isPriced {
      reader.faults.report(
        Diagnostic(
          "[gateways.\(name)] has no price for some countries it serves", severity: .warning, at: account.place,
          expected: "price = \"0.035\" (yuan a segment), or prices for each of its regions",
          next: "Its messages are planned and accounted for at 0.00."))
    }
    if account.signatureAddedBy == .gateway, account.signature.isEmpty {
      reader.faults.report(
        Diagnostic(
          "[gateways.\(name)] says that the gateway adds the signature, but not which", severity: .warning,
          at: reader.place(of: "signature_added_by"), expected: "signature = \"【…】\", so that it is counted"))
    }
  }
}
