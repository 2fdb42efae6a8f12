import Glibc
import Platform

/// The folder of the spool below a workspace's data folder.
func spoolFolder(in data: String) -> String { data + "/spool" }

/// One spool file that this process writes. It holds the file's lock until it is let go.
///
/// The file gets its name only when it is locked, so that nobody takes it for one whose writer is gone.
final class SpoolFile: Sendable {
  let path: String
  let descriptor: Int32

  /// - Parameter label: the end of the name: `pull-juhe-main`, `push`.
  init(folder data: String, label: String, at moment: Timestamp) throws(FileError) {
    let folder = spoolFolder(in: data)
    try Files.makeFolder(folder)
    var attempt = 0
    var path = ""
    repeat {
      path = folder + "/" + SpoolFile.name(moment + Double(attempt) / 1000, label)
      attempt += 1
    } while try Files.isThere(path) && attempt < 1000
    let beside = path + ".part"
    let opened = unsafe open(beside, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
    guard opened >= 0 else { throw FileError("make", beside) }
    self.path = path
    descriptor = opened
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 else { throw FileError("lock", beside) }
    try Files.moveAsNew(beside, to: path)
  }

  deinit {
    // Gives back the room that was reserved and not used.
    if let length { _ = ftruncate(descriptor, off_t(length)) }
    _ = close(descriptor)
  }

  /// Its length in bytes.
  var length: Int? {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 ? Int(status.st_size) : nil
  }

  /// Writes all of `bytes`; durable after `synchronize`.
  func write(_ bytes: [UInt8]) throws(FileError) {
    var done = 0
    while done < bytes.count {
      let wrote = unsafe bytes.withUnsafeBytes { source in
        unsafe Glibc.write(descriptor, source.baseAddress! + done, source.count - done)
      }
      if wrote < 0, errno == EINTR { continue }
      guard wrote > 0 else { throw FileError("write", path) }
      done += wrote
    }
  }

  /// Makes what was written survive a power cut. Never tried again after a failure.
  func synchronize() throws(FileError) {
    guard fdatasync(descriptor) == 0 else { throw FileError("fsync", path) }
  }

  /// `20261111T090003123-4711-pull-juhe-main.spool`, in UTC, so that names sort by time.
  static func name(_ moment: Timestamp, _ label: String) -> String {
    let civil = FixedZone.utc.civil(moment)
    let compact = civil.compact
    let thousandths = Int((moment.nanoseconds / 1_000_000) % 1000)
    let padded = String(String(1000 + max(0, thousandths)).dropFirst())
    return "\(compact.prefix(8))T\(compact.dropFirst(8))\(padded)-\(getpid())-\(label).spool"
  }
}
