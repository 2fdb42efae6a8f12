import Glibc
import Platform
import TestSupport
import Testing

@Suite struct FilesTests {
  @Test func `a replaced file is whole, and for its owner only`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.csv"
    try Files.replace(path, with: Array("one".utf8))
    try Files.replace(path, with: Array("two".utf8))
    #expect(try folder.read("a.csv") == "two")
    #expect(Files.names(in: folder.path) == ["a.csv"])
    #expect(Files.permissions(path) == 0o600)
  }

  @Test func `a file that cannot be replaced stays as it was`() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.csv", "one")
    // The name beside it is taken by a folder.
    try Files.makeFolder(folder.path + "/a.csv.part")
    #expect(throws: FileError.self) { try Files.replace(folder.path + "/a.csv", with: [1]) }
    #expect(try folder.read("a.csv") == "one")
    #expect(throws: FileError.self) { try Files.replace(folder.path + "/none/a.csv", with: [1]) }
  }

  @Test(.timeLimit(.minutes(1))) func `a pipe or a device is no file to read`() throws {
    let folder = try TemporaryFolder()
    let pipe = folder.path + "/pipe.csv"
    #expect(unsafe mkfifo(pipe, 0o600) == 0)
    for (path, kind) in [(pipe, "pipe"), ("/dev/zero", "device")] {
      do {
        _ = try Files.read(path, limit: 10)
        Issue.record("read")
      } catch { #expect(error.diagnostic.description.contains("cannot read: it is a \(kind), not a regular file")) }
    }
    #expect(try Files.read("/dev/null", limit: 10, as: .stream).isEmpty)
  }

  @Test func `all ways to write a file's path are one identity`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a", "one")
    #expect(unsafe symlink(path, folder.path + "/b") == 0)
    let identity = Files.identity(path)
    for other in ["/./a", "//a", "/b"] { #expect(Files.identity(folder.path + other) == identity) }
    #expect(Files.identity("./x//y") == "x/y" && Files.identity("x/y") == "x/y")
    #expect(Files.identity("x/z") != "x/y")
  }

  @Test func `reading more than the limit is an error`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a", [UInt8](repeating: 1, count: 300_000))
    #expect(try Files.read(path, limit: 300_000).count == 300_000)
    do {
      _ = try Files.read(path, limit: 299_999)
      Issue.record("read")
    } catch { #expect(error.number == EFBIG && !error.isMissing) }
    do {
      _ = try Files.read(path + "x", limit: 1)
      Issue.record("read")
    } catch { #expect(error.isMissing) }
  }

  @Test func `a lock has one holder and is given back`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/lock"
    do {
      let holder = Holder(try FileLock.take(path))
      #expect(holder.isHolding)
      // Another open file of the same process is as strange to it as another process.
      #expect(!Holder(try FileLock.take(path)).isHolding)
      withExtendedLifetime(holder) {}
    }
    #expect(Holder(try FileLock.take(path)).isHolding)
    #expect(throws: FileError.self) { Holder(try FileLock.take(folder.path + "/none/lock")).isHolding }
  }

  @Test func `folders are made with those above them, for their owner only`() throws {
    let folder = try TemporaryFolder()
    try Files.makeFolder(folder.path + "/a/b/c")
    try Files.makeFolder(folder.path + "/a/b/c")
    #expect(Files.isFolder(folder.path + "/a/b/c"))
    #expect(Files.permissions(folder.path + "/a") == 0o700)
    try folder.write("file", "")
    #expect(throws: FileError.self) { try Files.makeFolder(folder.path + "/file/a") }
  }

  @Test(arguments: [("a", "b", "a/b"), ("a/", "b", "a/b"), ("a", "/b", "/b"), (".", "b", "b"), ("", "b", "b")])
  func `paths are joined`(_ folder: String, _ name: String, _ joined: String) {
    #expect(Files.join(folder, name) == joined)
  }

  @Test(arguments: [("a/b", "a", "b"), ("/a", "/", "a"), ("a", ".", "a"), ("/a/b/c", "/a/b", "c")])
  func `a path has a folder and a name`(_ path: String, _ parent: String, _ name: String) {
    #expect(Files.parent(of: path) == parent && Files.name(of: path) == name)
  }
}

@Suite struct NearestTests {
  @Test(
    arguments: [
      ("gatway", "gateway"), ("getaway", "gateway"), ("gateways", "gateway"), ("rat", "rate"), ("rtae", "rate"),
      ("x", nil),
      ("concurency", "concurrency"), ("bach", "batch"), ("", nil), ("zzzzzz", nil),
    ] as [(String, String?)])
  func `the word that was meant`(_ word: String, _ meant: String?) {
    #expect(nearest(to: word, among: ["gateway", "rate", "concurrency", "batch"]) == meant)
  }

  @Test func `of two as near the first by letters`() { #expect(nearest(to: "cat", among: ["rat", "bat"]) == "bat") }
  @Test func `among none there is none`() { #expect(nearest(to: "cat", among: []) == nil) }
}

private final class Holder {
  private let lock: FileLock?
  var isHolding: Bool {
    switch lock {
    case .some: true
    case .none: false
    }
  }
  init(_ lock: consuming FileLock?) { self.lock = lock }
}
