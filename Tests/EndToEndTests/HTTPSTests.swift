import Glibc
import HTTP
import Platform
import Synchronization
import TestSupport
import Testing

/// The tool and HTTPS: who cannot prove to be the gateway gets nothing.
@Suite struct HTTPSTests {
  enum Identity: String, CaseIterable {
    /// Signed by an authority that `ca_file` names (itself), for 127.0.0.1.
    case right
    case expired
    /// For another host.
    case wrongHost
    /// Not signed by anybody that is trusted.
    case selfSigned
  }

  @Test(arguments: Identity.allCases)
  func `only a gateway with the right certificate gets messages`(_ identity: Identity) throws {
    guard let gateway = try SecureGateway(identity) else { return }
    let more = identity == .selfSigned ? [:] : ["ca_file": "\"\(gateway.certificate)\""]
    let workspace = try ToolWorkspace([GatewayTable("youe", gateway.address, more)])
    try workspace.campaign(gateways: ["youe"], contacts: ToolWorkspace.contacts(3))
    let result = try workspace.send()
    if identity == .right {
      #expect(result.exitCode == 0, "\(result.errors)")
      #expect(gateway.calls > 0)
      #expect(try workspace.states() == ["accepted": 3])
    } else {
      #expect(result.exitCode == 6, "\(result.errors)")
      #expect(result.errors.contains("certificate"), "\(result.errors)")
      #expect(gateway.calls == 0)
      #expect(try workspace.states() == ["planned": 3])
    }
  }

  @Test(arguments: Identity.allCases, ["pull", "balance"])
  func `only a gateway with the right certificate is asked`(_ identity: Identity, _ command: String) throws {
    guard let gateway = try SecureGateway(identity, answer: command == "pull" ? "160" : "000,1000") else { return }
    let more = identity == .selfSigned ? [:] : ["ca_file": "\"\(gateway.certificate)\""]
    let workspace = try ToolWorkspace([GatewayTable("youe", gateway.address, more)])
    let result = try workspace.qunfa(command)
    if identity == .right {
      #expect(result.exitCode == 0, "\(result.output) \(result.errors)")
      #expect(gateway.calls > 0)
    } else {
      #expect(result.exitCode == 6, "\(result.output) \(result.errors)")
      #expect((result.output + result.errors).contains("certificate"), "\(result.output) \(result.errors)")
      #expect(gateway.calls == 0)
    }
  }

  /// libcurl reads these for such an address; HTTP_PROXY it never reads.
  @Test(arguments: [
    ("http", "http_proxy"), ("http", "all_proxy"), ("http", "ALL_PROXY"), ("https", "https_proxy"),
    ("https", "HTTPS_PROXY"), ("https", "all_proxy"), ("https", "ALL_PROXY"),
  ])
  func `a proxy in the environment is not followed`(_ scheme: String, _ name: String) throws {
    guard let gateway = try SecureGateway(.right) else { return }
    let sandbox = try SandboxProcess()
    let proxy = try CountingProxy()
    defer { proxy.stop() }
    let table =
      scheme == "https"
      ? GatewayTable("youe", gateway.address, ["ca_file": "\"\(gateway.certificate)\""])
      : GatewayTable("youe", sandbox.address)
    let workspace = try ToolWorkspace([table])
    try workspace.campaign(gateways: ["youe"], contacts: ToolWorkspace.contacts(3))
    let environment = ["\(name)=http://127.0.0.1:\(proxy.port)"]
    for line in [["send", "c1.toml"], ["pull"], ["balance"]] {
      let result = try BuiltTool.start(line, in: workspace.folder.path, environment: environment).wait()
      // The gateway over TLS knows one answer only, which is none to the other questions.
      #expect(result.exitCode == 0 || scheme == "https" && line != ["send", "c1.toml"], "\(result.errors)")
      #expect(proxy.requests == [], "\(line)")
    }
    #expect(try workspace.states() == ["accepted": 3])
    // The proxy does count, and a program that follows the variable does go there.
    let url = scheme == "https" ? gateway.address : sandbox.address
    let other = try ChildProcess(
      "/usr/bin/curl", ["-s", "--max-time", "10", url], in: "/tmp", environment: environment
    ).wait()
    #expect(other.exitCode == (scheme == "https" ? 56 : 0), "\(other.errors)")
    #expect(proxy.requests.count == 1, "curl, which follows \(name), did not come")
    #expect(proxy.requests.allSatisfy { $0.hasPrefix(scheme == "https" ? "CONNECT 127.0.0.1" : "GET http://") })
  }
}

/// A proxy that refuses everything and remembers the first line of every connection.
private final class CountingProxy: Sendable {
  let port: UInt16
  private let descriptor: Int32
  private let lines = Mutex<[String]>([])

  init() throws {
    descriptor = try loopbackSocket()
    guard listen(descriptor, 16) == 0 else { throw ChildError("cannot listen") }
    port = boundPort(descriptor)
    serveConnections(of: descriptor) { [self] in serve($0) }
  }

  func stop() {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  /// One entry a connection, also when nothing came over it.
  var requests: [String] { lines.withLock { $0 } }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    var piece = [UInt8](repeating: 0, count: 4096)
    let got = unsafe recv(connection, &piece, piece.count, 0)
    let line = piece.prefix(max(0, got)).split(separator: 0x0D, maxSplits: 1).first.map { Array($0).text } ?? ""
    lines.withLock { $0.append(line) }
    let answer = Array("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)
    _ = unsafe send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
  }
}

/// A Youe account over TLS that takes everything.
private final class SecureGateway: Sendable {
  let certificate: String
  private let folder: TemporaryFolder
  private let server: HTTPServer
  private let counter: Counter

  private final class Counter: Sendable { let calls = Atomic(0) }

  var address: String { "https://127.0.0.1:\(server.port)" }
  var calls: Int { counter.calls.load(ordering: .relaxed) }

  /// Nil, and said, without the command `openssl`.
  ///
  /// - Parameter answer: what it says to everything.
  init?(_ identity: HTTPSTests.Identity, answer: String = "000") throws {
    guard Files.exists("/usr/bin/openssl") else {
      print("HTTPSTests: no command openssl, HTTPS is not tested")
      return nil
    }
    folder = try TemporaryFolder()
    try folder.write(
      "ca.conf",
      """
      [ca]
      default_ca = own
      [own]
      database = index
      new_certs_dir = .
      serial = serial
      policy = names
      default_md = sha256
      copy_extensions = copy
      [names]
      commonName = supplied

      """)
    try folder.write("index", "")
    let host = identity == .wrongHost ? "DNS:gateway.example" : "IP:127.0.0.1"
    let dates =
      identity == .expired ? ["-startdate", "200101000000Z", "-enddate", "200102000000Z"] : ["-days", "2"]
    for words in [
      [
        "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=127.0.0.1",
        "-addext", "subjectAltName=\(host)", "-keyout", "key.pem", "-out", "request.pem",
      ],
      [
        "ca", "-batch", "-config", "ca.conf", "-selfsign", "-keyfile", "key.pem", "-in", "request.pem", "-out",
        "certificate.pem", "-rand_serial", "-notext",
      ] + dates,
    ] {
      let result = try ChildProcess("/usr/bin/openssl", words, in: folder.path).wait()
      guard result.exitCode == 0 else { throw ChildError(result.errors) }
    }
    certificate = folder.path + "/certificate.pem"
    let counter = Counter()
    self.counter = counter
    server = try HTTPServer(
      port: 0,
      identity: ServerIdentity(key: folder.read("key.pem"), certificate: folder.read("certificate.pem"))
    ) { _ in
      counter.calls.add(1, ordering: .relaxed)
      return ServerReply(body: Array(answer.utf8))
    }
  }

  deinit { server.stop() }
}
