import Platform
import TestSupport
import Testing

/// What cannot be looked at is not missing.
@Suite struct LookingTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("file", "abc")
    try folder.write("inner/one", "")
    try folder.write("inner/two", "")
    for (name, target) in [("loop", "loop"), ("dangling", "nothing"), ("link", "file")] {
      let result = try ChildProcess("/bin/ln", ["-s", target, name], in: folder.path).wait()
      try #require(result.exitCode == 0)
    }
  }

  @Test(arguments: [
    ("file", true, 3), ("link", true, 3), ("nothing", false, nil), ("dangling", false, nil), ("file/inner", false, nil),
    (String(repeating: "a", count: 300), false, nil),
  ])
  func `what is there and what is not`(_ name: String, _ isThere: Bool, _ length: Int?) throws {
    #expect(try Files.isThere(folder.path + "/" + name) == isThere)
    #expect(try Files.length(folder.path + "/" + name) == length)
  }

  @Test func `a folder's names`() throws {
    #expect(try Files.list(folder.path + "/inner") == ["one", "two"])
    #expect(try Files.list(folder.path + "/nothing") == [])
    #expect(throws: FileError.self) { _ = try Files.list(folder.path + "/loop") }
  }

  @Test func `an error of the system is no answer`() throws {
    let path = folder.path + "/loop"
    #expect(throws: FileError.self) { _ = try Files.isThere(path) }
    #expect(throws: FileError.self) { _ = try Files.length(path) }
    #expect(throws: FileError.self) { _ = try FileLock.isHeld(path) }
  }

  @Test func `a new name replaces nothing`() throws {
    let from = try folder.write("from", "new")
    #expect(throws: FileError.self) { try Files.moveAsNew(from, to: folder.path + "/file") }
    #expect(try folder.read("file") == "abc")
    try Files.moveAsNew(from, to: folder.path + "/fresh")
    #expect(try folder.read("fresh") == "new")
    #expect(try !Files.isThere(from))
  }
}
