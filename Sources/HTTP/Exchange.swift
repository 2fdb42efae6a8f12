import CMicroHTTPD
import Glibc
import Platform
import Synchronization

/// One request and its answer, from the request's first line to the answer's last byte.
///
/// libmicrohttpd's thread puts the request together, suspends the connection and hands the exchange to a worker.
/// Whoever calls `answer` first resumes the connection, exactly once; libmicrohttpd's thread then sends the answer.
@safe final class Exchange: @unchecked Sendable {
  // Sendable: `request`, `declared` and `received` are touched by libmicrohttpd's thread alone until the connection is
  // suspended, afterwards they only are read. `stage` is behind its mutex. `connection` lives as long as the exchange.
  enum Stage {
    case opened
    case reading
    case working
    case answered(ServerReply)
  }

  let target: [UInt8]
  private let connection: OpaquePointer
  private(set) var request: ServerRequest
  /// Bytes of the body that came, kept or not.
  private(set) var received = 0
  private let stage = Mutex(Stage.opened)

  /// - Parameter target: the request's target as it came, `/path?query`.
  init(target: [UInt8], connection: OpaquePointer) {
    self.target = target
    unsafe self.connection = connection
    request = ServerRequest(method: "", path: "")
  }

  var current: Stage { stage.withLock { $0 } }

  /// The request's head has come. Returns the body's length as the client declares it, 0 when it declares none.
  func begin(method: String) -> Int {
    stage.withLock { $0 = .reading }
    request.method = method
    request.headers = unsafe headers(of: connection)
    let mark = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
    request.path = FormData.decode(target[..<mark], plusIsBlank: false).text
    if mark < target.endIndex {
      let query = Array(target[(mark + 1)...])
      request.query = FormData.parse(query)
      request.rawQuery = FormData.readable(query)
    }
    request.client = unsafe clientAddress(of: connection)
    return request.header("content-length").flatMap { Int($0) } ?? 0
  }

  /// Room is made as bytes come, a bounded part of it beforehand: a declared length costs the client nothing.
  func expect(_ length: Int) { request.body.reserveCapacity(min(length, 1024 * 1024)) }

  /// Keeps bytes up to `limit`, counts the rest.
  func append(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) {
    received += bytes.count
    if received <= limit { unsafe request.body.append(contentsOf: bytes) }
  }

  /// The request is whole. The connection rests until `answer`.
  func suspend() {
    stage.withLock { stage in
      stage = .working
      unsafe MHD_suspend_connection(connection)
    }
  }

  /// Gives the answer and wakes the connection. Later calls change nothing.
  func answer(_ reply: ServerReply) {
    stage.withLock { stage in
      guard case .working = stage else { return }
      stage = .answered(reply)
      // Within the lock: once `answer` has returned, for whoever called it, the connection rests no more.
      unsafe MHD_resume_connection(connection)
    }
  }
}

/// Names in lower case, in the order of the request.
private func headers(of connection: OpaquePointer) -> [(name: String, value: String)] {
  var found: [(name: String, value: String)] = []
  unsafe withUnsafeMutablePointer(to: &found) { list in
    _ = unsafe MHD_get_connection_values(
      connection, .HEADER_KIND,
      { list, _, name, value in
        guard let list = unsafe list, let name = unsafe name else { return .NO }
        let pair = unsafe (String(cString: name).lowercased(), value.map { unsafe String(cString: $0) } ?? "")
        unsafe list.assumingMemoryBound(to: [(name: String, value: String)].self).pointee.append(pair)
        return .YES
      }, list)
  }
  return found
}

private func clientAddress(of connection: OpaquePointer) -> String {
  guard let address = unsafe qunfa_mhd_client(connection) else { return "" }
  let isIPv6 = unsafe Int32(address.pointee.sa_family) == AF_INET6
  let length = isIPv6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
  var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
  let told = unsafe getnameinfo(address, socklen_t(length), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
  return told == 0 ? text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.text : ""
}
