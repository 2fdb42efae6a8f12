import Configuration
import Glibc
import Platform
import TestSupport
import Testing

@Suite struct WorkspaceFileTests {
  @Test func `names with wildcards stand for the files there are, others for themselves`() throws {
    let folder = try TemporaryFolder()
    try folder.write("suppress/b.csv", "")
    try folder.write("suppress/a.csv", "")
    try folder.write("suppress/a.txt", "")
    func matches(_ name: String) throws -> [String] {
      try WorkspaceFile(name, workspace: folder.path, at: Place(file: "qunfa.toml")).matches()
    }
    #expect(try matches("suppress/*.csv") == ["a", "b"].map { "\(folder.path)/suppress/\($0).csv" })
    #expect(try matches("nothing/*.csv").isEmpty)
    #expect(try matches("nothing.csv") == ["\(folder.path)/nothing.csv"])
  }

  /// Else a list of people who must get nothing would be passed over.
  @Test func `a folder that cannot be read is not one without files`() throws {
    let folder = try TemporaryFolder()
    try #require(unsafe symlink("loop", folder.path + "/loop") == 0)
    let file = WorkspaceFile("loop/*.csv", workspace: folder.path, at: Place(file: "qunfa.toml"))
    #expect(throws: FileError.self) { try file.matches() }
  }
}

/// For tests of what others can read.
func changeMode(_ path: String, to mode: UInt32) { _ = unsafe chmod(path, mode) }
