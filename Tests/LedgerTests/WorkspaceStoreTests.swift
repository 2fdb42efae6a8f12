import Platform
import TestSupport
import Testing

@testable import Ledger

@Suite struct WorkspaceStoreTests {
  let folder: TemporaryFolder
  let store: WorkspaceStore
  let time = Timestamp(seconds: 1_794_362_400)

  init() throws {
    folder = try TemporaryFolder()
    store = try WorkspaceStore(folder: folder.path + "/data")
  }

  @Test func `reading makes no file`() throws {
    try store.forEachOptOut { _ in Issue.record("an opt-out") }
    #expect(try store.pace(of: "j") == nil)
    #expect(try store.campaign(plannedFrom: "00", since: time, not: "a") == nil)
    #expect(!Files.exists(folder.path + "/data/workspace.db"))
  }

  @Test func `the first entry for a number stays`() throws {
    let first = WorkspaceStore.OptOut(
      number: 8_613_800_138_000, addedAt: time, source: "reply", text: "退订", campaign: "a")
    let second = WorkspaceStore.OptOut(number: 61_422_118_000, addedAt: time, source: "person")
    #expect(try store.add([first, second]) == 2)
    #expect(try store.add([WorkspaceStore.OptOut(number: first.number, addedAt: time + 9, source: "person")]) == 0)
    var found: [WorkspaceStore.OptOut] = []
    try store.forEachOptOut { found.append($0) }
    #expect(found == [second, first])
    #expect(try store.remove(optOuts: [first.number, 1]) == 1)
    #expect(try store.remove(optOuts: [first.number]) == 0)
  }

  @Test(arguments: [0.001, 1, 1.001, 4.35, 123.457, 999.999, 1e6]) func `a pace is remembered and forgotten`(
    _ rate: Double
  )
    throws
  {
    try store.remember(pace: 5, of: "j", at: time)
    try store.remember(pace: rate, of: "j", at: time + 1)
    #expect(try store.pace(of: "j")?.rate == rate)
    #expect(try store.pace(of: "j")?.learntAt == time + 1)
    #expect(try store.pace(of: "m") == nil)
    try store.remember(pace: nil, of: "j", at: time)
    #expect(try store.pace(of: "j") == nil)
  }

  @Test func `a file that another campaign was planned from is known for a while`() throws {
    try store.remember(inputs: ["00", "11"], of: "a", at: time)
    #expect(try store.campaign(plannedFrom: "11", since: time + -60, not: "b") == "a")
    #expect(try store.campaign(plannedFrom: "11", since: time + -60, not: "a") == nil)
    #expect(try store.campaign(plannedFrom: "11", since: time + 60, not: "b") == nil)
    #expect(try store.campaign(plannedFrom: "22", since: time + -60, not: "b") == nil)
    try store.remember(inputs: ["11"], of: "c", at: time + 5)
    #expect(try store.campaign(plannedFrom: "11", since: time + -60, not: "b") == "c")
  }

  @Test func `the key is drawn once and kept to its owner`() throws {
    let key = try WorkspaceStore.key(in: folder.path)
    #expect(key.count == 32 && Set(key).count > 8)
    #expect(try WorkspaceStore.key(in: folder.path) == key)
    #expect(Files.permissions(folder.path + "/key") == 0o600)
    #expect(try WorkspaceStore.key(in: folder.path + "/other") != key)
    try folder.write("key", [1, 2, 3])
    #expect(throws: LedgerError.self) { try WorkspaceStore.key(in: folder.path) }
  }
}
