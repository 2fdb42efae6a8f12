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
    func matches(_ name: String) -> [String] {
      WorkspaceFile(name, workspace: folder.path, at: Place(file: "qunfa.toml")).matches
    }
    #expect(matches("suppress/*.csv") == ["a", "b"].map { "\(folder.path)/suppress/\($0).csv" })
    #expect(matches("nothing/*.csv").isEmpty)
    #expect(matches("nothing.csv") == ["\(folder.path)/nothing.csv"])
  }
}

/// For tests of what others can read.
func changeMode(_ path: String, to mode: UInt32) { _ = unsafe chmod(path, mode) }
