import CMicroHTTPD
import Glibc
import Platform

/// A TCP socket that listens, owned until someone else takes it over.
struct ListeningSocket: ~Copyable {
  private(set) var descriptor: Int32
  let port: UInt16

  /// - Parameter address: digits of IP version 4 or 6.
  /// - Parameter port: 0 takes a free one.
  init(address: String, port: UInt16) throws(HTTPError) {
    var hints = unsafe addrinfo()
    unsafe hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
    unsafe hints.ai_socktype = SocketKind.stream
    var found: UnsafeMutablePointer<addrinfo>?
    guard unsafe getaddrinfo(address, String(port), &hints, &found) == 0, let found = unsafe found else {
      throw HTTPError(
        .address, "'\(address)' is no IP address", expected: "digits such as 127.0.0.1 or ::1",
        next: "Write the address of one of this machine's interfaces.")
    }
    defer { unsafe freeaddrinfo(found) }
    let flags = SocketKind.stream | SocketKind.nonBlocking | SocketKind.closeOnExec
    let opened = unsafe socket(found.pointee.ai_family, flags, 0)
    guard opened >= 0 else { throw HTTPError(.resources, "no socket: \(systemMessage(errno))") }
    var on: Int32 = 1
    unsafe setsockopt(opened, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    let listens = unsafe bind(opened, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 && listen(opened, 1024) == 0
    guard listens, let bound = Self.port(of: opened) else {
      let reason = systemMessage(errno)
      close(opened)
      throw HTTPError(
        .bind, "cannot listen on \(address) port \(port): \(reason)", next: "Choose another port, or stop its user.")
    }
    descriptor = opened
    self.port = bound
  }

  /// Takes over a socket that listens already.
  init(inherited: Int32) throws(HTTPError) {
    var listens: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    let isKnown = unsafe getsockopt(inherited, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0
    guard isKnown, listens != 0, let bound = Self.port(of: inherited) else {
      throw HTTPError(
        .bind, "the inherited descriptor \(inherited) is no listening socket",
        next: "Use ListenStream in the systemd socket unit, with Accept=no.")
    }
    // Not blocking and not for children, as one of our own.
    _ = qunfa_socket_flags(inherited)
    descriptor = inherited
    port = bound
  }

  /// The socket that systemd hands over by `LISTEN_PID` and `LISTEN_FDS` (sd_listen_fds(3)); nil when it hands over
  /// none to this process.
  static func inheritedDescriptor() -> Int32? {
    guard let process = unsafe getenv("LISTEN_PID"), let count = unsafe getenv("LISTEN_FDS") else { return nil }
    guard unsafe Int32(String(cString: process)) == getpid(), let count = unsafe Int(String(cString: count)), count > 0
    else { return nil }
    return 3
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The descriptor, which the caller closes from now on.
  consuming func release() -> Int32 {
    let released = descriptor
    descriptor = -1
    return released
  }

  private static func port(of descriptor: Int32) -> UInt16? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let family = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> UInt16? in
        guard unsafe getsockname(descriptor, address, &length) == 0 else { return nil }
        // The port stands at the same place for both versions of IP, in network order.
        return unsafe UnsafeRawPointer(address).load(fromByteOffset: 2, as: UInt16.self)
      }
    }
    return family.map { UInt16(bigEndian: $0) }
  }
}
