import Glibc
import Platform
import TestSupport

/// Connections that hold a listener up: some never say anything, some send a byte now and then, and single requests
/// that are too long or none at all.
final class Loiterers {
  /// Requests by kind and answer, those closed without an answer as 0.
  private(set) var answers: [String: Int] = [:]
  private(set) var reconnected = 0
  private let port: UInt16
  private var silent: [Int32] = []
  private var dripping: [Int32] = []
  private var lastDrip = 0.0
  private var drops = 0

  init(port: UInt16, silent: Int, dripping: Int) throws {
    self.port = port
    for _ in 0..<silent { self.silent.append(try Loopback.connect(port)) }
    for _ in 0..<dripping { self.dripping.append(try Loopback.connect(port)) }
  }

  deinit { for descriptor in silent + dripping { close(descriptor) } }

  /// A byte on each dripping connection, twice a second; those that the listener closed come again.
  func drip() throws {
    guard monotonicSeconds() - lastDrip > 0.5 else { return }
    lastDrip = monotonicSeconds()
    let text = Array("POST /push/juhe/x HTTP/1.1\r\nX-Slow: \(String(repeating: "a", count: 400))".utf8)
    for index in dripping.indices where unsafe send(dripping[index], [text[drops % text.count]], 1, Loopback.quiet) < 1
    {
      close(dripping[index])
      dripping[index] = try Loopback.connect(port)
      reconnected += 1
    }
    var byte: UInt8 = 0
    for index in silent.indices where unsafe recv(silent[index], &byte, 1, Loopback.quiet) == 0 {
      close(silent[index])
      silent[index] = try Loopback.connect(port)
      reconnected += 1
    }
    drops += 1
  }

  /// One request that is refused whatever it holds.
  func intrude(_ number: Int, _ path: String) throws {
    let mark = Forger.mark
    let long = String(repeating: mark, count: 12_000)
    let (kind, bytes): (String, [UInt8]) =
      switch number % 5 {
      case 0:
        (
          "body of 9 MB declared",
          Array("POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n\(mark)".utf8)
        )
      case 1: ("headers of 120 kB", Array("GET \(path) HTTP/1.1\r\nHost: x\r\nX-Long: \(long)\r\n\r\n".utf8))
      case 2: ("no HTTP", Array("\(mark)\u{0}\u{1B}[31m\r\n\r\n".utf8))
      case 3:
        ("length that is no number", Array("POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(mark)\r\n\r\n".utf8))
      default: ("address of 120 kB", Array("GET \(path)?\(long) HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
      }
    let status = try Loopback.ask(port, bytes)
    answers["\(kind): \(status.map { $0 == 0 ? "closed" : String($0) } ?? "no answer in 10 s")", default: 0] += 1
  }
}
