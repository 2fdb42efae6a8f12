import Glibc

extension FileLock {
  /// Whether another process holds the lock. Makes no file and waits for nobody; while it looks, for an instant, nobody
  /// can take the lock.
  public static func isHeld(_ path: String) -> Bool {
    let opened = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else { return false }
    defer { _ = close(opened) }
    // Shared, so that two who look do not see each other.
    return flock(opened, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }
}

/// Sleeps so long; at once when there is nothing left of it. A signal may end it earlier.
public func pauseSeconds(_ seconds: Double) {
  guard seconds > 0 else { return }
  var time = timespec(tv_sec: Int(seconds), tv_nsec: Int((seconds - seconds.rounded(.down)) * 1e9))
  _ = unsafe nanosleep(&time, nil)
}
