import Glibc

extension Files {
  /// Writes a file that must not exist yet, mode 0600, and makes it durable. What is there stays as it is, even when it
  /// came while this was running: error number `EEXIST`.
  public static func create(_ path: String, with bytes: [UInt8]) throws(FileError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileError("make", path) }
    _ = close(descriptor)
    let file = try File(path, .append)
    try file.write(bytes.span)
    try file.synchronize()
    try file.close()
    try synchronizeFolder(of: path)
  }
}
