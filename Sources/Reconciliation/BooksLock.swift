public import Campaigns
import Glibc
public import Platform

extension Workspace {
  /// Holds the books for one writer: their files have one name each. Waits for another writer, not for ever.
  ///
  /// - Parameter seconds: how long it waits; commands wait `Limits.booksWaitSeconds`.
  /// - Throws: exit code 3 without a data folder, which would make empty books out of a disk that is not mounted; 9
  ///   when another process writes them for too long.
  public func holdBooks(waiting seconds: Double = Limits.booksWaitSeconds) throws(RunError) -> HeldBooks {
    guard Files.isFolder(data) else {
      throw RunError(
        .input,
        Diagnostic(
          "there is no data folder", at: Place(file: data), expected: "the folder that 'qunfa send' made",
          next: "Mount the disk it lies on, or send a campaign first."))
    }
    let path = data + "/books.lock"
    let patience = monotonicSeconds() + seconds
    while true {
      if let lock = try onOutput({ () throws(FileError) in try HeldLock.take(path) }) { return HeldBooks(lock) }
      guard monotonicSeconds() < patience else { break }
      usleep(50_000)
    }
    throw RunError(
      .locked,
      Diagnostic(
        "another process writes the books", at: Place(file: path), next: "Wait until it ends, then run this again."))
  }
}

/// The right to write the books, as long as it lives.
public final class HeldBooks {
  private let lock: HeldLock
  init(_ lock: HeldLock) { self.lock = lock }
}
