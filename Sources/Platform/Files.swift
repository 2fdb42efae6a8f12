import CSystem
import Glibc

/// A file operation that the system refused.
public struct FileError: Explained {
  /// What was tried: `open`, `write`, `fsync`, …
  public var operation: String
  public var path: String
  /// The system's number (`errno`).
  public var number: Int32
  /// What stands there, when the system's words would not tell.
  public var found: String?

  /// - Parameter number: the system's number; nil takes the calling thread's `errno`.
  public init(_ operation: String, _ path: String, number: Int32? = nil, found: String? = nil) {
    self.found = found
    self.number = number ?? errno
    self.operation = operation
    self.path = path
  }

  public var isMissing: Bool { number == ENOENT }

  public var diagnostic: Diagnostic {
    Diagnostic("cannot \(operation): \(found ?? systemMessage(number))", at: Place(file: path), next: advice)
  }

  private var advice: String? {
    if found != nil { return "Name a regular file; copy the data into one." }
    return switch number {
    case ENOSPC, EDQUOT, EFBIG: "Make room on the disk, then run the same command again: it goes on where it stopped."
    case EIO: "The disk reported a fault. Check it before running the same command again."
    case ELOOP: "A symbolic link stands there, which is not followed. Remove it."
    case EACCES, EPERM: "Check the owner and the mode of the file and its folder."
    default: nil
    }
  }
}

/// The system's words for an error number.
public func systemMessage(_ number: Int32) -> String {
  guard let words = unsafe strerror(number) else { return "error \(number)" }
  return unsafe String(cString: words)
}

/// An open file. Closes itself; `close()` tells whether that went well.
public struct File: ~Copyable {
  public let path: String
  public private(set) var descriptor: Int32

  /// What a file is opened for.
  public enum Mode: Sendable {
    /// A regular file: a pipe or a device could wait for ever, and cannot be read a second time.
    case read
    /// Whatever is there, such as standard input.
    case stream
    /// A new file or an emptied one, mode 0600; never what a link leads to.
    case write
    /// Adds at the end, mode 0600 when new.
    case append
  }

  public init(_ path: String, _ mode: Mode) throws(FileError) {
    let flags =
      switch mode {
      // So that a pipe without a writer does not wait; regular files do not care.
      case .read: O_RDONLY | O_NONBLOCK
      case .stream: O_RDONLY
      case .write: O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW
      case .append: O_WRONLY | O_CREAT | O_APPEND
      }
    let opened = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o600)
    guard opened >= 0 else { throw FileError("open", path) }
    if mode == .read, let found = File.strangeKind(opened) {
      _ = Glibc.close(opened)
      throw FileError("read", path, number: EINVAL, found: found)
    }
    descriptor = opened
    self.path = path
  }

  /// What a descriptor leads to when it is neither a regular file nor a folder, for which `read` has words.
  private static func strangeKind(_ descriptor: Int32) -> String? {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    return switch status.st_mode & S_IFMT {
    case S_IFREG, S_IFDIR: nil
    case S_IFIFO: "it is a pipe, not a regular file"
    case S_IFCHR, S_IFBLK: "it is a device, not a regular file"
    default: "it is not a regular file"
    }
  }

  deinit { if descriptor >= 0 { _ = Glibc.close(descriptor) } }

  /// Appends up to `limit` bytes to `buffer`; 0 at the end of the file.
  public func read(into buffer: inout ByteBuffer, limit: Int = Limits.readBytes) throws(FileError) -> Int {
    var got = 0
    unsafe buffer.appendUnsafe(room: limit) { room in
      repeat { got = unsafe Glibc.read(descriptor, room.baseAddress, room.count) } while got < 0 && errno == EINTR
      return max(got, 0)
    }
    guard got >= 0 else { throw FileError("read", path) }
    return got
  }

  /// Writes all of `bytes`.
  public func write(_ bytes: borrowing Span<UInt8>) throws(FileError) {
    var failed = false
    unsafe bytes.withUnsafeBufferPointer { source in
      var done = 0
      while done < source.count {
        let wrote = unsafe Glibc.write(descriptor, source.baseAddress! + done, source.count - done)
        if wrote < 0, errno == EINTR { continue }
        guard wrote >= 0 else {
          failed = true
          return
        }
        done += wrote
      }
    }
    if failed { throw FileError("write", path) }
  }

  /// Makes what was written survive a power cut. Never tried twice: after a failure the kernel may have dropped the
  /// pages.
  public func synchronize() throws(FileError) {
    guard fsync(descriptor) == 0 else { throw FileError("fsync", path) }
  }

  /// Closes the file; throws what a deferred write failed with.
  public consuming func close() throws(FileError) {
    let result = Glibc.close(descriptor)
    descriptor = -1
    if result != 0 { throw FileError("close", path) }
  }
}

/// Whole files, folders and paths.
public enum Files {
  /// The whole content, at most `limit` bytes; more is an error of number EFBIG.
  ///
  /// - Parameter mode: `.stream` for standard input; everything else is a regular file.
  public static func read(_ path: String, limit: Int, as mode: File.Mode = .read) throws(FileError) -> [UInt8] {
    let file = try File(path, mode)
    var buffer = ByteBuffer(capacity: 64 * 1024)
    while try file.read(into: &buffer) > 0 {
      guard buffer.count <= limit else { throw FileError("read more than \(limit) bytes from", path, number: EFBIG) }
    }
    return buffer.array
  }

  /// Writes a file beside its name, makes it durable and renames it, so that a reader never sees half of it.
  public static func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
    let beside = path + ".part"
    let file = try File(beside, .write)
    try file.write(bytes.span)
    try file.synchronize()
    try file.close()
    try move(beside, to: path)
  }

  /// Renames and makes the new name durable.
  public static func move(_ from: String, to path: String) throws(FileError) {
    guard unsafe rename(from, path) == 0 else { throw FileError("rename", from) }
    try synchronizeFolder(of: path)
  }

  /// The same for a name that must be new: what stands there is never replaced.
  public static func moveAsNew(_ from: String, to path: String) throws(FileError) {
    let withoutReplacing: UInt32 = 1
    if unsafe renameat2(AT_FDCWD, from, AT_FDCWD, path, withoutReplacing) != 0 {
      // Some file systems know no such thing, some sandboxes do not let it pass.
      guard [EINVAL, ENOSYS, EOPNOTSUPP, ENOTTY, EPERM].contains(errno) else { throw FileError("rename", from) }
      guard try !isThere(path) else { throw FileError("rename", from, number: EEXIST) }
      guard unsafe rename(from, path) == 0 else { throw FileError("rename", from) }
    }
    try synchronizeFolder(of: path)
  }

  /// Makes the names in a path's folder durable.
  public static func synchronizeFolder(of path: String) throws(FileError) {
    let folder = parent(of: path)
    let descriptor = unsafe Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", folder) }
    defer { _ = Glibc.close(descriptor) }
    guard fsync(descriptor) == 0 else { throw FileError("fsync", folder) }
  }

  /// Makes a folder and those above it, mode 0700; fine when it is there.
  public static func makeFolder(_ path: String) throws(FileError) {
    if isFolder(path) { return }
    let above = parent(of: path)
    if above != path, !isFolder(above) { try makeFolder(above) }
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw FileError("make folder", path) }
    try synchronizeFolder(of: path)
  }

  /// Whether something stands there.
  ///
  /// - Throws: when the system cannot tell (a broken disk, a folder that may not be entered, no descriptor left): what
  ///   cannot be looked for may well be there, and whoever takes it for missing sends a campaign twice.
  public static func isThere(_ path: String) throws(FileError) -> Bool {
    if unsafe access(path, F_OK) == 0 { return true }
    guard isAbsence(errno) else { throw FileError("look for", path) }
    return false
  }

  /// Nothing can stand under a name that is too long.
  private static func isAbsence(_ number: Int32) -> Bool {
    number == ENOENT || number == ENOTDIR || number == ENAMETOOLONG
  }

  /// Whether a folder stands there.
  public static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The mode's permission bits, nil when there is no such file.
  public static func permissions(_ path: String) -> UInt32? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return status.st_mode & 0o7777
  }

  /// The length in bytes, nil when there is no such file.
  ///
  /// - Throws: when the system cannot tell.
  public static func length(_ path: String) throws(FileError) -> Int? {
    var status = stat()
    if unsafe stat(path, &status) == 0 { return Int(status.st_size) }
    guard isAbsence(errno) else { throw FileError("look at", path) }
    return nil
  }

  /// Removes a file; fine when there is none.
  public static func remove(_ path: String) throws(FileError) {
    guard unsafe unlink(path) == 0 || errno == ENOENT else { throw FileError("remove", path) }
  }

  /// The names in a folder, sorted by bytes; empty when there is no such folder.
  ///
  /// - Throws: when the folder cannot be read to its end.
  public static func list(_ folder: String) throws(FileError) -> [String] {
    guard let stream = unsafe opendir(folder) else {
      guard isAbsence(errno) else { throw FileError("open", folder) }
      return []
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else { break }
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw FileError("read", folder) }
    return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
  }

  /// `folder/name`, or `name` alone when it is absolute.
  public static func join(_ folder: String, _ name: String) -> String {
    if name.hasPrefix("/") || folder.isEmpty || folder == "." { return name }
    return folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  /// The folder of a path; `.` when it names none.
  public static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last part of a path.
  public static func name(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return path }
    return String(path[path.index(after: slash)...])
  }
}

/// A lock that the system gives back when the process ends, however it ends. Lives in a file of its own, never in the
/// file that it protects.
public struct FileLock: ~Copyable {
  private let descriptor: Int32

  private init(descriptor: Int32) { self.descriptor = descriptor }

  /// Nil when another process holds it.
  public static func take(_ path: String) throws(FileError) -> FileLock? {
    let opened = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard opened >= 0 else { throw FileError("open", path) }
    if flock(opened, LOCK_EX | LOCK_NB) == 0 || Defect.isPlanted(.lockIgnored) { return FileLock(descriptor: opened) }
    let number = errno
    _ = Glibc.close(opened)
    if number == EWOULDBLOCK { return nil }
    throw FileError("lock", path, number: number)
  }

  deinit { _ = Glibc.close(descriptor) }
}
