import Configuration
import Platform
import TestSupport
import Testing

/// What would reach a stranger, crash later or count twice is refused while the configuration is read.
@Suite struct GuardTests {
  @Test(arguments: [("[\"*\"]", 13), ("[\"CN\", \"US\"]", 19), ("[\"001\"]", 13)])
  func `a protocol of mainland numbers serves the mainland only`(regions: String, column: Int) {
    let found = faults(oneGateway + "regions = \(regions)\n")
    #expect(found.count == 1)
    #expect(
      found.first?.hasPrefix("qunfa.toml:8:\(column - 1): error: juhe takes mainland numbers only") == true, "\(found)")
    #expect(faults(oneGateway + "regions = [\"CN\"]\n").isEmpty)
  }

  @Test func `its default is the mainland`() throws {
    #expect(try configuration(oneGateway).accounts[0].regions == ["CN"])
  }

  @Test(arguments: [("\\n", "A"), ("\\u0000", "0"), ("\\t", "9"), ("\\u0085", "85")])
  func `a signature holds no control character`(escape: String, code: String) {
    let found = faults(oneGateway + "signature = \"【a\(escape)b】\"\n")
    #expect(
      found == [
        "qunfa.toml:8:13: error: 'signature' holds the control character U+\(code); "
          + "expected text without control characters"
      ])
  }

  private func campaignText(optOut: String = "R", files: String = "[\"c.csv\"]", gateways: String = "[\"a\"]") -> String
  {
    """
    id = "nov"
    gateways = \(gateways)
    [contacts]
    files = \(files)
    phone = "p"
    [message]
    text = "x"
    opt_out = "\(optOut)"
    """
  }

  @Test func `opt-out words hold no control character but line feeds`() {
    #expect(campaignFaults(campaignText(optOut: "a\\nb")).isEmpty)
    #expect(
      campaignFaults(campaignText(optOut: "a\\rb")) == [
        "campaign.toml:8:11: error: 'opt_out' holds the control character U+D; "
          + "expected text without control characters other than line feeds"
      ])
  }

  @Test(arguments: ["c.csv", "./c.csv", ".//c.csv"])
  func `a contact file is named once`(again: String) {
    let found = campaignFaults(campaignText(files: "[\"c.csv\", \"\(again)\"]"))
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("campaign.toml:4:19: error: the contact file '\(again)' stands there twice") == true)
    #expect(campaignFaults(campaignText(files: "[\"c.csv\", \"d.csv\"]")).isEmpty)
  }

  @Test(arguments: [(255, true), (256, false)])
  func `a campaign has at most 255 gateways`(count: Int, isFine: Bool) {
    let names = (1...count).map { "g\($0)" }
    let settings = names.map { oneGateway.replacing("gateways.a", with: "gateways.\($0)") }.joined()
    let list = "[" + names.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
    let found = campaignFaults(campaignText(gateways: list), in: settings)
    let expected = "campaign.toml:2:12: error: 256 gateways; expected at most 255 in one campaign"
    #expect(found == (isFine ? [] : [expected]))
  }
}
