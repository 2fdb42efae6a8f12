import Glibc
import Platform
import TestSupport
import Trials

/// The tool under strace: what it starts, and what others of the machine can see of it while it runs.
///
/// Without strace it runs as it is, and only what happens to be seen is judged.
final class TracedTool {
  /// What was seen of the running tool.
  struct Sight {
    /// How often it was looked at while it ran.
    var looks = 0
    /// Its command line as the system tells it.
    var commandLine: Set<[UInt8]> = []
    /// Its environment; nothing when the system shows it to root only and we are not.
    var environment: Set<[UInt8]> = []
    /// Soft and hard limit of core files, as last seen.
    var coreLimits: [Substring] = []
  }
  /// Nil when strace can be used here, else why not.
  static var obstacle: String? { SystemCalls.memoryObstacle }

  let process: ChildProcess
  private(set) var sight = Sight()
  private let folder: TemporaryFolder
  private let isTraced = TracedTool.obstacle == nil
  private var log: String { folder.path + "/calls" }

  /// - Parameter arguments: the tool's.
  init(_ arguments: [String], in workspace: String, environment: [String] = []) throws {
    folder = try TemporaryFolder()
    guard isTraced else {
      process = try BuiltTool.start(arguments, in: workspace, environment: environment)
      return
    }
    // It lingers before its end, so that it is seen as it was at last.
    let options = [
      "-f", "-qq", "--seccomp-bpf", "-o", folder.path + "/calls",
      "-e", "trace=execve,execveat,clone,clone3,fork,vfork,prctl,exit_group",
      "-e", "inject=exit_group:delay_enter=100000",
    ]
    process = try ChildProcess(
      "/usr/bin/strace", options + [BuiltTool.path()] + arguments, in: workspace, environment: environment)
  }

  /// Waits for its end and looks at it meanwhile.
  func wait(deadline: Double = 120) throws -> ChildResult {
    let started = monotonicSeconds()
    while monotonicSeconds() - started < deadline {
      try look()
      if let exitCode = process.ended() {
        return ChildResult(
          exitCode: exitCode, output: process.output, errors: process.errors, seconds: monotonicSeconds() - started)
      }
      usleep(5_000)
    }
    process.signal(SIGKILL)
    throw ChildError("the traced tool did not end within \(deadline) s: \(process.output)\n\(process.errors)")
  }

  /// Looks at it once, if it runs.
  func look() throws {
    guard let identifier = try toolIdentifier() else { return }
    let folder = "/proc/\(identifier)"
    guard let line = try read(folder + "/cmdline"), line.starts(with: Array((try BuiltTool.path() + "\0").utf8)),
      let limits = try read(folder + "/limits")
    else { return }
    sight.looks += 1
    sight.commandLine.insert(line)
    if let environment = try read(folder + "/environ") { sight.environment.insert(environment) }
    let core = limits.text.split(separator: "\n").first { $0.hasPrefix("Max core file size") } ?? ""
    sight.coreLimits = Array(core.split(separator: " ").dropFirst(4).prefix(2))
  }

  /// Nil when it is gone, and when the system shows it to root alone, which is more than is asked for.
  private func read(_ path: String) throws -> [UInt8]? {
    do {
      return try Files.read(path, limit: 1 << 20)
    } catch {
      guard [ENOENT, ESRCH, EACCES].contains(error.number) else {
        throw error
      }
      return nil
    }
  }

  private func toolIdentifier() throws -> Int32? {
    guard isTraced else { return process.identifier }
    guard Files.exists(log) else { return nil }
    return try Files.read(log, limit: 1 << 24).text.split(separator: " ").first.flatMap { Int32($0) }
  }

  /// What must not be, in words; to be asked when it has ended.
  func faults() throws -> [String] {
    guard isTraced else { return [] }
    var faults: [String] = []
    var programs = 0
    var dumpable: Substring = "nothing"
    for line in try Files.read(log, limit: 1 << 28).text.split(separator: "\n") {
      guard let call = line.drop(while: { $0 != " " }).split(separator: " ").first.map({ line[$0.startIndex...] })
      else { continue }
      if call.hasPrefix("execve") { programs += 1 }
      if call.hasPrefix("fork(") || call.hasPrefix("vfork(") { faults.append("started a process: \(call)") }
      if call.hasPrefix("clone"), !call.contains("CLONE_THREAD") { faults.append("started a process: \(call)") }
      if call.hasPrefix("prctl(PR_SET_DUMPABLE") { dumpable = call }
    }
    if programs != 1 { faults.append("\(programs) programs were started, itself included") }
    if !dumpable.contains("SUID_DUMP_DISABLE") || !dumpable.hasSuffix("= 0") {
      faults.append("dumps are not forbidden: \(dumpable)")
    }
    if sight.looks > 0, sight.environment.isEmpty { faults.append("its environment was not seen") }
    if sight.looks == 0 { faults.append("it was not seen while it ran") }
    if sight.coreLimits != ["0", "0"] { faults.append("core limits \(sight.coreLimits)") }
    return faults
  }
}
