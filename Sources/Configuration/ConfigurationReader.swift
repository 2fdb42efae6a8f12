import Platform
import TOML

/// Turns the tables of qunfa.toml into a `Configuration` and notes every fault on the way.
struct ConfigurationReader {
  let faults = Faults()
  private var root: KeyReader
  private let file: String
  private let workspace: String
  private let registry: GatewayRegistry

  init(_ table: TOMLTable, file: String, workspace: String, registry: GatewayRegistry) {
    root = KeyReader(table, faults: faults)
    self.file = file
    self.workspace = workspace
    self.registry = registry
  }

  /// Nil only when a value without which nothing can be made is faulty; the caller looks at `faults` in any case.
  ///
  /// - Parameter mode: the file's permission bits.
  mutating func read(mode: UInt32) -> Configuration? {
    let data = root.text("data") ?? "data"
    let output = root.text("output") ?? "out"
    let zone = zone()
    let encoding = root.choice("csv_encoding", as: Configuration.CSVEncoding.self) ?? .utf8BOM
    let lineEnding = root.choice("csv_line_ending", as: Configuration.CSVLineEnding.self) ?? .lf
    let reportTimeout = root.duration("report_timeout", unit: .hours, in: 1...31_536_000) ?? 72 * 3600
    let suppression = suppression()
    let listen = listen()
    let accounts = accounts()
    let names = root.table("gateways")?.keys ?? []
    let bills = columnMaps("bills", gateways: names, ColumnMap.bill)
    let imports = columnMaps("imports", gateways: names, ColumnMap.report)
    root.finish()
    warnOfReadableSecrets(accounts, listen, mode: mode)
    guard let zone else { return nil }
    return Configuration(
      workspace: workspace, file: file, data: Files.join(workspace, data), output: Files.join(workspace, output),
      zone: zone, csvEncoding: encoding, csvLineEnding: lineEnding, reportTimeout: reportTimeout,
      suppression: suppression, listen: listen, accounts: accounts, bills: bills, imports: imports,
      warnings: faults.warnings)
  }

  private mutating func zone() -> NamedZone? {
    let name = root.string("time_zone") ?? "Asia/Shanghai"
    if let zone = knownZone(name) { return zone }
    let folder = Files.parent(of: name)
    let known = ((try? Files.list(Files.join("/usr/share/zoneinfo", folder))) ?? []).map { Files.join(folder, $0) }
      .filter { $0 != name }
    root.fault(
      "time_zone", found: "no time zone '\(visible(name))' on this machine", expected: "a name such as Asia/Shanghai",
      next: nearest(to: name, among: known).map { "Did you mean '\($0)'?" }
        ?? "The machine's zones stand in /usr/share/zoneinfo (Debian: package tzdata).")
    return nil
  }

  private mutating func suppression() -> Configuration.Suppression {
    guard var reader = root.table("suppression") else {
      return Configuration.Suppression(files: [], keywords: Configuration.Suppression.standardKeywords)
    }
    let files = reader.placedStrings("files", expected: "a list of files, such as [\"suppress/*.csv\"]") ?? []
    let keywords = reader.placedStrings("keywords", expected: "a list of words, such as [\"T\", \"退订\"]")
    for entry in files + (keywords ?? []) where entry.text.isEmpty {
      faults.report(Diagnostic("found an empty text in the list", at: entry.place, expected: "a text, or none"))
    }
    reader.finish()
    return Configuration.Suppression(
      files: files.map { WorkspaceFile($0.text, workspace: workspace, at: $0.place) },
      keywords: keywords?.map(\.text) ?? Configuration.Suppression.standardKeywords)
  }

  private mutating func listen() -> Configuration.Listen? {
    guard var reader = root.table("listen") else { return nil }
    let address = reader.text("address") ?? "127.0.0.1"
    if AddressRange(address)?.isSingle != true {
      reader.fault(
        "address", found: "found '\(visible(address))'", expected: "an IPv4 or IPv6 address, such as 127.0.0.1")
    }
    let port = reader.integer("port", in: 0...65_535) ?? 8800
    let secret = reader.secretSource("path_secret", .required, workspace: workspace)
    let sources = reader.placedStrings("sources", expected: "a list of addresses, such as [\"203.0.113.0/24\"]") ?? []
    let ranges = sources.compactMap { entry in
      let range = AddressRange(entry.text)
      if range == nil {
        faults.report(
          Diagnostic(
            "found '\(visible(entry.text))'", at: entry.place, expected: "an address or range, such as 203.0.113.0/24"))
      }
      return range
    }
    reader.finish()
    guard let secret else { return nil }
    return Configuration.Listen(address: address, port: port, pathSecret: secret, sources: ranges)
  }

  private mutating func accounts() -> [Account] {
    guard let gateways = boundedTables("gateways") else { return [] }
    return gateways.compactMap { entry in
      checkName(entry.name, at: entry.place)
      var reader = AccountReader(entry.reader, name: entry.name, workspace: workspace, registry: registry)
      return reader.read()
    }
  }

  private mutating func columnMaps(
    _ section: String, gateways: [String], _ kind: ColumnMap.Kind
  ) -> [String: ColumnMap] {
    var maps: [String: ColumnMap] = [:]
    for entry in boundedTables(section) ?? [] {
      if !gateways.contains(entry.name) {
        faults.report(
          Diagnostic(
            "[\(section).\(entry.name)] names no gateway", at: entry.place, expected: oneOf(gateways),
            next: nearest(to: entry.name, among: gateways).map { "Did you mean '\($0)'?" }))
      }
      maps[entry.name] = ColumnMap(entry.reader, kind)
    }
    return maps
  }

  /// The tables below `[section]`, one for each name.
  private mutating func boundedTables(_ section: String) -> [(name: String, place: Place, reader: KeyReader)]? {
    guard var reader = root.table(section) else { return nil }
    guard reader.keys.count <= Limits.configurationTables else {
      root.fault(section, found: "\(reader.keys.count) tables", expected: "at most \(Limits.configurationTables)")
      return nil
    }
    return reader.keys.compactMap { name in
      reader.table(name).map { (name, reader.keyPlace(of: name), $0) }
    }
  }

  private func checkName(_ name: String, at place: Place) {
    guard let fault = nameFault(name) else { return }
    faults.report(Diagnostic("the gateway's name '\(visible(name))' \(fault)", at: place, expected: nameRule))
  }

  private func warnOfReadableSecrets(_ accounts: [Account], _ listen: Configuration.Listen?, mode: UInt32) {
    guard mode & 0o077 != 0 else { return }
    let sources = accounts.flatMap { Array($0.secrets.values) } + [listen?.pathSecret].compactMap { $0 }
    let literals = sources.filter(\.isLiteral)
    let first = literals.min { ($0.place.line ?? 0, $0.place.column ?? 0) < ($1.place.line ?? 0, $1.place.column ?? 0) }
    guard let first else { return }
    faults.report(
      Diagnostic(
        "others can read this file (mode 0\(String(mode, radix: 8))), and '\(first.key)' is a literal secret",
        severity: .warning, at: first.place, expected: "mode 0600, or a secret written as env:NAME or file:PATH",
        next: "Run `chmod 600 \(file)`."))
  }
}
