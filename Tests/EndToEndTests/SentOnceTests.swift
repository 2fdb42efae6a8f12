import TestSupport
import Testing

/// A gateway that reads a request and closes without an answer must see it exactly once (design.md, section 2, 8).
@Suite struct SentOnceTests {
  @Test(arguments: [false, true], [1, 2])
  func `a silent gateway sees each call exactly once`(_ resets: Bool, _ concurrency: Int) throws {
    let gateway = try SilentGateway(silentAt: 2, resets: resets)
    defer { gateway.stop() }
    let workspace = try ToolWorkspace([
      GatewayTable("juhe", "http://127.0.0.1:\(gateway.port)", ["batch": "5", "concurrency": "\(concurrency)"])
    ])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(20), text: "今晚八折")
    let result = try workspace.send()
    #expect(result.exitCode == 7, "\(result.output) \(result.errors)")
    let submissions = gateway.submissions
    #expect(submissions.count == 4)
    #expect(Set(submissions).count == submissions.count, "a submission came twice")
    #expect(try workspace.states() == ["accepted": 15, "unknown": 5])
    #expect(try workspace.send().exitCode == 7)
    #expect(gateway.submissions == submissions, "an unknown call was sent again")
  }
}
