import HTTP
import Platform
import Synchronization

/// The way from the server's threads to the platforms: one call at a time among the platforms, waiting for the disk
/// outside of that.
final class Hall: Sendable {
  private let floor: Mutex<SandboxFloor>
  private let disk: Mutex<Disk>
  private let isDurable: Bool

  /// The logs once more, for fsync alone, and how many calls of them are durable.
  private struct Disk: ~Copyable {
    var file: File?
    var handed: File?
    var commits = 0
  }

  init(_ options: SandboxOptions, seed: UInt64, now: Moment = .now) throws(FileError) {
    let bills: BillOffice?
    if let folder = options.billFolder { bills = try BillOffice(folder: folder, options.faults) } else { bills = nil }
    let journal = try Journal(path: options.logPath, handedPath: options.handedPath, bills: bills)
    floor = Mutex(SandboxFloor(options.faults, seed: seed, journal: journal, now: now))
    isDurable = options.isDurable && (options.logPath != nil || options.handedPath != nil)
    disk = Mutex(
      Disk(file: try Hall.durable(options.logPath, options), handed: try Hall.durable(options.handedPath, options)))
  }

  private static func durable(_ path: String?, _ options: SandboxOptions) throws(FileError) -> File? {
    guard options.isDurable, let path else { return nil }
    try Files.synchronizeFolder(of: path)
    return try File(path, .append)
  }

  func answer(_ request: ServerRequest, now: Moment) -> ServerReply {
    var path = request.path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    if path == "/" { return CountsPage.html(everyCounts) }
    if path == "/counts.json" { return CountsPage.json(everyCounts) }
    guard let gateway = SandboxFloor.gateway(of: path) else {
      return ServerReply(404, body: Array("No platform has this address; see docs/sandbox.md.\n".utf8))
    }
    // Taken apart outside of the lock; an Optional because a closure cannot consume what it captures.
    var opened = Optional(OpenedRequest(request, path: path))
    let (reply, commits) = floor.withLock { floor in
      guard let request = opened.take() else { return (ServerReply(500), 0) }
      let reply = floor.serve(request, gateway, now: now)
      return (reply, floor.commits)
    }
    guard isDurable else { return reply }
    do {
      try makeDurable(commits)
      return reply
    } catch {
      return ServerReply(500, body: Array(error.diagnostic.description.utf8))
    }
  }

  /// One fsync serves all calls that were written before it began.
  private func makeDurable(_ commits: Int) throws(FileError) {
    try disk.withLock { disk throws(FileError) in
      guard disk.commits < commits else { return }
      let written = floor.withLock { $0.commits }
      switch disk.file {
      case .some(let file): try file.synchronize()
      case .none: break
      }
      switch disk.handed {
      case .some(let file): try file.synchronize()
      case .none: break
      }
      disk.commits = written
    }
  }

  /// Completes the vendors' bills, if there are any.
  func finishBills() throws(FileError) { try floor.withLock { floor throws(FileError) in try floor.finishBills() } }

  func takePushes(_ most: Int, now: Moment) -> [PushLetter] { floor.withLock { $0.takePushes(most, now: now) } }

  func notePush(_ letter: PushLetter, _ result: ClientResult, now: Moment) {
    floor.withLock { $0.notePush(letter, result, now: now) }
  }

  func counts(_ gateway: SandboxGateway) -> SandboxCounts { floor.withLock { $0[gateway].counts } }

  private var everyCounts: [(gateway: SandboxGateway, counts: SandboxCounts)] {
    SandboxGateway.allCases.map { ($0, counts($0)) }
  }
}
