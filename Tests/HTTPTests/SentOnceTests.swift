import HTTP
import Platform
import Testing

/// What a server does to a request instead of answering it.
enum Mishap: String, CaseIterable, Sendable {
  case wholeThenClose, wholeThenReset, wholeThenNothing, wholeThenPartOfHeaders, wholeThenPartOfStatus
  case headThenClose, headThenReset, halfThenClose, halfThenReset, nothingThenClose, nothingThenReset
  case resetWhileIdle

  func happen(to connection: RawConnection, on server: ScriptedServer, bytes: Int) {
    switch self {
    case .wholeThenClose: _ = server.read(connection)
    case .wholeThenReset:
      _ = server.read(connection)
      connection.reset()
    case .wholeThenNothing:
      _ = server.read(connection)
      _ = connection.receive()
    case .wholeThenPartOfHeaders:
      _ = server.read(connection)
      connection.send("HTTP/1.1 200 OK\r\nContent-Le")
    case .wholeThenPartOfStatus:
      _ = server.read(connection)
      connection.send("HTTP/1")
    case .headThenClose: server.read(connection, bytes: 40)
    case .headThenReset:
      server.read(connection, bytes: 40)
      connection.reset()
    case .halfThenClose: server.read(connection, bytes: 60 + bytes / 2)
    case .halfThenReset:
      server.read(connection, bytes: 60 + bytes / 2)
      connection.reset()
    case .nothingThenClose: pause(0.1)
    case .nothingThenReset:
      pause(0.1)
      connection.reset()
    case .resetWhileIdle: connection.reset()
    }
  }

  /// Seconds after which the client gives up.
  func patience(bytes: Int) -> Double { self == .wholeThenNothing && bytes < 1_000_000 ? 0.4 : 2 }

  /// Whether the server has surely read every byte, so that nothing but unknown is true.
  var hasWhole: Bool { rawValue.hasPrefix("whole") }
}

struct Shape: Sendable, CustomTestStringConvertible {
  var method: ClientRequest.Method
  var bytes: Int
  var testDescription: String { "\(method) \(bytes)" }

  static let all = [
    Shape(method: .get, bytes: 0), Shape(method: .post, bytes: 0), Shape(method: .post, bytes: 300),
    Shape(method: .post, bytes: 20_000), Shape(method: .post, bytes: 60_000), Shape(method: .post, bytes: 8_000_000),
  ]
}

@Suite struct `A request is sent at most once` {
  /// The connection's first request is answered, the second meets the mishap; every later one would be answered.
  @Test(arguments: Mishap.allCases, Shape.all)
  func `on a used connection`(mishap: Mishap, shape: Shape) throws {
    let server = try ScriptedServer { server, connection, number in
      guard number == 1 else {
        while server.read(connection) != nil { connection.answer() }
        return
      }
      if server.read(connection) == nil { return }
      connection.answer()
      mishap.happen(to: connection, on: server, bytes: shape.bytes)
    }
    let client = try HTTPClient()
    #expect(client.ask(request(server.port, "/first"))?.answer?.status == 200)
    if mishap == .resetWhileIdle { pause(0.1) }
    let result = try #require(
      client.ask(
        request(
          server.port, "/second", method: shape.method, bytes: shape.bytes, timeout: mishap.patience(bytes: shape.bytes)
        )))
    client.close()
    server.stop()
    judge(result, mishap, sightings: server.count("/second"))
  }

  @Test(arguments: Mishap.allCases.filter { $0 != .resetWhileIdle }, Shape.all)
  func `on a new connection`(mishap: Mishap, shape: Shape) throws {
    let server = try ScriptedServer { server, connection, number in
      if number == 1 { return mishap.happen(to: connection, on: server, bytes: shape.bytes) }
      while server.read(connection) != nil { connection.answer() }
    }
    let client = try HTTPClient()
    let result = try #require(
      client.ask(
        request(
          server.port, "/second", method: shape.method, bytes: shape.bytes, timeout: mishap.patience(bytes: shape.bytes)
        )))
    client.close()
    server.stop()
    judge(result, mishap, sightings: server.count("/second"))
  }

  private func judge(_ result: ClientResult, _ mishap: Mishap, sightings: Int) {
    #expect(sightings <= 1)
    if mishap.hasWhole {
      #expect(sightings == 1)
      #expect(result.unknownReason != nil, "\(result)")
    } else if mishap == .resetWhileIdle {
      #expect(sightings == 1)
      #expect(result.answer?.status == 200, "\(result)")
    } else {
      #expect(result.answer == nil, "\(result)")
    }
  }

  @Test(arguments: Shape.all)
  func `after the server closed the idle connection`(shape: Shape) throws {
    let server = try ScriptedServer { server, connection, number in
      if server.read(connection) != nil { connection.answer("from \(number)") }
    }
    let client = try HTTPClient()
    #expect(client.ask(request(server.port, "/first"))?.answer?.body == Array("from 1".utf8))
    pause(0.1)
    let result = client.ask(request(server.port, "/second", method: shape.method, bytes: shape.bytes))
    #expect(result?.answer?.body == Array("from 2".utf8))
    client.close()
    server.stop()
    #expect(server.count("/second") == 1)
  }

  @Test(arguments: Shape.all)
  func `after the server spoke on the idle connection`(shape: Shape) throws {
    let server = try ScriptedServer { server, connection, number in
      if server.read(connection) == nil { return }
      connection.answer("from \(number)")
      if number > 1 { return }
      pause(0.05)
      connection.answer("too late", status: "408 Request Timeout")
      _ = server.read(connection)
    }
    let client = try HTTPClient()
    #expect(client.ask(request(server.port, "/first"))?.answer?.body == Array("from 1".utf8))
    pause(0.2)
    let result = client.ask(request(server.port, "/second", method: shape.method, bytes: shape.bytes))
    #expect(result?.answer?.body == Array("from 2".utf8))
    client.close()
    server.stop()
    #expect(server.count("/second") == 1)
  }

  @Test func `over and over on many connections that close at random moments`() throws {
    let server = try ScriptedServer { server, connection, number in
      for turn in 1...100 {
        if server.read(connection) == nil { return }
        // Some close with an answer, some without, some a moment after it.
        if (number + turn) % 7 == 0 { return }
        connection.answer()
        if (number + turn) % 5 == 0 { return }
      }
    }
    let client = try HTTPClient()
    var results: [UInt64: ClientResult] = [:]
    for tag in 1...UInt64(400) {
      client.submit(request(server.port, "/\(tag)", method: tag % 2 == 0 ? .get : .post, bytes: 5000), tag: tag)
    }
    let deadline = monotonicSeconds() + 20
    while results.count < 400, monotonicSeconds() < deadline {
      for completion in client.wait(until: deadline) { results[completion.tag] = completion.result }
    }
    client.close()
    server.stop()
    #expect(results.count == 400)
    for (tag, result) in results {
      #expect(server.count("/\(tag)") <= 1)
      if result.answer != nil { #expect(server.count("/\(tag)") == 1) }
      if result.notSentReason != nil { #expect(server.count("/\(tag)") == 0) }
    }
    #expect(results.values.contains { $0.unknownReason != nil })
    #expect(results.values.contains { $0.answer != nil })
  }
}
