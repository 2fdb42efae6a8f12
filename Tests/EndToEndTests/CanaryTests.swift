import Glibc
import Platform
import TestSupport
import Testing

/// A canary in every credential, number, text and reply, through the whole circle: each stays where it belongs.
@Suite struct CanaryTests {
  private static let secrets = [
    "juhe": "pw-QX7canary91", "emay": "canary-emay-16ab", "mobset": "pw-QX7canary93", "youe": "pw-QX7canary94",
    "18sms": "pw-QX7canary95",
  ]
  private static let pathSecret = "path-QX7canary96-0123456789"
  private static let pushPassword = "push-QX7canary97"
  private static var everySecret: [String] { secrets.values.sorted() + [pathSecret, pushPassword] }
  /// Files made to hold numbers or texts. The contact files and the bill are the test's own.
  private static let holders = [
    "answers.log", "bill.csv", "contacts.csv", "differences.csv", "failed.csv", "ledger.db", "plan.csv",
    "reconciliation.csv", "reconciliation.xlsx", "rejected.csv", "replies.csv", "reports.db", "result.csv",
    "unmatched.csv", "import.csv",
  ]

  @Test func `secrets stay in qunfa.toml, numbers and texts in the files made for them`() throws {
    let port = try freePort()
    let sandbox = try SandboxProcess(faults: faults(port))
    let workspace = try self.workspace(sandbox.address, port)
    let listener = try ListenProcess(workspace, [])
    var said = ""
    #expect(try observe(listener.process.identifier))
    for name in Self.secrets.keys.sorted() {
      for command in [["plan", "\(name).toml"], ["send", "\(name).toml", "--verbose"], ["send", "\(name).toml", "--json"]] {
        said += try run(command, workspace)
      }
    }
    usleep(1_500_000)
    for command in [
      ["pull", "--verbose"], ["pull", "--json"], ["import-reports", "import.csv", "--gateway", "juhe"], ["status"], ["status", "--json"],
      ["status", "juhe"], ["balance"], ["reconcile", "--bill", "juhe=bill.csv", "--xlsx"], ["reconcile", "--json"],
      ["resolve", "juhe", "--unknown", "failed"], ["cancel", "mobset"], ["verify", "juhe"],
    ] + Self.secrets.keys.sorted().map({ ["report", $0] }) { said += try run(command, workspace) }
    let ended = try listener.stop()
    said += ended.output + ended.errors
    #expect(ended.errors.contains("kept"), "\(ended.errors)")
    for word in Self.everySecret + ["CANARYTEXT", "CANARYNAME", "CANARYREPLY", "1387731"] {
      #expect(!said.contains(word), "\(word) stands in what the tool said: \(said)")
    }
    for secret in Self.everySecret {
      #expect(try workspace.files(with: secret) == ["/qunfa.toml"], "\(secret)")
    }
    for word in ["1387731", "CANARYTEXT", "CANARYNAME"] {
      let files = try workspace.files(with: word)
      #expect(!files.isEmpty)
      let strangers = files.filter { path in
        let name = Files.name(of: path)
        return !Self.holders.contains(name) && !path.hasPrefix("/data/spool/") && !name.hasSuffix("-wal")
          && !(word == "CANARYTEXT" && name.hasSuffix(".toml"))
      }
      #expect(strangers.isEmpty, "\(word) stands in \(strangers)")
      print("canary \(word): in \(Set(files.map { Files.name(of: $0) }).sorted().joined(separator: ", "))")
    }
  }

  /// Runs a command; while it runs, looks at what other users of the machine could see of it.
  private func run(_ command: [String], _ workspace: ToolWorkspace) throws -> String {
    let process = try BuiltTool.start(command, in: workspace.folder.path)
    _ = try? observe(process.identifier)
    let result = try process.wait()
    #expect(![1, 2, 3].contains(result.exitCode), "\(command): \(result.output) \(result.errors)")
    return result.output + result.errors
  }

  /// argv, environment and children of a running tool, and whether it may leave a core.
  @discardableResult private func observe(_ process: Int32) throws -> Bool {
    let folder = "/proc/\(process)"
    let seen = try ["cmdline", "environ"].map { try Files.read("\(folder)/\($0)", limit: 1 << 20).text }.joined()
    for secret in Self.everySecret { #expect(!seen.contains(secret)) }
    #expect(!seen.contains("1387731"))
    let children = try Files.names(in: folder + "/task").map {
      try Files.read("\(folder)/task/\($0)/children", limit: 1 << 16).text
    }
    #expect(children.allSatisfy { $0.isEmpty }, "it started processes")
    let limits = try Files.read(folder + "/limits", limit: 1 << 16).text
    let core = limits.split(separator: "\n").first { $0.hasPrefix("Max core file size") } ?? ""
    return core.split(separator: " ").dropFirst(4).prefix(2) == ["0", "0"]
  }

  // MARK: Parts

  private func freePort() throws -> UInt16 {
    let socket = try loopbackSocket()
    defer { close(socket) }
    return boundPort(socket)
  }

  private func workspace(_ address: String, _ port: UInt16) throws -> ToolWorkspace {
    let names = Self.secrets.keys.sorted()
    let tables = names.map { name in
      var lines = [name == "emay" ? "secret_key" : "password": "\"\(Self.secrets[name]!)\"", "batch": "5", "concurrency": "1"]
      if name == "18sms" { lines["push_password"] = "\"\(Self.pushPassword)\"" }
      if name == "emay" { lines["regions"] = "[\"CN\"]" }
      return GatewayTable(name, address, lines)
    }
    let workspace = try ToolWorkspace([])
    let path = try workspace.folder.write(
      "qunfa.toml",
      tables.map(\.toml).joined(separator: "\n")
        + "\n[listen]\nport = \(port)\npath_secret = \"\(Self.pathSecret)\"\n"
        + "[bills.juhe]\ncolumns = { phone = \"p\", message_id = \"m\", segments = \"s\" }\n"
        + "[imports.juhe]\ncolumns = { phone = \"p\", message_id = \"m\", status = \"s\" }\n")
    _ = unsafe chmod(path, 0o600)
    for (index, name) in names.enumerated() {
      let long = String(repeating: "长", count: 80)
      let contacts =
        ToolWorkspace.contacts(20, from: 13_877_310_000 + index * 100).replacing("客户", with: "CANARYNAME")
        + "13877319999,CANARYNAME\(long)\n1387731,CANARYNAME\n"
      try workspace.campaign(
        name, gateways: [name], text: ["juhe", "emay"].contains(name) ? "CANARYTEXT {{姓名}}" : "CANARYTEXT",
        message: "max_segments = 1")
      try workspace.folder.write("\(name)/contacts.csv", contacts)
      let toml = try workspace.folder.read("\(name).toml")
      try workspace.folder.write("\(name).toml", toml.replacing("\"contacts.csv\"", with: "\"\(name)/contacts.csv\""))
    }
    try workspace.folder.write("bill.csv", "p,m,s\n13877310000,CANARYNAME,1\n13877310001,,2\n")
    try workspace.folder.write("import.csv", "p,m,s\n13877310000,x1,DELIVRD\n13877310001,x2,UNDELIV\n")
    return workspace
  }

  private func faults(_ port: UInt16) -> String {
    var text = "seed = 1\n"
    for (name, secret) in Self.secrets.sorted(by: { $0.key < $1.key }) {
      text += "[accounts.\"\(name)\"]\n\(name == "emay" ? "secret_key" : "password") = \"\(secret)\"\n"
      text += "[gateway.\"\(name)\"]\n[[gateway.\"\(name)\".fault]]\nkind = \"half_answer\"\ncalls = [2]\n"
      text += "[gateway.\"\(name)\".reports]\ndelay = 0\nfailed = 0.1\nexpired = 0\nlost = 0\nreplies = 0.3\n"
      guard ["youe", "18sms"].contains(name) else { continue }
      text += "push = \"http://127.0.0.1:\(port)/push/\(name)/\(Self.pathSecret)\"\n"
      if name == "18sms" { text += "receiver_password = \"\(Self.pushPassword)\"\n" }
    }
    return text
  }
}

extension ToolWorkspace {
  /// The files below the folder that hold a text, as paths from it.
  func files(with word: String) throws -> [String] {
    try tree(withData: true).filter { path in
      let whole = folder.path + path
      return try !Files.isFolder(whole) && Files.read(whole, limit: 1 << 30).text.contains(word)
    }
  }
}
