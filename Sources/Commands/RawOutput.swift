import Glibc
import Platform

/// Writes bytes to standard output as they are: no line feed is added.
/// - Throws: when the system refuses them, a reader that has gone away included.
func writeToStandardOutput(_ bytes: borrowing Span<UInt8>) throws(FileError) {
  var number: Int32 = 0
  unsafe bytes.withUnsafeBufferPointer { source in
    var done = 0
    while done < source.count {
      let wrote = unsafe Glibc.write(1, source.baseAddress! + done, source.count - done)
      if wrote < 0, errno == EINTR { continue }
      guard wrote >= 0 else {
        number = errno
        return
      }
      done += wrote
    }
  }
  if number != 0 { throw FileError("write", "standard output", number: number) }
}
