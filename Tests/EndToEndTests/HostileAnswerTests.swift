import Platform
import TestSupport
import Testing

/// Answers whose bytes would say yes, were they an answer: nothing is called accepted, nothing is sent twice.
@Suite struct HostileAnswerTests {
  @Test(arguments: HostileGateway.Trick.allCases)
  func `an answer that is none leaves its messages unknown`(_ trick: HostileGateway.Trick) throws {
    let gateway = try HostileGateway(trick)
    defer { gateway.stop() }
    let workspace = try ToolWorkspace([
      GatewayTable("juhe", "http://127.0.0.1:\(gateway.port)", ["batch": "5", "concurrency": "1", "timeout": "1"])
    ])
    try workspace.campaign(gateways: ["juhe"], contacts: ToolWorkspace.contacts(5), text: "今晚八折")
    let result = try workspace.send()
    #expect(result.exitCode == 7, "\(result.output) \(result.errors)")
    #expect(try workspace.states() == ["unknown": 5])
    #expect(gateway.taken.count == 5)
    #expect(try workspace.send().exitCode == 7)
    #expect(gateway.taken.count == 5, "sent again")
    // What came whole is kept as it came, whatever it was worth.
    if [.serverError, .redirect].contains(trick) {
      let kept = try workspace.folder.read("data/campaigns/c1/answers.log")
      #expect(kept.contains("M13800000000"), "the raw answer is not kept")
    }
  }
}
