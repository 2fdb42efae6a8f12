import Glibc
import HTTP
import Platform
import TestSupport
import Testing

/// Names and texts of others that try to leave the workspace, to steer a terminal, to forge a line or to run.
@Suite struct EscapeTests {
  /// What no terminal may get: control characters but tab and line feed, the controls of direction.
  static func steering(_ text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.filter { scalar in
      switch scalar.value {
      case 0x09, 0x0A: false
      case 0x00...0x1F, 0x7F...0x9F, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029: true
      default: false
      }
    }
  }

  // MARK: Names

  @Test(arguments: [
    "../c9", "/tmp/c9", "a/b", ".", "..", ".hidden", "a\\\\b", "a\\u0000b", "a\\nb", "\\u202Ec9", "c9/", "-c9", "",
    String(repeating: "a", count: 101), String(repeating: "号", count: 5000),
  ])
  func `an id or a gateway's name that is a path goes nowhere`(_ name: String) throws {
    let workspace = try ToolWorkspace([GatewayTable("juhe", "http://127.0.0.1:9")])
    try workspace.campaign("c1", gateways: ["juhe"], contacts: ToolWorkspace.contacts(1))
    let toml = try workspace.folder.read("c1.toml")
    try workspace.folder.write("bad.toml", toml.replacing("id = \"c1\"", with: "id = \"\(name)\""))
    let before = try workspace.tree()
    for command in ["plan", "send", "status", "report", "cancel"] {
      let result = try workspace.qunfa(command, "bad.toml")
      #expect([2, 3].contains(result.exitCode), "\(command): \(result.output) \(result.errors)")
      #expect(Self.steering(result.output + result.errors).isEmpty)
    }
    #expect(try workspace.tree() == before)
    let settings = try workspace.folder.read("qunfa.toml")
    try workspace.folder.write("qunfa.toml", settings.replacing("[gateways.juhe]", with: "[gateways.\"\(name)\"]"))
    let result = try workspace.qunfa("status")
    #expect(result.exitCode == 2, "\(result.output) \(result.errors)")
    #expect(Self.steering(result.output + result.errors).isEmpty)
  }

  @Test(arguments: ["../c1", "../../etc/passwd", "/etc/passwd", "..", ".", "data/campaigns/c1", "nothing\u{1B}[31m"])
  func `a command's operand reaches no file outside`(_ name: String) throws {
    let workspace = try ToolWorkspace([GatewayTable("juhe", "http://127.0.0.1:9")])
    try workspace.campaign("c1", gateways: ["juhe"], contacts: ToolWorkspace.contacts(1))
    let before = try workspace.tree()
    for command in [
      ["status", name], ["verify", name], ["report", name], ["reconcile", name], ["cancel", name],
      ["resolve", name, "--unknown", "failed"],
    ] {
      let result = try BuiltTool.start(command, in: workspace.folder.path).wait()
      #expect(result.exitCode > 1, "\(command): \(result.output)")
      let said = result.output + result.errors
      #expect(Self.steering(said).isEmpty && !said.contains("root:"), "\(said)")
    }
    #expect(try workspace.tree() == before)
  }

  // MARK: Links

  @Test func `a link that lies where a file is made is never followed`() throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([GatewayTable("juhe", sandbox.address)])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(3))
    let victim = try workspace.folder.write("victim", "precious")
    let places = [
      "out/c1/result.csv", "out/c1/rejected.csv", "out/c1/failed.csv", "out/c1/manifest.json", "out/c1/report.html",
      "out/reconciliation.csv", "out/summary.csv", "out/unmatched.csv", "out/reconciliation.xlsx", "out/replies.csv",
      "data/campaigns/c1/campaign.toml", "page.html",
    ]
    for place in places {
      let path = workspace.folder.path + "/" + place
      try Files.makeFolder(Files.parent(of: path))
      #expect(unsafe symlink(victim, path + ".part") == 0)
      if place != "data/campaigns/c1/campaign.toml" { #expect(unsafe symlink(victim, path) == 0) }
    }
    let commands = [
      ["plan", "c1.toml"], ["send", "c1.toml"], ["reconcile", "--xlsx"], ["report", "c1"],
      ["report", "c1", "--output", "page.html"],
    ]
    for command in commands {
      var result = try BuiltTool.start(command, in: workspace.folder.path).wait()
      // Refused, with a word about the link; run again when a person has removed it.
      var removed = 0
      while [2, 3, 6].contains(result.exitCode), removed < places.count {
        #expect(result.errors.contains("symbolic link"), "\(command): \(result.errors)")
        let named = places.filter { result.errors.contains($0) }
        for place in named { try Files.remove(workspace.folder.path + "/" + place + ".part") }
        guard !named.isEmpty else { break }
        removed += 1
        result = try BuiltTool.start(command, in: workspace.folder.path).wait()
      }
      #expect([0, 5].contains(result.exitCode), "\(command): \(result.output) \(result.errors)")
      #expect(try workspace.folder.read("victim") == "precious", "\(command)")
    }
    #expect(try sandbox.taken().count == 3)
    for place in places where Files.exists(workspace.folder.path + "/" + place) && place != "out/replies.csv" {
      var status = stat()
      let path = workspace.folder.path + "/" + place
      #expect(unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG, "\(place) is a link still")
    }
  }

  // MARK: Terminals and lines

  @Test func `names and answers of others neither steer a terminal nor forge a line`() throws {
    let server = try HTTPServer(port: 0) { _ in
      let words = #"\u001b[31m\u0007\u009b2J\u202e1\nqunfa: error: forged"#
      return ServerReply(
        200, contentType: "application/json",
        body: Array(#"{"status":"\#(words)","desc":"\#(words)","balance":"\#(words)","list":[]}"#.utf8))
    }
    defer { server.stop() }
    let evil = "\u{1B}]0;x\u{7}\u{9B}2J\u{202E}\nqunfa: error: forged"
    let workspace = try ToolWorkspace([GatewayTable("juhe", "http://127.0.0.1:\(server.port)", ["timeout": "1"])])
    try workspace.folder.write("d\(evil).csv", "手机号,姓名\(evil.filter { $0 != "\n" })\n13800000000,x\n138,y\n")
    try workspace.folder.write("c1.toml", campaign("{{姓名}}", evil))
    try workspace.folder.write("c2.toml", campaign("好", evil).replacing("id = \"c1\"", with: "id = \"c2\""))
    try workspace.folder.write("t\(evil).mustache", "{{#a}}{{/b\(evil)}}")
    var said = ""
    for command in [
      ["plan", "c1.toml"], ["plan", "c2.toml"], ["send", "c2.toml"], ["send", "c2.toml", "--verbose"], ["status"],
      ["status", "c2"], ["status", "c2", "--json"], ["balance"], ["pull"], ["pull", "--json"], ["reconcile"],
      ["report", "c2"], ["resolve", "c2", "--unknown", "failed"], ["render", "t\(evil).mustache"],
      ["import-reports", "x\(evil).csv", "--gateway", "juhe"], ["optout", "add", "12\(evil)"], ["verify", "c2"], [evil],
      ["status", "--\(evil)"], ["reconcile", "--from", evil], ["listen", "--address", evil],
    ] {
      let result = try BuiltTool.start(command, in: workspace.folder.path).wait()
      let text = result.output + result.errors
      #expect(Self.steering(text).isEmpty, "\(command[0]): \(Self.steering(text)) in \(text)")
      #expect(!text.split(separator: "\n").contains { $0.hasPrefix("qunfa: error: forged") }, "\(command[0]): \(text)")
      said += text
    }
    #expect(said.contains("\\u001B") && said.contains("\\u202E"), "nothing of it was shown: \(said)")
    if let page = try? workspace.folder.read("out/c2/report.html") { #expect(Self.steering(page).isEmpty) }
  }

  private func campaign(_ text: String, _ evil: String) -> String {
    let escaped = evil.unicodeScalars.map { scalar -> String in
      scalar.value < 0x80 && scalar.value >= 0x20
        ? String(scalar) : "\\u" + String(String(0x10000 + Int(scalar.value), radix: 16).dropFirst())
    }.joined()
    return """
      id = "c1"
      name = "\(escaped)"
      kind = "notice"
      gateways = ["juhe"]
      [contacts]
      files = ["d\(escaped).csv"]
      phone = "手机号"
      [message]
      text = "\(text)"

      """
  }
}

extension ToolWorkspace {
  /// Every path below the folder, sorted.
  ///
  /// - Parameter withData: without it, neither what lies in data/ nor the settings, which a test changes itself.
  func tree(withData: Bool = false) throws -> [String] {
    var found: [String] = []
    func look(_ path: String) {
      for name in Files.names(in: folder.path + path).sorted() where withData || path + "/" + name != "/data" {
        found.append(path + "/" + name)
        if Files.isFolder(folder.path + path + "/" + name) { look(path + "/" + name) }
      }
    }
    look("")
    return withData ? found : found.filter { $0 != "/qunfa.toml" }
  }
}
