public import Glibc
import Platform

/// Why a child process did not do what a test needs.
public struct ChildError: Error, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}

/// What a process came to.
public struct ChildResult: Sendable {
  /// The exit code; 128 + the signal when a signal ended it.
  public var exitCode: Int32
  public var output: String
  public var errors: String
  /// Wall time in seconds.
  public var seconds: Double

  public init(exitCode: Int32, output: String, errors: String, seconds: Double) {
    self.exitCode = exitCode
    self.output = output
    self.errors = errors
    self.seconds = seconds
  }
}

/// A process that a test starts. Its output goes to files, so nobody has to drain pipes and nothing blocks.
public final class ChildProcess: Sendable {
  public let identifier: pid_t
  private let started: Double
  private let streams: TemporaryFolder
  private let command: String

  /// Starts a program in `folder`, as the head of its own process group.
  ///
  /// - Parameter environment: `NAME=value`, besides the few that every child gets, or in their place.
  public init(_ program: String, _ arguments: [String], in folder: String, environment: [String] = []) throws {
    streams = try TemporaryFolder()
    command = ([Files.name(of: program)] + arguments).joined(separator: " ")
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, streams.path + "/out", flags, 0o600)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, streams.path + "/err", flags, 0o600)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    unsafe sigemptyset(&none)
    var all = sigset_t()
    unsafe sigfillset(&all)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    let tools = Files.parent(of: program)
    let usual = [
      "PATH=\(tools):/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent", "LANG=C.UTF-8", "SWIFT_BACKTRACE=enable=no",
    ]
    let given = environment.map { $0.prefix { $0 != "=" } }
    let variables = usual.filter { !given.contains($0.prefix { $0 != "=" }) } + environment
    // env changes the folder and becomes the program: glibc's own action for that is not visible to Swift.
    let line = ["/usr/bin/env", "-C", folder, program] + arguments
    var words = unsafe line.map { unsafe strdup($0) } + [nil]
    var names = unsafe variables.map { unsafe strdup($0) } + [nil]
    defer {
      // Not a for loop: swift format drops the `unsafe` of its variable.
      unsafe (words + names).forEach { word in unsafe free(word) }
    }
    var identifier: pid_t = 0
    started = monotonicSeconds()
    let code = unsafe posix_spawn(&identifier, "/usr/bin/env", &actions, &attributes, &words, &names)
    guard code == 0 else { throw ChildError("cannot start \(program): \(systemMessage(code))") }
    self.identifier = identifier
  }

  /// What it wrote to standard output so far.
  public var output: String { (try? streams.read("out")) ?? "" }
  /// What it wrote to standard error so far.
  public var errors: String { (try? streams.read("err")) ?? "" }

  /// Sends the process and its children a signal.
  public func signal(_ number: Int32) { kill(-identifier, number) }

  /// The exit code when it has ended, nil while it runs. Not to be asked again after it answered.
  public func ended() -> Int32? {
    var status: Int32 = 0
    guard unsafe waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }

  /// Waits for its end.
  ///
  /// - Throws: `ChildError` after `deadline` seconds; the process is killed then.
  public func wait(deadline: Double = 60) throws -> ChildResult {
    while monotonicSeconds() - started < deadline {
      if let exitCode = ended() {
        return ChildResult(
          exitCode: exitCode, output: output, errors: errors, seconds: monotonicSeconds() - started)
      }
      usleep(2_000)
    }
    signal(SIGKILL)
    var status: Int32 = 0
    _ = unsafe waitpid(identifier, &status, 0)
    throw ChildError("'\(command)' did not end within \(deadline) s; it said:\n\(output)\n\(errors)")
  }

  /// Waits until a condition holds.
  ///
  /// - Returns: false when `deadline` seconds went by.
  public static func wait(deadline: Double, until condition: () throws -> Bool) rethrows -> Bool {
    let end = monotonicSeconds() + deadline
    while monotonicSeconds() < end {
      if try condition() { return true }
      usleep(1_000)
    }
    return try condition()
  }
}
