import Glibc
import Platform
import TestSupport

/// Connections that hold a listener up: some never say anything, some send a byte of a head or of a body now and then,
/// some stop inside a body; and single requests that are too long or none at all.
final class Loiterers {
  /// What a connection does until it is closed, by us at the end or by the listener before.
  enum Habit: String, CaseIterable {
    case silent
    case drippingHead, drippingBody, drippingChunks
    /// Half a body, then nothing.
    case stopping

    /// What it sends at once.
    func front(_ path: String) -> String {
      let head = "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      return switch self {
      case .silent, .drippingHead: ""
      case .drippingBody: head + "Content-Length: 100000\r\n\r\n"
      case .drippingChunks: head + "Transfer-Encoding: chunked\r\n\r\n"
      case .stopping: head + "Content-Length: 2000\r\n\r\n" + Habit.record
      }
    }

    /// What it goes on with, twice a second; nil for one that goes on with nothing.
    func drop(_ number: Int) -> String? {
      switch self {
      case .silent, .stopping: nil
      case .drippingHead:
        letter(number, of: "POST /push/juhe/x HTTP/1.1\r\nX-Slow: \(String(repeating: "a", count: 400))")
      case .drippingBody: letter(number, of: Habit.record)
      case .drippingChunks: "1\r\n\(letter(number, of: Habit.record))\r\n"
      }
    }

    private func letter(_ number: Int, of text: String) -> String {
      let letters = Array(text.utf8)
      return String(decoding: [letters[number % letters.count]], as: UTF8.self)
    }

    /// A report that would be listed, were the half body taken for a whole one.
    private static let record =
      #"[{"flag":"1","mid":"\#(Forger.mark)","mobile":"13100000000","stat":"UNDELIV","time":"2026-11-11 10:00:00"}]"#
  }

  private struct Connection {
    var habit: Habit
    var socket: Int32
    var drops = 0
  }

  /// Requests by kind and answer, those closed without an answer as 0.
  private(set) var answers: [String: Int] = [:]
  private(set) var reconnected = 0
  private let port: UInt16
  private let path: String
  private var connections: [Connection] = []
  private var lastDrip = 0.0

  /// - Parameter path: a true address with its secret.
  /// - Parameter each: connections of each habit.
  init(port: UInt16, path: String, each: Int) throws {
    self.port = port
    self.path = path
    for habit in Habit.allCases {
      for _ in 0..<each { connections.append(Connection(habit: habit, socket: try opened(habit))) }
    }
  }

  deinit { for connection in connections { close(connection.socket) } }

  private func opened(_ habit: Habit) throws -> Int32 {
    let socket = try Loopback.connect(port)
    let front = Array(habit.front(path).utf8)
    if !front.isEmpty { _ = unsafe send(socket, front, front.count, Loopback.quiet) }
    return socket
  }

  /// A drop on each dripping connection, twice a second; those that the listener closed come again.
  func drip() throws {
    guard monotonicSeconds() - lastDrip > 0.5 else { return }
    lastDrip = monotonicSeconds()
    for index in connections.indices where !goesOn(&connections[index]) {
      close(connections[index].socket)
      connections[index].socket = try opened(connections[index].habit)
      reconnected += 1
    }
  }

  /// False when the listener closed it, or answered.
  private func goesOn(_ connection: inout Connection) -> Bool {
    var answer = [UInt8](repeating: 0, count: 4096)
    let got = unsafe recv(connection.socket, &answer, answer.count, Loopback.quiet)
    if got > 0 {
      let status = Loopback.answer(in: Array(answer.prefix(got)), from: 0)?.status ?? 0
      answers["\(connection.habit.rawValue): \(status)", default: 0] += 1
    }
    guard got < 0, errno == EAGAIN || errno == EINTR else { return false }
    guard let drop = connection.habit.drop(connection.drops) else { return true }
    connection.drops += 1
    let bytes = Array(drop.utf8)
    return unsafe send(connection.socket, bytes, bytes.count, Loopback.quiet) == bytes.count
  }

  /// Kinds of requests that are refused.
  static let intrusions = 8

  /// One request that is refused whatever it holds.
  func intrude(_ number: Int) throws {
    let mark = Forger.mark
    let long = String(repeating: mark, count: 12_000)
    let post = "POST \(path) HTTP/1.1\r\nHost: x\r\n"
    let (kind, bytes): (String, [UInt8]) =
      switch number % Self.intrusions {
      case 0: ("body of 9 MB declared", Array("\(post)Content-Length: 9000000\r\n\r\n\(mark)".utf8))
      case 1: ("headers of 120 kB", Array("GET \(path) HTTP/1.1\r\nHost: x\r\nX-Long: \(long)\r\n\r\n".utf8))
      case 2: ("no HTTP", Array("\(mark)\u{0}\u{1B}[31m\r\n\r\n".utf8))
      case 3: ("length that is no number", Array("\(post)Content-Length: \(mark)\r\n\r\n".utf8))
      case 4: ("body of 9 MB", Array("\(post)Content-Length: 9000000\r\n\r\n".utf8) + Self.nineMegabytes)
      case 5: ("body of 9 MB in chunks", Array("\(post)Transfer-Encoding: chunked\r\n\r\n".utf8) + chunks(9))
      case 6: ("endless body in chunks", Array("\(post)Transfer-Encoding: chunked\r\n\r\n".utf8) + chunks(27))
      default: ("address of 120 kB", Array("GET \(path)?\(long) HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
      }
    let status = try Loopback.ask(port, bytes)
    answers["\(kind): \(status.map { $0 == 0 ? "closed" : String($0) } ?? "no answer in 10 s")", default: 0] += 1
  }

  /// A list of reports that would all be listed.
  private static let nineMegabytes: [UInt8] = {
    let record = #"{"flag":"1","mid":"\#(Forger.mark)","mobile":"13100000000","stat":"UNDELIV"},"#
    return Array(("[" + String(repeating: record, count: 9_000_000 / record.utf8.count + 1)).utf8.prefix(9_000_000))
  }()

  /// So many megabytes in chunks of a megabyte, and the last chunk.
  private func chunks(_ megabytes: Int) -> [UInt8] {
    let size = 1_000_000
    var all: [UInt8] = []
    for number in 0..<megabytes {
      let start = number % 9 * size
      all += Array("\(String(size, radix: 16))\r\n".utf8) + Self.nineMegabytes[start..<(start + size)] + [13, 10]
    }
    return all + Array("0\r\n\r\n".utf8)
  }
}
