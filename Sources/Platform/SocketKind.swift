import Glibc

/// The system's words for the kind of a socket.
///
/// They stand here because C libraries include the header that defines them before Swift sees it as part of Glibc: in a
/// module that uses such a library, the compiler finds these names or not, depending on the order of its files.
public enum SocketKind {
  public static let stream = Int32(SOCK_STREAM.rawValue)
  public static let nonBlocking = Int32(SOCK_NONBLOCK.rawValue)
  public static let closeOnExec = Int32(SOCK_CLOEXEC.rawValue)
}
