import Glibc
import Platform
import TestSupport
import Testing

/// A canary in every credential, number, text and reply, through the whole circle: each stays where it belongs.
@Suite struct CanaryTests {
  /// Files made to hold numbers or texts. The contact files and the bill are the test's own.
  private static let holders = [
    "answers.log", "bill.csv", "contacts.csv", "differences.csv", "failed.csv", "ledger.db", "plan.csv",
    "reconciliation.csv", "reconciliation.xlsx", "rejected.csv", "replies.csv", "reports.db", "result.csv",
    "unmatched.csv", "import.csv", "optouts.csv", "optouts-export.csv", "workspace.db",
  ]
  /// What a vendor's protocol itself puts into an address: requests that begin so may hold these, no others may hold any.
  private static let demanded: [(request: String, secret: String, shape: String, why: String)] = [
    (
      "GET /smsmarketing/wwwroot/interface/getSendSms/?", CanaryWorkspace.secrets["youe"]!, "MD5",
      "youe with submit = \"get\" takes uid, MD5 of the password, number and text from the query"
    )
  ]
  /// A path of every protocol, so that the table speaks of all five.
  private static let paths = ["/sms", "/inter/", "/SDK3/Sms", "/smsmarketing/wwwroot/interface/postSendSms/", "/msg/"]

  @Test(arguments: CanaryWorkspace.Place.allCases)
  func `secrets stay where they were put, numbers and texts in the files made for them`(
    _ place: CanaryWorkspace.Place
  ) throws {
    if let obstacle = TracedTool.obstacle { print("CanaryTests: what the tool starts is not traced: \(obstacle)") }
    if let obstacle = CanarySearch.obstacle { print("CanaryTests: \(obstacle)") }
    let port = try freePort()
    let sandbox = try SandboxProcess(faults: CanaryWorkspace.faults(port))
    let relay = try RecordingRelay(to: sandbox.port)
    defer { relay.stop() }
    let circle = try CanaryWorkspace(place, relay.address, port)
    let said = try goRound(circle)
    #expect(circle.search.finds(in: said).isEmpty, "in what the tool said: \(said)")
    try check(circle, place)
    check(relay.heads, circle.search)
  }

  /// Every command on every campaign; returns what they said.
  private func goRound(_ circle: CanaryWorkspace) throws -> String {
    let listener = try ListenProcess { try circle.start(["listen"]).process }
    var said = ""
    for name in CanaryWorkspace.names {
      for command in [
        ["plan", "\(name).toml"], ["send", "\(name).toml", "--verbose"], ["send", "\(name).toml", "--json"],
      ] {
        said += try run(command, circle)
      }
    }
    try circle.push()
    usleep(1_500_000)
    for command in [
      ["pull", "--verbose"], ["pull", "--json"], ["import-reports", "import.csv", "--gateway", "juhe"], ["status"],
      ["status", "--json"],
      ["status", "juhe"], ["balance"], ["reconcile", "--bill", "juhe=bill.csv", "--xlsx"], ["reconcile", "--json"],
      ["resolve", "juhe", "--unknown", "failed"], ["cancel", "mobset"], ["verify", "juhe"],
      ["optout", "import", "optouts.csv"], ["optout", "export", "optouts-export.csv"], ["init", "new"],
    ] + CanaryWorkspace.names.map({ ["report", $0] }) { said += try run(command, circle) }
    let traced = try #require(circle.listener)
    try traced.look()
    let ended = try listener.stop()
    judge(traced, ["listen"], circle)
    let faults = try traced.faults()
    #expect(faults == [])
    #expect(ended.errors.contains("kept"), "\(ended.errors)")
    return said + ended.output + ended.errors
  }

  @Test func `the sandbox starts nothing either`() throws {
    if let obstacle = TracedTool.obstacle {
      print("CanaryTests: what the sandbox starts is not traced: \(obstacle)")
      return
    }
    let folder = try TemporaryFolder()
    let tool = try TracedTool(["sandbox", "--port", "0"], in: folder.path)
    #expect(ChildProcess.wait(deadline: 20) { tool.process.output.contains("http://") })
    tool.process.signal(SIGTERM)
    _ = try tool.wait()
    let faults = try tool.faults()
    #expect(faults == [])
  }

  /// Runs a command; while it runs, looks at what other users of the machine could see of it.
  private func run(_ command: [String], _ circle: CanaryWorkspace) throws -> String {
    let tool = try circle.start(command)
    let result = try tool.wait()
    #expect(![1, 2, 3].contains(result.exitCode), "\(command): \(result.output) \(result.errors)")
    judge(tool, command, circle)
    let faults = try tool.faults()
    #expect(faults == [], "\(command)")
    return result.output + result.errors
  }

  /// What was seen of it holds no canary, but for secrets that were put into its environment.
  private func judge(_ tool: TracedTool, _ command: [String], _ circle: CanaryWorkspace) {
    for line in tool.sight.commandLine { #expect(circle.search.finds(in: line).isEmpty, "\(command)") }
    for environment in tool.sight.environment {
      let finds = circle.search.finds(in: environment)
      let strangers = finds.filter { circle.place != .environment || $0.kind != .secret || $0.shape != "plain" }
      #expect(strangers.isEmpty, "\(command)")
    }
  }

  /// Looks into every file of the workspace.
  private func check(_ circle: CanaryWorkspace, _ place: CanaryWorkspace.Place) throws {
    var places: [String: Set<String>] = [:]
    for path in try circle.workspace.tree(withData: true) where !Files.isFolder(circle.folder + path) {
      for find in try circle.search.finds(inFile: circle.folder + path) {
        let name = Files.name(of: path)
        let isRight =
          switch find.kind {
          case .secret: find.shape == "plain" && place.holds(path)
          case .number: Self.isHolder(path)
          case .text: Self.isHolder(path) || name.hasSuffix(".toml")
          }
        #expect(isRight, "\(find) stands in \(path)")
        if find.shape == "plain" { places[find.word, default: []].insert(name) }
      }
    }
    for (word, files) in places.sorted(by: { $0.key < $1.key }) where !circle.secrets.contains(word) {
      print("canary \(word): in \(files.sorted().joined(separator: ", "))")
    }
    for canary in circle.canaries where canary.kind != .secret {
      #expect(places[canary.word] != nil, "\(canary.word) stands nowhere: it proves nothing")
    }
    for secret in circle.secrets { #expect((places[secret] != nil) == (place != .environment), "\(secret)") }
    if CanarySearch.obstacle == nil {
      let book = try circle.search.finds(inFile: circle.folder + "/out/reconciliation.xlsx")
      #expect(book.contains { $0.kind == .number }, "the workbook was not looked into")
    }
  }

  private static func isHolder(_ path: String) -> Bool {
    let name = Files.name(of: path)
    return holders.contains(name) || path.hasPrefix("/data/spool/") || name.hasSuffix("-wal")
  }

  /// No address and no header holds anything but what its protocol demands.
  private func check(_ heads: [String], _ search: CanarySearch) {
    var used: Set<String> = []
    for head in heads {
      let lines = head.split(separator: "\r\n", maxSplits: 1)
      let address = lines[0]
      let exception = Self.demanded.first { address.hasPrefix($0.request) }
      for find in search.finds(in: String(address)) {
        let isDemanded =
          find.kind != .secret || find.word == exception?.secret && find.shape == exception?.shape
        #expect(exception != nil && isDemanded, "\(find) stands in \(address.prefix(60))")
        if exception != nil { used.insert(find.kind.rawValue) }
      }
      for find in search.finds(in: String(lines.last ?? "")) where lines.count == 2 {
        Issue.record("\(find) stands in a header of \(address.prefix(60))")
      }
    }
    #expect(used == ["number", "secret", "text"], "youe's addresses hold \(used): the table or the search is wrong")
    for path in Self.paths { #expect(heads.contains { $0.contains(" " + path) }, "no request to \(path)") }
    print("addresses looked at: \(heads.count)")
  }

  private func freePort() throws -> UInt16 {
    let socket = try loopbackSocket()
    defer { close(socket) }
    return boundPort(socket)
  }
}
