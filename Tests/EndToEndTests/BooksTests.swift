import Glibc
import Platform
import TestSupport
import Testing

/// The books' files have one name each: two commands that write them take turns.
@Suite struct BooksTests {
  private func sent(_ count: Int) throws -> ToolWorkspace {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address)])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(count))
    #expect(try workspace.send().exitCode == 0)
    return workspace
  }

  @Test(arguments: [["reconcile", "--no-xlsx"], ["report", "c1"]])
  func `who writes the books waits for another writer`(_ command: [String]) throws {
    let workspace = try sent(5)
    let file = workspace.folder.path + (command[0] == "report" ? "/out/c1/report.html" : "/out/reconciliation.csv")
    var other: OtherWriter? = try OtherWriter(workspace)
    #expect(other != nil)
    let waiting = try BuiltTool.start(command, in: workspace.folder.path)
    usleep(1_500_000)
    #expect(waiting.ended() == nil)
    #expect(!Files.exists(file), "it wrote what another one holds")
    other = nil
    let ended = try waiting.wait(deadline: 20)
    #expect([0, 5].contains(ended.exitCode), "\(ended.errors)")
    #expect(Files.exists(file))
  }

  /// Somebody else who writes the books of a workspace, for as long as it lives.
  private final class OtherWriter {
    private let lock: FileLock

    init(_ workspace: ToolWorkspace) throws {
      guard let lock = try FileLock.take(workspace.folder.path + "/data/books.lock") else {
        throw ChildError("somebody holds the books")
      }
      self.lock = lock
    }
  }

  @Test func `a waiting writer ends at once at a signal, and leaves no file`() throws {
    let workspace = try sent(5)
    var other: OtherWriter? = try OtherWriter(workspace)
    #expect(other != nil)
    let waiting = try BuiltTool.start(["reconcile"], in: workspace.folder.path)
    usleep(500_000)
    waiting.signal(SIGTERM)
    let ended = try waiting.wait(deadline: 10)
    #expect(ended.exitCode == 128 + SIGTERM, "\(ended.errors)")
    #expect(!Files.exists(workspace.folder.path + "/out/reconciliation.csv"))
    other = nil
  }

  @Test func `many at once all end well and leave whole books`() throws {
    let workspace = try sent(3000)
    let writers = try (0..<6).map { index in
      try BuiltTool.start(index % 3 == 2 ? ["report", "c1"] : ["reconcile"], in: workspace.folder.path)
    }
    for writer in writers {
      let ended = try writer.wait(deadline: 120)
      #expect([0, 5].contains(ended.exitCode), "\(ended.errors)")
    }
    let rows = CSVText(try workspace.folder.read("out/reconciliation.csv"))
    #expect(rows["row"] == (1...3000).map(String.init))
    let left = Files.names(in: workspace.folder.path + "/out") + Files.names(in: workspace.folder.path + "/out/c1")
    #expect(left.filter { $0.contains(".part") } == [])
    #expect(try workspace.folder.read("out/reconciliation.xlsx").hasPrefix("PK"))
  }
}
