import Glibc
import Platform
import TestSupport
import Testing

/// `listen` over HTTPS with a certificate and key of its own.
@Suite struct ListenTLSTests {
  private static let secret = "a-long-path-secret"
  private static let push = "/push/18sms/\(secret)?msgid=1&mobile=13800138000&status=DELIVRD"
  private let workspace: ToolWorkspace
  /// Whether there is the command `openssl`; the test says so when not.
  private let canMake: Bool

  init() throws {
    let table = GatewayTable("18sms", "http://127.0.0.1:9")
    workspace = try ToolWorkspace([])
    let settings = table.toml + "[listen]\nport = 0\npath_secret = \"\(Self.secret)\"\n"
    _ = unsafe chmod(try workspace.folder.write("qunfa.toml", settings), 0o600)
    canMake = Files.exists("/usr/bin/openssl")
    guard canMake else {
      print("ListenTLSTests: no command openssl, HTTPS is not tested")
      return
    }
    for name in ["a", "b"] {
      try openssl(
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
        "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "\(name).key", "-out", "\(name).pem")
    }
    try openssl("pkey", "-in", "a.key", "-aes128", "-passout", "pass:x", "-out", "locked.key")
    try workspace.folder.write("empty", "")
    try workspace.folder.write("noise", "no PEM at all\n")
    let pem = try workspace.folder.read("a.pem")
    try workspace.folder.write("half.pem", String(pem.prefix(pem.count / 2)))
  }

  private func openssl(_ words: String...) throws {
    let result = try ChildProcess("/usr/bin/openssl", words, in: workspace.folder.path).wait()
    guard result.exitCode == 0 else { throw ChildError(result.errors) }
  }

  /// The answer and its status; 000 when no answer came.
  private func curl(_ arguments: String...) throws -> String {
    let words = ["-s", "--max-time", "10", "-w", "%{http_code}"] + arguments
    return try ChildProcess("/usr/bin/curl", words, in: workspace.folder.path).wait().output
  }

  @Test func `a push over https is kept and answered, plain http gets no answer`() throws {
    guard canMake else { return }
    let listener = try ListenProcess(workspace, ["--port", "0", "--tls-cert", "a.pem", "--tls-key", "a.key"])
    let host = "127.0.0.1:\(listener.port)"
    #expect(try curl("--cacert", "a.pem", "https://\(host)\(Self.push)") == "0200")
    #expect(try SpoolText(workspace.folder).queries.count == 1, "the answer came before the bytes were on the disk")
    #expect(try curl("http://\(host)\(Self.push)&plain=1") == "000")
    #expect(try curl("https://\(host)\(Self.push)&stranger=1") == "000", "curl trusts a certificate of nobody")
    #expect(try curl("--cacert", "a.pem", "--tls-max", "1.1", "https://\(host)\(Self.push)&old=1") == "000")
    #expect(try curl("--cacert", "a.pem", "https://\(host)/push/18sms/wrong?msgid=1") == "404")
    // Who spoke no TLS did not hurt those who do.
    #expect(try curl("--cacert", "a.pem", "https://\(host)\(Self.push)&last=1") == "0200")
    let ended = try listener.stop()
    #expect(ended.exitCode == 0 && ended.errors.contains("2 pushes kept, refused: 1 wrong path"), "\(ended.errors)")
    let queries = try SpoolText(workspace.folder).queries
    #expect(queries.count == 2 && queries.allSatisfy { !$0.contains("plain") && !$0.contains("stranger") })
  }

  static let faults: [(options: [String], words: [String])] = [
    (["--tls-cert", "a.pem"], ["--tls-cert and --tls-key"]), (["--tls-key", "a.key"], ["--tls-cert and --tls-key"]),
    (["--tls-cert", "none.pem", "--tls-key", "a.key"], ["none.pem: error: cannot open: No such file"]),
    (["--tls-cert", "a.pem", "--tls-key", "none.key"], ["none.key: error: cannot open: No such file"]),
    (["--tls-cert", "a.key", "--tls-key", "a.pem"], ["a.pem: error: this PEM file holds no private key"]),
    (["--tls-cert", "a.key", "--tls-key", "a.key"], ["a.key: error: this PEM file holds no certificate"]),
    (["--tls-cert", "a.pem", "--tls-key", "noise"], ["noise: error: this is no PEM file", "PRIVATE KEY-----"]),
    (["--tls-cert", "empty", "--tls-key", "a.key"], ["empty: error: this is no PEM file", "CERTIFICATE-----"]),
    (["--tls-cert", "a.pem", "--tls-key", "locked.key"], ["locked.key: error: this key is locked by a password"]),
    (["--tls-cert", "a.pem", "--tls-key", "b.key"], ["a.pem: error: this certificate cannot be used with", "b.key"]),
    (["--tls-cert", "half.pem", "--tls-key", "a.key"], ["half.pem: error: this certificate cannot be used", "a.key"]),
  ]

  @Test(arguments: faults)
  func `files that cannot be used are told with their place`(_ row: (options: [String], words: [String])) throws {
    guard canMake else { return }
    let result = try BuiltTool.start(["listen"] + row.options, in: workspace.folder.path).wait(deadline: 20)
    #expect(result.exitCode == 2, "\(result.errors)")
    for word in row.words { #expect(result.errors.contains(word), "\(result.errors)") }
    #expect(!result.errors.contains("listening on"))
    // What stands in a key's file is nobody's business.
    let key = try workspace.folder.read("a.key").split(separator: "\n")[1]
    #expect(!result.errors.contains(key))
  }
}
