import HTTP
import Platform
import TestSupport
import Testing

/// Cells of others that a spreadsheet would run as a formula: neutral in every file that is made.
@Suite struct FormulaTests {
  private static let signs = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t=", "\r="]

  @Test(arguments: signs)
  func `no file holds a cell that runs`(_ sign: String) throws {
    let evil = sign + "cmd|'/C calc'!A0"
    let quoted = "\"" + evil + "\""
    let server = try HTTPServer(port: 0) { request in
      let json = evil.replacing("\t", with: "\\t").replacing("\r", with: "\\r")
      let body = request.body.text
      if body.contains("action=report") || request.rawQuery.contains("action=report") {
        return ServerReply(
          200, contentType: "application/json",
          body: Array(
            #"{"status":"0","list":[{"flag":"1","mid":"\#(json)","mobile":"13800000000","stat":"\#(json)"},"#.utf8)
            + Array(#"{"flag":"1","mid":"\#(json)9","mobile":"13900000000","stat":"\#(json)"}]}"#.utf8))
      }
      if body.contains("action=mo") || request.rawQuery.contains("action=mo") {
        return ServerReply(
          200, contentType: "application/json",
          body: Array(
            #"{"status":"0","list":[{"flag":"0","mid":"\#(json)","mobile":"13800000000","content":"\#(json)"}]}"#.utf8))
      }
      // The first number is taken under a hostile id, the second refused with a hostile word.
      return ServerReply(
        200, contentType: "application/json",
        body: Array(
          (#"{"status":"0","balance":100,"list":[{"mid":"\#(json)","mobile":"13800000000","result":0},"#
            + #"{"mid":"","mobile":"13800000001","result":"\#(json)"}]}"#).utf8))
    }
    defer { server.stop() }
    let table = GatewayTable("juhe", "http://127.0.0.1:\(server.port)", ["signature": "\"\""])
    let workspace = try ToolWorkspace([table])
    try workspace.folder.write(
      "qunfa.toml", table.toml + "\n[bills.juhe]\ncolumns = { phone = \"p\", message_id = \"m\", segments = \"s\" }\n")
    try workspace.campaign(
      gateways: ["juhe"],
      contacts: "手机号,姓名,号\n13800000000,\(quoted),\(quoted)\n13800000001,\(quoted),\(quoted)\n\(quoted),x,\(quoted)\n",
      text: "{{姓名}}", more: "id = \"号\"")
    try workspace.folder.write("bill.csv", "p,m,s\n\(quoted),\(quoted),1\n13800000001,\(quoted),2\n")
    for command in [
      ["plan", "c1.toml"], ["send", "c1.toml"], ["pull"], ["reconcile", "--bill", "juhe=bill.csv", "--xlsx"],
      ["report", "c1"],
    ] {
      let result = try BuiltTool.start(command, in: workspace.folder.path).wait()
      #expect(![1, 2, 9].contains(result.exitCode), "\(command): \(result.exitCode) \(result.output) \(result.errors)")
    }
    var hostile: Set<String> = []
    for name in try workspace.tree() where name.hasPrefix("/out/") && name.hasSuffix(".csv") {
      let file = CSVText(try workspace.folder.read(String(name.dropFirst())))
      for row in file.rows {
        for (column, cell) in row {
          if cell.contains("calc") { hostile.insert(Files.name(of: name)) }
          let runs = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r"].contains(where: { cell.hasPrefix($0) })
          #expect(!runs || Double(cell) != nil, "\(name), \(column): \(cell)")
        }
      }
    }
    print("formulas: \(sign.debugDescription) came into \(hostile.sorted().joined(separator: ", "))")
    // A text with such a control character is not sent, an id with one is none.
    let isControl = sign.hasPrefix("\t") || sign.hasPrefix("\r")
    for name in ["rejected.csv", "unmatched.csv"] + (isControl ? [] : ["result.csv", "reconciliation.csv"]) {
      #expect(hostile.contains(name), "\(name) does not hold the cell")
    }
    guard Files.exists("/usr/bin/python3") else {
      print("the workbook was not looked at: there is no /usr/bin/python3")
      return
    }
    let look = """
      import zipfile
      book = zipfile.ZipFile("out/reconciliation.xlsx")
      text = b"".join(book.read(n) for n in book.namelist() if n.startswith("xl/"))
      # The sums are formulas of our own; what came from outside must not stand in one.
      import re
      print(b"calc" in text, any(b"calc" in f for f in re.findall(rb"<f[ >].*?</f>", text, re.S)))
      """
    let found = try ChildProcess("/usr/bin/python3", ["-c", look], in: workspace.folder.path).wait()
    #expect(found.output == "True False\n", "\(found.output) \(found.errors)")
  }
}
