import Glibc
import Platform
import TestSupport
import Testing

/// `pull` and `listen` that are killed at any moment lose no page that was whole, and no push that was answered
/// (design.md, section 3).
@Suite struct ReceivingKillTests {
  private static let kills = 10
  private static let messages = 2_000

  @Test func `killed pulls: each report once, at most one cut fetch a kill`() throws {
    let seed = UInt64(truncatingIfNeeded: Timestamp.now.nanoseconds)
    print("receiving kill test: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let sandbox = try SandboxProcess(
      faults: """
        seed = 7
        [gateway.youe]
        latency_ms = [0, 10]
        [gateway.all.reports]
        delay = 0
        failed = 0
        expired = 0
        lost = 0
        replies = 0

        """)
    let workspace = try ToolWorkspace([GatewayTable("youe", sandbox.address)])
    try workspace.campaign(gateways: ["youe"], contacts: ToolWorkspace.contacts(Self.messages), text: "今晚八折")
    #expect(try workspace.send().exitCode == 0)
    var killed = 0
    for _ in 0..<Self.kills {
      let pull = try BuiltTool.start(["pull", "--quiet"], in: workspace.folder.path)
      usleep(UInt32(Int.random(in: 10_000...150_000, using: &random)))
      pull.signal(SIGKILL)
      if try pull.wait().exitCode == 128 + SIGKILL { killed += 1 }
    }
    let last = try workspace.qunfa("pull", "--json")
    #expect([0, 4].contains(last.exitCode), "\(last.errors)")
    let spool = try SpoolText(workspace.folder)
    let numbers = spool.whole.flatMap { $0.matches(of: /1380000\d{4}/).map { String($0.output) } }
    #expect(Set(numbers).count == numbers.count, "a report stands twice in the spool")
    #expect(spool.cut <= killed)
    #expect(numbers.count >= Self.messages - spool.cut * 20, "more than a page was lost for a cut fetch")
    #expect(spool.types.count { $0 == "fetch" } == spool.types.count { $0 == "end" } + spool.cut)
    print(
      "receiving kill test: \(killed) kills, \(spool.cut) cut fetches, \(numbers.count) of \(Self.messages) reports")
  }

  @Test func `a killed listener has every push that it answered`() throws {
    let workspace = try ToolWorkspace([GatewayTable("18sms", "http://127.0.0.1:9")])
    let path = try workspace.folder.write(
      "qunfa.toml", GatewayTable("18sms", "http://127.0.0.1:9").toml + "[listen]\nport = 0\npath_secret = \"s3cret\"\n")
    _ = unsafe chmod(path, 0o600)
    var random = SeededGenerator(seed: 11)
    var answered: Set<String> = []
    for round in 0..<4 {
      let listener = try ListenProcess(workspace)
      // Eight at a time, each answer's number on a line of its own.
      let base = "http://127.0.0.1:\(listener.port)/push/18sms/s3cret"
      let script = """
        seq 1 400 | xargs -P 8 -n 10 sh -c 'for n; do \
        curl -s --max-time 5 "\(base)?msgid=\(round)x$n&mobile=13800138000&status=DELIVRD" | grep -q "^0" \
        && echo "msgid=\(round)x$n&" >> ok$n; done' _
        """
      let pushing = try ChildProcess("/bin/sh", ["-c", script], in: workspace.folder.path)
      usleep(UInt32(Int.random(in: 200_000...700_000, using: &random)))
      listener.process.signal(SIGKILL)
      _ = try listener.process.wait()
      pushing.signal(SIGKILL)
      _ = try pushing.wait()
    }
    for name in Files.names(in: workspace.folder.path) where name.hasPrefix("ok") {
      answered.formUnion(try workspace.folder.read(name).split(separator: "\n").map(String.init))
    }
    let kept = Set(try SpoolText(workspace.folder).queries.map { String($0.prefix { $0 != "&" }) + "&" })
    #expect(answered.subtracting(kept) == [], "answered and not kept")
    #expect(answered.count > 20, "the kills came too early to prove anything")
    print("receiving kill test: \(answered.count) pushes were answered, \(kept.count) are kept")
  }
}
