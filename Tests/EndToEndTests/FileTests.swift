import Glibc
import Platform
import TestSupport
import Testing

/// The result files and the disk they lie on.
@Suite struct FileTests {
  private static let names = ["result.csv", "rejected.csv", "failed.csv", "manifest.json"]

  private func sent(_ sandbox: SandboxProcess) throws -> ToolWorkspace {
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address)])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(5) + "138,短\n")
    #expect(try workspace.send().exitCode == 4)
    return workspace
  }

  @Test func `result files that were removed come back`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try sent(sandbox)
    let before = try Self.names.dropLast().map { try workspace.folder.read("out/c1/" + $0) }
    for name in Self.names { try Files.remove(workspace.folder.path + "/out/c1/" + name) }
    #expect(try workspace.send().exitCode == 4)
    #expect(try Self.names.dropLast().map { try workspace.folder.read("out/c1/" + $0) } == before)
    #expect(try workspace.qunfa("verify", "c1").exitCode == 0)
    #expect(try sandbox.taken().count == 5)
  }

  @Test func `a later plan of other contacts does not change what the campaign rejected`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try sent(sandbox)
    let rejected = try workspace.folder.read("out/c1/rejected.csv")
    let contacts = try workspace.folder.read("contacts.csv")
    try workspace.folder.write("contacts.csv", "手机号,姓名\n139,短\n138,短\n")
    #expect(try workspace.qunfa("plan", "c1.toml").exitCode == 4)
    try workspace.folder.write("contacts.csv", contacts)
    #expect(try workspace.send().exitCode == 4)
    #expect(try workspace.folder.read("out/c1/rejected.csv") == rejected)
  }

  @Test func `verify sees what was changed and what is gone`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try sent(sandbox)
    #expect(try workspace.qunfa("verify", "c1").exitCode == 0)
    let path = workspace.folder.path + "/out/c1/"
    let result = try workspace.folder.read("out/c1/result.csv")
    try workspace.folder.write("out/c1/result.csv", result.replacing("accepted", with: "refused"))
    try Files.remove(path + "failed.csv")
    let verified = try workspace.qunfa("verify", "c1")
    #expect(verified.exitCode == 8)
    let said = verified.output + verified.errors
    #expect(said.contains("result.csv") && said.contains("failed.csv") && !said.contains("rejected.csv"), "\(said)")
  }

  /// A full disk, as far as one can be had without being root: a bound on the size of files, 64 KB here. Only the
  /// result file is longer.
  @Test func `a full disk after sending is no input error, and the files come later`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address)])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(1_000))
    #expect(try workspace.send().exitCode == 0)
    let before = try workspace.folder.read("out/c1/result.csv")
    let full = try ChildProcess(
      "/bin/sh", ["-c", "trap '' XFSZ; ulimit -f 128; exec \"$0\" send c1.toml", BuiltTool.path()],
      in: workspace.folder.path
    ).wait()
    #expect(full.exitCode == 6, "\(full.output) \(full.errors)")
    #expect(full.errors.contains("result.csv.part: error: cannot write: File too large"), "\(full.errors)")
    #expect(try workspace.folder.read("out/c1/result.csv") == before, "a reader sees half a file")
    #expect(try workspace.send().exitCode == 0)
    #expect(try sandbox.taken().count == 1_000)
  }

  @Test func `when there is no room for answers nothing is sent`() throws {
    let sandbox = try SandboxProcess(faults: "seed = 1\n[gateway.juhe]\nlatency_ms = 50\n")
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address, ["batch": "5", "concurrency": "2"])])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(100))
    let log = workspace.folder.path + "/data/campaigns/c1/answers.log"
    try Files.makeFolder(Files.parent(of: log))
    #expect(unsafe symlink("/dev/full", log) == 0)
    let full = try workspace.qunfa("send", "c1.toml")
    #expect(full.exitCode == 6, "\(full.output) \(full.errors)")
    let taken = try sandbox.taken()
    #expect(taken.isEmpty)
    try Files.remove(log)
    let again = try workspace.send()
    #expect(again.exitCode == 0, "\(again.output) \(again.errors)")
    #expect(try workspace.states() == ["accepted": 100])
    let all = try sandbox.taken()
    #expect(all.count == 100)
    #expect(Set(all.map(\.number)).count == 100)
  }

  @Test func `a secret that is not there fixes nothing`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address, ["password": "\"env:NO_SUCH_VARIABLE\""])])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(5))
    #expect(try workspace.qunfa("send", "c1.toml").exitCode == 2)
    try workspace.configure([GatewayTable("juhe", sandbox.address)])
    try workspace.campaign("c1", gateways: ["juhe"], contacts: ToolWorkspace.contacts(6), text: "改了")
    let sent = try workspace.send()
    #expect(sent.exitCode == 0, "\(sent.output) \(sent.errors)")
    #expect(try sandbox.taken().count == 6)
  }
}
