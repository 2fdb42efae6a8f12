import Glibc
import HTTP
import Platform
import Synchronization
import TestSupport
import Testing

/// A key and a self-signed certificate for 127.0.0.1, made by the command `openssl`; nil, and said, when there is none.
private func makeIdentity(in folder: TemporaryFolder) throws -> (identity: ServerIdentity, certificate: String)? {
  let (key, certificate) = (folder.path + "/key.pem", folder.path + "/certificate.pem")
  let words = [
    "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
    "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
  ]
  guard run(words) else {
    print("no command openssl: HTTPS is not tested")
    return nil
  }
  let identity = try ServerIdentity(key: folder.read("key.pem"), certificate: folder.read("certificate.pem"))
  return (identity, certificate)
}

/// Runs a command without its output; false when it fails.
private func run(_ words: [String]) -> Bool {
  var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
  defer { for index in unsafe arguments.indices { unsafe free(arguments[index]) } }
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  for output: Int32 in 1...2 { unsafe posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0) }
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  var process = pid_t()
  guard unsafe posix_spawnp(&process, words[0], &actions, nil, &arguments, environ) == 0 else { return false }
  var status: Int32 = 0
  return unsafe waitpid(process, &status, 0) == process && status == 0
}

@Suite struct `Over TLS` {
  @Test func `a trusted server is asked, and never twice`() throws {
    let folder = try TemporaryFolder()
    guard let (identity, certificate) = try makeIdentity(in: folder) else { return }
    let paths = Mutex<[String]>([])
    let server = try HTTPServer(port: 0, identity: identity) { request in
      paths.withLock { $0.append(request.path) }
      return ServerReply(body: request.body, ending: request.path == "/silent" ? .noAnswer : .whole)
    }
    defer { server.stop() }
    let client = try HTTPClient(options: ClientOptions(authorities: certificate))
    func ask(_ path: String, _ bytes: Int) -> ClientResult? {
      let body = [UInt8](repeating: 98, count: bytes)
      return client.ask(ClientRequest(url: "https://127.0.0.1:\(server.port)\(path)", body: body, timeout: 5))
    }
    #expect(ask("/1", 20)?.answer?.body.count == 20)
    #expect(ask("/2", 60_000)?.answer?.body.count == 60_000)
    #expect(ask("/silent", 20_000) == .unknown(reason: "the connection was closed without an answer"))
    #expect(ask("/3", 5)?.answer?.body.count == 5)
    #expect(paths.withLock { $0 } == ["/1", "/2", "/silent", "/3"])
  }

  @Test func `a server is asked nothing that is not trusted, has another name or speaks no TLS`() throws {
    let folder = try TemporaryFolder()
    guard let (identity, certificate) = try makeIdentity(in: folder) else { return }
    let calls = Atomic(0)
    let handler: @Sendable (ServerRequest) -> ServerReply = { _ in
      calls.add(1, ordering: .relaxed)
      return ServerReply()
    }
    let server = try HTTPServer(port: 0, identity: identity, handler: handler)
    let plain = try HTTPServer(port: 0, handler: handler)
    defer {
      server.stop()
      plain.stop()
    }
    func ask(_ url: String, _ authorities: String?) throws -> ClientResult? {
      let client = try HTTPClient(options: ClientOptions(authorities: authorities))
      return client.ask(ClientRequest(url: url, body: [1], timeout: 5))
    }
    let untrusted = ClientResult.notSent(reason: "the server's certificate was not accepted")
    #expect(try ask("https://127.0.0.1:\(server.port)/", nil) == untrusted)
    #expect(try ask("https://localhost:\(server.port)/", certificate) == untrusted)
    #expect(try ask("https://127.0.0.1:\(plain.port)/", certificate) == .notSent(reason: "TLS failed"))
    let missing = ClientResult.notSent(reason: "the file of authorities cannot be read")
    #expect(try ask("https://127.0.0.1:\(server.port)/", folder.path + "/none.pem") == missing)
    #expect(calls.load(ordering: .relaxed) == 0)
  }
}
