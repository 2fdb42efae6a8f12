import HTTP
import JSON
import Platform

/// What happened so far, for people (`GET /`) and for scripts (`GET /counts.json`).
enum CountsPage {
  static func html(_ counts: [(gateway: SandboxGateway, counts: SandboxCounts)]) -> ServerReply {
    let names = SandboxCounts().named.map { $0.name.replacing("_", with: " ") }
    var page = """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>qunfa sandbox</title>
      <style>
      body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; color: #222; }
      table { border-collapse: collapse; }
      th, td { padding: .3rem .8rem; border-bottom: 1px solid #ddd; text-align: right; font-variant-numeric: tabular-nums; }
      th:first-child { text-align: left; }
      </style></head><body>
      <h1>qunfa sandbox</h1>
      <p>Five SMS platforms for trying things out. Nothing leaves this machine.</p>
      <table><tr><th scope="col">gateway</th>

      """
    for name in names { page += "<th scope=\"col\">\(name)</th>" }
    page += "</tr>\n"
    for (gateway, counts) in counts {
      page += "<tr><th scope=\"row\">\(gateway.rawValue)</th>"
      for (_, value) in counts.named { page += "<td>\(value)</td>" }
      page += "</tr>\n"
    }
    page += "</table>\n<p>The same for scripts: <a href=\"/counts.json\">/counts.json</a></p>\n</body></html>\n"
    return ServerReply(contentType: "text/html; charset=utf-8", body: Array(page.utf8))
  }

  static func json(_ counts: [(gateway: SandboxGateway, counts: SandboxCounts)]) -> ServerReply {
    let members = counts.map { gateway, counts in
      JSON.Member(gateway.rawValue, .object(counts.named.map { JSON.Member($0.name, JSON($0.value)) }))
    }
    return ServerReply(contentType: "application/json", body: Array((JSON.object(members).pretty + "\n").utf8))
  }
}
