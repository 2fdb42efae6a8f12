import Glibc
import Platform
import Synchronization
import TestSupport

/// A juhe gateway made of bare sockets that keeps connections open and closes one after reading its request, without a
/// word. It answers all others and remembers every submission it read.
final class SilentGateway: Sendable {
  let port: UInt16
  private let descriptor: Int32
  private let silentAt: Int
  private let resets: Bool
  private let bodies = Mutex<[String]>([])

  /// - Parameter silentAt: the submission, counted from 1, that gets no answer.
  /// - Parameter resets: whether that connection is reset rather than closed.
  init(silentAt: Int, resets: Bool) throws {
    descriptor = try loopbackSocket()
    guard listen(descriptor, 16) == 0 else { throw ChildError("cannot listen") }
    port = boundPort(descriptor)
    self.silentAt = silentAt
    self.resets = resets
    serveConnections(of: descriptor) { [self] in serve($0) }
  }

  func stop() {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  /// The bodies of all submissions that were read.
  var submissions: [String] { bodies.withLock { $0 } }

  private func serve(_ connection: Int32) {
    defer { close(connection) }
    while let body = readBody(connection) {
      // A question for the balance holds no number.
      guard body.contains("1380000") else {
        answer(connection, body)
        continue
      }
      let number = bodies.withLock { bodies in
        bodies.append(body)
        return bodies.count
      }
      if number == silentAt {
        if resets {
          var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
          unsafe setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        }
        return
      }
      answer(connection, body)
    }
  }

  private func answer(_ connection: Int32, _ body: String) {
    let entries = body.matches(of: /1380000\d{4}/).map { match in
      "{\"mid\":\"M\(match.output)\",\"mobile\":\"\(match.output)\",\"result\":0}"
    }
    let text = "{\"status\":\"0\",\"balance\":1000,\"list\":[\(entries.joined(separator: ","))]}"
    let page =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: keep-alive\r\n"
      + "Content-Length: \(text.utf8.count)\r\n\r\n\(text)"
    let bytes = Array(page.utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe send(connection, $0.baseAddress!, $0.count, Int32(MSG_NOSIGNAL)) }
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
