import CMicroHTTPD
import Glibc
import Platform

/// What libmicrohttpd's thread does with a request: read it within the bounds, hand it over, send the answer.
final class Reception: Sendable {
  private let desk: ServerDesk
  private let bodyBytes: Int
  private let screening: RequestScreening?

  init(desk: ServerDesk, bodyBytes: Int, screening: RequestScreening?) {
    self.desk = desk
    self.bodyBytes = bodyBytes
    self.screening = screening
  }

  func opened() { desk.opened() }

  func completed(_ exchange: Exchange) { desk.completed(exchange) }

  /// One step of a request; `NO` closes the connection.
  func step(
    _ exchange: Exchange, connection: OpaquePointer, method: UnsafePointer<CChar>, upload: UnsafeBufferPointer<UInt8>
  ) -> MHD_Result {
    switch exchange.current {
    case .opened:
      let declared = unsafe exchange.begin(method: String(cString: method))
      guard declared <= bodyBytes else { return unsafe send(tooLarge(), on: connection) }
      // A reply before the body costs the connection, so a short body is read whoever sends it.
      let isLong = declared > Limits.unscreenedBytes || exchange.request.header("transfer-encoding") != nil
      if isLong, var refused = screening?(exchange.request) {
        refused.headers["Connection"] = "close"
        return unsafe send(refused, on: connection)
      }
      exchange.expect(declared)
      return .YES
    case .reading where !upload.isEmpty:
      unsafe exchange.append(upload, limit: bodyBytes)
      // A body of undeclared length is read to its end so that the 413 can be read, unless that takes too long.
      guard exchange.received > bodyBytes * 2 else { return .YES }
      desk.refusedTooLarge()
      return .NO
    case .reading:
      guard exchange.received <= bodyBytes else { return unsafe send(tooLarge(), on: connection) }
      return desk.accept(exchange) ? .YES : unsafe send(refusal(503), on: connection)
    case .working:
      return .YES
    case .answered(let reply):
      return unsafe send(reply, on: connection)
    }
  }

  private func tooLarge() -> ServerReply {
    desk.refusedTooLarge()
    return refusal(413)
  }

  private func refusal(_ status: Int) -> ServerReply { ServerReply(status, headers: ["Connection": "close"]) }

  private func send(_ reply: ServerReply, on connection: OpaquePointer) -> MHD_Result {
    let response: Response?
    switch reply.ending {
    case .noAnswer: return .NO
    case .whole: response = Response(whole: reply.body)
    case .cutAfter(let length): response = Response(cut: reply.body, after: length)
    }
    guard let response else { return .NO }
    response.add("Content-Type", reply.contentType)
    for (name, value) in reply.headers { response.add(name, value) }
    return unsafe response.queue(status: reply.status, on: connection)
  }
}

/// The owner of libmicrohttpd's response.
@safe private struct Response: ~Copyable {
  private let handle: OpaquePointer

  init?(whole body: [UInt8]) {
    let made = unsafe body.withUnsafeBytes { bytes in
      // libmicrohttpd copies the bytes and writes to none of them; the parameter only lacks a `const`.
      unsafe MHD_create_response_from_buffer(
        bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
    }
    guard let made = unsafe made else { return nil }
    unsafe handle = made
  }

  /// Promises all of `body`, sends `length` bytes of it and closes the connection.
  init?(cut body: [UInt8], after length: Int) {
    let rest = unsafe Unmanaged.passRetained(Beginning(body, length)).toOpaque()
    let made = unsafe MHD_create_response_from_callback(
      UInt64(body.count), 16 * 1024, { unsafe giveBeginning($0, $1, $2, $3) }, rest,
      { if let rest = unsafe $0 { unsafe Unmanaged<Beginning>.fromOpaque(rest).release() } })
    guard let made = unsafe made else {
      unsafe Unmanaged<Beginning>.fromOpaque(rest).release()
      return nil
    }
    unsafe handle = made
    if length >= body.count { add("Connection", "close") }
  }

  deinit { unsafe MHD_destroy_response(handle) }

  /// A header that libmicrohttpd refuses (line breaks in it) is left out.
  func add(_ name: String, _ value: String) { _ = unsafe MHD_add_response_header(handle, name, value) }

  func queue(status: Int, on connection: OpaquePointer) -> MHD_Result {
    unsafe MHD_queue_response(connection, UInt32(clamping: status), handle)
  }
}

/// The first bytes of a body that is never sent whole.
private final class Beginning: Sendable {
  let body: [UInt8]
  let length: Int

  init(_ body: [UInt8], _ length: Int) {
    self.body = body
    self.length = min(max(0, length), body.count)
  }
}

private func giveBeginning(
  _ owner: UnsafeMutableRawPointer?, _ position: UInt64, _ room: UnsafeMutablePointer<CChar>?, _ size: Int
) -> Int {
  guard let owner = unsafe owner, let room = unsafe room else { return -2 }
  let beginning = unsafe Unmanaged<Beginning>.fromOpaque(owner).takeUnretainedValue()
  let count = min(size, beginning.length - Int(position))
  guard count > 0 else { return -2 }  // MHD_CONTENT_READER_END_WITH_ERROR: closes the connection
  for index in 0..<count { unsafe room[index] = CChar(bitPattern: beginning.body[Int(position) + index]) }
  return count
}

// MARK: - libmicrohttpd's callbacks

/// The target as it came; what it returns is the request's own value in the other two callbacks.
func onTarget(
  _ reception: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>?, _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
  guard let reception = unsafe reception, let target = unsafe target, let connection = unsafe connection else {
    return nil
  }
  unsafe Unmanaged<Reception>.fromOpaque(reception).takeUnretainedValue().opened()
  // Not by way of a String: the target may hold bytes of any encoding.
  let bytes = unsafe Array(UnsafeRawBufferPointer(start: target, count: strlen(target)))
  return unsafe Unmanaged.passRetained(Exchange(target: bytes, connection: connection)).toOpaque()
}

func onRequest(
  _ reception: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ url: UnsafePointer<CChar>?,
  _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?, _ upload: UnsafePointer<CChar>?,
  _ size: UnsafeMutablePointer<Int>?, _ exchange: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
  guard let reception = unsafe reception, let connection = unsafe connection, let method = unsafe method,
    let size = unsafe size, let exchange = unsafe exchange?.pointee
  else { return .NO }
  let bytes = unsafe UnsafeRawBufferPointer(start: upload, count: size.pointee).bindMemory(to: UInt8.self)
  unsafe size.pointee = 0
  return unsafe Unmanaged<Reception>.fromOpaque(reception).takeUnretainedValue().step(
    Unmanaged<Exchange>.fromOpaque(exchange).takeUnretainedValue(), connection: connection, method: method,
    upload: bytes)
}

func onCompleted(
  _ reception: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
  _ exchange: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ reason: MHD_RequestTerminationCode
) {
  guard let reception = unsafe reception, let owned = unsafe exchange?.pointee else { return }
  unsafe exchange?.pointee = nil
  let finished = unsafe Unmanaged<Exchange>.fromOpaque(owned).takeRetainedValue()
  unsafe Unmanaged<Reception>.fromOpaque(reception).takeUnretainedValue().completed(finished)
}
