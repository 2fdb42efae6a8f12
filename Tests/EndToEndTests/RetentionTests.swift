import JSON
import Platform
import TestSupport
import Testing

/// Mobset keeps reports for 48 hours and replies for ten days: who did not ask for half of that is warned.
@Suite struct RetentionTests {
  /// Hours since the last poll of each kind, and of which kinds `pull` and `status` warn.
  static let cases: [(reports: Double?, replies: Double?, overdue: [String])] = [
    (nil, nil, []), (1, 1, []), (23.9, 119.9, []), (24.1, 119.9, ["reports"]), (23.9, 120.1, ["replies"]),
    (100, 300, ["reports", "replies"]), (100, nil, ["reports"]),
  ]

  private static let caption = ["reports": "48 h", "replies": "240 h"]

  @Test(arguments: cases)
  func `pull warns, asks all the same, and is content afterwards`(
    _ row: (reports: Double?, replies: Double?, overdue: [String])
  ) throws {
    let sandbox = try SandboxProcess()
    let workspace = try ToolWorkspace([GatewayTable("mobset", sandbox.address)])
    try workspace.folder.write("data/accounts/mobset.polls", polls(row.reports, row.replies))
    let first = try workspace.qunfa("pull")
    #expect(first.exitCode == 0, "\(first.errors)")
    #expect(warned(first) == row.overdue, "\(first.errors)")
    for kind in row.overdue {
      let hours = Int((kind == "reports" ? row.reports : row.replies) ?? 0)
      let words = "the \(kind) of gateway 'mobset' were last fetched \(hours) h ago; it keeps them for "
      #expect(first.errors.contains("warning: " + words + Self.caption[kind]!), "\(first.errors)")
    }
    let second = try workspace.qunfa("pull")
    #expect(second.exitCode == 0 && warned(second) == [], "\(second.errors)")
  }

  @Test func `a poll that reached nobody is none, and the warning stays`() throws {
    let workspace = try ToolWorkspace([GatewayTable("mobset", "http://127.0.0.1:9")])
    try workspace.folder.write("data/accounts/mobset.polls", polls(30, 1))
    for _ in 0..<2 {
      let result = try workspace.qunfa("pull")
      #expect(result.exitCode == 6 && warned(result) == ["reports"], "\(result.errors)")
    }
  }

  @Test(arguments: cases)
  func `status tells which gateway was not asked, and ends with 5`(
    _ row: (reports: Double?, replies: Double?, overdue: [String])
  ) throws {
    let workspace = try ToolWorkspace([GatewayTable("mobset", "http://127.0.0.1:9")])
    for (kind, hours) in [("reports", row.reports), ("replies", row.replies)] {
      guard let hours else { continue }
      let name = "data/spool/20260101T000000000-1-pull-mobset-\(kind).spool"
      try workspace.folder.write(name, answeredPoll(kind, hours))
    }
    // Whatever lies in the spool is taken in, though the gateway is out of reach now.
    #expect(try workspace.qunfa("pull").exitCode == 6)
    let status = try workspace.qunfa("status")
    #expect(status.exitCode == (row.overdue.isEmpty ? 0 : 5), "\(status.output)")
    let words = "'mobset' keeps \(row.overdue.joined(separator: " and ")) for a while only"
    #expect(status.output.contains("for a while only") == !row.overdue.isEmpty, "\(status.output)")
    if !row.overdue.isEmpty { #expect(status.output.contains(words), "\(status.output)") }
    let json = try JSON(parsing: try workspace.qunfa("status", "--json").output)
    let told = json["receiving"]?["gateways"]?.elements?.first?["overdue"]?.elements?.compactMap(\.text)
    #expect(told == row.overdue)

    let sandbox = try SandboxProcess()
    try workspace.configure([GatewayTable("mobset", sandbox.address)])
    #expect(try workspace.qunfa("pull").exitCode == 0)
    #expect(try workspace.qunfa("status").exitCode == 0)
  }

  // MARK: Parts

  private func warned(_ result: ChildResult) -> [String] {
    ["reports", "replies"].filter { result.errors.contains("the \($0) of gateway 'mobset' were last fetched") }
  }

  /// What a pull notes of the last time that nothing more waited.
  private func polls(_ reports: Double?, _ replies: Double?) -> String {
    [("replies", replies), ("reports", reports)].compactMap { kind, hours in
      hours.map { "\(kind) \((Timestamp.now + -$0 * 3600).seconds)\n" }
    }.joined()
  }

  /// A spool file (docs/reports.md, "The spool") with one fetch that brought nothing, so many hours ago.
  private func answeredPoll(_ kind: String, _ hours: Double) -> String {
    let at = (Timestamp.now + -hours * 3600).nanoseconds
    let moment = "\"at\":\(at),\"time\":\"\""
    return frame("fetch", "{\"account\":\"mobset\",\"kind\":\"\(kind)\",\(moment)}")
      + frame("piece", "{}", "{\"Code\":0,\"Details\":[]}") + frame("end", "{\"status\":200,\"whole\":true,\(moment)}")
  }

  private func frame(_ type: String, _ meta: String, _ payload: String = "") -> String {
    let digest = Digest.hex(Digest.sha256(Array("\(type) \(payload.utf8.count) \(meta)\n\(payload)".utf8))).prefix(16)
    return "qunfa-spool \(type) \(payload.utf8.count) \(digest) \(meta)\n\(payload)\n"
  }
}
