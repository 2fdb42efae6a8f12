import Configuration
import Testing

private let text = """
  id = "nov"
  kind = "notice"
  [contacts]
  files = ["a,b.csv", "c.csv"]
  phone = "p"
  [message]
  text = "x\\ny"
  [delivery]
  start = 2026-11-11T09:00:00+08:00
  rate = 0.5

  """

@Suite struct SummaryTests {
  @Test func `every effective setting has a line, and no secret stands there`() throws {
    let read = try campaign(text, in: oneGateway.replacing("env:QUNFA_TEST_UNSET", with: "hunter22"))
    let lines = Dictionary(uniqueKeysWithValues: read.summary.map { ($0.key, $0.value) })
    #expect(lines["contacts.files"] == "\"a,b.csv\",c.csv")
    #expect(lines["delivery.start"] == "2026-11-11 01:00:00 UTC")
    #expect(lines["delivery.rate"] == "0.5" && lines["gateways.a.rate"] == "100")
    #expect(lines["gateways.a.password"] == "***" && lines["gateways.a.p2p_separator"] == "#")
    #expect(lines["message.text"] == "x\ny" && lines["message.max_segments"] == "10")
    #expect(!read.summary.contains { $0.value.contains("hunter22") })
  }

  @Test(arguments: [
    ("rate = 0.5", "rate = 5"), ("start = 2026-11-11T09:00:00+08:00", ""), ("id = \"nov\"", "id = \"nov\" # c"),
  ])
  func `pace and times may change while a plan stays frozen`(part: String, other: String) throws {
    #expect(try campaign(text.replacing(part, with: other)).frozenText == campaign(text).frozenText)
  }

  @Test(arguments: [
    ("\"nov\"", "\"dec\""), ("a,b.csv\", \"c", "a\", \"b.csv,c"), ("x\\ny", "x"), ("phone = \"p\"", "phone = \"q\""),
    ("text = ", "max_segments = 3\ntext = "),
  ])
  func `what decides the messages is frozen`(part: String, other: String) throws {
    #expect(try campaign(text.replacing(part, with: other)).frozenText != campaign(text).frozenText)
  }

  @Test func `the accounts' part in the messages is frozen`() throws {
    let frozen = try campaign(text).frozenText
    for (part, other) in [("price", "batch = 100\nprice"), ("price", "signature = \"【x】\"\nprice")] {
      #expect(try campaign(text, in: oneGateway.replacing("\n\(part)", with: "\n\(other)")).frozenText != frozen)
    }
    #expect(try campaign(text, in: oneGateway.replacing("127.0.0.1:7862", with: "h:1")).frozenText == frozen)
  }
}
