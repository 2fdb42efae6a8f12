import Glibc
import Platform
import Synchronization
import TestSupport

/// A juhe gateway made of bare sockets that takes every submission and then answers as a hostile one would.
final class HostileGateway: Sendable {
  /// What is wrong with the answer.
  enum Trick: String, CaseIterable, Sendable {
    case lengthTooLong, lengthTooShort, slowDrip, hugeBody, chunkedGarbage, chunkTooLong, serverError, emptyBody
    case resetInside, twoAnswers, noLength, hugeHeaders, redirect
  }
  let port: UInt16
  private let descriptor: Int32
  private let trick: Trick
  private let numbers = Mutex<[String]>([])

  init(_ trick: Trick) throws {
    descriptor = try loopbackSocket()
    guard listen(descriptor, 16) == 0 else { throw ChildError("cannot listen") }
    port = boundPort(descriptor)
    self.trick = trick
    serveConnections(of: descriptor) { [self] in serve($0) }
  }

  func stop() {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  /// Every number that was handed in, as often as it was.
  var taken: [String] { numbers.withLock { $0 } }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    guard let body = readBody(connection) else { return }
    let mentioned = body.matches(of: /1380000\d{4}/).map { String($0.output) }
    let entries = mentioned.map { "{\"mid\":\"M\($0)\",\"mobile\":\"\($0)\",\"result\":0}" }
    let page = Array("{\"status\":\"0\",\"balance\":1000,\"list\":[\(entries.joined(separator: ","))]}".utf8)
    // A question for the balance holds no number.
    guard !mentioned.isEmpty else { return put(page, on: connection, length: page.count) }
    numbers.withLock { $0 += mentioned }
    play(page, on: connection)
  }

  private func play(_ page: [UInt8], on connection: Int32) {
    switch trick {
    case .lengthTooLong: put(page, on: connection, length: page.count + 50)
    case .lengthTooShort: put(page, on: connection, length: page.count - 20)
    case .slowDrip: drip(page, on: connection)
    case .hugeBody: flood(page, on: connection)
    case .chunkedGarbage: put(head("Transfer-Encoding: chunked") + Array("zz\r\n".utf8) + page, on: connection)
    case .chunkTooLong:
      put(head("Transfer-Encoding: chunked") + Array("ffffffffffffffff\r\n".utf8) + page, on: connection)
    case .serverError: put(page, on: connection, length: page.count, status: "500 Internal Server Error")
    case .emptyBody: put([], on: connection, length: 0)
    case .resetInside:
      put(head("Content-Length: \(page.count)") + page.prefix(page.count / 2), on: connection)
      var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
      unsafe setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    case .twoAnswers:
      put(head("Content-Length: 2") + Array("{}".utf8) + head("Content-Length: \(page.count)") + page, on: connection)
    case .noLength: put(head("X: y") + page.prefix(page.count - 1), on: connection)
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

  private func head(_ fields: String, status: String = "200 OK") -> [UInt8] {
    Array("HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nConnection: close\r\n\(fields)\r\n\r\n".utf8)
  }

  private func put(_ page: [UInt8], on connection: Int32, length: Int, status: String = "200 OK") {
    put(head("Content-Length: \(length)", status: status) + page, on: connection)
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

  /// A byte every tenth of a second: never silent, never done.
  private func drip(_ page: [UInt8], on connection: Int32) {
    guard put(head("Content-Length: \(page.count)"), on: connection) else { return }
    for byte in page {
      usleep(100_000)
      guard put([byte], on: connection) else { return }
    }
  }

  /// The page, then blanks beyond what is kept of an answer.
  private func flood(_ page: [UInt8], on connection: Int32) {
    let blanks = [UInt8](repeating: 0x20, count: 1 << 20)
    guard put(head("Content-Length: \(page.count + blanks.count * 20)") + page, on: connection) else { return }
    for _ in 0..<20 where !put(blanks, on: connection) { return }
  }

  /// A request's body; nil at the connection's end.
  private func readBody(_ connection: Int32) -> String? {
    var all: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while all.count < 1 << 20 {
      let text = all.text
      if let head = text.firstRange(of: "\r\n\r\n") {
        let length = text[..<head.lowerBound].lowercased().firstMatch(of: /content-length: *(\d+)/)
        let body = String(text[head.upperBound...])
        if body.utf8.count >= length.flatMap({ Int($0.output.1) }) ?? 0 { return body }
      }
      let got = unsafe recv(connection, &piece, piece.count, 0)
      guard got > 0 else { return nil }
      all += piece.prefix(got)
    }
    return nil
  }
}
