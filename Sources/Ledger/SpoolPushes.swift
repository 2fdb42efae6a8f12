import JSON
public import Platform

/// A push as it came, to be written to the spool.
public struct SpooledPush: Sendable {
  public var account: String
  public var at: Timestamp
  /// `GET` or `POST`.
  public var method: String
  /// The query as it came, still percent-encoded.
  public var query: String
  public var contentType: String
  public var body: [UInt8]

  public init(account: String, at: Timestamp, method: String, query: String, contentType: String, body: [UInt8]) {
    self.account = account
    self.at = at
    self.method = method
    self.query = query
    self.contentType = contentType
    self.body = body
  }
}

/// Writes pushes for several handlers at once; those that come while the disk is busy share the next fdatasync.
public final class SpoolPushes: Sendable {
  private struct Group: Sendable {
    var failure: FileError?
    var isSettled = false
    /// Handlers that have not yet read how it went.
    var waiting = 0
  }
  private struct State: Sendable {
    var frames: [UInt8] = []
    /// The group that newcomers join.
    var open = 0
    var groups: [Int: Group] = [:]
    /// Whether some handler is writing.
    var isLed = false
    /// Only the handler that leads touches it.
    var file: SpoolFile?
  }
  private let data: String
  private let fileBytes: Int
  private let state = Monitor(State())

  /// Makes no file before the first push.
  ///
  /// - Parameter folder: the workspace's data folder.
  /// - Parameter fileBytes: the length from which on the next pushes go into another file.
  public init(folder: String, fileBytes: Int = Limits.spoolFileBytes) {
    data = folder
    self.fileBytes = fileBytes
  }

  /// Returns when the push is durable.
  ///
  /// - Throws: when the disk refused; the push is not kept then. A later one tries a new file.
  public func append(_ push: SpooledPush) throws(LedgerError) {
    let members = [
      JSON.Member("account", .string(push.account)), JSON.Member("method", .string(push.method)),
      JSON.Member("query", .string(push.query)), JSON.Member("content_type", .string(push.contentType)),
    ]
    let frame = SpoolFrame.encode(.push, members + SpoolFrame.moment(push.at), push.body.span)
    let mine = state.withLock { state in
      state.frames += frame
      state.groups[state.open, default: Group()].waiting += 1
      return state.open
    }
    if Defect.isPlanted(.pushAnsweredEarly), state.withLock({ $0.frames.count }) < 4096 { return }
    if let failure = settle(mine, at: push.at) { throw .file(failure) }
  }

  /// Lets go of the file. Called when no handler writes any more.
  public func close() { state.withLock { $0.file = nil } }

  /// Waits until the group is on the disk, or leads it there.
  private func settle(_ mine: Int, at moment: Timestamp) -> FileError? {
    while true {
      let turn: Turn? = state.wait { state in
        if let group = state.groups[mine], group.isSettled {
          state.groups[mine]?.waiting -= 1
          if state.groups[mine]?.waiting == 0 { state.groups[mine] = nil }
          return .settled(group.failure)
        }
        guard !state.isLed else { return nil }
        // Nobody writes and this group is the open one: its first to wake leads.
        state.isLed = true
        defer {
          state.frames = []
          state.open += 1
        }
        return .lead(state.frames, state.open, state.file)
      }
      switch turn {
      case .settled(let failure): return failure
      case .lead(let frames, let group, let file): lead(frames, group, file, at: moment)
      case nil: return nil
      }
    }
  }

  private enum Turn {
    case settled(FileError?)
    case lead([UInt8], Int, SpoolFile?)
  }

  private func lead(_ frames: [UInt8], _ group: Int, _ current: SpoolFile?, at moment: Timestamp) {
    var file = current
    var failure: FileError?
    do throws(FileError) {
      let used: SpoolFile
      if let file {
        used = file
      } else {
        used = try SpoolFile(folder: data, label: SpoolEntry.Source.push.label, at: moment)
      }
      file = used
      try Files.requireRoom(Limits.pushFreeBytes + frames.count, of: used.descriptor, used.path)
      try used.write(frames)
      if !Defect.isPlanted(.pushNotSynced) { try used.synchronize() }
      if used.length ?? 0 >= fileBytes { file = nil }
    } catch {
      // A failing fsync is never tried again: what follows goes to another file.
      failure = error
      file = nil
    }
    state.change { state in
      state.file = file
      state.isLed = false
      state.groups[group]?.failure = failure
      state.groups[group]?.isSettled = true
    }
  }
}
