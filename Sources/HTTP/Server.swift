import CMicroHTTPD
import Glibc
import Platform
import Synchronization

/// An HTTP/1.1 server on libmicrohttpd: one thread for the connections, a few for the handlers.
///
/// Everything a client can make large is bounded by `ServerLimits`. Handlers run beside one another and may block; a
/// reply's `delay` blocks nobody.
public final class HTTPServer: Sendable {
  /// The port it listens on, the one it was given or the free one it found.
  public let port: UInt16
  /// Requests whose body was beyond the bound; the handler never saw them.
  public var refusedTooLarge: Int { desk.tooLarge }
  private let limits: ServerLimits
  private let desk: ServerDesk
  private let daemon: Mutex<Daemon?>

  /// Listens at once.
  ///
  /// - Parameter address: digits of IP version 4 or 6.
  /// - Parameter port: 0 takes a free one.
  /// - Parameter identity: key and certificate for HTTPS; nil serves plain HTTP.
  /// - Parameter screening: looks at a request before its body is read when that is long; nil reads all.
  /// - Parameter handler: called for each whole request, by several threads at once.
  public convenience init(
    address: String = "127.0.0.1", port: UInt16, limits: ServerLimits = ServerLimits(),
    identity: ServerIdentity? = nil, screening: RequestScreening? = nil,
    handler: @escaping @Sendable (ServerRequest) -> ServerReply
  ) throws(HTTPError) {
    let socket = try ListeningSocket(address: address, port: port)
    try self.init(on: socket, limits: limits, identity: identity, screening: screening, handler: handler)
  }

  /// Serves on a socket that listens already, such as systemd's, which keeps taking connections while no server runs.
  public convenience init(
    inherited descriptor: Int32, limits: ServerLimits = ServerLimits(), identity: ServerIdentity? = nil,
    screening: RequestScreening? = nil, handler: @escaping @Sendable (ServerRequest) -> ServerReply
  ) throws(HTTPError) {
    let socket = try ListeningSocket(inherited: descriptor)
    try self.init(on: socket, limits: limits, identity: identity, screening: screening, handler: handler)
  }

  /// The descriptor of the socket that systemd hands over to this process; nil when it hands over none.
  public static var inheritedSocket: Int32? { ListeningSocket.inheritedDescriptor() }

  private init(
    on socket: consuming ListeningSocket, limits: ServerLimits, identity: ServerIdentity?,
    screening: RequestScreening?, handler: @escaping @Sendable (ServerRequest) -> ServerReply
  ) throws(HTTPError) {
    self.port = socket.port
    self.limits = limits
    desk = ServerDesk(handler: handler)
    guard desk.start(workers: limits.handlers) else { throw HTTPError(.resources, "no thread for the server") }
    let reception = Reception(desk: desk, bodyBytes: limits.bodyBytes, screening: screening)
    guard let daemon = Daemon(socket: socket, limits: limits, identity: identity, reception: reception) else {
      desk.close()
      let code: HTTPError.Code = identity == nil ? .resources : .certificate
      throw HTTPError(code, "the server does not start", next: identity.map { _ in "Check the key and certificate." })
    }
    self.daemon = Mutex(daemon)
  }

  deinit { stop() }

  /// Refuses new connections and requests (503), waits up to `drainSeconds` for what is under way, closes everything.
  /// Returns when done; further calls do nothing.
  public func stop() {
    let taken = daemon.withLock { $0.take() }
    guard let daemon = taken else { return }
    daemon.refuseConnections()
    desk.drain(seconds: limits.drainSeconds)
    daemon.stop()
    desk.close()
  }
}

/// libmicrohttpd's daemon and what its callbacks need.
@safe private struct Daemon: ~Copyable, @unchecked Sendable {
  // Sendable: libmicrohttpd's functions on a daemon may be called by any thread.
  private let handle: OpaquePointer
  private let reception: Reception

  /// Nil when libmicrohttpd refuses; the socket is closed then.
  init?(socket: consuming ListeningSocket, limits: ServerLimits, identity: ServerIdentity?, reception: Reception) {
    let descriptor = socket.release()
    let key = identity.map { Array($0.key.utf8CString) }
    let certificate = identity.map { Array($0.certificate.utf8CString) }
    let started = unsafe SystemThread.withSignalsBlocked {
      unsafe Self.start(descriptor, limits, Unmanaged.passUnretained(reception).toOpaque(), key, certificate)
    }
    guard let started = unsafe started else {
      close(descriptor)
      return nil
    }
    unsafe handle = started
    self.reception = reception
  }

  private static func start(
    _ descriptor: Int32, _ limits: ServerLimits, _ reception: UnsafeMutableRawPointer, _ key: [CChar]?,
    _ certificate: [CChar]?
  ) -> OpaquePointer? {
    let memory = max(4096, limits.headerBytes)
    let idle = UInt32(max(1, limits.idleSeconds))
    let connections = UInt32(max(1, limits.connections))
    return unsafe withOptionalPointer(key) { key in
      unsafe withOptionalPointer(certificate) { certificate in
        unsafe qunfa_mhd_start(
          descriptor, memory, connections, idle, onRequest, onTarget, onCompleted, reception, key, certificate)
      }
    }
  }

  func refuseConnections() {
    let descriptor = unsafe MHD_quiesce_daemon(handle)
    if descriptor >= 0 { close(descriptor) }
  }

  /// Waits for libmicrohttpd's thread. No connection may rest.
  consuming func stop() { unsafe MHD_stop_daemon(handle) }
}

private func withOptionalPointer<Result>(_ text: [CChar]?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
  guard let text else { return body(nil) }
  return unsafe text.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
}
