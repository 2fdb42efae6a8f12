import Glibc
import Platform
import Synchronization
import TestSupport

/// A gateway made of bare sockets that takes every request and then answers as a hostile one would: the right words,
/// carried by a broken transfer.
final class HostileGateway: Sendable {
  /// What is wrong with the answer.
  enum Trick: String, CaseIterable, Sendable {
    /// Nothing: what the others would say, were they an answer.
    case none
    case lengthTooLong, lengthTooShort, slowDrip, hugeBody, chunkedGarbage, chunkThenGarbage, chunkTooLong
    case serverError, emptyBody, webPage, notHTTP, silence, resetInside, twoAnswers, noLength, hugeHeaders, redirect

    /// The body's bytes that reach the client; nil when no body does.
    func arriving(_ page: [UInt8]) -> Arrival? {
      switch self {
      case .none, .lengthTooLong, .serverError, .redirect: .all(page)
      case .lengthTooShort, .noLength: .all(Array(page.prefix(HostilePages.cut(page))))
      case .slowDrip: .beginning(of: page)
      case .hugeBody:
        .all(page + [UInt8](repeating: 0x20, count: Limits.answerBytes - page.count))
      case .chunkThenGarbage, .resetInside: .all(Array(page.prefix(HostilePages.half(page))))
      case .webPage: .all(Trick.inPage(page))
      case .twoAnswers: .all(Array("{}".utf8))
      // The head is whole, the body is not even begun.
      case .emptyBody, .chunkedGarbage, .chunkTooLong: .all([])
      case .hugeHeaders, .notHTTP, .silence: nil
      }
    }

    /// The gateway's `timeout` in seconds: short for those that are waited for to its end, else enough for a busy machine.
    var timeout: Int {
      switch self {
      case .silence: 1
      case .slowDrip: 4
      default: 10
      }
    }

    /// Seconds that one run may take on a busy machine. A debug build reads 16 MiB slowly.
    var seconds: Double { self == .hugeBody ? 90 : 20 }

    static func inPage(_ page: [UInt8]) -> [UInt8] { Array("<html><body>".utf8) + page + Array("</body></html>".utf8) }
  }

  /// What a client gets of a body.
  enum Arrival: Sendable {
    case all([UInt8])
    /// At least a byte, as many as there was time for.
    case beginning(of: [UInt8])

    func fits(_ kept: [UInt8]) -> Bool {
      switch self {
      case .all(let bytes): kept == bytes
      case .beginning(let bytes): !kept.isEmpty && kept.count < bytes.count && bytes.starts(with: kept)
      }
    }
  }

  let port: UInt16
  private let descriptor: Int32
  private let trick: Trick
  private let protocolName: String
  private let requests = Mutex<[(question: Question, numbers: [String])]>([])

  init(_ trick: Trick, _ protocolName: String) throws {
    descriptor = try loopbackSocket()
    guard listen(descriptor, 16) == 0 else { throw ChildError("cannot listen") }
    port = boundPort(descriptor)
    self.trick = trick
    self.protocolName = protocolName
    serveConnections(of: descriptor) { [self] in serve($0) }
  }

  func stop() {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  /// Every number that was handed in, as often as it was.
  var taken: [String] { requests.withLock { $0.flatMap(\.numbers) } }

  /// How often a question was put.
  func asked(_ question: Question) -> Int { requests.withLock { $0.count { $0.question == question } } }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    guard let request = readRequest(connection) else { return }
    guard let question = Question(target: request.target, body: request.body) else { return }
    let numbers = question == .submission ? request.body.matches(of: /1380000\d{4}/).map { String($0.output) } : []
    let before = requests.withLock { requests in
      defer { requests.append((question, numbers)) }
      return requests.count { $0.question == question }
    }
    let isPull = question == .reports || question == .replies
    if trick == .none, isPull, before > 0 {
      let nothing = HostilePages.nothing(protocolName, question)
      return put(nothing, on: connection, length: nothing.count)
    }
    play(HostilePages.page(protocolName, question, numbers: numbers), on: connection)
  }

  private func play(_ page: [UInt8], on connection: Int32) {
    let cut = HostilePages.cut(page)
    switch trick {
    case .none: put(page, on: connection, length: page.count)
    case .lengthTooLong: put(page, on: connection, length: page.count + 50)
    case .lengthTooShort: put(page, on: connection, length: cut)
    case .slowDrip: drip(page, on: connection)
    case .hugeBody: flood(page, on: connection)
    case .chunkedGarbage: put(head("Transfer-Encoding: chunked") + Array("zz\r\n".utf8) + page, on: connection)
    case .chunkThenGarbage:
      let half = page.prefix(HostilePages.half(page))
      let chunk = Array("\(String(half.count, radix: 16))\r\n".utf8) + half + Array("\r\nzz\r\n".utf8)
      put(head("Transfer-Encoding: chunked") + chunk + page, on: connection)
    case .chunkTooLong:
      put(head("Transfer-Encoding: chunked") + Array("ffffffffffffffff\r\n".utf8) + page, on: connection)
    case .serverError: put(page, on: connection, length: page.count, status: "500 Internal Server Error")
    case .emptyBody: put([], on: connection, length: 0)
    case .webPage: put(Trick.inPage(page), on: connection, length: Trick.inPage(page).count, kind: "text/html")
    case .notHTTP: put(page, on: connection)
    case .silence: waitForEnd(of: connection)
    case .resetInside: reset(page, connection)
    case .twoAnswers:
      put(head("Content-Length: 2") + Array("{}".utf8) + head("Content-Length: \(page.count)") + page, on: connection)
    case .noLength: put(head("X: y") + page.prefix(cut), on: connection)
    case .hugeHeaders:
      put(
        head("X: " + String(repeating: "y", count: 300_000) + "\r\nContent-Length: \(page.count)") + page,
        on: connection)
    case .redirect:
      put(
        head(
          "Location: http://127.0.0.1:\(port)/sms\r\nContent-Length: \(page.count)", status: "307 Temporary Redirect")
          + page, on: connection)
    }
  }

  private func head(_ fields: String, status: String = "200 OK", kind: String = "application/json") -> [UInt8] {
    Array("HTTP/1.1 \(status)\r\nContent-Type: \(kind)\r\nConnection: close\r\n\(fields)\r\n\r\n".utf8)
  }

  private func put(
    _ page: [UInt8], on connection: Int32, length: Int, status: String = "200 OK", kind: String = "application/json"
  ) {
    put(head("Content-Length: \(length)", status: status, kind: kind) + page, on: connection)
  }

  /// False when the other side is gone.
  @discardableResult private func put(_ bytes: [UInt8], on connection: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe send(connection, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// Half the page, then a reset: what was sent before it stays readable on the other side.
  private func reset(_ page: [UInt8], _ connection: Int32) {
    put(head("Content-Length: \(page.count)") + page.prefix(HostilePages.half(page)), on: connection)
    var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
  }

  private func waitForEnd(of connection: Int32) {
    var byte: UInt8 = 0
    while unsafe recv(connection, &byte, 1, 0) > 0 {}
  }

  /// A byte every tenth of a second or more slowly, twice as long as anybody waits: never silent, never done.
  private func drip(_ page: [UInt8], on connection: Int32) {
    guard put(head("Content-Length: \(page.count)") + page.prefix(1), on: connection) else { return }
    let pause = max(100_000, 9_000_000 / UInt32(max(1, page.count)))
    for byte in page.dropFirst() {
      usleep(pause)
      guard put([byte], on: connection) else { return }
    }
    usleep(pause)
  }

  /// The page, then blanks beyond what is kept of an answer.
  private func flood(_ page: [UInt8], on connection: Int32) {
    let blanks = [UInt8](repeating: 0x20, count: 1 << 20)
    guard put(head("Content-Length: \(page.count + blanks.count * 20)") + page, on: connection) else { return }
    for _ in 0..<20 where !put(blanks, on: connection) { return }
  }

  /// A request's target and body; nil at the connection's end.
  private func readRequest(_ connection: Int32) -> (target: String, body: String)? {
    var all: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while all.count < 1 << 20 {
      let text = all.text
      if let head = text.firstRange(of: "\r\n\r\n") {
        let length = text[..<head.lowerBound].lowercased().firstMatch(of: /content-length: *(\d+)/)
        let body = String(text[head.upperBound...])
        let target = text.split(separator: " ", maxSplits: 2).dropFirst().first.map { String($0) } ?? ""
        if body.utf8.count >= length.flatMap({ Int($0.output.1) }) ?? 0 { return (target, body) }
      }
      let got = unsafe recv(connection, &piece, piece.count, 0)
      guard got > 0 else { return nil }
      all += piece.prefix(got)
    }
    return nil
  }
}
