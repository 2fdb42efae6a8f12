import Glibc
import JSON
import Platform
import TestSupport
import Testing

/// What lies in a workspace's spool, read by the tests' own means.
struct SpoolText {
  /// The frames' types in order, file by file.
  private(set) var types: [String] = []
  /// The bytes of each fetch that ended whole, of each push, in order.
  private(set) var whole: [String] = []
  /// Fetches without an end, or with one that says cut.
  private(set) var cut = 0
  /// The queries of pushes.
  private(set) var queries: [String] = []

  init(_ workspace: TemporaryFolder) throws {
    let folder = workspace.path + "/data/spool"
    for name in Files.names(in: folder) where name.hasSuffix(".spool") {
      try read(try Files.read(folder + "/" + name, limit: 1 << 30)[...])
    }
  }

  private mutating func read(_ bytes: ArraySlice<UInt8>) throws {
    var rest = bytes
    var fetched: [UInt8]?
    while let end = rest.firstIndex(of: 0x0A) {
      let words = Array(rest[..<end]).text.split(separator: " ", maxSplits: 4)
      guard words.count == 5, words[0] == "qunfa-spool", let length = Int(words[2]),
        rest.endIndex > end + 1 + length
      else { break }
      let payload = Array(rest[(end + 1)..<(end + 1 + length)])
      let meta = try JSON(parsing: String(words[4]))
      rest = rest[(end + 2 + length)...]
      types.append(String(words[1]))
      switch words[1] {
      case "fetch":
        if fetched != nil { cut += 1 }
        fetched = []
      case "piece": fetched? += payload
      case "end":
        if meta["whole"] == true { whole.append((fetched ?? []).text) } else { cut += 1 }
        fetched = nil
      case "push":
        whole.append(payload.text)
        queries.append(meta["query"]?.text ?? "")
      default: break
      }
    }
    if fetched != nil { cut += 1 }
  }
}

/// A running `qunfa listen`.
final class ListenProcess {
  let process: ChildProcess
  let port: UInt16

  convenience init(_ workspace: ToolWorkspace, _ options: [String] = ["--port", "0"]) throws {
    try self.init { try BuiltTool.start(["listen"] + options, in: workspace.folder.path) }
  }

  /// - Parameter start: starts it.
  init(_ start: () throws -> ChildProcess) throws {
    let process = try start()
    self.process = process
    var port: UInt16?
    let isUp = ChildProcess.wait(deadline: 20) {
      let line = process.errors.split(separator: "\n").first { $0.contains("listening on ") }
      port = line?.split(separator: " ").last.flatMap { UInt16($0) }
      return port != nil
    }
    guard isUp, let port else { throw ChildError("listen did not start: \(process.errors)") }
    self.port = port
  }

  /// Ends it in order; returns how it ended.
  func stop() throws -> ChildResult {
    process.signal(SIGTERM)
    return try process.wait()
  }
}
