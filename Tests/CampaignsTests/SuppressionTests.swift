import Configuration
import Gateways
import Glibc
import Ledger
import Platform
import TestSupport
import Testing

@testable import Campaigns

@Suite struct SuppressionTests {
  private func suppression(_ folder: borrowing TemporaryFolder, files: String) throws -> Suppression {
    let configuration = try Configuration.parse(
      """
      [suppression]
      files = \(files)
      [gateways.j]
      protocol = "mobset"
      url = "http://127.0.0.1:1"
      corp_id = "100001"
      login_name = "admin"
      password = "secret"
      price = "0.035"
      """, workspace: folder.path, registry: GatewayRegistry(allGateways), mode: 0o600)
    return try Suppression(configuration, WorkspaceStore(folder: folder.path + "/data"))
  }

  @Test func `a file that two patterns match is read once`() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.csv", "13800138000\n")
    try folder.write("b.csv", "13800138001\n")
    let read = try suppression(folder, files: "[\"*.csv\", \"a.csv\", \"./b.csv\"]")
    #expect(read.files.map(\.name) == ["a.csv", "b.csv"])
    #expect(read.numbers.contains(8_613_800_138_000) && read.numbers.contains(8_613_800_138_001))
  }

  @Test(.timeLimit(.minutes(1))) func `a pipe is refused instead of waited for`() throws {
    let folder = try TemporaryFolder()
    #expect(unsafe mkfifo(folder.path + "/a.csv", 0o600) == 0)
    #expect(throws: RunError.self) { try suppression(folder, files: "[\"a.csv\"]") }
  }
}
