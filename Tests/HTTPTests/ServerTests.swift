import HTTP
import Platform
import Synchronization
import Testing

private func serve(
  limits: ServerLimits = ServerLimits(), _ handler: @escaping @Sendable (ServerRequest) -> ServerReply
) throws -> HTTPServer {
  try HTTPServer(port: 0, limits: limits, handler: handler)
}

/// Sends one request on a connection of its own and returns everything that comes back.
private func ask(_ server: HTTPServer, _ request: String) throws -> String {
  let connection = try RawConnection(port: server.port)
  connection.send(request)
  return connection.receiveAll()
}

private func post(_ path: String, _ body: String, _ headers: String = "Connection: close\r\n") -> String {
  "POST \(path) HTTP/1.1\r\nHost: x\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}

@Suite struct `A server's requests` {
  @Test func `come whole to the handler`() throws {
    let seen = Mutex<ServerRequest?>(nil)
    let server = try serve { request in
      seen.withLock { $0 = request }
      return ServerReply(201, contentType: "text/x", headers: ["X-Ours": "1"], body: Array("done".utf8))
    }
    defer { server.stop() }
    let body = String(repeating: "短信", count: 20_000)
    let answer = try ask(server, post("/a%20b/c?x=%B6+1&y", body, "X-Mine: Two\r\nConnection: close\r\n"))
    let request = try #require(seen.withLock { $0 })
    #expect(request.method == "POST")
    #expect(request.path == "/a b/c")
    #expect(request.query.map(\.name) == ["x", "y"])
    #expect(request.query.map(\.value) == [[0xB6, 0x20, 0x31], []])
    #expect(request.header("x-mine") == "Two")
    #expect(request.client == "127.0.0.1")
    #expect(request.body == Array(body.utf8))
    #expect(answer.hasPrefix("HTTP/1.1 201 "))
    for line in ["Content-Type: text/x\r\n", "X-Ours: 1\r\n", "Content-Length: 4\r\n", "Date: "] {
      #expect(answer.contains(line))
    }
    #expect(answer.hasSuffix("\r\n\r\ndone"))
  }

  @Test func `follow each other on one connection`() throws {
    let server = try serve { ServerReply(body: $0.body) }
    defer { server.stop() }
    let connection = try RawConnection(port: server.port)
    for number in 1...50 {
      connection.send(post("/", "body \(number)", ""))
      #expect(connection.receiveMessage().hasSuffix("\r\n\r\nbody \(number)"))
    }
  }

  @Test func `may come in chunks`() throws {
    let server = try serve { ServerReply(body: $0.body) }
    defer { server.stop() }
    let head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    #expect(try ask(server, head + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").hasSuffix("\r\n\r\nabcde"))
  }

  @Test(arguments: [
    ("POST /no HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n", "404"),
    ("POST /no HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "404"),
    ("POST /no HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc", "200"),
    ("GET /no HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "200"),
  ])
  func `with a long body are screened before it is read`(_ request: String, _ status: String) throws {
    let server = try HTTPServer(port: 0, screening: { $0.path == "/yes" ? nil : ServerReply(404) }) { _ in
      ServerReply()
    }
    defer { server.stop() }
    // Nothing of a long body is sent, and still the answer comes and the connection ends.
    #expect(try ask(server, request).hasPrefix("HTTP/1.1 \(status) "))
    let body = String(repeating: "x", count: 70_000)
    #expect(try ask(server, post("/yes", body)).hasPrefix("HTTP/1.1 200 "))
  }

  @Test(arguments: [10, 100_000])
  func `with too large a body are answered 413`(excess: Int) throws {
    let calls = Atomic(0)
    let server = try serve(limits: ServerLimits(bodyBytes: 100_000)) { _ in
      calls.add(1, ordering: .relaxed)
      return ServerReply()
    }
    defer { server.stop() }
    let body = String(repeating: "x", count: 100_000 + excess)
    let connection = try RawConnection(port: server.port)
    connection.send(post("/", body).replacing(body, with: ""))
    #expect(connection.receiveAll().hasPrefix("HTTP/1.1 413 "))
    let size = String(body.utf8.count, radix: 16)
    let head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    let answer = try ask(server, head + "\(size)\r\n\(body)\r\n0\r\n\r\n")
    #expect(answer.hasPrefix("HTTP/1.1 413 "))
    #expect(calls.load(ordering: .relaxed) == 0)
    #expect(server.refusedTooLarge == 2)
    #expect(try ask(server, post("/", String(repeating: "x", count: 100_000))).hasPrefix("HTTP/1.1 200 "))
  }

  @Test func `with endless chunks are cut off`() throws {
    let server = try serve(limits: ServerLimits(bodyBytes: 1000)) { _ in ServerReply() }
    defer { server.stop() }
    let connection = try RawConnection(port: server.port)
    connection.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    let chunk = "1000\r\n" + String(repeating: "x", count: 4096) + "\r\n"
    var sent = 0
    while sent < 10_000, connection.send(chunk) { sent += 1 }
    #expect(sent < 10_000)
  }

  @Test func `with too long headers are refused`() throws {
    let server = try serve(limits: ServerLimits(headerBytes: 8192)) { _ in ServerReply() }
    defer { server.stop() }
    let long = String(repeating: "y", count: 20_000)
    #expect(try ask(server, "GET / HTTP/1.1\r\nHost: x\r\nX: \(long)\r\n\r\n").hasPrefix("HTTP/1.1 431 "))
    #expect(try !ask(server, "GET /\(long) HTTP/1.1\r\nHost: x\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
    #expect(try ask(server, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").hasPrefix("HTTP/1.1 200 "))
  }

  @Test func `that stall are closed`() throws {
    let server = try serve(limits: ServerLimits(idleSeconds: 1)) { _ in ServerReply() }
    defer { server.stop() }
    let start = monotonicSeconds()
    let connection = try RawConnection(port: server.port)
    connection.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
    #expect(!connection.receiveAll().hasPrefix("HTTP/1.1 200"))
    #expect(monotonicSeconds() - start < 4)
  }

  @Test func `beyond the connections wait or are closed, and the others go on`() throws {
    let server = try serve(limits: ServerLimits(connections: 4)) { ServerReply(body: $0.body) }
    defer { server.stop() }
    let held = try (0..<4).map { _ in try RawConnection(port: server.port) }
    for connection in held {
      connection.send(post("/", "first", ""))
      #expect(connection.receiveMessage().hasSuffix("first"))
    }
    let further = try? RawConnection(port: server.port)
    further?.send(post("/", "further", ""))
    for connection in held {
      connection.send(post("/", "again", ""))
      #expect(connection.receiveMessage().hasSuffix("again"))
    }
  }
}

@Suite struct `A server's replies` {
  @Test func `that are delayed hold up nobody`() throws {
    let server = try serve(limits: ServerLimits(handlers: 2)) { request in
      ServerReply(body: request.body, delay: request.path == "/slow" ? 0.6 : 0)
    }
    defer { server.stop() }
    let start = monotonicSeconds()
    let slow = try (0..<20).map { _ in try RawConnection(port: server.port) }
    for connection in slow { connection.send(post("/slow", "slow")) }
    for _ in 0..<10 { #expect(try ask(server, post("/", "fast")).hasSuffix("fast")) }
    #expect(monotonicSeconds() - start < 0.5)
    for connection in slow { #expect(connection.receiveAll().hasSuffix("slow")) }
    #expect((0.6...3).contains(monotonicSeconds() - start))
  }

  @Test func `come in the order of their delays`() throws {
    let server = try serve { ServerReply(body: $0.body, delay: Double($0.path.dropFirst()) ?? 0) }
    defer { server.stop() }
    let late = try RawConnection(port: server.port)
    let early = try RawConnection(port: server.port)
    late.send(post("/0.5", "late"))
    early.send(post("/0.1", "early"))
    let start = monotonicSeconds()
    #expect(early.receiveAll().hasSuffix("early"))
    #expect(monotonicSeconds() - start < 0.45)
    #expect(late.receiveAll().hasSuffix("late"))
  }

  @Test func `of blocking handlers come beside each other`() throws {
    let server = try serve(limits: ServerLimits(handlers: 8)) { _ in
      _ = Monitor(0).wait(until: monotonicSeconds() + 0.3) { _ in nil as Int? }
      return ServerReply()
    }
    defer { server.stop() }
    let start = monotonicSeconds()
    let connections = try (0..<8).map { _ in try RawConnection(port: server.port) }
    for connection in connections { connection.send(post("/", "")) }
    for connection in connections { #expect(connection.receiveAll().hasPrefix("HTTP/1.1 200")) }
    #expect(monotonicSeconds() - start < 1.5)
  }

  @Test func `may be no answer at all`() throws {
    let server = try serve { _ in ServerReply(body: Array("never".utf8), ending: .noAnswer) }
    defer { server.stop() }
    #expect(try ask(server, post("/", "x", "")) == "")
    let delayed = try serve { _ in ServerReply(delay: 0.1, ending: .noAnswer) }
    defer { delayed.stop() }
    #expect(try ask(delayed, post("/", "x", "")) == "")
  }

  @Test(arguments: [0, 1, 70_000, 100_000, 200_000])
  func `may be cut`(length: Int) throws {
    let body = [UInt8](repeating: UInt8(ascii: "z"), count: 100_000)
    let server = try serve { _ in ServerReply(body: body, ending: .cutAfter(length)) }
    defer { server.stop() }
    let answer = try ask(server, post("/", "x", ""))
    #expect(answer.contains("Content-Length: 100000\r\n"))
    #expect(answer.utf8.filter { $0 == UInt8(ascii: "z") }.count == min(length, 100_000))
  }

  @Test func `carry their own date`() throws {
    let date = "Tue, 11 Nov 2025 01:00:03 GMT"
    let server = try serve { _ in ServerReply(headers: ["Date": date]) }
    defer { server.stop() }
    let answer = try ask(server, post("/", ""))
    #expect(answer.split(separator: "\r\n").filter { $0.hasPrefix("Date:") } == ["Date: \(date)"])
  }
}

@Suite struct `A server's start and stop` {
  @Test func `take a free port and give it back`() throws {
    let server = try serve { _ in ServerReply() }
    let port = server.port
    #expect(port > 0)
    #expect(throws: HTTPError.self) { try HTTPServer(port: port) { _ in ServerReply() } }
    server.stop()
    server.stop()
    let again = try HTTPServer(port: port) { _ in ServerReply() }
    again.stop()
  }

  @Test func `name what the system refused`() throws {
    let server = try serve { _ in ServerReply() }
    defer { server.stop() }
    #expect {
      try HTTPServer(port: server.port) { _ in ServerReply() }
    } throws: {
      let text = ($0 as? HTTPError)?.diagnostic.description ?? ""
      return text.hasPrefix("qunfa: error: cannot listen on 127.0.0.1 port \(server.port): Address already in use")
    }
    #expect {
      try HTTPServer(address: "localhost", port: 0) { _ in ServerReply() }
    } throws: {
      ($0 as? HTTPError)?.code == .address
    }
    let wrong = ServerIdentity(key: "no key", certificate: "no certificate")
    #expect {
      try HTTPServer(port: 0, identity: wrong) { _ in ServerReply() }
    } throws: {
      ($0 as? HTTPError)?.code == .certificate
    }
  }

  @Test func `let what is under way finish`() throws {
    let begun = Monitor(false)
    let server = try serve { _ in
      begun.change { $0 = true }
      return ServerReply(body: Array("finished".utf8), delay: 0.4)
    }
    let connection = try RawConnection(port: server.port)
    connection.send(post("/", "x", ""))
    _ = begun.wait(until: monotonicSeconds() + 5) { $0 ? true : nil }
    server.stop()
    #expect(connection.receiveAll().hasSuffix("finished"))
    #expect(throws: (any Error).self) { try RawConnection(port: server.port) }
  }

  @Test func `give up what takes too long`() throws {
    let begun = Monitor(false)
    let server = try serve(limits: ServerLimits(drainSeconds: 0.2)) { _ in
      begun.change { $0 = true }
      return ServerReply(delay: 30)
    }
    let connection = try RawConnection(port: server.port)
    connection.send(post("/", "x"))
    _ = begun.wait(until: monotonicSeconds() + 5) { $0 ? true : nil }
    let start = monotonicSeconds()
    server.stop()
    #expect(monotonicSeconds() - start < 2)
    #expect(connection.receiveAll() == "")
  }

  @Test func `refuse new requests meanwhile`() throws {
    let begun = Monitor(false)
    let server = try serve { request in
      if request.path == "/slow" { begun.change { $0 = true } }
      return ServerReply(delay: request.path == "/slow" ? 1 : 0)
    }
    let idle = try RawConnection(port: server.port)
    idle.send(post("/", "x", ""))
    #expect(idle.receiveMessage().hasPrefix("HTTP/1.1 200"))
    let busy = try RawConnection(port: server.port)
    busy.send(post("/slow", "x"))
    _ = begun.wait(until: monotonicSeconds() + 5) { $0 ? true : nil }
    let stopping = SystemThread.start { server.stop() }
    _ = Monitor(0).wait(until: monotonicSeconds() + 0.3) { _ in nil as Int? }
    idle.send(post("/", "x", ""))
    #expect(idle.receiveAll().hasPrefix("HTTP/1.1 503 "))
    #expect(busy.receiveAll().hasPrefix("HTTP/1.1 200"))
    stopping?.join()
  }
}
