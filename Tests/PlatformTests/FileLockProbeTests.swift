import Platform
import TestSupport
import Testing

@Suite struct FileLockProbeTests {
  @Test func `a lock is seen as held while someone has it`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/lock"
    #expect(try !FileLock.isHeld(path))
    #expect(!Files.exists(path))
    do {
      let lock = try FileLock.take(path)
      #expect(try FileLock.isHeld(path))
      switch lock {
      case .some: break
      case .none: Issue.record("the lock was free")
      }
    }
    #expect(try !FileLock.isHeld(path))
  }
}
