import Glibc

extension Files {
  /// One name for all ways to write a file's path: without links, `.` and `..`; for a file that is not there, the path
  /// without `.` and doubled slashes.
  public static func identity(_ path: String) -> String {
    if let real = unsafe realpath(path, nil) {
      defer { unsafe free(real) }
      return unsafe String(cString: real)
    }
    let parts = path.split(separator: "/").filter { $0 != "." }
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }
}
