import Glibc
import JSON
import Platform
import TestSupport
import Testing

/// The sandbox's bills carry errors that planted.csv lists; reconcile finds all of them and nothing else.
@Suite struct BillTests {
  private static let prices = ["juhe": "0.035", "emay": "0.06", "mobset": "0.045", "youe": "0.04", "18sms": "0.038"]
  private static let columns = [
    "juhe": #"phone = "号码", message_id = "消息编号", segments = "计费条数", price = "单价", date = "提交时间""#,
    "emay": #"phone = "手机号码", message_id = "短信ID", segments = "计费条数", price = "单价", date = "发送时间""#,
    "mobset": #"phone = "手机号码", message_id = "短信编号", segments = "计费条数", price = "单价", date = "发送时间""#,
    "youe": #"phone = "手机号", link_id = "批次号", segments = "条数", amount = "金额", date = "日期""#,
    "18sms": #"date = "日期", segments = "计费条数", amount = "金额""#,
  ]
  private static let files = [
    "juhe": "juhe-922011", "emay": "emay-EUCP-EMY-SMS0-DEMO1", "mobset": "mobset-demo", "youe": "youe-demo",
    "18sms": "18sms-demo",
  ]
  /// What differences.csv calls what was planted.
  private static let kinds = [
    "missing": "only_ours", "doubled": "duplicate", "segments": "segments", "price": "price",
    "failed": "only_theirs", "stranger": "only_theirs", "next_month": "total", "total": "total",
  ]

  private struct Desk {
    let folder: TemporaryFolder
    let process: ChildProcess
    let address: String

    init(faults: String) throws {
      folder = try TemporaryFolder()
      try folder.write("faults.toml", faults)
      let process = try BuiltTool.start(
        ["sandbox", "--port", "0", "--bills", folder.path + "/bills", "--faults", folder.path + "/faults.toml"],
        in: folder.path)
      self.process = process
      let isUp = ChildProcess.wait(deadline: 20) { process.output.contains("log:") }
      guard isUp, let line = process.output.split(separator: "\n").first else {
        throw ChildError("the sandbox did not start: \(process.errors)")
      }
      address = String(line.dropFirst("sandbox: ".count))
    }
  }

  @Test(arguments: ["errors = 2", "errors = 0"])
  func `all planted errors are found and nothing else`(errors: String) throws {
    // A contract that does not bill what failed needs the reports.
    let canPull = try BuiltTool.run("pull", "--help", in: "/tmp").exitCode == 0
    let billing = canPull ? "not_failed" : "accepted"
    let desk = try Desk(
      faults: """
        seed = 7
        [bills]
        \(errors)
        [gateway.juhe]
        bill_on = "\(billing)"
        [gateway.all.reports]
        delay = [0, 0]
        failed = 0.15
        expired = 0
        lost = 0

        """)
    let names = ["juhe", "emay", "mobset", "youe", "18sms"]
    let workspace = try ToolWorkspace([])
    let tables = names.map { name in
      GatewayTable(
        name, desk.address,
        ["price": "\"\(Self.prices[name]!)\"", "regions": "[\"CN\"]"]
          .merging(name == "juhe" ? ["bill_on": "\"\(billing)\""] : [:]) { $1 })
    }
    let maps = names.map { "[bills.\($0)]\ncolumns = { \(Self.columns[$0]!) }\n" }.joined()
    try workspace.configure(tables)
    try workspace.folder.write("qunfa.toml", tables.map(\.toml).joined(separator: "\n") + maps)
    let long = String(repeating: "年终答谢老客户全场八折", count: 8)
    for (index, name) in names.enumerated() {
      try workspace.campaign(
        name, gateways: [name], contacts: ToolWorkspace.contacts(60, from: 13_800_000_000 + index * 1000),
        text: name == "18sms" ? "您好，今晚八折" : "您好{{姓名}}" + (name == "mobset" ? long : "，今晚八折"))
      _ = try BuiltTool.start(["send", "\(name).toml"], in: workspace.folder.path).wait(deadline: 60)
    }
    if canPull { _ = try workspace.qunfa("pull") }
    desk.process.signal(SIGTERM)
    #expect(try desk.process.wait(deadline: 20).exitCode == 0)
    let bills = names.flatMap { ["--bill", "\($0)=\(desk.folder.path)/bills/\(Self.files[$0]!).csv"] }
    let result = try BuiltTool.start(["reconcile", "--json"] + bills, in: workspace.folder.path).wait(deadline: 60)
    let planted = CSVText(try desk.folder.read("bills/planted.csv"))
    let differences = CSVText(try workspace.folder.read("out/differences.csv"))
    let wanted = Set(planted.rows.map { "\($0["gateway"]!) \($0["phone"]!) \(Self.kinds[$0["kind"]!]!)" })
    let found = Set(
      differences.rows.filter { !$0["cause"]!.hasPrefix("all in all") }
        .map { "\($0["gateway"]!) \(Self.digits($0["phone"]!)) \($0["kind"]!)" })
    #expect(found.subtracting(wanted) == [], "found but not planted")
    #expect(wanted.subtracting(found) == [], "planted but not found")
    let json = try JSON(parsing: result.output)
    #expect(json["bills"]?["conserved"] == true)
    if errors == "errors = 2" {
      #expect(result.exitCode == 8)
      #expect(Set(planted["kind"]).count == (canPull ? 8 : 7))
      #expect(planted.rows.count == 4 * 2 * 6 + (canPull ? 2 : 0) + 1)
    } else {
      #expect(planted.rows.isEmpty && differences.rows.isEmpty)
      // 18sms has nothing to be fetched: its messages wait.
      #expect(result.exitCode == 5)
    }
    #expect(Files.permissions(workspace.folder.path + "/out/reconciliation.xlsx") == 0o600)
  }

  /// A number as our files write it, with its country's digits as the sandbox writes them.
  private static func digits(_ phone: String) -> String {
    phone.isEmpty || phone.contains("+") ? phone.filter(\.isNumber) : "86" + phone
  }
}
