public import Campaigns
public import Configuration
import Gateways
import HTTP
import Ledger
import Platform

/// What `listen` is asked for beside `[listen]` of qunfa.toml.
public struct ListenOptions: Sendable {
  /// Instead of the configured ones.
  public var address: String?
  public var port: UInt16?
  /// PEM files; both or none.
  public var certificate: String?
  public var key: String?

  public init() {}
}

/// Receives what gateways push, until it is interrupted.
public struct Listener {
  private let configuration: Configuration
  private let options: ListenOptions
  private let console: any RunConsole

  public init(_ configuration: Configuration, _ options: ListenOptions, console: any RunConsole) {
    self.configuration = configuration
    self.options = options
    self.console = console
  }

  /// Returns when a signal came and what was under way is answered.
  public func run() throws(RunError) -> ExitCode {
    // A long body takes room while it comes, not for ever.
    Memory.returnBlocks(from: Limits.listenBlockBytes)
    let listen = try settings()
    let secret = try mapping({ () throws(ConfigurationError) in try listen.pathSecret.resolve() }) {
      RunError(.usage, $0.diagnostics)
    }
    let spool = SpoolPushes(folder: configuration.data)
    defer { spool.close() }
    let door = PushDoor(gateways: try gateways(), secret: secret, sources: listen.sources, spool: spool)
    let identity = try identity()
    let server = try mapping({ () throws(HTTPError) in try serve(door, listen, identity) }, fault)
    tell("listening on \(options.address ?? listen.address) port \(server.port)")
    watch(door, server)
    server.stop()
    tell("stopped: " + counts(door, server).words)
    return .done
  }

  /// A line of counters now and then, as long as nobody asks to stop.
  private func watch(_ door: PushDoor, _ server: HTTPServer) {
    var told = counts(door, server)
    var next = monotonicSeconds() + Limits.countersSeconds
    while !console.isInterrupted {
      pauseSeconds(0.1)
      guard monotonicSeconds() >= next else { continue }
      next += Limits.countersSeconds
      let counts = counts(door, server)
      if counts != told { tell(counts.words) }
      told = counts
    }
  }

  private func counts(_ door: PushDoor, _ server: HTTPServer) -> ListenCounts {
    var counts = door.counts
    counts.tooLarge = server.refusedTooLarge
    return counts
  }

  private func tell(_ words: String) { console.tell(Diagnostic(words, severity: .note)) }

  // MARK: Starting

  private func settings() throws(RunError) -> Configuration.Listen {
    if let listen = configuration.listen { return listen }
    throw RunError(
      .usage,
      Diagnostic(
        "there is no [listen]", at: Place(file: configuration.file), expected: "one with a path_secret",
        next: "Add [listen] with path_secret = \"env:QUNFA_LISTEN_SECRET\" (docs/configuration.md)."))
  }

  /// Every account whose gateway has something to push. Their secrets are needed: some prove the sender.
  private func gateways() throws(RunError) -> [String: any ReportingGateway] {
    var found: [String: any ReportingGateway] = [:]
    for account in configuration.accounts {
      let gateway = try mapping({ () throws(ConfigurationError) in try account.open() }) {
        RunError(.usage, $0.diagnostics)
      }
      guard let gateway = gateway as? any ReportingGateway else { continue }
      // One that never pushes says so to an empty push already.
      if gateway.page(in: GatewayPush(method: "POST")).status != 404 { found[account.name] = gateway }
    }
    guard found.isEmpty else { return found }
    throw RunError(
      .usage,
      Diagnostic(
        "no gateway of qunfa.toml pushes anything", at: Place(file: configuration.file),
        expected: "one of protocol juhe, youe or 18sms", next: "Fetch the reports of the others with 'qunfa pull'."))
  }

  private func identity() throws(RunError) -> ServerIdentity? {
    guard options.certificate != nil || options.key != nil else { return nil }
    guard let certificate = options.certificate, let key = options.key else {
      throw RunError(.usage, Diagnostic("HTTPS needs both --tls-cert and --tls-key"))
    }
    return ServerIdentity(
      key: try text(of: key, holding: "PRIVATE KEY"), certificate: try text(of: certificate, holding: "CERTIFICATE"))
  }

  /// A PEM file that holds at least one of what it should.
  private func text(of path: String, holding word: String) throws(RunError) -> String {
    let text = try mapping({ () throws(FileError) in try Files.read(path, limit: Limits.configurationBytes).text }) {
      RunError(.usage, $0.diagnostic)
    }
    let heads = text.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("-----BEGIN ") }
    let found = heads.isEmpty ? "this is no PEM file" : "this PEM file holds no \(word.lowercased())"
    guard heads.contains(where: { $0.contains("\(word)-----") }) else {
      throw RunError(
        .usage, Diagnostic(found, at: Place(file: path), expected: "a line '-----BEGIN \(word)-----' in it"))
    }
    guard !text.contains("ENCRYPTED") else {
      throw RunError(
        .usage,
        Diagnostic(
          "this key is locked by a password", at: Place(file: path), expected: "one without",
          next: "Make one with 'openssl pkey -in LOCKED -out OPEN', readable by the service's user alone."))
    }
    return text
  }

  /// Why the server does not start, at the file that is to blame.
  private func fault(_ error: HTTPError) -> RunError {
    // The machine's trouble, not the settings'.
    if error.code == .resources { return RunError(.gatewayStopped, error.diagnostic) }
    guard error.code == .certificate, let certificate = options.certificate, let key = options.key else {
      return RunError(.usage, error.diagnostic)
    }
    return RunError(
      .usage,
      Diagnostic(
        "this certificate cannot be used with the key \(key)", at: Place(file: certificate),
        expected: "a certificate and its own key, both whole",
        next: "'openssl x509 -pubkey -noout -in CERTIFICATE' and 'openssl pkey -pubout -in KEY' print the same."))
  }

  private func serve(
    _ door: PushDoor, _ listen: Configuration.Listen, _ identity: ServerIdentity?
  ) throws(HTTPError) -> HTTPServer {
    let limits = ServerLimits(
      bodyBytes: Limits.pushBytes, connections: Limits.pushConnections, handlers: Limits.pushHandlers,
      idleSeconds: Limits.pushIdleSeconds)
    if let socket = HTTPServer.inheritedSocket {
      return try HTTPServer(
        inherited: socket, limits: limits, identity: identity, screening: { door.screen($0) }
      ) { door.answer($0) }
    }
    return try HTTPServer(
      address: options.address ?? listen.address, port: options.port ?? UInt16(listen.port), limits: limits,
      identity: identity, screening: { door.screen($0) }
    ) { door.answer($0) }
  }
}
