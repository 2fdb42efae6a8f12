import JSON
import Platform

/// Follows the sandbox's log of what it took: for how long a gateway took nothing.
final class LogProgress {
  /// By gateway: the longest time without a new line, in seconds.
  private(set) var silences: [String: Double] = [:]
  private let file: File
  private var unread = ByteBuffer(capacity: 1 << 20)
  private var last: [String: Double] = [:]

  /// - Parameter log: the sandbox's; one that is started anew goes on with it.
  init(_ log: String, _ gateways: [String]) throws {
    let made = try File(log, .append)
    try made.close()
    file = try File(log, .read)
    for name in gateways { last[name] = monotonicSeconds() }
  }

  /// - Parameter gateways: those that should take something now; the time of the others stands still.
  /// - Parameter now: on the clock of `monotonicSeconds()`.
  func look(at gateways: [String], _ now: Double) throws {
    for name in try news() { last[name] = now }
    for (name, since) in last {
      guard gateways.contains(name) else { continue }
      silences[name] = max(silences[name] ?? 0, now - since)
    }
  }

  /// The gateways that took something since the last look.
  private func news() throws -> Set<String> {
    var found: Set<String> = []
    repeat {
      let text = unread.array
      var start = 0
      while let end = text[start...].firstIndex(of: 0x0A) {
        let line = try JSON(parsing: Array(text[start..<end]))
        if let name = line["gateway"]?.text { found.insert(name) }
        start = end + 1
      }
      unread.removeFirst(start)
    } while try file.read(into: &unread) > 0
    return found
  }
}
