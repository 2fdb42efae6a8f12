import Glibc
import HTTP
import Platform
import Synchronization
import Testing

@Suite struct `A client's answers` {
  @Test func `hold status, body and date`() throws {
    let server = try HTTPServer(port: 0) { request in
      ServerReply(
        503, headers: ["Date": "Tue, 11 Nov 2025 01:00:03 GMT"],
        body: Array("\(request.method) \(request.path) \(request.header("content-type") ?? "-") ".utf8) + request.body)
    }
    defer { server.stop() }
    let client = try HTTPClient()
    let post = ClientRequest(
      url: "http://127.0.0.1:\(server.port)/sms?a=1", contentType: "text/xml", body: [0xB6, 0xCC], timeout: 5)
    let expected = ClientAnswer(
      status: 503, body: Array("POST /sms text/xml ".utf8) + [0xB6, 0xCC], date: Timestamp(seconds: 1_762_822_803))
    #expect(client.ask(post) == .answered(expected))
    let get = ClientRequest(.get, url: "http://127.0.0.1:\(server.port)/get", timeout: 5)
    #expect(client.ask(get)?.answer?.body == Array("GET /get - ".utf8))
    #expect(client.ask(post) == .answered(expected))
  }

  @Test func `may come in chunks, after a hundred, or until the end`() throws {
    let server = try ScriptedServer { server, connection, number in
      _ = server.read(connection)
      connection.send(
        number == 1
          ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
          : "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nConnection: close\r\n\r\nthe rest")
    }
    let client = try HTTPClient()
    #expect(client.ask(request(server.port, "/"))?.answer == ClientAnswer(status: 200, body: Array("abcde".utf8)))
    #expect(client.ask(request(server.port, "/"))?.answer == ClientAnswer(status: 201, body: Array("the rest".utf8)))
    client.close()
    server.stop()
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func `are not followed elsewhere`(status: Int) throws {
    let paths = Mutex<[String]>([])
    let server = try HTTPServer(port: 0) { request in
      paths.withLock { $0.append(request.path) }
      return ServerReply(status, headers: ["Location": "/elsewhere"])
    }
    defer { server.stop() }
    let client = try HTTPClient()
    #expect(client.ask(request(server.port, "/here"))?.answer?.status == status)
    #expect(paths.withLock { $0 } == ["/here"])
  }

  @Test func `are cut at the bound`() throws {
    let server = try HTTPServer(port: 0) { ServerReply(body: [UInt8](repeating: 1, count: $0.body.count)) }
    defer { server.stop() }
    let client = try HTTPClient(options: ClientOptions(answerBytes: 100_000))
    #expect(client.ask(request(server.port, "/", bytes: 100_000))?.answer?.body.count == 100_000)
    guard case .cutShort(let answer, let reason)? = client.ask(request(server.port, "/", bytes: 100_001)) else {
      Issue.record("the answer was not cut")
      return
    }
    #expect(answer.body.count == 100_000)
    #expect(reason == "the answer is too long")
    #expect(client.ask(request(server.port, "/", bytes: 5))?.answer?.body.count == 5)
  }

  @Test func `with endless headers are given up`() throws {
    let server = try ScriptedServer { server, connection, _ in
      _ = server.read(connection)
      connection.send("HTTP/1.1 200 OK\r\n")
      let line = "X-Line: " + String(repeating: "x", count: 1000) + "\r\n"
      for _ in 0..<100_000 where !connection.send(line) { break }
    }
    let client = try HTTPClient()
    #expect(client.ask(request(server.port, "/")) == .unknown(reason: "the answer's headers are too long"))
    client.close()
    server.stop()
  }

  @Test func `that break off keep their beginning`() throws {
    let body = Array(String(repeating: "report\n", count: 1000).utf8)
    let server = try HTTPServer(port: 0) { _ in ServerReply(body: body, ending: .cutAfter(700)) }
    defer { server.stop() }
    let pieces = Mutex<[UInt8]>([])
    let client = try HTTPClient()
    var pull = request(server.port, "/")
    pull.received = { piece in pieces.withLock { $0 += piece.array } }
    guard case .cutShort(let answer, let reason)? = client.ask(pull) else {
      Issue.record("the answer did not break off")
      return
    }
    #expect(answer.status == 200)
    #expect(answer.body == Array(body.prefix(700)))
    #expect(pieces.withLock { $0 } == answer.body)
    #expect(reason == "the answer broke off")
  }

  @Test func `may be anything but HTTP`() throws {
    let server = try ScriptedServer { server, connection, _ in
      _ = server.read(connection)
      connection.send("220 mail.example ESMTP\r\n")
    }
    let client = try HTTPClient()
    #expect(client.ask(request(server.port, "/")) == .unknown(reason: "the answer is not HTTP"))
    client.close()
    server.stop()
  }
}

@Suite struct `A client's requests` {
  @Test func `carry nothing that was not asked for`() throws {
    let head = Mutex("")
    let server = try ScriptedServer { server, connection, _ in
      let text = server.read(connection) ?? ""
      head.withLock { $0 = text }
      connection.answer(headers: "Set-Cookie: a=b\r\nConnection: close\r\n")
    }
    let client = try HTTPClient()
    let long = ClientRequest(
      url: "http://127.0.0.1:\(server.port)/x", contentType: "a/b", body: [UInt8](repeating: 98, count: 2_000_000),
      timeout: 5)
    for _ in 1...2 { _ = client.ask(long) }
    client.close()
    server.stop()
    let lines = head.withLock { $0 }.split(separator: "\r\n").prefix { !$0.hasPrefix("bbb") }
    #expect(
      lines.sorted() == [
        "Accept: */*", "Content-Length: 2000000", "Content-Type: a/b", "Host: 127.0.0.1:\(server.port)",
        "POST /x HTTP/1.1", "User-Agent: qunfa",
      ])
  }

  @Test func `take no proxy from the environment`() throws {
    let server = try HTTPServer(port: 0) { _ in ServerReply() }
    defer { server.stop() }
    for name in ["http_proxy", "all_proxy", "ALL_PROXY"] { unsafe setenv(name, "http://127.0.0.1:1", 1) }
    defer { for name in ["http_proxy", "all_proxy", "ALL_PROXY"] { unsafe unsetenv(name) } }
    #expect(try HTTPClient().ask(request(server.port, "/"))?.answer?.status == 200)
  }

  @Test(arguments: [
    ("http://127.0.0.1:1/", "connection refused"),
    ("http://no-such-host.invalid/?secret=x", "the host's name was not found"),
    ("ftp://127.0.0.1/secret", "the address is neither http nor https"),
    ("file:///etc/passwd", "the address is neither http nor https"),
    ("http://", "the address is not a URL"),
    ("", "the address is not a URL"),
  ])
  func `that cannot be sent say why`(url: String, reason: String) throws {
    let client = try HTTPClient()
    for _ in 1...2 {
      #expect(client.ask(ClientRequest(url: url, body: [1], timeout: 5)) == .notSent(reason: reason))
    }
  }

  @Test func `end in time`() throws {
    let server = try HTTPServer(port: 0, limits: ServerLimits(drainSeconds: 0)) { _ in ServerReply(delay: 5) }
    let client = try HTTPClient()
    let start = monotonicSeconds()
    client.submit(request(server.port, "/", timeout: 0.3), tag: 7)
    let completion = try #require(client.wait(until: start + 5).first)
    #expect(completion.result == .unknown(reason: "timed out after the request went out"))
    #expect(completion.tag == 7)
    #expect((0.29...2).contains(completion.elapsed))
    #expect((0.29...2).contains(monotonicSeconds() - start))
    server.stop()
  }

  /// A full backlog: the system drops the request to connect, as a host does that does not answer.
  @Test func `end in time without a connection`() throws {
    let descriptor = socket(AF_INET, SocketKind.stream, 0)
    defer { close(descriptor) }
    var address = loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listens = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, length) == 0 && listen(descriptor, 0) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    #expect(listens)
    let port = UInt16(bigEndian: address.sin_port)
    let first = try RawConnection(port: port)
    let client = try HTTPClient(options: ClientOptions(connectTimeout: 0.3))
    #expect(client.ask(request(port, "/", timeout: 5)) == .notSent(reason: "no connection in time"))
    _ = first
  }

  @Test func `go side by side and keep their connections`() throws {
    let server = try HTTPServer(port: 0) { ServerReply(body: $0.body, delay: 0.01) }
    defer { server.stop() }
    let client = try HTTPClient()
    var open = 0
    var next = 1
    var answers: [UInt64: Int] = [:]
    let deadline = monotonicSeconds() + 20
    while answers.count < 500, monotonicSeconds() < deadline {
      while open < 16, next <= 500 {
        client.submit(request(server.port, "/", bytes: next), tag: UInt64(next))
        open += 1
        next += 1
      }
      for completion in client.wait(until: deadline) {
        answers[completion.tag] = completion.result.answer?.body.count
        open -= 1
      }
    }
    #expect(answers.count == 500)
    for (tag, count) in answers { #expect(count == Int(tag)) }
  }

  @Test func `are refused beyond the bound`() throws {
    let server = try HTTPServer(port: 0, limits: ServerLimits(drainSeconds: 0)) { _ in ServerReply(delay: 2) }
    let client = try HTTPClient()
    for tag in 1...1030 { client.submit(request(server.port, "/"), tag: UInt64(tag)) }
    let refused = client.wait(until: monotonicSeconds() + 1)
    #expect(refused.count == 6)
    #expect(refused.allSatisfy { $0.result == .notSent(reason: "too many requests at once") })
    client.close()
    server.stop()
  }
}

@Suite struct `A client's waiting` {
  @Test func `ends at the deadline, or when woken`() throws {
    let client = try HTTPClient()
    let start = monotonicSeconds()
    #expect(client.wait(until: start + 0.1).isEmpty)
    #expect((0.1...1).contains(monotonicSeconds() - start))
    let waker = SystemThread.start {
      pause(0.1)
      client.wake()
    }
    #expect(client.wait(until: monotonicSeconds() + 5).isEmpty)
    #expect(monotonicSeconds() - start < 2)
    waker?.join()
    client.wake()
    #expect(client.wait(until: monotonicSeconds() + 5).isEmpty)
    #expect(monotonicSeconds() - start < 3)
  }

  @Test func `tells after closing what became of the rest`() throws {
    let server = try ScriptedServer { server, connection, _ in
      _ = server.read(connection)
      _ = server.read(connection)
    }
    let client = try HTTPClient()
    client.submit(request(server.port, "/begun"), tag: 1)
    server.await("/begun")
    client.close()
    client.close()
    #expect(
      client.wait(until: monotonicSeconds() + 5).map(\.result) == [
        .unknown(reason: "stopped after the request went out")
      ])
    client.submit(request(server.port, "/late"), tag: 2)
    #expect(client.wait(until: monotonicSeconds() + 5).map(\.result) == [.notSent(reason: "the client is closed")])
    #expect(client.wait(until: monotonicSeconds() + 5).isEmpty)
    server.stop()
    #expect(server.count("/late") == 0)
  }
}
