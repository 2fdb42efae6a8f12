import CSystem
import Glibc

extension Files {
  /// Reserves room on the disk behind a file's end; its length stays. Fine where the file system cannot reserve but has
  /// that much room left.
  ///
  /// - Throws: when there is no such room (number ENOSPC) or the file may not become so long (EFBIG).
  public static func reserve(_ length: Int, behind end: Int, of descriptor: Int32, _ path: String) throws(FileError) {
    var result: Int32
    repeat {
      result = fallocate(descriptor, 1 /* FALLOC_FL_KEEP_SIZE */, off_t(end), off_t(length))
    } while result != 0 && errno == EINTR
    if result == 0 { return }
    let number = errno
    guard number == EOPNOTSUPP || number == ENOSYS else { throw FileError("reserve room in", path, number: number) }
    try requireRoom(length, of: descriptor, path)
  }

  /// - Throws: when the file's disk has not so many bytes left for us (number ENOSPC).
  public static func requireRoom(_ length: Int, of descriptor: Int32, _ path: String) throws(FileError) {
    var room = statvfs()
    guard unsafe fstatvfs(descriptor, &room) == 0 else { throw FileError("reserve room in", path) }
    let free = UInt64(room.f_bavail).multipliedReportingOverflow(by: UInt64(room.f_frsize))
    guard free.overflow || free.partialValue >= UInt64(length) else {
      throw FileError("reserve room in", path, number: ENOSPC)
    }
  }
}
