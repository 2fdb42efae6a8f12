import Glibc

/// `socket(2)`'s kinds on Linux. The system's header has them as an enumeration that different C modules lay claim to, so
/// whether Swift finds its names depends on the order of the build; the numbers are part of the kernel's interface.
enum SocketKind {
  static let stream: Int32 = 1
  static let nonBlocking = O_NONBLOCK
  static let closeOnExec = O_CLOEXEC
}
