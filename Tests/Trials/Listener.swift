import Glibc
import Platform
import TestSupport

/// `qunfa listen` on a fixed port, killed and started again.
final class Listener {
  private let workspace: TrialWorkspace
  private(set) var process: ChildProcess?

  init(_ workspace: TrialWorkspace) { self.workspace = workspace }

  deinit { process?.signal(SIGKILL) }

  func start() throws { process = try workspace.start(["listen"]) }

  /// Waits until it says that it listens; false when it does not within 30 s or ends with an error.
  func listens() -> Bool {
    guard let process else { return false }
    _ = ChildProcess.wait(deadline: 30) {
      process.errors.contains("listening on") || process.errors.contains("error: ")
    }
    return process.errors.contains("listening on")
  }

  /// Kills it; returns how it ended, which is 128 + SIGKILL unless it had ended before.
  @discardableResult func kill() throws -> ChildResult? { try end(SIGKILL) }

  /// Ends it in order; returns how it ended.
  @discardableResult func stop() throws -> ChildResult? { try end(SIGTERM) }

  private func end(_ signal: Int32) throws -> ChildResult? {
    process?.signal(signal)
    defer { process = nil }
    return try process?.wait(deadline: 1e9)
  }
}

/// A port of loopback that nobody uses now.
enum FreePort {
  /// Whether somebody listens there.
  static func isTaken(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = port.bigEndian
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  static func find() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw ChildError("no socket: \(systemMessage(errno))") }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let found = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
      }
    }
    guard found else { throw ChildError("no free port: \(systemMessage(errno))") }
    return UInt16(bigEndian: address.sin_port)
  }
}
