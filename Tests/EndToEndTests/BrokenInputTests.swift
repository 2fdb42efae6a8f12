import Platform
import TestSupport
import Testing

/// Files that cannot be used are told of by place, never by the numbers, names and texts that stand in them.
@Suite struct BrokenInputTests {
  private static let search = CanarySearch(
    [Canary(.number, "1387731"), Canary(.text, "CANARYTEXT"), Canary(.text, "CANARYNAME"), Canary(.text, "金丝雀")])

  /// A file that is broken and the command that reads it.
  struct Input: Sendable, CustomTestStringConvertible {
    let name: String
    var file: (name: String, text: String)
    var command: [String]
    var testDescription: String { name }
  }

  private static let row = "13877310000,CANARYNAME金丝雀,CANARYTEXT\n"
  static let inputs = [
    Input(
      name: "contacts without a header, a number as a spreadsheet shows it",
      file: ("contacts.csv", "CANARYNAME,1.38E+10,CANARYTEXT\n"), command: ["plan", "c1.toml"]),
    Input(name: "contacts without a header", file: ("contacts.csv", row + row), command: ["plan", "c1.toml"]),
    Input(
      name: "contacts with an open quote", file: ("contacts.csv", "手机号,姓名\n13877310000,\"CANARYNAME\n" + row),
      command: ["plan", "c1.toml"]),
    Input(
      name: "contacts with rows of all lengths", file: ("contacts.csv", "手机号,姓名\n" + row + "13877310001\n,,,\n"),
      command: ["plan", "c1.toml"]),
    Input(
      name: "contacts without a header, numbers in other forms",
      file: ("contacts.csv", "CANARYNAME,+86 138 7731 0000\n金丝雀,138-7731-0001\n"), command: ["plan", "c1.toml"]),
    Input(
      name: "contacts in broken XML", file: ("contacts.xml", "<a><b n=\"13877310000\">CANARYNAME</a>"),
      command: ["plan", "c2.toml"]),
    Input(
      name: "suppressed numbers that are none",
      file: ("suppress.csv", "phone,name\n1387731x,CANARYNAME\n1387731,CANARYTEXT\n"), command: ["plan", "c1.toml"]),
    Input(
      name: "suppressed numbers without a header", file: ("suppress.csv", "CANARYNAME,CANARYTEXT\n1387731,x\n"),
      command: ["plan", "c1.toml"]),
    Input(
      name: "a bill without a header", file: ("bill.csv", row + row), command: ["reconcile", "--bill", "juhe=bill.csv"]),
    Input(
      name: "a bill with cells in wrong places",
      file: ("bill.csv", "p,m,s\n" + row + "CANARYNAME,13877310000,金丝雀\n,,13877310000\n1,2,138-7731-0000\n"),
      command: ["reconcile", "--bill", "juhe=bill.csv"]),
    Input(
      name: "reports without a header", file: ("import.csv", row + row),
      command: ["import-reports", "import.csv", "--gateway", "juhe"]),
    Input(
      name: "reports with cells in wrong places",
      file: ("import.csv", "p,m,s\nCANARYNAME,13877310000,金丝雀\n,,CANARYTEXT\n13877310000\n"),
      command: ["import-reports", "import.csv", "--gateway", "juhe"]),
    Input(
      name: "a choice of rows that are none", file: ("only.csv", "CANARYNAME,1387731\n1387731x,CANARYTEXT\n"),
      command: ["resolve", "c1", "--unknown", "failed", "--only", "only.csv"]),
    Input(
      name: "a choice of lines that are none", file: ("only.txt", "1387731x CANARYNAME\n1387731\n"),
      command: ["resolve", "c1", "--unknown", "failed", "--only", "only.txt"]),
    Input(
      name: "opt-outs that are none", file: ("optouts.csv", "CANARYNAME,1387731\n1387731x,CANARYTEXT\n"),
      command: ["optout", "import", "optouts.csv"]),
    Input(
      name: "opt-outs from before", file: ("optouts.csv", "phone,date\n1387731x,CANARYNAME\n13877310000,CANARYTEXT\n"),
      command: ["optout", "import", "optouts.csv"]),
  ]

  @Test(arguments: inputs)
  func `what cannot be read is told by its place`(_ input: Input) throws {
    let table = GatewayTable("juhe", "http://127.0.0.1:9")
    let workspace = try ToolWorkspace([])
    try workspace.configure(
      [table],
      more: "[suppression]\nfiles = [\"suppress.csv\"]\n"
        + "[bills.juhe]\ncolumns = { phone = \"p\", message_id = \"m\", segments = \"s\" }\n"
        + "[imports.juhe]\ncolumns = { phone = \"p\", message_id = \"m\", status = \"s\" }\n")
    try workspace.campaign(gateways: ["juhe"], contacts: "手机号,姓名\n13800000000,x\n")
    let toml = try workspace.folder.read("c1.toml").replacing("\"c1\"", with: "\"c2\"")
    try workspace.folder.write("c2.toml", toml.replacing("contacts.csv", with: "contacts.xml"))
    try workspace.folder.write("suppress.csv", "phone\n13900000000\n")
    try workspace.send()
    try workspace.folder.write(input.file.name, input.file.text)
    var said = ""
    for options in [[], ["--verbose"], ["--json"]] {
      let result = try BuiltTool.start(input.command + options, in: workspace.folder.path).wait()
      #expect(result.exitCode != 1, "\(result.output) \(result.errors)")
      said += result.output + result.errors
    }
    let finds = Self.search.finds(in: said)
    #expect(finds.isEmpty, "\(said)")
  }
}
