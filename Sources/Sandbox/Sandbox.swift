import HTTP
public import Platform
import Synchronization

/// What a sandbox is started with.
public struct SandboxOptions: Sendable {
  /// Digits of an address; loopback unless somebody asks for more, since anyone who reaches it may use it.
  public var address = "127.0.0.1"
  /// 0 takes a free one.
  public var port: UInt16
  public var faults: FaultPlan
  /// Where the accepted messages are logged, as JSON lines; nil: nowhere.
  public var logPath: String?
  /// Where the reports and replies that were handed out are logged, as JSON lines; nil: nowhere.
  public var handedPath: String?
  /// Where the vendors' bills are written when the sandbox ends; nil: nowhere.
  public var billFolder: String?
  /// Whether the lines of a call are on the disk before it is answered.
  public var isDurable = false

  public init(port: UInt16 = Sandbox.usualPort, faults: FaultPlan = FaultPlan(), logPath: String? = nil) {
    self.port = port
    self.faults = faults
    self.logPath = logPath
  }
}

/// All five platforms on one port, by their real paths; `GET /` shows what happened so far.
public final class Sandbox: Sendable {
  /// Juhe's port, which the vendor's document names.
  public static let usualPort: UInt16 = 7862

  public let port: UInt16
  /// What ids and chances follow from: the faults file's, or one from the clock.
  public let seed: UInt64
  private let server: HTTPServer
  private let hall: Hall
  private let postman: Mutex<Postman?>

  /// Serves at once.
  public init(options: SandboxOptions) throws(SandboxError) {
    let seed = options.faults.seed ?? UInt64(truncatingIfNeeded: Timestamp.now.nanoseconds)
    self.seed = seed
    let hall: Hall
    do {
      hall = try Hall(options, seed: seed)
    } catch {
      throw SandboxError(.log, error.diagnostic)
    }
    do {
      server = try HTTPServer(address: options.address, port: options.port) { hall.answer($0, now: .now) }
    } catch {
      throw SandboxError(.server, error.diagnostic)
    }
    let pushes = options.faults.desks.values.contains { $0.reports.push != nil }
    postman = Mutex(pushes ? try Postman(hall) : nil)
    self.hall = hall
    port = server.port
  }

  deinit { stop() }

  /// Answers what is under way, closes the port, pushes nothing more. Further calls do nothing.
  public func stop() {
    server.stop()
    let postman = postman.withLock { $0.take() }
    postman?.stop()
  }

  /// Writes the bills of what was taken, once everything stopped. To be called once.
  public func finishBills() throws(SandboxError) {
    do { try hall.finishBills() } catch { throw SandboxError(.log, error.diagnostic) }
  }

  public func counts(_ gateway: SandboxGateway) -> SandboxCounts { hall.counts(gateway) }
}

/// Why a sandbox does not start.
public struct SandboxError: Explained {
  /// What kept it from starting.
  public enum Code: Sendable, Equatable {
    /// The faults file cannot be used.
    case faults
    case log
    case server
  }
  public var code: Code
  public var diagnostic: Diagnostic
  /// All faults of a faults file, `diagnostic` first.
  public var all: [Diagnostic]

  init(_ code: Code, _ diagnostic: Diagnostic, all: [Diagnostic] = []) {
    self.code = code
    self.diagnostic = diagnostic
    self.all = all.isEmpty ? [diagnostic] : all
  }
}
