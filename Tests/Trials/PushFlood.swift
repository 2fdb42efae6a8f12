import Glibc
import Platform
import TestSupport

/// A pushed request on its way, and what must be answered.
struct FloodRequest {
  /// What it tries, for the tally.
  var kind: String
  var bytes: [UInt8]
  var expected: Int
}

/// Requests over connections that stay open, several on the way on each, as fast as the answers come. Plain sockets.
final class PushFlood {
  /// Answers by kind; `closed` counts requests whose connection ended before their answer.
  private(set) var answered: [String: Int] = [:]
  private(set) var unexpected: [String: Int] = [:]
  private(set) var closed = 0
  private(set) var sent = 0
  private let port: UInt16
  private let depth: Int
  private var lines: [Line] = []

  private struct Line {
    var socket: Int32
    var out: [UInt8] = []
    var outDone = 0
    var got: [UInt8] = []
    var waiting: [FloodRequest] = []
  }

  init(port: UInt16, connections: Int = 32, depth: Int = 16) throws {
    self.port = port
    self.depth = depth
    for _ in 0..<connections { lines.append(Line(socket: try Loopback.connect(port))) }
  }

  deinit { for line in lines { close(line.socket) } }

  /// Sends what `next` gives until it gives nil, and waits for the answers.
  ///
  /// - Parameter pause: called between two looks at the sockets.
  func run(deadline: Double, next: () -> FloodRequest?, pause: () throws -> Void) throws {
    let end = monotonicSeconds() + deadline
    var hasMore = true
    while hasMore || lines.contains(where: { !$0.waiting.isEmpty }) {
      guard monotonicSeconds() < end else { throw ChildError("the listener did not answer within \(deadline) s") }
      for index in lines.indices {
        while hasMore, lines[index].waiting.count < depth {
          guard let request = next() else {
            hasMore = false
            break
          }
          lines[index].out += request.bytes
          // Only what the answer is compared with: the bytes are under way.
          lines[index].waiting.append(FloodRequest(kind: request.kind, bytes: [], expected: request.expected))
          sent += 1
        }
      }
      try turn()
      try pause()
    }
  }

  private func turn() throws {
    var polled = lines.map { line in
      pollfd(fd: line.socket, events: Int16(POLLIN | (line.outDone < line.out.count ? POLLOUT : 0)), revents: 0)
    }
    _ = unsafe poll(&polled, nfds_t(polled.count), 1000)
    for (index, entry) in polled.enumerated() where entry.revents != 0 {
      if Int32(entry.revents) & POLLOUT != 0 { write(index) }
      if Int32(entry.revents) & (POLLIN | POLLHUP | POLLERR) != 0 { try read(index) }
    }
  }

  private func write(_ index: Int) {
    let done = lines[index].outDone
    let wrote = unsafe lines[index].out.withUnsafeBytes { bytes in
      unsafe send(lines[index].socket, bytes.baseAddress! + done, bytes.count - done, Loopback.quiet)
    }
    guard wrote > 0 else { return }
    lines[index].outDone += wrote
    if lines[index].outDone == lines[index].out.count {
      lines[index].out.removeAll(keepingCapacity: true)
      lines[index].outDone = 0
    }
  }

  private func read(_ index: Int) throws {
    var room = [UInt8](repeating: 0, count: 32 * 1024)
    let got = unsafe recv(lines[index].socket, &room, room.count, Loopback.quiet)
    if got < 0, errno == EAGAIN || errno == EINTR { return }
    guard got > 0 else {
      closed += lines[index].waiting.count
      close(lines[index].socket)
      lines[index] = Line(socket: try Loopback.connect(port))
      return
    }
    lines[index].got += room[..<got]
    var from = 0
    var taken = 0
    while let (status, end) = Loopback.answer(in: lines[index].got, from: from),
      taken < lines[index].waiting.count
    {
      let request = lines[index].waiting[taken]
      taken += 1
      answered[request.kind, default: 0] += 1
      if status != request.expected { unexpected["\(request.kind): \(status)", default: 0] += 1 }
      from = end
    }
    lines[index].got.removeFirst(from)
    lines[index].waiting.removeFirst(taken)
  }
}

/// Sockets to this machine.
enum Loopback {
  static let quiet = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)

  /// A connected socket.
  static func connect(_ port: UInt16) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw ChildError("no socket: \(systemMessage(errno))") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe Glibc.connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard connected else {
      let reason = systemMessage(errno)
      close(descriptor)
      throw ChildError("no connection: \(reason)")
    }
    return descriptor
  }

  /// Sends bytes on a connection of their own.
  ///
  /// - Returns: the answer's status; 0 when the connection was closed without one, nil when nothing came in time.
  static func ask(_ port: UInt16, _ bytes: [UInt8], seconds: Int = 10) throws -> Int? {
    let descriptor = try connect(port)
    defer { close(descriptor) }
    var patience = timeval(tv_sec: seconds, tv_usec: 0)
    unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    // What is refused may be closed before all of it is sent.
    _ = unsafe send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    var got: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe recv(descriptor, &room, room.count, 0)
      if count < 0, errno == EAGAIN { return nil }
      guard count > 0 else { return 0 }
      got += room[..<count]
      if let (status, _) = answer(in: got, from: 0) { return status }
    }
  }

  /// A whole answer's status and its end; nil when more must come.
  static func answer(in bytes: [UInt8], from start: Int) -> (status: Int, end: Int)? {
    var index = start
    while index + 3 < bytes.count {
      guard bytes[index] == 13, bytes[index + 1] == 10, bytes[index + 2] == 13, bytes[index + 3] == 10 else {
        index += 1
        continue
      }
      let head = String(decoding: bytes[start..<index], as: UTF8.self)
      let words = head.split(separator: " ", maxSplits: 2)
      guard words.count > 1, let status = Int(words[1].prefix(3)) else { return (0, bytes.count) }
      let length = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        .flatMap { Int($0.dropFirst(15).filter(\.isNumber)) }
      let end = index + 4 + (length ?? 0)
      return end <= bytes.count ? (status, end) : nil
    }
    return nil
  }
}
