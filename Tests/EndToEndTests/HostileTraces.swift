import JSON
import Platform
import TestSupport

/// The raw bytes that a workspace keeps, read by the tests' own means.
enum HostileTraces {
  /// The bodies in a campaign's answers.log, in order; nil when a record is not what its head says.
  static func answers(in workspace: TemporaryFolder, campaign: String = "c1") throws -> [[UInt8]]? {
    let path = workspace.path + "/data/campaigns/\(campaign)/answers.log"
    guard Files.exists(path) else { return [] }
    let bytes = try Files.read(path, limit: 1 << 30)
    var bodies: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
      if bytes[start] == 0x0A {
        // A later run begins on a line of its own.
        start += 1
        continue
      }
      guard let end = bytes[start...].firstIndex(of: 0x0A) else { return nil }
      let words = Array(bytes[start..<end]).text.split(separator: " ")
      guard words.count == 6, words[0] == "qunfa-answer", let length = Int(words[4]), end + length + 1 < bytes.count
      else { return nil }
      let body = Array(bytes[(end + 1)..<(end + 1 + length)])
      guard Digest.hex(Digest.sha256(body)) == words[5] else { return nil }
      bodies.append(body)
      start = end + length + 2
    }
    return bodies
  }

  /// A fetch of the spool.
  struct Fetch {
    var kind: String
    var bytes: [UInt8] = []
    /// Nil while it has no end.
    var isWhole: Bool?
  }

  /// The fetches in the spool, in order.
  static func fetches(in workspace: TemporaryFolder) throws -> [Fetch] {
    let folder = workspace.path + "/data/spool"
    var fetches: [Fetch] = []
    for name in Files.names(in: folder).sorted() where name.hasSuffix(".spool") {
      let bytes = try Files.read(folder + "/" + name, limit: 1 << 30)
      var start = 0
      while let end = bytes[start...].firstIndex(of: 0x0A) {
        let words = Array(bytes[start..<end]).text.split(separator: " ", maxSplits: 4)
        guard words.count == 5, words[0] == "qunfa-spool", let length = Int(words[2]), end + length + 1 < bytes.count
        else { break }
        let meta = try JSON(parsing: String(words[4]))
        switch words[1] {
        case "fetch": fetches.append(Fetch(kind: meta["kind"]?.text ?? ""))
        case "piece": fetches[fetches.count - 1].bytes += bytes[(end + 1)..<(end + 1 + length)]
        case "end": fetches[fetches.count - 1].isWhole = meta["whole"] == true
        default: break
        }
        start = end + 2 + length
      }
    }
    return fetches
  }
}

/// A run of the tool, and the most memory it had.
struct WatchedRun {
  /// 128 + the signal when a signal ended it.
  var exitCode: Int32
  var output: String
  var errors: String
  /// The largest resident size that the kernel told (VmHWM), looked at every few milliseconds until the end: what the
  /// last of them added is missed.
  var kilobytes = 0

  init(_ arguments: [String], in folder: String, deadline: Double, environment: [String] = []) throws {
    let process = try BuiltTool.start(arguments, in: folder, environment: environment)
    let started = monotonicSeconds()
    var ended: Int32?
    while ended == nil {
      // Kills it and throws.
      if monotonicSeconds() - started > deadline { _ = try process.wait(deadline: 0) }
      if let size = WatchedRun.peak(of: process.identifier) { kilobytes = max(kilobytes, size) }
      pauseSeconds(0.004)
      ended = process.ended()
    }
    exitCode = ended ?? -1
    (output, errors) = (process.output, process.errors)
  }

  /// Nil once the process is over, and while it is not the tool yet.
  private static func peak(of identifier: Int32) -> Int? {
    guard let status = try? Files.read("/proc/\(identifier)/status", limit: 1 << 16).text,
      status.hasPrefix("Name:\tqunfa\n"),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return nil }
    return Int(line.filter(\.isNumber))
  }
}
