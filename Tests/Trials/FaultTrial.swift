import Glibc
public import Judge
import Platform
import TestSupport

/// Spoils one system call of a small run, each in turn, lets a plain run finish the campaign and asks the judge.
public final class FaultTrial {
  /// What is done to a call.
  public enum Effect: Sendable, Hashable, CustomStringConvertible {
    case kill
    case error(String)

    var injection: String {
      switch self {
      case .kill: "signal=KILL"
      case .error(let name): "error=\(name)"
      }
    }

    public var description: String {
      switch self {
      case .kill: "SIGKILL"
      case .error(let name): name
      }
    }
  }

  /// Points of one kind, tried at one gateway.
  public struct Tally: Sendable {
    public var call: String
    public var effect: Effect
    /// Calls of this kind in a run, of the thread that makes most of them.
    public var points = 0
    public var tried = 0
    /// Points that the run really met; a thread may make fewer calls than it did when they were counted.
    public var met = 0
    /// How the spoiled runs ended, by exit code.
    public var exits: [Int32: Int] = [:]
    public var violations: [Violation] = []
  }

  /// Errors that such a call can meet in life.
  static let errors: [String: [String]] = [
    "openat": ["EIO", "ENOSPC", "EMFILE"], "read": ["EIO", "EINTR"], "pread64": ["EIO", "EINTR"],
    "write": ["EIO", "ENOSPC", "EINTR"], "pwrite64": ["EIO", "ENOSPC", "EINTR"],
    "fdatasync": ["EIO", "ENOSPC", "EINTR"], "fsync": ["EIO", "ENOSPC", "EINTR"],
    "rename": ["EIO", "ENOSPC"], "renameat2": ["EIO", "ENOSPC"], "access": ["EIO", "EACCES"], "unlink": ["EIO"],
    "ftruncate": ["EIO", "ENOSPC"], "fallocate": ["EIO", "ENOSPC"],
    "mkdir": ["EIO", "ENOSPC"], "flock": ["ENOLCK"], "fcntl": ["EIO"], "close": ["EIO"], "newfstatat": ["EIO"],
    "getdents64": ["EIO"], "socket": ["EMFILE"], "connect": ["ECONNREFUSED", "EINTR"],
    "sendto": ["ECONNRESET", "EINTR"], "recvfrom": ["ECONNRESET", "EINTR"], "accept4": ["EMFILE", "ECONNABORTED"],
    "poll": ["EINTR"],
  ]

  /// An interrupted call of these is made again, so the run ends as if nothing had been. Not `read`: the system's loader
  /// and Swift's runtime, which looks for the arguments, do not read again.
  static let resumed: Set<String> = ["pwrite64", "recvfrom", "sendto", "poll"]
  /// Calls that also load the program, read its settings and its inputs.
  static let early: Set<String> = ["openat", "read", "pread64", "close", "newfstatat", "access", "fcntl", "getdents64"]

  let stage: FaultStage
  /// Points of one kind at most; more are stepped over evenly.
  private let limit: Int

  /// - Parameter command: plan, send, resume (a `send` after one that was killed), pull, listen or reconcile: the one that
  ///   is spoiled.
  public init(_ command: String, _ gateway: String, limit: Int) throws {
    stage = try FaultStage(command, gateway)
    self.limit = limit
  }

  /// Kills the command at every call of the wanted kinds.
  ///
  /// - Parameter calls: nil: all that change something outside.
  public func kills(at calls: [String]? = nil) throws -> [Tally] {
    let counts = try stage.counts()
    return try SystemCalls.changing.filter { calls?.contains($0) ?? true }.compactMap { call in
      guard let points = counts[call], points > 0 else { return nil }
      return try tally(call, .kill, points)
    }
  }

  /// Lets the wanted kinds of calls fail.
  public func errors(at calls: [String]? = nil) throws -> [Tally] {
    let counts = try stage.counts()
    return try FaultTrial.errors.sorted { $0.key < $1.key }.filter { calls?.contains($0.key) ?? true }
      .flatMap { call, errors -> [Tally] in
        guard let points = counts[call], points > 0 else { return [] }
        return try errors.map { try tally(call, .error($0), points) }
      }
  }

  private func tally(_ call: String, _ effect: Effect, _ points: Int) throws -> Tally {
    var tally = Tally(call: call, effect: effect, points: points)
    for point in stride(from: 1, through: points, by: max(1, (points + limit - 1) / limit)) {
      let run = try stage.spoiled(by: SystemCalls.injecting(effect.injection, into: call, when: point, log: "strace"))
      tally.tried += 1
      tally.exits[run.exitCode, default: 0] += 1
      let isMet = effect == .kill ? run.exitCode == 128 + SIGKILL : run.hasFailed
      if isMet { tally.met += 1 }
      let violations = run.violations + FaultTrial.judge(run.exitCode, stage.command, call, effect)
      tally.violations += violations.map { violation in
        Violation(
          "\(violation.what), after \(effect) at \(call) \(point) of \(stage.command)", in: violation.place,
          violation.count)
      }
    }
    return tally
  }

  /// Whether a run may end so after such an error.
  static func judge(_ exitCode: Int32, _ command: String, _ call: String, _ effect: Effect) -> [Violation] {
    guard case .error(let error) = effect else { return [] }
    let asIfNothing = FaultStage.plainExits(of: command)
    if error == "EINTR", resumed.contains(call) {
      return asIfNothing.contains(exitCode) ? [] : [Violation("ended with \(exitCode)", in: command, 1)]
    }
    // 6: the disk or the gateway. 7: an answer that never came.
    var inOrder = asIfNothing.union([6, 7])
    // 4: a page that broke off is a possible loss, which pull tells.
    if command == "pull" { inOrder.insert(4) }
    // 134: libmicrohttpd ends the process when its own wake-up cannot be written.
    if command == "listen", call == "write" { inOrder.insert(134) }
    // 127: the loader could not even start the tool. 2, 3: settings or inputs that cannot be read.
    if early.contains(call) { inOrder.formUnion([2, 3, 127]) }
    return inOrder.contains(exitCode) ? [] : [Violation("ended with \(exitCode)", in: command, 1)]
  }
}
