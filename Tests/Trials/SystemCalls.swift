import Glibc
import Platform
import TestSupport

/// What `strace` sees of a run, and what it can be told to spoil.
public enum SystemCalls {
  /// The calls at which a process changes something outside of itself or hears from there. Killed between two of them, it
  /// leaves the same behind wherever that was.
  static let changing = [
    "openat", "write", "pwrite64", "fdatasync", "fsync", "rename", "renameat2", "unlink", "ftruncate", "fallocate",
    "mkdir", "flock", "socket", "connect", "sendto", "recvfrom", "accept4",
  ]
  /// Others that can fail.
  static let reading = ["read", "pread64", "close", "fcntl", "newfstatat", "access", "getdents64", "poll"]
  private static let interesting = changing + reading

  /// Nil when strace can be used here, else why not.
  public static let obstacle: String? = {
    guard Files.exists("/usr/bin/strace") else { return "strace is not installed (apt-get install strace)" }
    guard
      let result = try? ChildProcess("/usr/bin/strace", ["-f", "-qq", "-o", "/dev/null", "/bin/true"], in: "/tmp")
        .wait(),
      result.exitCode == 0
    else { return "this system does not permit ptrace" }
    return nil
  }()

  /// Nil when strace also sees what the tool's calls point to and the names of its open files, else why not: the tool
  /// forbids that to all but root (`forbidDumps`).
  public static let memoryObstacle: String? = {
    if let obstacle { return obstacle }
    do {
      let folder = try TemporaryFolder()
      let line = [
        "-f", "-qq", "-y", "-o", folder.path + "/calls", "-e", "trace=write", try BuiltTool.path(), "--version",
      ]
      let result = try ChildProcess("/usr/bin/strace", line, in: "/tmp").wait()
      guard result.exitCode == 0 else { return "strace ended with \(result.exitCode): \(result.errors)" }
      return try folder.read("calls").contains("write(1</") ? nil : "the tool's memory is shown to root alone"
    } catch { return "\(error)" }
  }()

  /// How many files a process has open; 0, which is said once, where the system shows them to root alone.
  static func openFiles(of process: Int32) -> Int {
    let count = Files.names(in: "/proc/\(process)/fd").count
    if count == 0, kill(process, 0) == 0, Files.exists("/proc/\(process)/status") { tellHidden }
    return count
  }

  private static let tellHidden: Void = tellAtOnce("open files of a process cannot be counted here: root alone may")

  /// strace that injects into one kind of call: `signal=KILL`, `error=EIO`.
  ///
  /// Not with --seccomp-bpf: most signals are not delivered then.
  ///
  /// - Parameter when: the call's number among those of its thread.
  static func injecting(_ effect: String, into call: String, when: Int, log: String) -> [String] {
    ["/usr/bin/strace", "-f", "-qq", "-o", log, "-e", "trace=\(call)", "-e", "inject=\(call):\(effect):when=\(when)"]
  }

  /// Whether a call was spoiled in the run that wrote this log. A signal leaves no such mark.
  static func hasFailed(in log: String) throws -> Bool {
    try Files.read(log, limit: 1 << 30).text.contains("(INJECTED)")
  }

  /// strace that writes the interesting calls to a file.
  static func counting(into log: String) -> [String] {
    ["/usr/bin/strace", "-f", "-qq", "-o", log, "-e", "trace=" + interesting.joined(separator: ",")]
  }

  /// By call: the most that one thread made of it.
  static func counts(in log: String) throws -> [String: Int] {
    var threads: [String: [Substring: Int]] = [:]
    for line in try Files.read(log, limit: 1 << 30).split(separator: 0x0A) {
      // `1234  openat(…`: the thread, one or more blanks, the call.
      let words = String(decoding: line, as: UTF8.self).split(separator: "(").first?.split(separator: " ") ?? []
      guard words.count == 2, interesting.contains(String(words[1])) else { continue }
      threads[String(words[1]), default: [:]][words[0], default: 0] += 1
    }
    return threads.mapValues { $0.values.max() ?? 0 }
  }
}

/// Prints a line that is seen at once, also through a pipe.
public func tellAtOnce(_ line: String) {
  print(line)
  _ = fflush(nil)
}
