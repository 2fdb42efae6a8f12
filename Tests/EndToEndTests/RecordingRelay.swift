import Glibc
import Platform
import Synchronization
import TestSupport

/// Stands before a server on loopback, hands everything on as it is, and remembers the head of every request.
final class RecordingRelay: Sendable {
  let port: UInt16
  var address: String { "http://127.0.0.1:\(port)" }
  private let target: UInt16
  private let descriptor: Int32
  private let recorded = Mutex<[String]>([])

  init(to target: UInt16) throws {
    descriptor = try loopbackSocket()
    guard listen(descriptor, 64) == 0 else { throw ChildError("cannot listen") }
    port = boundPort(descriptor)
    self.target = target
    serveConnections(of: descriptor) { [self] in serve($0) }
  }

  func stop() {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  /// Request line and headers of all requests so far.
  var heads: [String] { recorded.withLock { $0 } }

  private func serve(_ client: Int32) {
    guard let server = try? Loop.connect(to: target) else {
      close(client)
      return
    }
    let back = SystemThread.start {
      Loop.copy(from: server, to: client) { _ in }
      shutdown(client, Int32(SHUT_RDWR))
    }
    var requests = RequestHeads()
    Loop.copy(from: client, to: server) { bytes in
      for head in requests.take(bytes) { recorded.withLock { $0.append(head) } }
    }
    shutdown(server, Int32(SHUT_RDWR))
    back?.join()
    close(server)
    close(client)
  }
}

/// Takes a connection's bytes apart into requests, as far as their heads and lengths.
private struct RequestHeads {
  private var pending: [UInt8] = []
  private var bodyLeft = 0

  /// The heads that these bytes complete.
  mutating func take(_ bytes: ArraySlice<UInt8>) -> [String] {
    pending += bytes
    var heads: [String] = []
    while true {
      let dropped = min(bodyLeft, pending.count)
      pending.removeFirst(dropped)
      bodyLeft -= dropped
      guard bodyLeft == 0, let end = headEnd else { return heads }
      let head = Array(pending[..<end]).text
      pending.removeFirst(end + 4)
      let length = head.lowercased().firstMatch(of: /\r\ncontent-length: *(\d+)/)
      bodyLeft = length.flatMap { Int($0.output.1) } ?? 0
      heads.append(head)
    }
  }

  /// Where an empty line begins.
  private var headEnd: Int? {
    let end = Array("\r\n\r\n".utf8)
    guard pending.count >= end.count else { return nil }
    return (0...pending.count - end.count).first { pending[$0..<$0 + end.count].elementsEqual(end) }
  }
}

private enum Loop {
  static func connect(to port: UInt16) throws -> Int32 {
    let opened = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard opened >= 0 else { throw ChildError("no socket") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let connected = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(opened, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else {
      close(opened)
      throw ChildError("cannot connect")
    }
    return opened
  }

  /// Until one side ends.
  static func copy(from source: Int32, to target: Int32, _ look: (ArraySlice<UInt8>) -> Void) {
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      let got = unsafe recv(source, &piece, piece.count, 0)
      guard got > 0 else { return }
      look(piece[..<got])
      var sent = 0
      while sent < got {
        let count = unsafe piece.withUnsafeBytes {
          unsafe send(target, $0.baseAddress! + sent, got - sent, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { return }
        sent += count
      }
    }
  }
}
