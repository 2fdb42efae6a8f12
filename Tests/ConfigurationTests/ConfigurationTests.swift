import Configuration
import Platform
import TestSupport
import Testing

@Suite struct ConfigurationTests {
  @Test func `the example of the contract is read in full`() throws {
    let read = try configuration(productConfiguration)
    #expect(read.data == "/work space/data")
    #expect(read.output == "/work space/out")
    #expect(read.zone.name == "Asia/Shanghai")
    #expect(read.csvEncoding == .utf8BOM)
    #expect(read.suppression.files.map(\.path) == ["/work space/suppress/*.csv"])
    #expect(read.suppression.keywords == ["T", "TD", "R", "N", "退订", "0000", "STOP", "UNSUBSCRIBE"])
    #expect(read.listen?.port == 8800)
    #expect(read.listen?.pathSecret.shown == "env:QUNFA_LISTEN_SECRET")
    let juhe = try #require(read.account("juhe-main"))
    #expect(juhe.type.name == "juhe")
    #expect(juhe.url == "http://127.0.0.1:7862")
    #expect(juhe.rate == 300 && juhe.requests == 20 && juhe.concurrency == 4 && juhe.batch == 200 && juhe.timeout == 45)
    #expect(juhe.price(to: "CN") == "0.035" && juhe.price(to: "AU") == "0.42")
    #expect(juhe.billOn == .accepted && juhe.signatureAddedBy == .qunfa)
    #expect(juhe.serves("CN") && !juhe.serves("AU"))
    #expect(juhe.signature == "【示例商城】")
    #expect(juhe.values["extno"] == "1069012345" && juhe.values["p2p_separator"] == "#")
    #expect(read.bills["juhe-main"]?.columns[.segments] == "计费条数")
    #expect(read.bills["juhe-main"]?.hasMessages == true)
    #expect(read.warnings.isEmpty)
  }

  @Test func `what is not written has the documented default`() throws {
    let read = try configuration(oneGateway)
    #expect(read.data == "/work space/data" && read.output == "/work space/out")
    #expect(read.csvLineEnding == .lf && read.reportTimeout == 72 * 3600)
    #expect(read.suppression.keywords.contains("退订") && read.listen == nil)
    let account = try #require(read.account("a"))
    #expect(account.rate == 100 && account.requests == 10 && account.concurrency == 2)
    #expect(account.batch == 200 && account.timeout == 45 && account.pollInterval == 30)
    #expect(account.regions == ["CN"] && account.billOn == .accepted && account.signature.isEmpty)
  }

  @Test(arguments: [
    ("data = 1", "qunfa.toml:1:8: error: found integer 1; expected a string"),
    (
      "csv_encoding = \"utf8\"",
      "qunfa.toml:1:16: error: found 'utf8'; expected one of utf-8-bom, utf-8, gb18030\n  Did you mean 'utf-8'?"
    ),
    (
      "csv_line_ending = \"cr\"",
      "qunfa.toml:1:19: error: found 'cr'; expected one of lf, crlf"
    ),
    (
      "time_zone = \"Asia/Shanghia\"",
      "qunfa.toml:1:13: error: no time zone 'Asia/Shanghia' on this machine; expected a name such as Asia/Shanghai\n"
        + "  Did you mean 'Asia/Shanghai'?"
    ),
    (
      "time_zone = \"Asia\"",
      "qunfa.toml:1:13: error: no time zone 'Asia' on this machine; expected a name such as Asia/Shanghai\n"
        + "  The machine's zones stand in /usr/share/zoneinfo (Debian: package tzdata)."
    ),
    ("report_timeout = -1", "qunfa.toml:1:18: error: found integer -1; expected from 1 to 31536000 seconds"),
    (
      "timezone = \"UTC\"",
      "qunfa.toml:1:1: error: unknown key 'timezone'; did you mean 'time_zone'?\n  Expected one of bills, csv_encoding, "
        + "csv_line_ending, data, gateways, imports, listen, output, report_timeout, suppression, time_zone."
    ),
    (
      "[listen]\nport = 8800",
      "qunfa.toml:1:1: error: missing key 'path_secret' in [listen]; "
        + "expected a string: the secret itself, env:NAME or file:PATH"
    ),
    (
      "[listen]\naddress = \"localhost\"\npath_secret = \"s\"",
      "qunfa.toml:2:11: error: found 'localhost'; expected an IPv4 or IPv6 address, such as 127.0.0.1"
    ),
    (
      "[listen]\nport = 65536\npath_secret = \"s\"",
      "qunfa.toml:2:8: error: found integer 65536; expected an integer from 0 to 65535"
    ),
    (
      "[listen]\nsources = [\"1.2.3.4/33\"]\npath_secret = \"s\"",
      "qunfa.toml:2:12: error: found '1.2.3.4/33'; expected an address or range, such as 203.0.113.0/24"
    ),
    (
      "[suppression]\nkeywords = [\"\"]",
      "qunfa.toml:2:13: error: found an empty text in the list; expected a text, or none"
    ),
    (
      "[bills.x]\ncolumns = { phone = \"号码\", segments = \"条\" }",
      "qunfa.toml:1:8: error: [bills.x] names no gateway; expected none, for there is none"
    ),
    ("data = ", "qunfa.toml:1:8: error: not TOML: key-value pair: encountered end-of-file"),
  ])
  func `a faulty value is told with its place`(text: String, message: String) {
    #expect(faults(text) == [message])
  }

  @Test(arguments: [
    ("[bills.a]\n", "qunfa.toml:8:1: error: missing key 'columns' in [bills.a]; expected a table [bills.a.columns]"),
    (
      "[bills.a]\ncolumns = { phone = \"p\" }",
      "qunfa.toml:9:11: error: no column for segments in [bills.a]; expected segments, which is what a bill counts"
    ),
    (
      "[bills.a]\ncolumns = { segments = \"s\" }",
      "qunfa.toml:9:11: error: neither a message's column nor a date in [bills.a]; "
        + "expected phone, message_id or link_id; or date for a bill of totals"
    ),
    (
      "[bills.a]\ncolumns = { date = \"d\" }",
      "qunfa.toml:9:11: error: neither segments nor amount in [bills.a]; expected at least one of them in a bill of totals"
    ),
    (
      "[imports.a]\ncolumns = { status = \"s\" }",
      "qunfa.toml:9:11: error: no column that names a message in [imports.a]; expected message_id, link_id or phone"
    ),
    (
      "[imports.a]\ncolumns = { message_id = \"m\" }",
      "qunfa.toml:9:11: error: no column for the status in [imports.a]; expected status"
    ),
    (
      "[imports.a]\ncolumns = { message_id = \"m\", status = \"s\", segments = \"x\" }",
      "qunfa.toml:9:45: error: unknown key 'segments' in [imports.a.columns]; "
        + "expected one of link_id, message_id, phone, reported_at, status"
    ),
    (
      "[bills.a]\nencoding = \"gbk2\"\ncolumns = { date = \"d\", amount = \"m\" }",
      "qunfa.toml:9:12: error: found 'gbk2'; expected one of \(inputEncodings.joined(separator: ", "))\n"
        + "  Did you mean 'gbk'?"
    ),
    (
      "[bills.b]\ncolumns = { date = \"d\", amount = \"m\" }",
      "qunfa.toml:8:8: error: [bills.b] names no gateway; expected 'a'\n  Did you mean 'a'?"
    ),
  ])
  func `column maps are judged now, though they are used later`(text: String, message: String) {
    #expect(faults(oneGateway + text) == [message])
  }

  @Test func `all faults are told at once, in the order of the file`() {
    let found = faults(
      "data = 1\n[gateways.a]\nprotocol = \"juhe\"\nurl = 5\nbatch = 501\naccount = 7\nextnoo = \"1\"\n")
    #expect(
      found.map { $0.split(separator: " ")[0] } == [
        "qunfa.toml:1:8:", "qunfa.toml:2:1:", "qunfa.toml:2:1:", "qunfa.toml:4:7:", "qunfa.toml:5:9:",
        "qunfa.toml:6:11:",
        "qunfa.toml:7:1:",
      ])
  }

  @Test func `a file that is not there says what to do`() {
    do throws(ConfigurationError) {
      _ = try Configuration.load(workspace: "/nowhere", registry: fakes)
      Issue.record("loaded")
    } catch {
      #expect(error.code == .unreadable)
      #expect(
        error.diagnostic.description == "/nowhere/qunfa.toml: error: cannot open: No such file or directory\n"
          + "  Make a workspace with `qunfa init DIR`, or name one with `qunfa -C DIR`.")
    }
  }

  @Test(arguments: [
    (0o600, "\"hunter22\"", 0), (0o644, "\"hunter22\"", 1), (0o640, "\"hunter22\"", 1), (0o644, "\"env:X\"", 0),
    (0o644, "\"file:x\"", 0),
  ])
  func `a readable file with a literal secret is a warning`(mode: Int, secret: String, warnings: Int) throws {
    let folder = try TemporaryFolder()
    let text = oneGateway.replacing("\"env:QUNFA_TEST_UNSET\"", with: secret)
    let path = try folder.write("qunfa.toml", text)
    changeMode(path, to: UInt32(mode))
    let read = try Configuration.load(workspace: folder.path, registry: fakes)
    #expect(read.warnings.count == warnings)
    #expect(read.warnings.allSatisfy { $0.severity == .warning && !$0.description.contains("hunter") })
    if mode == 0o644, warnings == 1 {
      #expect(
        read.warnings[0].description
          == "\(path):5:12: warning: others can read this file (mode 0644), and 'password' is a "
          + "literal secret; expected mode 0600, or a secret written as env:NAME or file:PATH\n  Run `chmod 600 \(path)`."
      )
    }
  }

  @Test func `a whole dump of the settings shows no secret`() throws {
    let read = try configuration(oneGateway.replacing("env:QUNFA_TEST_UNSET", with: "hunter22"))
    var text = "\(read)"
    dump(read, to: &text)
    #expect(!text.contains("hunter22"))
  }

  @Test func `a section written as a value is a fault, not a crash`() {
    #expect(faults("gateways = 1").count == 1)
    #expect(faults("[gateways]\na = 1") == ["qunfa.toml:2:5: error: found integer 1; expected a table [gateways.a]"])
    #expect(faults("[[listen]]\nport = 1") == ["qunfa.toml:1:1: error: found a list; expected a table [listen]"])
  }
}
