import Glibc
import Platform
import TestSupport

/// A workspace with six campaigns at five gateways, a canary in everything private, and faults at every gateway.
final class CanaryWorkspace {
  /// Where the secrets are put.
  enum Place: String, CaseIterable {
    case literal, environment, file

    /// Whether the file at this path was made to hold secrets.
    func holds(_ path: String) -> Bool {
      switch self {
      case .literal: path == "/qunfa.toml"
      case .environment: false
      case .file: path.hasPrefix("/secrets/")
      }
    }
  }

  /// The accounts' secrets, with signs that form, address and JSON write in their own ways.
  static let secrets = [
    "juhe": "pw+QX7&canary/91", "emay": "canary+emay&16/b", "mobset": "pw+QX7&canary/93", "youe": "pw+QX7&canary/94",
    "18sms": "pw+QX7&canary/95",
  ]
  static let pathSecret = "path-QX7canary96-0123456789"
  static let pushPassword = "push+QX7&canary/97"
  /// The campaigns, each at the gateway of its name.
  static let names = secrets.keys.sorted() + ["youe-get"]

  let place: Place
  let workspace: ToolWorkspace
  let canaries: [Canary]
  let search: CanarySearch
  private(set) var listener: TracedTool?
  private var environment: [String] = []
  private let port: UInt16

  var folder: String { workspace.folder.path }
  var secrets: [String] { Self.secrets.values.sorted() + [Self.pathSecret, Self.pushPassword] }

  /// - Parameter address: the gateways'.
  /// - Parameter port: where `listen` shall listen.
  init(_ place: Place, _ address: String, _ port: UInt16) throws {
    self.place = place
    self.port = port
    workspace = try ToolWorkspace([])
    let texts = ["CANARYTEXT", "CANARYNAME", "CANARYREPLY", "金丝雀"].map { Canary(.text, $0) }
    // The first digits of all numbers, and one number whole, for its digests.
    let numbers = ["1387731", "13877310000"].map { Canary(.number, $0) }
    canaries =
      (Self.secrets.values.sorted() + [Self.pathSecret, Self.pushPassword]).map { Canary(.secret, $0) } + numbers
      + texts
    search = CanarySearch(canaries)
    try configure(address)
    for (index, name) in Self.names.enumerated() { try campaign(name, index) }
    try workspace.folder.write(
      "bill.csv", "p,m,s\n13877310000,CANARYNAME,1\n13877310001,,2\n1387731x,CANARYNAME,CANARYTEXT\n")
    try workspace.folder.write(
      "import.csv", "p,m,s\n13877310000,x1,DELIVRD\n13877310001,x2,UNDELIV\n1387731x,CANARYNAME\n")
    try workspace.folder.write("optouts.csv", "phone\n13877310000\n1387731x\n1387731,CANARYNAME\n")
  }

  /// Starts the tool, with the secrets in its environment when that is their place.
  func start(_ arguments: [String]) throws -> TracedTool {
    let tool = try TracedTool(arguments, in: folder, environment: environment)
    if arguments.first == "listen" { listener = tool }
    return tool
  }

  /// Pushes a reply with a canary, as youe does, and one with a wrong password, as a forger does.
  func push() throws {
    let base = "http://127.0.0.1:\(port)/push"
    for words in [
      [
        "--data-urlencode", "Message=CANARYREPLY", "-d", "Class=mo&SmsName=demo&Mobile=13877310000&LinkId=0",
        "\(base)/youe/\(Self.pathSecret)",
      ], ["\(base)/18sms/\(Self.pathSecret)?receiver=&pswd=CANARYREPLY&msgid=1&mobile=13877310000&status=DELIVRD"],
    ] {
      let result = try ChildProcess("/usr/bin/curl", ["-sS", "--max-time", "10"] + words, in: "/tmp").wait()
      guard result.exitCode == 0 else { throw ChildError("curl: \(result.errors)") }
    }
  }

  // MARK: Parts

  /// How a secret stands in qunfa.toml.
  private func written(_ name: String, _ secret: String) throws -> String {
    switch place {
    case .literal: return "\"\(secret)\""
    case .environment:
      let variable = "QUNFA_CANARY_" + name.uppercased().replacing("-", with: "_")
      environment.append("\(variable)=\(secret)")
      return "\"env:\(variable)\""
    case .file:
      let path = try workspace.folder.write("secrets/\(name)", secret + "\n")
      _ = unsafe chmod(path, 0o600)
      return "\"file:secrets/\(name)\""
    }
  }

  private func configure(_ address: String) throws {
    var tables: [GatewayTable] = []
    for name in Self.names {
      let kind = name == "youe-get" ? "youe" : name
      var lines = ["batch": "5", "concurrency": "1", "timeout": "3"]
      lines[kind == "emay" ? "secret_key" : "password"] = try written(name, Self.secrets[kind]!)
      if kind == "18sms" { lines["push_password"] = try written("push", Self.pushPassword) }
      if kind == "emay" { lines["regions"] = "[\"CN\"]" }
      if name == "youe-get" { lines["submit"] = "\"get\"" }
      tables.append(GatewayTable(kind, address, lines, named: name))
    }
    let path = try workspace.folder.write(
      "qunfa.toml",
      tables.map(\.toml).joined(separator: "\n")
        + "\n[listen]\nport = \(port)\npath_secret = \(try written("path", Self.pathSecret))\n"
        + "[bills.juhe]\ncolumns = { phone = \"p\", message_id = \"m\", segments = \"s\" }\n"
        + "[imports.juhe]\ncolumns = { phone = \"p\", message_id = \"m\", status = \"s\" }\n")
    _ = unsafe chmod(path, 0o600)
  }

  private func campaign(_ name: String, _ index: Int) throws {
    let long = String(repeating: "长", count: 80)
    let contacts =
      ToolWorkspace.contacts(20, from: 13_877_310_000 + index * 100).replacing("客户", with: "CANARYNAME")
      + "13877319999,CANARYNAME\(long)\n1387731,CANARYNAME\n"
    let isPersonal = ["juhe", "emay", "youe-get"].contains(name)
    try workspace.campaign(
      name, gateways: [name], text: isPersonal ? "CANARYTEXT金丝雀 {{姓名}}" : "CANARYTEXT金丝雀",
      message: "max_segments = 1")
    try workspace.folder.write("\(name)/contacts.csv", contacts)
    let toml = try workspace.folder.read("\(name).toml")
    try workspace.folder.write("\(name).toml", toml.replacing("\"contacts.csv\"", with: "\"\(name)/contacts.csv\""))
  }

  /// Accounts with the canaries, broken answers, reports and replies, pushes to the listener.
  static func faults(_ port: UInt16) -> String {
    var text = "seed = 1\n"
    for (name, secret) in secrets.sorted(by: { $0.key < $1.key }) {
      text += "[accounts.\"\(name)\"]\n\(name == "emay" ? "secret_key" : "password") = \"\(secret)\"\n"
      text += "[gateway.\"\(name)\"]\n"
      for (kind, calls) in [("half_answer", "2, 9"), ("close_after", "10"), ("status_500_after", "11")] {
        text += "[[gateway.\"\(name)\".fault]]\nkind = \"\(kind)\"\ncalls = [\(calls)]\n"
      }
      text += "[gateway.\"\(name)\".reports]\ndelay = 0\nfailed = 0.1\nexpired = 0\nlost = 0\nreplies = 0.3\n"
      guard ["youe", "18sms"].contains(name) else { continue }
      text += "push = \"http://127.0.0.1:\(port)/push/\(name)/\(pathSecret)\"\n"
      if name == "18sms" { text += "receiver_password = \"\(pushPassword)\"\n" }
    }
    return text
  }
}
