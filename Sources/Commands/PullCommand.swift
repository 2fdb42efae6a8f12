import Campaigns
import JSON
import Platform
import Receiving

extension Command {
  static let pull = Command(
    name: "pull", caption: "Fetches status reports and replies from every gateway that offers it",
    operands: "", operandCount: 0...0,
    options: [
      Option("--gateway", value: "NAME", repeats: true, "Only this gateway"),
      Option("--watch", value: "SECONDS", "Poll again and again, at least poll_interval apart, until stopped"),
      Option("--until-complete", "Poll until no message waits for its report, or report_timeout has passed"),
    ],
    details: """
      Everything that waits is fetched, page by page; what comes is on the disk before it is read. One process at a time
      fetches for a gateway.
      Exit codes: 0 done (with --watch: stopped by a signal), 4 a page may be lost, 5 stopped by a signal, or with
      --until-complete nobody can be asked for what still waits, 6 a gateway refused or could not be reached or the disk
      is full, 9 another process fetches for a gateway.
      """,
    example: "qunfa pull --gateway juhe-main"
  ) { (invocation) throws(RunError) in
    var options = PullOptions()
    options.gateways = invocation.all("--gateway")
    options.watch = try invocation.integer("--watch", in: 0...86_400).map(Double.init)
    options.untilComplete = invocation.has("--until-complete")
    let workspace = try invocation.openWorkspace()
    Signals.watch()
    let tally = IntakeTally()
    let report = try PullRun(
      workspace.configuration, options, console: invocation.console,
      after: workspace.afterReceiving(invocation.console, tally)
    ).run()
    invocation.console.print(
      invocation.wantsJSON
        ? report.json.adding("taken_in", tally.json).serialized : report.text + "\n" + tally.text)
    return report.exitCode
  }
}

extension PullReport {
  var text: String {
    guard !rows.isEmpty else { return "Nothing was fetched." }
    var table = TextTable(["gateway", "kind", "pages", "reports", "replies", "possible losses"])
    for row in rows {
      table.add([
        row.gateway, row.kind, String(row.pages), String(row.reports), String(row.replies), String(row.possibleLosses),
      ])
    }
    return table.text
  }

  var json: JSON {
    let lines = rows.map { row -> JSON in
      [
        "gateway": .string(row.gateway), "kind": .string(row.kind), "pages": JSON(row.pages),
        "reports": JSON(row.reports), "replies": JSON(row.replies), "possible_losses": JSON(row.possibleLosses),
      ]
    }
    return ["pulls": .array(lines), "exit_code": JSON(Int(exitCode.rawValue))]
  }
}
