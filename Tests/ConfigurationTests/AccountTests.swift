import Configuration
import Glibc
import Platform
import TestSupport
import Testing

@Suite struct AccountTests {
  @Test(arguments: [
    (
      "protocol = \"juhe\"", "protocol = \"juhee\"",
      "qunfa.toml:2:12: error: found 'juhee'; expected one of juhe, mobset, emay\n  Did you mean 'juhe'?"
    ),
    (
      "protocol = \"juhe\"", "",
      "qunfa.toml:1:1: error: missing key 'protocol' in [gateways.a]; expected one of juhe, mobset, emay"
    ),
    ("account = \"922011\"", "account = 922011", "qunfa.toml:4:11: error: found integer 922011; expected a string"),
    ("account = \"922011\"", "account = \"\"", "qunfa.toml:4:11: error: 'account' is empty; expected a string"),
    ("account = \"922011\"", "", "qunfa.toml:1:1: error: missing key 'account' in [gateways.a]; expected a string"),
    (
      "password = \"env:QUNFA_TEST_UNSET\"", "password = 982451653",
      "qunfa.toml:5:12: error: found an integer; expected a string: the secret itself, env:NAME or file:PATH"
    ),
    (
      "password = \"env:QUNFA_TEST_UNSET\"", "password = \"env:\"",
      "qunfa.toml:5:12: error: 'password' is empty; expected the secret itself, env:NAME or file:PATH"
    ),
    (
      "password = \"env:QUNFA_TEST_UNSET\"", "password = \"short\"",
      "qunfa.toml:5:12: error: the protocol refuses the secret 'password'; expected at least 6 characters"
    ),
    ("extno = \"1069\"", "extno = \"abc\"", "qunfa.toml:6:9: error: found 'abc' for 'extno'; expected digits"),
    (
      "url = \"http://127.0.0.1:7862\"", "",
      "qunfa.toml:1:1: error: missing key 'url' in [gateways.a]; expected scheme://host:port"
    ),
    (
      "url = \"http://127.0.0.1:7862\"", "url = \"http://u:hunter22@h:1\"",
      "qunfa.toml:3:7: error: an address of another form; expected scheme://host:port, such as "
        + "https://sms.example.com:7862; the paths are added"
    ),
    (
      "extno = \"1069\"", "extno = \"1069\"; corp_id = \"1\"",
      "qunfa.toml:7:1: error: key 'corp_id' belongs to protocol mobset, but [gateways.a] has protocol juhe; expected one of "
        + "account, batch, bill_on, ca_file, concurrency, extno, p2p_separator, p2p_trailing, password, password_mode, "
        + "poll_interval, price, prices, protocol, rate, regions, requests, signature, signature_added_by, timeout, url\n"
        + "  Remove it, or correct `protocol`."
    ),
    (
      "account = \"922011\"", "account = \"1\"; batch = 501",
      "qunfa.toml:5:9: error: found integer 501; expected an integer from 1 to 500 (numbers a call, at most what juhe allows)"
    ),
    (
      "account = \"922011\"", "account = \"1\"; timeout = 0",
      "qunfa.toml:5:11: error: found integer 0; expected an integer from 1 to 3600 (seconds)"
    ),
    (
      "account = \"922011\"", "account = \"1\"; poll_interval = -1",
      "qunfa.toml:5:17: error: found integer -1; expected an integer from 0 to 86400 (seconds)"
    ),
    (
      "account = \"922011\"", "account = \"1\"; rate = 0",
      "qunfa.toml:5:8: error: found integer 0; expected a number from 0.01 to 1000000 (messages a second)"
    ),
    (
      "price = \"0.035\"", "price = 0.035",
      "qunfa.toml:7:9: error: found float 0.035; expected an exact decimal in quotes, such as \"0.035\""
    ),
    (
      "price = \"0.035\"", "prices = { cn = \"0.1\", CN = \"0.1\" }",
      "qunfa.toml:7:12: error: found 'cn'; expected a country code of two capital letters, such as CN"
    ),
    (
      "price = \"0.035\"", "price = \"1\"; regions = [\"cn\"]",
      "qunfa.toml:8:12: error: found 'cn'; expected a country code of two capital letters, such as CN, or \"*\" for all"
    ),
    (
      "price = \"0.035\"", "price = \"1\"; regions = []",
      "qunfa.toml:8:11: error: an empty list; expected a list of country codes such as [\"CN\"], or [\"*\"] for all"
    ),
    (
      "price = \"0.035\"", "price = \"1\"; bill_on = \"sent\"",
      "qunfa.toml:8:11: error: found 'sent'; expected one of accepted, delivered, not_failed"
    ),
    (
      "price = \"0.035\"", "price = \"1\"; p2p_trailing = \"no\"",
      "qunfa.toml:8:16: error: found string 'no'; expected true or false"
    ),
    (
      "price = \"0.035\"", "price = \"1\"; password_mode = \"sha\"",
      "qunfa.toml:8:17: error: found 'sha'; expected one of plain, md5"
    ),
    (
      "[gateways.a]", "[gateways.\"../a\"]",
      "qunfa.toml:1:11: error: the gateway's name '../a' begins with a character that is neither a letter nor a digit; "
        + "expected letters, digits, '.', '_' and '-', beginning with a letter or digit, at most 100 bytes"
    ),
  ])
  func `a faulty gateway is told with place, found and expected`(part: String, other: String, message: String) {
    let text = oneGateway.replacing(part, with: other.replacing("; ", with: "\n"))
    #expect(faults(text) == [message])
  }

  @Test(arguments: [
    ("http://127.0.0.1:7862", "http://127.0.0.1:7862"), ("https://sms.example.com", "https://sms.example.com"),
    ("https://sms.example.com:843/", "https://sms.example.com:843"), ("http://[::1]:80", "http://[::1]:80"),
    ("ftp://h:1", nil), ("http://", nil), ("http://h:0", nil), ("http://h:65536", nil), ("http://h:x", nil),
    ("http://h/sms", nil), ("http://h?x", nil), ("h:80", nil), ("http://h :80", nil), ("http://[::1", nil),
    ("http://h:80:80", nil), ("http://号:80", nil),
  ])
  func `url is scheme, host and port`(written: String, kept: String?) {
    let read = try? configuration(oneGateway.replacing("http://127.0.0.1:7862", with: written))
    #expect(read?.account("a")?.url == kept)
  }

  @Test func `the protocol's own keys are checked by its declarations and completed`() throws {
    let text = "[gateways.m]\nprotocol = \"mobset\"\ncorp_id = \"1\"\npassword = \"hunter22\"\nprice = \"0.04\"\n"
    let account = try #require(try configuration(text).account("m"))
    #expect(account.url == nil && account.batch == 50 && account.timeout == 60)
    #expect(account.values == ["corp_id": "1", "timestamp_digits": "14"])
    #expect(
      faults(text + "timestamp_digits = 9") == [
        "qunfa.toml:6:20: error: found integer 9; expected an integer from 10 to 14"
      ])
  }

  @Test func `an international protocol serves every country unless told otherwise`() throws {
    let text = "[gateways.e]\nprotocol = \"emay\"\nurl = \"http://h\"\napp_id = \"1\"\nsecret_key = \"env:K\"\n"
    let read = try configuration(text)
    #expect(read.account("e")?.serves("AU") == true)
    #expect(
      read.warnings.map(\.description) == [
        "qunfa.toml:1:1: warning: [gateways.e] has no price for some countries it serves; expected price = \"0.035\" "
          + "(yuan a segment), or prices for each of its regions\n  Its messages are planned and accounted for at 0.00."
      ])
  }

  @Test func `a gateway opens with its secret from the environment or a file`() throws {
    let folder = try TemporaryFolder()
    try folder.write("secrets/juhe", "hunter22\n")
    let path = Files.join(folder.path, "secrets/juhe")
    let fromFile = try configuration(oneGateway.replacing("env:QUNFA_TEST_UNSET", with: "file:\(path)"))
    let opened = try fromFile.account("a")?.open() as? FakeJuhe
    #expect(opened?.secret.reveal() == "hunter22")
    #expect(opened?.url == "http://127.0.0.1:7862")
    unsafe setenv("QUNFA_TEST_SET", "hunter23", 1)
    let fromEnvironment = try configuration(oneGateway.replacing("QUNFA_TEST_UNSET", with: "QUNFA_TEST_SET"))
    #expect((try fromEnvironment.account("a")?.open() as? FakeJuhe)?.secret.reveal() == "hunter23")
  }

  @Test(arguments: [
    (
      "env:QUNFA_TEST_UNSET",
      "qunfa.toml:5:12: error: the environment variable QUNFA_TEST_UNSET is not set; expected the secret for 'password'\n"
        + "  Set it for this command, for cron or in the systemd unit (EnvironmentFile=)."
    ),
    (
      "file:nowhere",
      "qunfa.toml:5:12: error: cannot read the secret's file /work space/nowhere: cannot open: No such file or directory; "
        + "expected the secret for 'password'\n"
        + "  Put the secret there, mode 0600, or correct the path; it is relative to the workspace."
    ),
  ])
  func `a secret that is not there is told when the gateway opens, not before`(source: String, message: String) throws {
    let read = try configuration(oneGateway.replacing("env:QUNFA_TEST_UNSET", with: source))
    do throws(ConfigurationError) {
      _ = try read.account("a")?.open()
      Issue.record("opened")
    } catch {
      #expect(error.code == .secret)
      #expect(error.diagnostics.map(\.description) == [message])
    }
  }

  @Test func `a secret that the protocol refuses is told without it`() throws {
    unsafe setenv("QUNFA_TEST_SHORT", "short", 1)
    let read = try configuration(oneGateway.replacing("QUNFA_TEST_UNSET", with: "QUNFA_TEST_SHORT"))
    do throws(ConfigurationError) {
      _ = try read.account("a")?.open()
      Issue.record("opened")
    } catch {
      #expect(
        error.diagnostics.map(\.description) == [
          "qunfa.toml:5:12: error: the protocol refuses the secret 'password'; expected at least 6 characters"
        ])
    }
  }

  @Test func `a signature added by the gateway must be known`() throws {
    let read = try configuration(oneGateway.replacing("\nprice", with: "\nsignature_added_by = \"gateway\"\nprice"))
    #expect(read.warnings.map(\.place?.line) == [7])
  }

  @Test func `control characters in a value are told as escapes`() {
    let text = oneGateway.replacing("price =", with: "bill_on = \"\\u001B[31m\\r\\u202E\"\nprice =")
    #expect(
      faults(text) == [
        "qunfa.toml:7:11: error: found '\\u{1B}[31m\\r\\u{202E}'; expected one of accepted, delivered, not_failed"
      ])
  }

  @Test func `long lists are refused before they cost time`() {
    let prices = (0...Limits.configurationTables).map { "k\($0) = \"1\"" }.joined(separator: ", ")
    #expect(
      faults(oneGateway + "prices = { \(prices) }\n") == [
        "qunfa.toml:8:10: error: 1001 prices; expected at most 1000"
      ])
    let unknown = (0..<50_000).map { "k\($0) = 1\n" }.joined()
    #expect(faults(unknown).count == Limits.configurationFaults)
  }

  @Test func `too many gateways are a fault`() {
    let text = (0...Limits.configurationTables).map { "[gateways.g\($0)]\n" }.joined()
    #expect(faults(text) == ["qunfa.toml:1:1: error: 1001 tables; expected at most 1000"])
  }
}
