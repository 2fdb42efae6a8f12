import Glibc
import JSON
import Platform
import TestSupport
import Testing

/// A gateway's table in qunfa.toml, with the credentials of the sandbox's demo account.
struct GatewayTable {
  var name: String
  var lines: [String: String]

  init(_ protocolName: String, _ address: String, _ more: [String: String] = [:], named name: String? = nil) {
    self.name = name ?? protocolName
    lines = ["protocol": "\"\(protocolName)\"", "url": "\"\(address)\"", "price": "\"0.05\"", "timeout": "5"]
    for (key, value) in ["rate": "100000", "requests": "1000", "signature": "\"【示例】\""] { lines[key] = value }
    let account: [String: String] =
      switch protocolName {
      case "juhe": ["account": "922011", "password": "sandbox-juhe", "extno": "1069012345"]
      case "emay": ["app_id": "EUCP-EMY-SMS0-DEMO1", "secret_key": "sandbox-emay"]
      case "mobset": ["corp_id": "300003", "login_name": "demo", "password": "sandbox-mobset"]
      case "youe": ["uid": "demo", "password": "sandbox-youe"]
      default: ["account": "demo", "password": "sandbox-18sms"]
      }
    for (key, value) in account { lines[key] = "\"\(value)\"" }
    for (key, value) in more { lines[key] = value }
  }

  var toml: String {
    "[gateways.\(name)]\n" + lines.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)\n" }.joined()
  }
}

/// A workspace for one test: files, a campaign, the built tool, and what came out.
final class ToolWorkspace {
  let folder: TemporaryFolder
  let id = "c1"

  init(_ gateways: [GatewayTable]) throws {
    folder = try TemporaryFolder()
    try configure(gateways)
  }

  func configure(_ gateways: [GatewayTable], more: String = "") throws {
    let path = try folder.write("qunfa.toml", more + gateways.map(\.toml).joined(separator: "\n"))
    _ = unsafe chmod(path, 0o600)
  }

  /// Writes `campaign.toml` and, when given, its contacts.
  func campaign(
    _ id: String = "c1", gateways: [String], contacts: String? = nil, text: String = "您好{{姓名}}，今晚八折",
    delivery: String = "", message: String = "", more: String = ""
  ) throws {
    let names = gateways.map { "\"\($0)\"" }.joined(separator: ", ")
    try folder.write(
      "\(id).toml",
      """
      id = "\(id)"
      kind = "notice"
      gateways = [\(names)]
      [contacts]
      files = ["contacts.csv"]
      phone = "手机号"
      \(more)
      [message]
      text = "\(text)"
      \(message)
      [delivery]
      \(delivery)

      """)
    if let contacts { try folder.write("contacts.csv", contacts) }
  }

  /// Contacts with mobile numbers that follow one another, all different, each with a name of its own.
  static func contacts(_ count: Int, from first: Int = 13_800_000_000) -> String {
    "手机号,姓名\n" + (0..<count).map { "\(first + $0),客户\($0)\n" }.joined()
  }

  @discardableResult func qunfa(_ arguments: String..., deadline: Double = 60) throws -> ChildResult {
    try BuiltTool.start(arguments, in: folder.path).wait(deadline: deadline)
  }

  /// Runs `send` on the campaign and checks that its books balance, on screen and in the manifest.
  @discardableResult func send(
    _ id: String = "c1", _ options: String..., deadline: Double = 60, at location: SourceLocation = #_sourceLocation
  ) throws -> ChildResult {
    let result = try BuiltTool.start(["send", "\(id).toml"] + options, in: folder.path).wait(deadline: deadline)
    if Files.exists(folder.path + "/out/\(id)/manifest.json"), ![1, 2, 3, 9].contains(result.exitCode) {
      let books = try Books(self, id)
      #expect(books.faults == [], sourceLocation: location)
    }
    return result
  }

  func start(_ id: String = "c1") throws -> ChildProcess {
    try BuiltTool.start(["send", "\(id).toml"], in: folder.path)
  }

  func file(_ name: String, of id: String = "c1") throws -> CSVText { CSVText(try folder.read("out/\(id)/\(name)")) }

  /// How many messages stand in each state, in result.csv.
  func states(of id: String = "c1") throws -> [String: Int] {
    try file("result.csv", of: id)["state"].reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }

  func manifest(of id: String = "c1") throws -> JSON { try JSON(parsing: folder.read("out/\(id)/manifest.json")) }
}

/// The sums of a run as they stand in its files.
struct Books {
  /// What does not hold, in words; empty when all is well.
  private(set) var faults: [String] = []
  private(set) var counts: [String: Int] = [:]

  init(_ workspace: ToolWorkspace, _ id: String) throws {
    let manifest = try workspace.manifest(of: id)
    let sums = manifest["counts"]
    for name in ["planned", "accepted", "refused", "unsent", "unknown"] {
      counts[name] = Int(sums?[name]?["messages"]?.text ?? "") ?? -1
      counts[name + " segments"] = Int(sums?[name]?["segments"]?.text ?? "") ?? -1
    }
    let rows = Int(sums?["rows_read"]?.text ?? "") ?? -1
    let rejected = Int(sums?["rejected"]?.text ?? "") ?? -1
    check(rows, counts["planned"]! + rejected, "rows read = planned + rejected")
    for unit in ["", " segments"] {
      let parts = ["accepted", "refused", "unsent", "unknown"].map { counts[$0 + unit]! }
      check(counts["planned" + unit]!, parts.reduce(0, +), "planned\(unit) = accepted + refused + unsent + unknown")
    }
    let result = try workspace.file("result.csv", of: id)
    let rejectedFile = try workspace.file("rejected.csv", of: id)
    let failed = try workspace.file("failed.csv", of: id)
    check(counts["planned"]!, result.rows.count, "planned = rows of result.csv")
    check(rejected, rejectedFile.rows.count, "rejected = rows of rejected.csv")
    let states = result["state"].reduce(into: [:]) { $0[$1, default: 0] += 1 }
    check(counts["accepted"]!, states["accepted"] ?? 0, "accepted = rows of result.csv in that state")
    check(counts["unknown"]!, states["unknown"] ?? 0, "unknown = rows of result.csv in that state")
    check(
      counts["refused"]! + counts["unsent"]!, failed.rows.count, "refused + unsent = rows of failed.csv")
    let segments = result["segments"].reduce(0) { $0 + (Int($1) ?? 0) }
    check(counts["planned segments"]!, segments, "planned segments = those of result.csv")
    let all = Set(result["row"] + rejectedFile["row"])
    check(rows, all.count, "every row stands in exactly one of result.csv and rejected.csv")
    check(1, sums?["conserved"] == true ? 1 : 0, "the manifest says conserved")
  }

  private mutating func check(_ left: Int, _ right: Int, _ law: String) {
    if left != right { faults.append("\(law): \(left) is not \(right)") }
  }
}
