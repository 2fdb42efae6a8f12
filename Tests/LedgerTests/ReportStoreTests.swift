import Ledger
import Platform
import TestSupport
import Testing

@Suite struct ReportStoreTests {
  @Test func `a store whose making was killed is made again`() throws {
    let folder = try TemporaryFolder()
    for name in ["reports.db.part", "reports.db.part-wal"] { try folder.write(name, "half of it") }
    #expect(try !ReportStore.exists(in: folder.path))
    _ = try ReportStore(folder: folder.path)
    _ = try ReportStore(folder: folder.path, readOnly: true)
    #expect(Files.names(in: folder.path).filter { $0.contains(".part") } == [])
  }
}
