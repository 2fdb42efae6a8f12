import Messaging
import Platform
import TestSupport
import Testing

@testable import Campaigns
@testable import Ledger

@Suite struct VerifyTests {
  @Test func `what was changed or is gone since the manifest is told`() throws {
    let fixture = try DecisionFixture()
    let manifest = fixture.workspace.outputFolder(of: "night") + "/manifest.json"
    let missing = #expect(throws: RunError.self) { _ = try Manifest.verify(manifest, workspace: fixture.workspace) }
    #expect(missing?.code == .input)
    #expect(missing?.diagnostic.found == "no manifest")
    for call in 1...3 { try fixture.send(call, Settlement(.accepted)) }
    _ = try fixture.run.cancel(person: "alice")
    var verification = try Manifest.verify(manifest, workspace: fixture.workspace)
    #expect(verification == .init(files: 3, differences: []))
    #expect(verification.exitCode == .done)
    try fixture.folder.write("contacts.csv", "phone\n")
    try Files.remove(fixture.folder.path + "/out/night/failed.csv")
    verification = try Manifest.verify(manifest, workspace: fixture.workspace)
    #expect(
      verification.differences == [
        .init(path: fixture.folder.path + "/contacts.csv", found: "changed"),
        .init(path: fixture.folder.path + "/out/night/failed.csv", found: "missing"),
      ])
    #expect(verification.exitCode == .unbalanced)
    try fixture.folder.write("out/night/manifest.json", "{")
    let damaged = #expect(throws: RunError.self) { _ = try Manifest.verify(manifest, workspace: fixture.workspace) }
    #expect(damaged?.code == .input)
  }
}
