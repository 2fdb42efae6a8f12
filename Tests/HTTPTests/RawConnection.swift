import Glibc
import Platform

/// A TCP connection without any HTTP in it. No read or write takes longer than five seconds.
final class RawConnection: Sendable {
  let descriptor: Int32

  init(descriptor: Int32) {
    self.descriptor = descriptor
    var limit = timeval(tv_sec: 5, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
  }

  /// Connects to loopback.
  convenience init(port: UInt16) throws {
    let opened = socket(AF_INET, SocketKind.stream | SocketKind.closeOnExec, 0)
    var address = loopback(port)
    let connected = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(opened, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw FileError("connect", "loopback") }
    self.init(descriptor: opened)
  }

  deinit { close(descriptor) }

  @discardableResult func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  @discardableResult func send(_ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
      let sent = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.send(descriptor, $0.baseAddress! + done, bytes.count - done, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return false }
      done += sent
    }
    return true
  }

  /// Some bytes; empty at the end, after an error and after five seconds.
  func receive(most: Int = 64 * 1024) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: most)
    let got = unsafe recv(descriptor, &bytes, bytes.count, 0)
    return Array(bytes.prefix(max(0, got)))
  }

  /// Everything up to the end.
  func receiveAll() -> String {
    var all: [UInt8] = []
    while all.count < 64 * 1024 * 1024 {
      let bytes = receive()
      if bytes.isEmpty { break }
      all += bytes
    }
    return all.text
  }

  /// One message with its body, as far as `Content-Length` tells; what came until then when it ends early.
  func receiveMessage() -> String {
    var all: [UInt8] = []
    while all.count < 64 * 1024 * 1024, !isWhole(all) {
      let bytes = receive()
      if bytes.isEmpty { break }
      all += bytes
    }
    return all.text
  }

  private func isWhole(_ bytes: [UInt8]) -> Bool {
    let end = Array("\r\n\r\n".utf8)
    guard let head = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { return false }
    let lines = bytes[..<head].split(separator: UInt8(ascii: "\n")).map { Array($0).text.lowercased() }
    let length = lines.first { $0.hasPrefix("content-length:") }?.filter(\.isNumber)
    return bytes.count >= head + 4 + (length.flatMap { Int($0) } ?? 0)
  }

  /// Lets the coming close be a reset instead of an end.
  func reset() {
    var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
  }
}

func loopback(_ port: UInt16) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return address
}
