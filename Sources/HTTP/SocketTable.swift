import Glibc
import Platform

/// The sockets of all connections that curl holds, to look at one before it carries another request.
///
/// curl 7.88.1 takes an idle connection for usable when unread bytes wait on it. Such bytes (a late `408`, a second
/// answer) would pass for the answer to the next request. Touched by the client's thread only.
final class SocketTable {
  /// The connection's two ends, once they were asked for.
  private var ends: [Int32: String?] = [:]

  func opened(_ descriptor: Int32) { ends[descriptor] = .some(nil) }

  func closed(_ descriptor: Int32) { ends[descriptor] = nil }

  /// Whether the connection between these ends is open and silent. False when it is not in the table.
  func isSilent(local: String, localPort: Int32, remote: String, remotePort: Int32) -> Bool {
    let wanted = Self.name(local, localPort, remote, remotePort)
    for (descriptor, known) in ends {
      let name = known ?? Self.ends(of: descriptor)
      if known == nil { ends[descriptor] = name }
      guard name == wanted else { continue }
      var byte: UInt8 = 0
      let got = unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
      return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
    }
    return false
  }

  private static func name(_ local: String, _ localPort: Int32, _ remote: String, _ remotePort: Int32) -> String {
    "\(local) \(localPort) \(remote) \(remotePort)"
  }

  private static func ends(of descriptor: Int32) -> String? {
    guard let local = unsafe address(of: descriptor, getsockname),
      let remote = unsafe address(of: descriptor, getpeername)
    else { return nil }
    return name(local.host, local.port, remote.host, remote.port)
  }

  private static func address(
    of descriptor: Int32, _ ask: (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> Int32
  ) -> (host: String, port: Int32)? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
    let told = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe ask(descriptor, address, &length) == 0
          && getnameinfo(
            address, length, &host, socklen_t(host.count), &port, socklen_t(port.count),
            NI_NUMERICHOST | NI_NUMERICSERV) == 0
      }
    }
    guard told, let number = Int32(text(port)) else { return nil }
    return (text(host), number)
  }

  private static func text(_ characters: [CChar]) -> String {
    characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.text
  }
}
