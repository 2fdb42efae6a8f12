import CCurl
import Glibc
import Platform

/// curl's own start, once a process and only when something needs it: it costs 4 ms.
enum Curl {
  static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}

/// The owner of curl's multi handle, which holds the connections.
@safe final class MultiHandle: @unchecked Sendable {
  // Sendable: everything but `wake()`, which curl allows from any thread, is called by the client's thread only.
  // `handle` changes once, in `close()`, after which `ClientDesk` calls `wake()` no more.
  private var handle: UnsafeMutableRawPointer?
  /// Released after the handle is cleaned up, which closes the last sockets.
  let sockets = SocketTable()

  init?() {
    guard Curl.isReady, let made = unsafe curl_multi_init() else { return nil }
    unsafe handle = made
    let isSet =
      unsafe qunfa_curl_multi_number(made, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING)) == CURLM_OK
      && qunfa_curl_multi_number(made, CURLMOPT_MAXCONNECTS, Limits.clientIdleConnections) == CURLM_OK
    if !isSet { return nil }
  }

  deinit { close() }

  /// Closes all connections. No transfer may be under way.
  func close() {
    if let handle = unsafe handle { unsafe curl_multi_cleanup(handle) }
    unsafe handle = nil
  }

  func wake() { _ = unsafe curl_multi_wakeup(handle) }

  /// Sends and receives what can be without waiting; false when curl is out of order.
  func perform() -> Bool {
    var running: Int32 = 0
    return unsafe curl_multi_perform(handle, &running) == CURLM_OK
  }

  /// Sleeps until a socket is ready, `wake()` is called or the time has passed.
  func poll(milliseconds: Int32) -> Bool { unsafe curl_multi_poll(handle, nil, 0, milliseconds, nil) == CURLM_OK }

  func add(_ easy: borrowing EasyHandle) -> Bool { unsafe curl_multi_add_handle(handle, easy.handle) == CURLM_OK }

  func remove(_ easy: borrowing EasyHandle) { _ = unsafe curl_multi_remove_handle(handle, easy.handle) }

  /// The next transfer that has ended.
  func next() -> (transfer: Transfer, end: TransferFacts.End)? {
    var left: Int32 = 0
    while let message = unsafe curl_multi_info_read(handle, &left) {
      guard unsafe message.pointee.msg == CURLMSG_DONE, let owner = unsafe qunfa_curl_self(message.pointee.easy_handle)
      else { continue }
      let transfer = unsafe Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
      return unsafe (transfer, TransferFacts.End(qunfa_curl_result(message)))
    }
    return nil
  }
}

/// The owner of curl's easy handle: one transfer after the other.
@safe struct EasyHandle: ~Copyable {
  fileprivate let handle: UnsafeMutableRawPointer

  init?() {
    guard let made = unsafe curl_easy_init() else { return nil }
    unsafe handle = made
  }

  deinit { unsafe curl_easy_cleanup(handle) }

  func set(_ option: CURLoption, _ value: Int) -> Bool { unsafe qunfa_curl_number(handle, option, value) == CURLE_OK }

  func setSize(_ option: CURLoption, _ value: Int) -> Bool {
    unsafe qunfa_curl_size(handle, option, curl_off_t(value)) == CURLE_OK
  }

  /// curl copies the text.
  func set(_ option: CURLoption, _ value: String) -> Bool { unsafe qunfa_curl_text(handle, option, value) == CURLE_OK }

  /// `headers` outlives the transfer.
  func set(_ headers: borrowing HeaderList) -> Bool { unsafe qunfa_curl_headers(handle, headers.list) == CURLE_OK }

  /// `transfer` outlives the handle's use, `sockets` the connections.
  func setCallbacks(_ transfer: Transfer, _ sockets: SocketTable) -> Bool {
    unsafe qunfa_curl_callbacks(
      handle, Unmanaged.passUnretained(transfer).toOpaque(), onStart, onRead, onRewind, onBody, onHeader) == CURLE_OK
      && qunfa_curl_sockets(handle, Unmanaged.passUnretained(sockets).toOpaque(), onOpenSocket, onCloseSocket)
        == CURLE_OK
  }

  var status: Int { unsafe qunfa_curl_status(handle) }
  var sentBytes: Int { unsafe Int(qunfa_curl_uploaded(handle)) }
  var systemError: Int32 { unsafe Int32(truncatingIfNeeded: qunfa_curl_errno(handle)) }
  var connectionsMade: Int { unsafe qunfa_curl_connections(handle) }

  /// The answer's `Date` header.
  var date: Timestamp? {
    guard let value = unsafe qunfa_curl_header(handle, "Date") else { return nil }
    let seconds = unsafe curl_getdate(value, nil)
    return seconds < 0 ? nil : Timestamp(seconds: Int64(seconds))
  }
}

/// The owner of curl's list of request headers.
@safe struct HeaderList: ~Copyable {
  fileprivate let list: UnsafeMutablePointer<curl_slist>?

  /// A line `Name:` takes away the header that curl would add.
  init(_ lines: [String]) {
    var list: UnsafeMutablePointer<curl_slist>?
    for line in lines { unsafe list = curl_slist_append(list, line) ?? list }
    unsafe self.list = list
  }

  deinit { unsafe curl_slist_free_all(list) }
}

extension TransferFacts.End {
  init(_ code: CURLcode) {
    switch code {
    case CURLE_OK: self = .whole
    case CURLE_COULDNT_RESOLVE_HOST: self = .nameNotFound
    case CURLE_COULDNT_CONNECT: self = .noConnection
    case CURLE_OPERATION_TIMEDOUT: self = .timedOut
    case CURLE_PEER_FAILED_VERIFICATION: self = .certificateRefused
    case CURLE_SSL_CACERT_BADFILE: self = .authoritiesUnreadable
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER: self = .tlsFailed
    case CURLE_URL_MALFORMAT: self = .urlMalformed
    case CURLE_UNSUPPORTED_PROTOCOL: self = .protocolUnsupported
    case CURLE_ABORTED_BY_CALLBACK: self = .stopped
    // Without a way to rewind the body curl ends so instead of sending again.
    case CURLE_GOT_NOTHING, CURLE_SEND_FAIL_REWIND: self = .gotNothing
    case CURLE_PARTIAL_FILE: self = .partial
    case CURLE_SEND_ERROR, CURLE_RECV_ERROR: self = .lost
    case CURLE_WEIRD_SERVER_REPLY: self = .notHTTP
    default: self = .other(code.rawValue)
    }
  }
}

// MARK: - curl's callbacks

private func transfer(_ owner: UnsafeMutableRawPointer?) -> Transfer? {
  unsafe owner.map { unsafe Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}

/// A connection stands; the request's first byte has not gone.
private func onStart(
  _ owner: UnsafeMutableRawPointer?, _ remote: UnsafeMutablePointer<CChar>?, _ local: UnsafeMutablePointer<CChar>?,
  _ remotePort: Int32, _ localPort: Int32
) -> Int32 {
  guard let transfer = unsafe transfer(owner), let remote = unsafe remote, let local = unsafe local else {
    return CURL_PREREQFUNC_ABORT
  }
  let mayGo = unsafe transfer.mayStart(
    local: String(cString: local), localPort: localPort, remote: String(cString: remote), remotePort: remotePort)
  return mayGo ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

private func onRead(
  _ room: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ owner: UnsafeMutableRawPointer?
) -> Int {
  guard let transfer = unsafe transfer(owner) else { return Int(CURL_READFUNC_ABORT) }
  return unsafe transfer.give(into: UnsafeMutableRawBufferPointer(start: room, count: size * count))
}

/// The body is never given twice.
private func onRewind(_ owner: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: Int32) -> Int32 {
  CURL_SEEKFUNC_FAIL
}

private func onBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ owner: UnsafeMutableRawPointer?
) -> Int {
  guard let transfer = unsafe transfer(owner) else { return 0 }
  let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count).bindMemory(to: UInt8.self)
  return unsafe transfer.takeBody(Span(_unsafeElements: piece)) ? size * count : 0
}

private func onHeader(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ owner: UnsafeMutableRawPointer?
) -> Int {
  guard let transfer = unsafe transfer(owner) else { return 0 }
  let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count).bindMemory(to: UInt8.self)
  return unsafe transfer.takeHeader(Span(_unsafeElements: line)) ? size * count : 0
}

private func onOpenSocket(
  _ table: UnsafeMutableRawPointer?, _ purpose: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
  guard let table = unsafe table, let address = unsafe address else { return -1 }
  let type = unsafe address.pointee.socktype | SocketKind.closeOnExec
  let opened = unsafe socket(address.pointee.family, type, address.pointee.protocol)
  if opened >= 0 { unsafe Unmanaged<SocketTable>.fromOpaque(table).takeUnretainedValue().opened(opened) }
  return opened
}

private func onCloseSocket(_ table: UnsafeMutableRawPointer?, _ descriptor: curl_socket_t) -> Int32 {
  if let table = unsafe table {
    unsafe Unmanaged<SocketTable>.fromOpaque(table).takeUnretainedValue().closed(descriptor)
  }
  return close(descriptor)
}
