import JSON
public import Platform
import Synchronization

/// Writes what one account's fetches bring: the intent before the request, the bytes as they come, the end.
///
/// One fetch at a time. After a failure the file is given up: every later call fails as well, and nothing more may be
/// fetched.
public final class SpoolFetches: Sendable {
  private struct State: Sendable {
    var file: SpoolFile?
    var failure: FileError?
  }
  private let data: String
  private let account: String
  private let fileBytes: Int
  private let state = Mutex(State())

  /// Makes no file before the first fetch.
  ///
  /// - Parameter folder: the workspace's data folder.
  /// - Parameter fileBytes: the length from which on the next fetch goes into another file.
  public init(folder: String, account: String, fileBytes: Int = Limits.spoolFileBytes) {
    data = folder
    self.account = account
    self.fileBytes = fileBytes
  }

  /// Reserves room for the longest answer and makes the intent durable. Nothing may be requested before it returns.
  ///
  /// - Parameter kind: `reports` or `replies`.
  public func begin(_ kind: String, at moment: Timestamp) throws(LedgerError) {
    try perform { (state) throws(FileError) in
      let file: SpoolFile
      if let opened = state.file, opened.length ?? 0 < fileBytes {
        file = opened
      } else {
        file = try SpoolFile(folder: data, label: "\(SpoolEntry.Source.pull.label)-\(account)", at: moment)
        state.file = file
      }
      try Files.reserve(
        Limits.answerBytes + Limits.spoolSlackBytes, behind: file.length ?? 0, of: file.descriptor, file.path)
      let members = [JSON.Member("account", .string(account)), JSON.Member("kind", .string(kind))]
      try file.write(SpoolFrame.encode(.fetch, members + SpoolFrame.moment(moment), [UInt8]().span))
      if !Defect.isPlanted(.fetchNotSynced) { try file.synchronize() }
    }
  }

  /// Bytes of the answer, from any thread. A failure is told by `end`.
  public func piece(_ bytes: borrowing Span<UInt8>) {
    guard !bytes.isEmpty, !Defect.isPlanted(.pageNotKept) else { return }
    let frame = SpoolFrame.encode(.piece, [], bytes)
    state.withLock { state in
      guard state.failure == nil, let file = state.file else { return }
      do throws(FileError) { try file.write(frame) } catch { state.failure = error }
    }
  }

  /// The fetch ended; its bytes are durable when this returns.
  ///
  /// - Parameter status: the answer's HTTP status, 0 without one.
  /// - Parameter isWhole: whether nothing can be missing: a whole answer, or proof that nothing was asked.
  public func end(status: Int, isWhole: Bool, at moment: Timestamp) throws(LedgerError) {
    try perform { (state) throws(FileError) in
      guard let file = state.file else { return }
      let members = [JSON.Member("status", JSON(status)), JSON.Member("whole", .boolean(isWhole))]
      try file.write(SpoolFrame.encode(.end, members + SpoolFrame.moment(moment), [UInt8]().span))
      if !Defect.isPlanted(.pageNotSynced) { try file.synchronize() }
    }
  }

  /// Lets go of the file: from now on its readers know that nothing more comes. The next fetch starts another one.
  public func close() { state.withLock { $0.file = nil } }

  /// Lets go of the file and removes it: for whoever knows that none of its answers held anything. Polls by the minute
  /// would leave a file each otherwise.
  public func discard() {
    state.withLock { state in
      if let file = state.file { try? Files.remove(file.path) }
      state.file = nil
    }
  }

  private func perform(_ body: (inout State) throws(FileError) -> Void) throws(LedgerError) {
    let failure = state.withLock { state -> FileError? in
      if let failure = state.failure { return failure }
      do throws(FileError) { try body(&state) } catch {
        state.failure = error
        state.file = nil
      }
      return state.failure
    }
    if let failure { throw .file(failure) }
  }
}
