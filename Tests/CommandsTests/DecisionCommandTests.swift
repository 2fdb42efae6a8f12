import Platform
import TestSupport
import Testing

@testable import Commands

@Suite struct DecisionCommandTests {
  private static let campaign = """
    id = "night"
    name = "Night"
    kind = "notice"
    gateways = ["j"]
    [contacts]
    files = ["contacts.csv"]
    phone = "phone"
    [message]
    text = "Hello"
    """

  /// A workspace of which nothing was sent.
  private func workspace() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(
      "qunfa.toml",
      """
      [gateways.j]
      protocol = "juhe"
      url = "http://127.0.0.1:1"
      account = "922011"
      password = "env:QUNFA_TEST_UNSET"
      extno = "1069"
      price = "0.035"
      """)
    try folder.write("campaign.toml", DecisionCommandTests.campaign)
    return folder
  }

  @Test(
    arguments: [
      // Nothing was sent: not done.
      (["status", "campaign.toml"], 5), (["status"], 0), (["status", "nobody"], 2), (["status", "a", "b"], 2),
      (["cancel", "campaign.toml"], 2), (["cancel"], 2), (["cancel", "nobody"], 2),
      (["resolve", "campaign.toml"], 2), (["resolve", "campaign.toml", "--unknown", "maybe"], 2),
      (["resolve", "campaign.toml", "--unknown", "failed"], 2),
      (["verify", "campaign.toml"], 3), (["verify", "nobody"], 2),
      // The password's variable is not set; no such gateway.
      (["balance"], 2), (["balance", "nobody"], 2),
    ] as [([String], Int32)])
  func `a command that has nothing to work on ends with its exit code`(_ words: [String], _ code: Int32) throws {
    let folder = try workspace()
    #expect(perform(["qunfa", "-C", folder.path] + words + ["--quiet"]) == code)
    // Looking must leave nothing behind.
    #expect(!Files.exists(folder.path + "/data/campaigns"))
  }

  @Test func `the person behind a decision has a name`() { #expect(!personAtWork().isEmpty) }
}
