import Glibc
import Platform
import TestSupport

/// A TCP socket on a free port of loopback.
func loopbackSocket() throws -> Int32 {
  let opened = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  guard opened >= 0 else { throw ChildError("no socket") }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
  let bound = unsafe withUnsafePointer(to: &address) { pointer in
    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      unsafe bind(opened, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
  guard bound == 0 else { throw ChildError("no free port") }
  return opened
}

/// The port that a socket got.
func boundPort(_ descriptor: Int32) -> UInt16 {
  var address = sockaddr_in()
  var size = socklen_t(MemoryLayout<sockaddr_in>.size)
  _ = unsafe withUnsafeMutablePointer(to: &address) { pointer in
    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(descriptor, $0, &size) }
  }
  return UInt16(bigEndian: address.sin_port)
}

/// Serves every connection to a listening socket on a thread of its own; the threads end when their descriptors are shut
/// down.
func serveConnections(of descriptor: Int32, _ serve: @escaping @Sendable (Int32) -> Void) {
  _ = SystemThread.start {
    while true {
      let opened = accept(descriptor, nil, nil)
      guard opened >= 0 else { return }
      // Not for the tools that tests start meanwhile: in their hands it would stay open.
      _ = fcntl(opened, F_SETFD, FD_CLOEXEC)
      _ = SystemThread.start { serve(opened) }
    }
  }
}
