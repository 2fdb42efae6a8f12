import Glibc
import Platform

/// The calls of a trace of `strace -f` without their threads: those that reach out stand where they began, all others
/// where they came back.
func tracedCalls(_ trace: [UInt8]) -> [String] {
  // By thread: the call that has not come back yet.
  var open: [Substring: String] = [:]
  return trace.split(separator: 0x0A).compactMap { line in
    let text = String(decoding: line, as: UTF8.self)
    let thread = text.prefix { $0.isNumber }
    let call = text.dropFirst(thread.count).drop { $0 == " " }
    if let mark = call.firstRange(of: " <unfinished ...>") {
      let start = String(call[..<mark.lowerBound])
      if ["connect(", "sendto("].contains(where: start.hasPrefix) { return start }
      open[thread] = start
      return nil
    }
    guard call.hasPrefix("<... "), let mark = call.firstRange(of: " resumed>") else { return String(call) }
    return open.removeValue(forKey: thread).map { $0 + call[mark.upperBound...] }
  }
}

/// The file that a call was about, as `strace -y` tells it; empty without one.
func tracedPath(_ call: String) -> String {
  call.split(separator: "<").dropFirst().first.map { String($0.prefix { $0 != ">" }) } ?? ""
}

/// What a trace says of the time after the sync that failed.
struct SyncTrace {
  private(set) var hasFailed = false
  private(set) var isFolder = false
  private(set) var connectsAfter = 0
  private(set) var retries = 0
  /// HTTP requests that went out, before and after.
  private(set) var requestsBefore = 0
  private(set) var requestsAfter = 0
  /// The file whose sync failed.
  private(set) var failed = ""

  init(_ bytes: [UInt8]) {
    // SQLite syncs its files once more when it takes a transaction back and when it closes; what it then builds on was
    // durable before. A report store that is being made has nothing yet and is made anew.
    defer {
      if [".db", "-wal", "-journal", "/reports.db.part"].contains(where: failed.hasSuffix) {
        retries = max(0, retries - 1)
      }
    }
    for text in tracedCalls(bytes) {
      let path = tracedPath(text)
      let isRequest = text.contains("sendto(") && (text.contains("\"POST /") || text.contains("\"GET /"))
      if text.contains("(INJECTED)"), text.contains("sync(") {
        hasFailed = true
        failed = path
        isFolder = Files.isFolder(path) && text.contains("fdatasync(")
      } else if !hasFailed {
        if isRequest { requestsBefore += 1 }
      } else {
        if isRequest { requestsAfter += 1 }
        if text.contains("connect("), text.contains("AF_INET") { connectsAfter += 1 }
        if text.contains("sync("), path == failed { retries += 1 }
      }
    }
  }
}

/// What a disk would have of each file that was written, had the power failed at the end of a trace: the bytes before
/// its last good sync.
struct DurableBytes {
  private(set) var lengths: [String: Int] = [:]
  /// Syncs that were made to fail, and files that were written or synced all the same afterwards.
  private(set) var failures = 0
  private(set) var retries = 0
  private var written: [String: Int] = [:]

  /// - Parameter trace: of `strace -f -y` with write, fsync and fdatasync.
  init(_ trace: [UInt8]) {
    var given: Set<String> = []
    for text in tracedCalls(trace) {
      let path = tracedPath(text)
      let isSync = text.hasPrefix("fdatasync(") || text.hasPrefix("fsync(")
      guard isSync || text.hasPrefix("write("), let end = text.ranges(of: " = ").last?.upperBound else { continue }
      let result = Int(text[end...].prefix { $0 == "-" || $0.isNumber }) ?? -1
      if given.contains(path) { retries += 1 }
      if !isSync {
        written[path, default: 0] += max(0, result)
      } else if result == 0 {
        lengths[path] = written[path, default: 0]
      } else {
        failures += 1
        // A folder goes on to take files.
        if !Files.isFolder(path) { given.insert(path) }
      }
    }
  }

  /// Leaves in the spool of a workspace what the disk would have.
  ///
  /// - Parameter data: the workspace's data folder.
  func cutPower(in data: String) throws {
    for name in Files.names(in: data + "/spool") where name.hasSuffix(".spool") {
      let path = data + "/spool/" + name
      guard unsafe truncate(path, off_t(lengths[path] ?? 0)) == 0 else { throw FileError("truncate", path) }
    }
  }
}
