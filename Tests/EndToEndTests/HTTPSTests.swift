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

  @Test(arguments: ["http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"])
  func `a proxy in the environment is not followed`(_ name: String) throws {
    let sandbox = try SandboxProcess()
    let calls = Atomic(0)
    let proxy = try HTTPServer(port: 0) { _ in
      calls.add(1, ordering: .relaxed)
      return ServerReply(502)
    }
    defer { proxy.stop() }
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address)])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(3))
    let result = try BuiltTool.run(
      "send", "c1.toml", in: workspace.folder.path, environment: ["\(name)=http://127.0.0.1:\(proxy.port)"])
    #expect(result.exitCode == 0, "\(result.errors)")
    #expect(calls.load(ordering: .relaxed) == 0)
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
  init?(_ identity: HTTPSTests.Identity) throws {
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
      return ServerReply(body: Array("000".utf8))
    }
  }

  deinit { server.stop() }
}
