import Glibc
import Platform
import Synchronization

/// A server without HTTP: a script decides, byte by byte, what each connection does.
final class ScriptedServer: Sendable {
  let port: UInt16
  private let descriptor: Int32
  private let threads = Mutex<[SystemThread]>([])
  /// First lines of the requests that `read` has begun to see, on any connection.
  private let seen = Monitor<[String]>([])

  /// - Parameter script: runs on a thread of its own for each connection, numbered from 1; the connection closes when
  ///   it
  ///   returns.
  init(_ script: @escaping @Sendable (ScriptedServer, RawConnection, Int) -> Void) throws {
    let descriptor = socket(AF_INET, SocketKind.stream | SocketKind.closeOnExec, 0)
    var address = loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listens = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, length) == 0 && listen(descriptor, 64) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard listens else { throw FileError("listen", "loopback") }
    port = UInt16(bigEndian: address.sin_port)
    self.descriptor = descriptor
    let accepting = SystemThread.start { [weak self] in
      var number = 0
      while true {
        let opened = accept(descriptor, nil, nil)
        guard opened >= 0 else { return }
        number += 1
        let (connection, ordinal) = (RawConnection(descriptor: opened), number)
        let thread = SystemThread.start { [weak self] in
          if let self { script(self, connection, ordinal) }
        }
        guard let thread, self?.keep(thread) != nil else { return }
      }
    }
    if let accepting { keep(accepting) }
  }

  private func keep(_ thread: SystemThread) { threads.withLock { $0.append(thread) } }

  /// No further connections; waits for the scripts.
  func stop() {
    shutdown(descriptor, Int32(SHUT_RDWR))
    for _ in 0..<1000 {
      guard let thread = threads.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { break }
      thread.join()
    }
    close(descriptor)
  }

  /// Reads a whole request and notes its first line; nil when the client closes before its first byte.
  func read(_ connection: RawConnection) -> String? {
    let request = connection.receiveMessage()
    return note(request)
  }

  /// Reads about `bytes` of a request and notes its first line.
  func read(_ connection: RawConnection, bytes: Int) {
    var got: [UInt8] = []
    while got.count < bytes {
      let piece = connection.receive(most: bytes - got.count)
      if piece.isEmpty { break }
      got += piece
    }
    _ = note(got.text)
  }

  private func note(_ request: String) -> String? {
    guard !request.isEmpty else { return nil }
    let line = request.prefix { $0 != "\r\n" && $0 != "\r" }
    seen.change { $0.append(String(line)) }
    return request
  }

  /// How often a request for `path` was seen, whole or in part.
  func count(_ path: String) -> Int { seen.withLock { $0.count { $0.contains(" \(path) ") } } }

  /// Waits until the request for `path` was seen.
  func await(_ path: String) {
    _ = seen.wait(until: monotonicSeconds() + 5) { seen in seen.contains { $0.contains(" \(path) ") } ? true : nil }
  }
}

extension RawConnection {
  /// A whole answer; the connection stays open.
  func answer(_ body: String = "ok", status: String = "200 OK", headers: String = "") {
    send("HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
  }
}

/// Lets time pass.
func pause(_ seconds: Double) { _ = Monitor(0).wait(until: monotonicSeconds() + seconds) { _ in nil as Int? } }
