import Gateways
import Ledger
import Messaging
import Platform
import Testing

@testable import Campaigns
@testable import Commands

@Suite struct DecisionTextTests {
  private static let planned = Timestamp(seconds: 1_794_362_400)

  private func report(accepted: Int = 0, unknown: Int = 0, cancelled: Int = 0) -> SendReport {
    var summary = RunSummary()
    for (state, count) in [(MessageState.accepted, accepted), (.unknown, unknown), (.cancelled, cancelled)] {
      summary.states[state] = .init(messages: count, segments: count)
    }
    summary.rowsRead = accepted + unknown + cancelled
    summary.plannedMessages = summary.rowsRead
    summary.plannedSegments = summary.rowsRead
    return SendReport(
      campaign: "night", summary: summary, stops: [], pause: nil, resumesAt: nil, folder: "out/night", seconds: 1)
  }

  @Test func `the table of a run says which unsent messages were cancelled`() {
    #expect(report(accepted: 4, cancelled: 8).text.contains("\n  of these cancelled         8         8\n"))
    #expect(!report(accepted: 4).text.contains("cancelled"))
  }

  @Test func `one unknown message is told as one`() {
    #expect(report(unknown: 1).text.contains("\n1 message is unknown: a gateway may have it."))
    #expect(report(unknown: 2).text.contains("\n2 messages are unknown: a gateway may have them."))
  }

  @Test func `cancel says what was withdrawn and what could not be`() {
    let report = CancelReport(
      cancelled: 6, withdrawn: 2,
      left: [
        .init(gateway: "y", messages: 3, isFinal: true, reason: "the gateway has no way to withdraw them"),
        .init(gateway: "m", messages: 1, isFinal: false, reason: "timeout"),
      ], state: report(accepted: 4, cancelled: 8))
    #expect(
      report.text == """
        'night': 6 waiting messages cancelled.
        2 timed messages withdrawn at their gateway.
        3 timed messages stay with gateway 'y': the gateway has no way to withdraw them.
          Ask the vendor to stop them before their time.
        1 timed message stays with gateway 'm': timeout.
          Run the same command again before their time.
        4 messages are accepted.
        Files: out/night/result.csv, failed.csv, manifest.json
        """)
    #expect(report.exitCode == .gatewayStopped)
    #expect(report.json["exit_code"]?.text == "6")
    #expect(report.json["left"]?.elements?.count == 2)
  }

  @Test func `cancel says when there was nothing to withdraw`() {
    let report = CancelReport(cancelled: 0, withdrawn: 0, left: [], state: report(accepted: 4))
    #expect(
      report.text == """
        'night': nothing was waiting, nothing was withdrawn.
        4 messages are accepted.
        Files: out/night/result.csv, failed.csv, manifest.json
        """)
  }

  @Test(arguments: [
    (Resolution.resend, 3, "'night': 3 messages wait to be sent again: 'qunfa send night' sends them."),
    (.failed, 3, "'night': 3 messages decided as failed."),
    (.accepted, 3, "'night': 3 messages decided as accepted."),
    (.failed, 0, "'night': no unknown message to decide about."),
  ])
  func `resolve says what was decided`(_ resolution: Resolution, _ decided: Int, _ words: String) {
    let done = ResolveReport(
      resolution: resolution, decided: decided, unused: 0, ofOthers: 0, state: report(accepted: 9))
    #expect(done.text == words + "\nFiles: out/night/result.csv, failed.csv, manifest.json")
    #expect(done.exitCode == .done)
    #expect(done.warnings.isEmpty)
    let left = ResolveReport(
      resolution: resolution, decided: decided, unused: 2, ofOthers: 1, state: report(unknown: 5))
    #expect(
      left.text == words + """

        5 messages are unknown: look them up at the vendor, then
          qunfa resolve night --unknown resend|failed|accepted [--only FILE]
        Files: out/night/result.csv, failed.csv, manifest.json
        """)
    #expect(left.exitCode == .unknownMessages)
    #expect(
      left.warnings.map(\.description) == [
        "qunfa: warning: 2 entries of the list name no unknown message of this campaign\n  They changed nothing.",
        "qunfa: warning: 1 row of the list belongs to another campaign\n  They changed nothing.",
      ])
  }

  @Test func `balance tells yuan, messages, and who told nothing`() {
    let products = [
      BalanceOutcome.Line(product: "1", amount: "7", unit: .messages),
      .init(product: "2", amount: "8", unit: .messages),
    ]
    let report = BalanceReport(answers: [
      BalanceAnswer("juhe", .told([.init(amount: "12345", unit: .li)])), BalanceAnswer("18", .told(products)),
      BalanceAnswer("emay", .untold), BalanceAnswer("youe", .failed("no answer: timeout")),
    ])
    #expect(
      report.text == """
        gateway  balance
        juhe     12.345 yuan
        18       7 messages (product 1)
        18       8 messages (product 2)
        emay     this gateway tells no balance
        youe     no answer
        """)
    #expect(
      report.faults.map(\.description) == [
        "qunfa: error: gateway 'youe' told no balance: no answer: timeout\n"
          + "  Check the account with the vendor and its settings in qunfa.toml."
      ])
    #expect(report.exitCode == .gatewayStopped)
    #expect(
      report.json["balances"]?.elements?.first?.serialized
        == #"{"gateway":"juhe","product":"","amount":"12345","unit":"li","yuan":"12.345"}"#)
    #expect(BalanceReport(answers: []).text == "No gateway of qunfa.toml tells a balance.")
  }

  @Test func `verify lists what differs`() {
    var verification = Manifest.Verification(files: 4, differences: [])
    #expect(verification.text(campaign: "night") == "'night': 4 files checked, all as the manifest has them.")
    verification.differences = [
      .init(path: "out/night/result.csv", found: "changed"), .init(path: "a.csv", found: "missing"),
    ]
    #expect(
      verification.text(campaign: "night") == """
        changed: out/night/result.csv
        missing: a.csv
        'night': 4 files checked, 2 not as the manifest has them.
        """)
    #expect(verification.json(campaign: "night")["exit_code"]?.text == "8")
  }

  private func status() -> CampaignStatus {
    var status = CampaignStatus(id: "night")
    status.name = "Night"
    status.plannedAt = DecisionTextTests.planned
    status.rowsRead = 12
    status.rejected = 2
    status.states = [
      .accepted: .init(messages: 5, segments: 6), .planned: .init(messages: 3, segments: 3),
      .unknown: .init(messages: 2, segments: 2),
    ]
    status.calls = [.accepted: 2, .planned: 1, .mixed: 1]
    status.waiting = [AgedMessages(gateway: "j", counts: [0, 3, 0, 0, 0])]
    status.unknown = [AgedMessages(gateway: "m", counts: [1, 0, 0, 0, 1])]
    return status
  }

  @Test func `status shows where a campaign stands`() {
    let facts = AccountFacts(
      paces: [("j", 209.7, DecisionTextTests.planned)],
      balances: [.init(at: DecisionTextTests.planned, gateway: "j", product: "", amount: "12345", unit: "li")])
    #expect(
      StatusText(status(), facts, FixedZone.beijing).text == """
        'night' (Night), planned 2026-11-11 10:00:00, no run is at work

                    messages  segments
        rows read         12
        rejected           2
        planned           10        11
          accepted         5         6
          unsent           3         3
          unknown          2         2

        calls: 1 planned, 2 accepted, 1 mixed

        unsent since the plan  messages  1 to 6 h
        j                             3         3

        unknown since the call  messages  under 1 h  over 3 days
        m                              2          1            1

        pace learnt  messages a second                   on
        j                          210  2026-11-11 10:00:00

        last balance                             asked
        j             12.345 yuan  2026-11-11 10:00:00

        Unknown messages are never sent again by themselves. Look them up at the vendor, then
          qunfa resolve night --unknown resend|failed|accepted [--only FILE]

        Unsent messages are sent by 'qunfa send night' and withdrawn by 'qunfa cancel night'.
        """)
    let json = status().json(facts)
    #expect(json["states"]?["planned"]?["segments"]?.text == "3")
    #expect(json["unknown"]?.elements?.first?["over_3d"]?.text == "1")
    #expect(json["balances"]?.elements?.first?["yuan"]?.text == "12.345")
    #expect(json["exit_code"]?.text == "7")
  }

  @Test func `nobody is sent to the vendor for what reports prove`() {
    var status = status()
    status.proven = 1
    #expect(StatusText(status, AccountFacts(), FixedZone.beijing).text.contains("qunfa resolve"))
    status.proven = 2
    #expect(!StatusText(status, AccountFacts(), FixedZone.beijing).text.contains("qunfa resolve"))
  }

  @Test func `status shows all campaigns in a table`() {
    #expect(StatusText.overview([], FixedZone.beijing) == "No campaign was sent yet.")
    let header =
      "campaign              planned  messages  accepted  refused  failed  unsent  in flight  unknown  cancelled  rejected"
    let line =
      "night     2026-11-11 10:00:00        10         5        0       0       3          0        2          0         2"
    #expect(StatusText.overview([status()], FixedZone.beijing) == header + "\n" + line)
    #expect(
      StatusText(CampaignStatus(id: "x"), AccountFacts(), FixedZone.beijing).text
        == "'x': nothing was sent yet; 'qunfa send' plans and sends it.")
  }
}
