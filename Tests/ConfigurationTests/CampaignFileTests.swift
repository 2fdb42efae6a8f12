import Configuration
import Platform
import Testing

/// A campaign that has all it needs.
private let smallest = """
  id = "nov"
  kind = "notice"
  [contacts]
  files = ["c.csv"]
  phone = "手机号"
  [message]
  text = "您好"

  """

@Suite struct CampaignFileTests {
  @Test func `the example of the contract is read in full`() throws {
    let gateways = productConfiguration + "\n" + oneGateway.replacing("gateways.a", with: "gateways.mobset-a")
    let read = try campaign(productCampaign, in: gateways)
    #expect(read.id == "2026-11-double11" && read.name == "双十一老客回馈" && read.department == "marketing-east")
    #expect(read.kind == .marketing && read.accounts.map(\.name) == ["juhe-main", "mobset-a"])
    #expect(read.contacts.files.map(\.path) == ["/work space/contacts/2026-11-11.csv"])
    #expect(read.contacts.phone == "手机号" && read.contacts.id == "会员号" && read.contacts.region == "CN")
    #expect(read.contacts.encoding == "auto" && read.contacts.delimiter == "auto" && read.contacts.record == "contact")
    #expect(read.contacts.dedupe == .phone)
    guard case .template(let file) = read.message.source else {
      Issue.record("no template")
      return
    }
    #expect(file.path == "/work space/templates/double11.mustache" && file.place.line == 18)
    #expect(read.message.optOut == "拒收请回复R" && read.message.maxSegments == 3 && read.message.missing == .reject)
    #expect(read.delivery.start?.seconds == 1_794_358_800)
    #expect(read.delivery.window?.description == "09:00-20:30" && read.delivery.rate == 200)
    #expect(read.delivery.maxCost == "20000.00" && read.delivery.failover && read.delivery.timer == .wait)
    #expect(read.warnings.isEmpty)
  }

  @Test func `what is not written has the documented default`() throws {
    let read = try campaign(smallest)
    #expect(read.name == "nov" && read.department.isEmpty && read.accounts.map(\.name) == ["a"])
    #expect(read.contacts.id == nil && read.contacts.region == "CN" && read.contacts.dedupe == .phone)
    #expect(read.message.optOut.isEmpty && read.message.maxSegments == 10 && read.message.missing == .reject)
    #expect(read.delivery.start == nil && read.delivery.window == nil && read.delivery.rate == nil)
    #expect(read.delivery.maxCost == nil && !read.delivery.failover && read.delivery.timer == .wait)
  }

  @Test(arguments: [
    ("id = \"nov\"", "", "campaign.toml:1:1: error: missing key 'id'; expected the campaign's id: \(rule)"),
    (
      "id = \"nov\"", "id = \"../etc\"",
      "campaign.toml:1:6: error: the id begins with a character that is neither a letter nor a digit; expected \(rule)"
    ),
    ("id = \"nov\"", "id = \"a/b\"", "campaign.toml:1:6: error: the id holds '/'; expected \(rule)"),
    ("id = \"nov\"", "id = \"a b\"", "campaign.toml:1:6: error: the id holds U+20; expected \(rule)"),
    ("id = \"nov\"", "id = \"a\\u202Eb\"", "campaign.toml:1:6: error: the id holds U+202E; expected \(rule)"),
    ("id = \"nov\"", "id = \"\"", "campaign.toml:1:6: error: the id is empty; expected \(rule)"),
    (
      "id = \"nov\"", "id = \"nov\"; gateways = [\"b\"]",
      "campaign.toml:2:13: error: unknown gateway 'b'; expected 'a' (qunfa.toml)\n  Did you mean 'a'?"
    ),
    (
      "id = \"nov\"", "id = \"nov\"; gateways = [\"a\", \"a\"]",
      "campaign.toml:2:18: error: gateway 'a' stands there twice; expected each gateway once"
    ),
    (
      "id = \"nov\"", "id = \"nov\"; gateways = []",
      "campaign.toml:2:12: error: an empty list; expected a list of gateways in order of preference, from qunfa.toml: 'a'"
    ),
    (
      "kind = \"notice\"", "kind = \"advert\"",
      "campaign.toml:2:8: error: found 'advert'; expected one of marketing, notice"
    ),
    (
      "files = [\"c.csv\"]", "files = \"c.csv\"",
      "campaign.toml:4:9: error: found string 'c.csv'; expected a list of files, such as [\"contacts/2026-11-11.csv\"]"
    ),
    (
      "files = [\"c.csv\"]", "files = []",
      "campaign.toml:4:9: error: an empty list; expected a list of files, such as [\"contacts/2026-11-11.csv\"]"
    ),
    (
      "phone = \"手机号\"", "",
      "campaign.toml:3:1: error: missing key 'phone' in [contacts]; expected the name of the column with the numbers"
    ),
    (
      "phone = \"手机号\"", "phone = \"p\"; region = \"China\"",
      "campaign.toml:6:10: error: found 'China'; expected a country code of two capital letters, such as CN"
    ),
    (
      "phone = \"手机号\"", "phone = \"p\"; delimiter = \"xyz\"",
      "campaign.toml:6:13: error: found 'xyz'; expected one of auto, tab, comma, semicolon, pipe"
    ),
    (
      "phone = \"手机号\"", "phone = \"p\"; dedupe = \"text\"",
      "campaign.toml:6:10: error: found 'text'; expected one of phone, phone+text, none"
    ),
    (
      "text = \"您好\"", "",
      "campaign.toml:6:1: error: missing key 'template' in [message]; expected template = \"FILE\" or text = \"…\""
    ),
    (
      "text = \"您好\"", "template = \"t\"; text = \"您好\"",
      "campaign.toml:8:8: error: both 'template' and 'text'; expected one of them"
    ),
    (
      "text = \"您好\"", "text = \"x\"; max_segments = 0",
      "campaign.toml:8:16: error: found integer 0; expected an integer from 1 to 1000 (segments)"
    ),
    (
      "text = \"您好\"", "text = \"x\"; missing = \"skip\"",
      "campaign.toml:8:11: error: found 'skip'; expected one of reject, empty"
    ),
    (
      "text = \"您好\"", "text = \"x\"; [delivery]; window = \"9-20\"",
      "campaign.toml:9:10: error: found '9-20'; expected local times such as \"09:00-20:30\""
    ),
    (
      "text = \"您好\"", "text = \"x\"; [delivery]; start = \"2026-11-11\"",
      "campaign.toml:9:9: error: found string '2026-11-11'; "
        + "expected a date-time without quotes, such as 2026-11-11T09:00:00+08:00"
    ),
    (
      "text = \"您好\"", "text = \"x\"; [delivery]; max_cost = 100",
      "campaign.toml:9:12: error: found integer 100; expected an exact decimal in quotes, such as \"0.035\""
    ),
    (
      "text = \"您好\"", "text = \"x\"; [delivery]; timer = \"later\"",
      "campaign.toml:9:9: error: found 'later'; expected one of wait, gateway"
    ),
    (
      "text = \"您好\"", "text = \"x\"; [delivery]; windows = \"\"",
      "campaign.toml:9:1: error: unknown key 'windows' in [delivery]; did you mean 'window'?\n"
        + "  Expected one of failover, max_cost, rate, record_balances, start, timer, window."
    ),
    ("[message]\ntext = \"您好\"", "", "campaign.toml:1:1: error: missing key 'message'; expected a table [message]"),
  ])
  func `a fault is told with place, found and expected`(part: String, other: String, message: String) {
    #expect(campaignFaults(smallest.replacing(part, with: other.replacing("; ", with: "\n"))) == [message])
  }

  @Test(arguments: ["双十一", "2026-11-11", "a.b_c-D", "ノート", "a", "Ａ1"])
  func `ids may use the letters of every script`(id: String) throws {
    #expect(try campaign(smallest.replacing("nov", with: id)).id == id)
  }

  @Test(arguments: [("tab", "\t"), (",", ","), ("semicolon", ";"), ("|", "|"), ("auto", "auto")])
  func `a delimiter is a sign or its word`(written: String, sign: String) throws {
    let text = smallest.replacing("[message]", with: "delimiter = \"\(written)\"\nencoding = \"GBK\"\n[message]")
    #expect(try campaign(text).contacts.delimiter == sign)
    #expect(try campaign(text).contacts.encoding == "gbk")
  }

  @Test func `an id is at most 100 bytes`() {
    #expect(campaignFaults(smallest.replacing("nov", with: String(repeating: "双", count: 33))).isEmpty)
    #expect(campaignFaults(smallest.replacing("nov", with: String(repeating: "双", count: 34))).count == 1)
  }

  @Test func `with several gateways the campaign must choose`() {
    let two = oneGateway + oneGateway.replacing("gateways.a", with: "gateways.b")
    #expect(
      campaignFaults(smallest, in: two) == [
        "campaign.toml:1:1: error: missing key 'gateways'; "
          + "expected a list of gateways in order of preference, from qunfa.toml: one of a, b"
      ])
  }

  @Test func `a marketing campaign without opt-out words is a warning`() throws {
    let read = try campaign(smallest.replacing("kind = \"notice\"", with: "kind = \"marketing\""))
    #expect(
      read.warnings.map(\.description) == [
        "campaign.toml:6:1: warning: a marketing campaign without opt-out words; expected opt_out = \"拒收请回复R\"\n"
          + "  Say kind = \"notice\" when the campaign advertises nothing."
      ])
  }

  @Test func `a bound on the cost needs prices`() {
    let text = smallest + "[delivery]\nmax_cost = \"1.00\"\n"
    #expect(campaignFaults(text).isEmpty)
    #expect(
      campaignFaults(text, in: oneGateway.replacing("price = \"0.035\"", with: "")) == [
        "campaign.toml:9:12: error: a bound on the cost, but [gateways.a] has no price for some countries it serves; "
          + "expected price or prices there\n  Add them in qunfa.toml, line 1."
      ])
  }

  @Test func `a local start is read in the workspace's zone`() throws {
    let read = try campaign(smallest + "[delivery]\nstart = 2026-11-11T09:00:00\n")
    #expect(read.delivery.start?.seconds == 1_794_358_800)
  }

}

private let rule =
  "letters, digits, '.', '_' and '-', beginning with a letter or digit, at most 100 bytes"
