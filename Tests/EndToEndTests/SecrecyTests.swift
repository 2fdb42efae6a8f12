import Platform
import TestSupport
import Testing

/// Passwords stay in qunfa.toml; numbers and texts stay in the files made for them.
@Suite struct SecrecyTests {
  private static let password = "pw-QX7canary91"
  private static let search = CanarySearch(
    [Canary(.secret, password), Canary(.number, "13800310000"), Canary(.number, "1380031"), Canary(.number, "1390031")]
      + ["CANARYTEXT", "CANARYNAME", "金丝雀"].map { Canary(.text, $0) })

  @Test(arguments: SendTests.protocols)
  func `nothing private leaves its place, whatever goes wrong`(_ name: String) throws {
    let sandbox = try SandboxProcess(faults: faults(name))
    let workspace = try ToolWorkspace([table(name, sandbox.address)])
    try workspace.campaign(
      gateways: [name], contacts: contacts(), text: "CANARYTEXT金丝雀 {{姓名}}", message: "max_segments = 1")
    var said = ""
    for arguments in [
      ["plan", "c1.toml"], ["plan", "c1.toml", "--json"], ["send", "c1.toml", "--verbose"],
      ["send", "c1.toml", "--json"],
    ] {
      let result = try BuiltTool.start(arguments, in: workspace.folder.path).wait()
      #expect([4, 6, 7].contains(result.exitCode), "\(arguments): \(result.output) \(result.errors)")
      said += result.output + result.errors
    }
    let states = try workspace.states()
    #expect(states["accepted", default: 0] > 0)
    #expect(states["unknown", default: 0] > 0, "the faults did not come")
    said += try workspace.folder.read("out/c1/manifest.json")
    #expect(Self.search.finds(in: said).isEmpty, "\(said)")
    let secrets = try workspace.tree(withData: true).filter { path in
      let whole = workspace.folder.path + path
      return try !Files.isFolder(whole) && Self.search.finds(inFile: whole).contains { $0.kind == .secret }
    }
    #expect(secrets == ["/qunfa.toml"])
  }

  @Test(arguments: [
    "password = \"pw-QX7canary91", "pasword = \"pw-QX7canary91\"", "password = [\"pw-QX7canary91\"]",
    "password = { value = \"pw-QX7canary91\" }", "password = pw-QX7canary91", "password = \"pw-QX7canary91\" x",
    "password = \"pw-QX7canary91\\q\"", "extno = \"pw-QX7canary91\"\npassword = 7719283746",
    "password = \"pw-QX7canary91\"\npassword = \"pw-QX7canary91\"",
  ])
  func `a broken configuration file does not show its secrets`(_ line: String) throws {
    let workspace = try ToolWorkspace([])
    try workspace.folder.write(
      "qunfa.toml", "[gateways.a]\nprotocol = \"juhe\"\nurl = \"http://127.0.0.1:9\"\naccount = \"1\"\n\(line)\n")
    try workspace.campaign(gateways: ["a"], contacts: ToolWorkspace.contacts(1))
    let result = try workspace.qunfa("plan", "c1.toml")
    #expect(result.exitCode == 2, "\(result.output)")
    #expect(!result.errors.contains("canary"), "\(result.errors)")
    #expect(!result.errors.contains("7719283746"), "\(result.errors)")
    #expect(result.errors.contains("qunfa.toml:"))
  }

  @Test func `an address that cannot be reached does not show credentials`() throws {
    let closed = try ClosedPort()
    for address in ["http://127.0.0.1:\(closed.port)", "http://nowhere.invalid", "https://127.0.0.1:\(closed.port)"] {
      let workspace = try ToolWorkspace([table("youe", address, ["submit": "\"get\""])])
      // Texts of their own, so that each goes by GET, with the password's digest, number and text in its address.
      try workspace.campaign(gateways: ["youe"], contacts: contacts(), text: "CANARYTEXT金丝雀 {{姓名}}")
      let result = try workspace.qunfa("send", "c1.toml", "--verbose")
      #expect(result.exitCode == 6, "\(result.output) \(result.errors)")
      let said = try result.output + result.errors + workspace.folder.read("out/c1/manifest.json")
      #expect(Self.search.finds(in: said).isEmpty, "\(said)")
    }
  }

  // MARK: Parts

  private func table(_ name: String, _ address: String, _ more: [String: String] = [:]) -> GatewayTable {
    var lines = more
    lines[name == "emay" ? "secret_key" : "password"] = "\"\(Self.password)\""
    lines["batch"] = "5"
    lines["concurrency"] = "1"
    return SendTests.table(name, address, lines)
  }

  private func contacts() -> String {
    let long = String(repeating: "长", count: 80)
    return ToolWorkspace.contacts(20, from: 13_800_310_000).replacing("客户", with: "CANARYNAME")
      + "13900310001,CANARYNAME\(long)\n13800310000,CANARYNAME\n1390031,CANARYNAME\n13900310002,\"CANARYNAME\n13900310003,x\n"
  }

  private func faults(_ name: String) -> String {
    let table = "gateway.\"\(name)\""
    let key = name == "emay" ? "secret_key" : "password"
    return """
      seed = 1
      [accounts."\(name)"]
      \(key) = "\(Self.password)"
      [\(table)]
      refuse_numbers = ["*13800310001"]
      [[\(table).fault]]
      kind = "half_answer"
      calls = [2]
      [[\(table).fault]]
      kind = "busy"
      calls = [3]

      """
  }
}
