import Configuration
import Gateways
import Platform
import TestSupport
import Testing

@Suite struct DocumentationTests {
  @Test func `the examples of the documentation are valid together`() throws {
    let examples = try blocks()
    #expect(examples.count == 2)
    let read = try configuration(examples[0])
    #expect(read.warnings.isEmpty && read.imports["juhe-main"]?.columns[.reportedAt] == "回执时间")
    #expect(read.listen?.sources.count == 1)
    #expect(try CampaignFile.parse(examples[1], configuration: read).warnings.isEmpty)
  }

  @Test func `every key that is known is documented`() throws {
    let document = try text()
    let known =
      knownKeys("zzzzzzzz = 1") + knownKeys("[listen]\nzzzzzzzz = 1") + knownKeys("[suppression]\nzzzzzzzz = 1")
      + knownKeys(oneGateway + "zzzzzzzz = 1") + knownKeys(oneGateway + "[bills.a]\nzzzzzzzz = 1")
      + campaignKeys("zzzzzzzz = 1") + campaignKeys("[contacts]\nzzzzzzzz = 1")
      + campaignKeys("[message]\nzzzzzzzz = 1") + campaignKeys("[delivery]\nzzzzzzzz = 1")
    #expect(known.count > 50)
    let sections = ["gateways", "bills", "imports", "listen", "suppression", "contacts", "message", "delivery"]
    for key in known where !sections.contains(key) {
      #expect(document.contains("`\(key)`") || document.contains("`\(key) ="))
    }
  }

  private func text() throws -> String {
    try Files.read(packageFolder + "/docs/configuration.md", limit: Limits.configurationBytes).text
  }

  private func blocks() throws -> [String] {
    try text().split(separator: "```toml\n").dropFirst().compactMap {
      $0.split(separator: "```").first.map(String.init)
    }
  }

  private func knownKeys(_ text: String) -> [String] { keys(in: faults(text)) }

  private func campaignKeys(_ text: String) -> [String] { keys(in: campaignFaults(text)) }

  /// The words after "one of" in the fault about the unknown key.
  private func keys(in faults: [String]) -> [String] {
    guard let fault = faults.first(where: { $0.contains("zzzzzzzz") }) else { return [] }
    return fault.split(separator: "one of ").last?.split(separator: ", ").map(String.init) ?? []
  }
}
