import Glibc

extension FileLock {
  /// Whether another process holds the lock. Makes no file and waits for nobody; while it looks, for an instant, nobody
  /// can take the lock.
  ///
  /// - Throws: when the system cannot tell: a writer that is taken for gone would have its work counted as broken off.
  public static func isHeld(_ path: String) throws(FileError) -> Bool {
    let opened = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else {
      let error = FileError("open", path)
      guard try Files.isThere(path) else { return false }
      throw error
    }
    defer { _ = close(opened) }
    // Shared, so that two who look do not see each other.
    if flock(opened, LOCK_SH | LOCK_NB) == 0 { return false }
    guard errno == EWOULDBLOCK else { throw FileError("lock", path) }
    return true
  }
}

/// Sleeps so long; at once when there is nothing left of it. A signal may end it earlier.
public func pauseSeconds(_ seconds: Double) {
  guard seconds > 0 else { return }
  var time = timespec(tv_sec: Int(seconds), tv_nsec: Int((seconds - seconds.rounded(.down)) * 1e9))
  _ = unsafe nanosleep(&time, nil)
}
