import HTTP
import JSON
import Platform
import Synchronization
import TestSupport
import Testing

/// A gateway that gives pages again which it gave already: the pull ends, nothing counts twice, nothing new is dropped.
@Suite struct RepeatingPagesTests {
  struct Case: CustomTestStringConvertible {
    var name: String
    /// What the gateway gives one after the other, a letter a page; at the end of it the last for ever, `.` is an empty
    /// page.
    var reports: String
    var replies = "."
    /// Requests of each kind that the first pull makes.
    var asked: [Int]
    /// What is known after it, as the pull tells and as the store has it.
    var known: (reports: Int, replies: Int)
    /// Pulls until everything that is new was fetched.
    var pulls = 1
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "no page again", reports: "ABC.", asked: [4, 1], known: (6, 0)),
    Case(name: "the first for ever", reports: "A", asked: [2, 1], known: (2, 0)),
    Case(name: "the last for ever", reports: "ABC", asked: [4, 1], known: (6, 0)),
    Case(name: "in turns", reports: "ABAB", asked: [3, 1], known: (4, 0)),
    Case(name: "once, then something new", reports: "AABC.", asked: [2, 1], known: (2, 0), pulls: 2),
    Case(name: "after others, then something new", reports: "ABACBD.", asked: [3, 1], known: (4, 0), pulls: 3),
    Case(name: "replies for ever", reports: "A.", replies: "R", asked: [2, 2], known: (2, 2)),
    Case(
      name: "reports for ever, the replies are fetched", reports: "A", replies: "RS.", asked: [2, 3], known: (2, 4)),
    Case(name: "the same bytes of both kinds", reports: "A.", replies: "A.", asked: [2, 2], known: (2, 2)),
  ]

  @Test(arguments: cases) func `the pull ends, and a later one brings the rest`(_ example: Case) throws {
    let gateway = try RepeatingGateway(example.reports, example.replies)
    let workspace = try ToolWorkspace([GatewayTable("youe", gateway.address)])
    // Reports from before the first campaign are nobody's business.
    try workspace.campaign(gateways: ["youe"], contacts: ToolWorkspace.contacts(1), text: "今晚八折")
    #expect(try workspace.send().exitCode == 0)
    let first = try workspace.qunfa("pull", "--json", deadline: 20)
    #expect(first.exitCode == 0, "\(first.errors)")
    #expect(gateway.asked == example.asked)
    let sums = try JSON(parsing: first.output)
    for (index, (kind, count)) in [("reports", example.known.reports), ("replies", example.known.replies)].enumerated()
    {
      #expect(sums["pulls"]?.elements?[index][kind]?.text == String(count), "fetched \(kind)")
      #expect(sums["pulls"]?.elements?[index]["pages"]?.text == String(count / 2), "pages of \(kind)")
      #expect(sums["taken_in"]?[kind]?.text == String(count), "taken in \(kind)")
    }
    let repeats = example.reports.last != "." || example.pulls > 1 || example.replies.last != "."
    #expect(first.errors.contains("came twice") == repeats, "\(first.errors)")
    #expect(!first.errors.contains("1380000"))
    for _ in 1..<max(2, example.pulls) {
      #expect(try workspace.qunfa("pull", "--quiet", deadline: 20).exitCode == 0)
    }
    // Whatever the gateway had is in the books, once: nobody sent to these numbers, so that nothing is joined.
    let books = try workspace.qunfa("reconcile", "--no-xlsx")
    #expect(books.exitCode == 8, "\(books.output) \(books.errors)")
    let unmatched = CSVText(try workspace.folder.read("out/unmatched.csv"))
    #expect(unmatched["phone"].sorted() == RepeatingGateway.numbers(Set(example.reports)))
    if example.replies != "." {
      let replies = CSVText(try workspace.folder.read("out/replies.csv"))
      #expect(replies["phone"].sorted() == RepeatingGateway.numbers(Set(example.replies)))
    }
  }

  /// Juhe tells the balance with every page.
  @Test func `a page is known by its records, not by what stands around them`() throws {
    let gateway = try RepeatingGateway("AAB.", "R", speaks: "juhe")
    let workspace = try ToolWorkspace([GatewayTable("juhe", gateway.address)])
    let first = try workspace.qunfa("pull", "--json", deadline: 20)
    #expect(first.exitCode == 0, "\(first.errors)")
    #expect(gateway.asked == [2, 2])
    let rows = try JSON(parsing: first.output)["pulls"]?.elements
    #expect(rows?[0]["reports"]?.text == "2" && rows?[1]["replies"]?.text == "2", "\(first.output)")
    let second = try workspace.qunfa("pull", "--json", deadline: 20)
    #expect(gateway.asked == [4, 4])
    #expect(try JSON(parsing: second.output)["pulls"]?.elements?[0]["reports"]?.text == "2", "\(second.output)")
  }

  @Test func `who watches goes on asking, slowly, and gets what comes behind`() throws {
    let gateway = try RepeatingGateway("AAAAAB.", ".")
    let workspace = try ToolWorkspace([GatewayTable("youe", gateway.address, ["poll_interval": "1"])])
    let watching = try BuiltTool.start(["pull", "--watch", "1", "--json"], in: workspace.folder.path)
    #expect(ChildProcess.wait(deadline: 20) { gateway.asked[0] >= 7 })
    let asked = gateway.asked[0]
    watching.signal(15)
    let ended = try watching.wait(deadline: 20)
    #expect(ended.exitCode == 0, "\(ended.errors)")
    #expect(ended.seconds > Double(asked - 4), "\(asked) requests in \(ended.seconds) s")
    let row = try JSON(parsing: ended.output)["pulls"]?.elements?[0]
    #expect(row?["reports"]?.text == "4" && row?["pages"]?.text == "2", "\(ended.output)")
  }
}

/// A gateway whose pages a test writes down.
private final class RepeatingGateway: Sendable {
  private final class Counter: Sendable { let asked = Mutex([0, 0]) }
  private let server: HTTPServer
  private let counter: Counter

  var address: String { "http://127.0.0.1:\(server.port)" }
  /// Requests for reports and for replies.
  var asked: [Int] { counter.asked.withLock { $0 } }

  /// - Parameter name: the protocol, youe or juhe.
  init(_ reports: String, _ replies: String, speaks name: String = "youe") throws {
    let counter = Counter()
    self.counter = counter
    let pages = [Array(reports), Array(replies)]
    server = try HTTPServer(port: 0) { request in
      let words = name == "juhe" ? request.body.text + request.rawQuery : request.path
      let markers = name == "juhe" ? ["action=report", "action=mo"] : ["/report/", "/revert/"]
      guard let kind = markers.firstIndex(where: words.contains) else {
        return ServerReply(body: Array("000".utf8))
      }
      let count = counter.asked.withLock { asked in
        asked[kind] += 1
        return asked[kind]
      }
      let letter = pages[kind][min(count, pages[kind].count) - 1]
      let page = name == "juhe" ? Self.json(letter, flag: 1 - kind, balance: 1000 - count) : Self.lines(letter)
      return ServerReply(body: Array(page.utf8))
    }
  }

  deinit { server.stop() }

  /// A page of youe: two records that read as reports and as replies.
  private static func lines(_ letter: Character) -> String {
    guard letter != "." else { return "150" }
    return numbers([letter]).map { "\($0)/2026-11-11 09:59:00//DELIVRD/1069\n" }.joined()
  }

  /// A page of juhe: two reports (flag 1) or replies.
  private static func json(_ letter: Character, flag: Int, balance: Int) -> String {
    let records = letter == "." ? [] : numbers([letter])
    let list = records.map {
      #"{"flag":"\#(flag)","mid":"m","mobile":"\#($0)","stat":"DELIVRD","content":"谢谢","time":"2026-11-11 09:59:00"}"#
    }
    return #"{"status":"0","balance":\#(balance),"list":[\#(list.joined(separator: ","))]}"#
  }

  /// The numbers in the pages of so many letters, sorted.
  static func numbers(_ letters: Set<Character>) -> [String] {
    letters.filter { $0 != "." }.flatMap { letter in
      let place = Int(letter.asciiValue ?? 0) - 65
      return (0..<2).map { "138000010\(10 + place * 2 + $0)" }
    }.sorted()
  }
}
