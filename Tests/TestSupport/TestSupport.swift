import Glibc
import Platform

/// A folder for one test, removed with everything in it when the test is over.
public final class TemporaryFolder: Sendable {
  public let path: String

  /// Made in `TMPDIR`, else in /tmp: the fuzzer makes thousands of small files a second and asks for a file system in memory.
  public init() throws {
    let parent = unsafe getenv("TMPDIR").map { name in unsafe String(cString: name) } ?? "/tmp"
    var template = Array("\(parent)/qunfa-test-XXXXXX\0".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { throw FileError("make folder", parent) }
    path = template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.text
  }

  deinit { removeTree(path) }

  /// Writes a file below the folder, with the folders it needs; returns its path.
  @discardableResult public func write(_ name: String, _ text: String) throws -> String {
    try write(name, Array(text.utf8))
  }

  @discardableResult public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = Files.join(self.path, name)
    try Files.makeFolder(Files.parent(of: path))
    let file = try File(path, .write)
    try file.write(bytes.span)
    try file.close()
    return path
  }

  public func read(_ name: String) throws -> String {
    try Files.read(Files.join(path, name), limit: 1 << 30).text
  }

  private func removeTree(_ path: String) {
    for name in Files.names(in: path) {
      let inner = path + "/" + name
      if Files.isFolder(inner) { removeTree(inner) } else { _ = unsafe unlink(inner) }
    }
    _ = unsafe rmdir(path)
  }
}

/// The checkout this test was built from.
public let packageFolder: String = {
  var path = #filePath
  for _ in 0..<3 { path = Files.parent(of: path) }
  return path
}()

/// A file or folder of the public test data beside the checkout, nil when it is absent (the tests then say so).
public func shared(_ name: String) -> String? {
  let path = Files.parent(of: packageFolder) + "/shared/" + name
  return Files.exists(path) ? path : nil
}

/// A small generator with a seed, so that a failing test can be run again.
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
