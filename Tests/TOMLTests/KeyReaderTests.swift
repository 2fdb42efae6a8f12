import Platform
import TOML
import Testing

@Suite struct KeyReaderTests {
  @Test func `values of the right type are read without a fault`() throws {
    let faults = Faults()
    var reader = try open(
      """
      s = "x"
      c = "sms"
      b = true
      i = 5
      n = 0.5
      whole = 3
      list = ["a", "b"]
      price = "0.035"
      age = 72
      wait = "15m"
      start = 2026-11-11T09:00:00
      [t]
      k = 1
      [[f]]
      k = 1
      [[f]]
      """, faults)
    #expect(reader.string("s", .required) == "x")
    #expect(reader.choice("c", ["sms", "mms"]) == "sms")
    #expect(reader.boolean("b") == true)
    #expect(reader.integer("i", in: 5...5) == 5)
    #expect(reader.number("n", in: 0...1) == 0.5)
    #expect(reader.number("whole", in: 0...3) == 3)
    #expect(reader.strings("list") == ["a", "b"])
    #expect(reader.decimal("price") == "0.035")
    #expect(reader.duration("age", unit: .hours, in: 1...1_000_000) == 72 * 3600)
    #expect(reader.duration("wait", unit: .hours, in: 1...1_000_000) == 900)
    #expect(reader.dateTime("start")?.civil?.hour == 9)
    var inner = reader.table("t", .required)
    #expect(inner?.integer("k", in: 0...1) == 1)
    #expect(reader.tables("f")?.count == 2)
    reader.finish()
    inner?.finish()
    #expect(faults.errors.isEmpty)
  }

  @Test(arguments: [
    ("s = 5", "f.toml:1:5: error: found integer 5; expected a string"),
    ("s = \"\"", "f.toml:1:5: error: 's' is empty; expected a string"),
    ("b = \"true\"", "f.toml:1:5: error: found string 'true'; expected true or false"),
    ("i = 0", "f.toml:1:5: error: found integer 0; expected an integer from 1 to 9 (seconds)"),
    ("i = 2.0", "f.toml:1:5: error: found float 2.0; expected an integer from 1 to 9 (seconds)"),
    ("n = true", "f.toml:1:5: error: found boolean true; expected a number from 0.01 to 1000000"),
    ("n = nan", "f.toml:1:5: error: found float nan; expected a number from 0.01 to 1000000"),
    ("list = \"a\"", "f.toml:1:8: error: found string 'a'; expected a list of strings"),
    ("list = [\"a\",\n 2]", "f.toml:2:2: error: found integer 2; expected a string in the list"),
    ("c = \"mns\"", "f.toml:1:5: error: found 'mns'; expected one of sms, mms\n  Did you mean 'mms'?"),
    ("price = 0.035", "f.toml:1:9: error: found float 0.035; expected an exact decimal in quotes, such as \"0.035\""),
    ("price = \"-1\"", "f.toml:1:9: error: found string '-1'; expected an exact decimal in quotes, such as \"0.035\""),
    ("price = \"1.\"", "f.toml:1:9: error: found string '1.'; expected an exact decimal in quotes, such as \"0.035\""),
    ("age = 0", "f.toml:1:7: error: found integer 0; expected from 1 to 99 seconds"),
    (
      "age = \"5x\"",
      "f.toml:1:7: error: found string '5x'; expected whole hours, or text such as \"90s\", \"15m\", \"72h\", \"3d\""
    ),
    (
      "age = 9223372036854775807",
      "f.toml:1:7: error: found integer 9223372036854775807; "
        + "expected whole hours, or text such as \"90s\", \"15m\", \"72h\", \"3d\""
    ),
    (
      "start = 2026-11-11",
      "f.toml:1:9: error: found a date; expected a date-time without quotes, such as 2026-11-11T09:00:00+08:00"
    ),
    ("t = 1", "f.toml:1:5: error: found integer 1; expected a table [t]"),
    ("f = {}", "f.toml:1:5: error: found a table; expected tables [[f]]"),
    (
      "password = 982451653",
      "f.toml:1:12: error: found an integer; expected a string: the secret itself, env:NAME or file:PATH"
    ),
    (
      "accaunt = 1",
      "f.toml:1:1: error: unknown key 'accaunt'; did you mean 'account'?\n  Expected one of account, age, b, c, f, i, "
        + "list, n, password, price, s, start, t."
    ),
    (
      "zzzzzz = 1",
      "f.toml:1:1: error: unknown key 'zzzzzz'; expected one of account, age, b, c, f, i, list, n, password, price, s, "
        + "start, t"
    ),
  ])
  func `a fault says what was found, what was expected and where`(text: String, message: String) throws {
    let faults = Faults()
    readAll(try open(text, faults))
    #expect(faults.errors.map(\.description) == [message])
  }

  @Test func `a missing key is told at its table`() throws {
    let faults = Faults()
    var root = try open("[gateways.a]\nx = 1\n", faults)
    var gateways = root.table("gateways")
    var account = gateways?.table("a")
    #expect(account?.string("account", .required) == nil)
    #expect(
      faults.errors.map(\.description) == [
        "f.toml:1:1: error: missing key 'account' in [gateways.a]; expected a string"
      ])
  }

  @Test func `all faults are told, in the order of the file`() throws {
    let faults = Faults()
    readAll(try open("b = 1\nunknown = 2\ni = 99\ns = 1", faults))
    #expect(faults.sortedErrors.map { $0.place?.line } == [1, 2, 3, 4])
  }

  @Test func `a key of elsewhere gets its own words`() throws {
    let faults = Faults()
    let reader = try open("corp_id = 1", faults)
    reader.finish { key in ("key '\(key)' belongs elsewhere", "Move it.") }
    #expect(faults.errors[0].found == "key 'corp_id' belongs elsewhere")
    #expect(faults.errors[0].next == "Move it.")
  }

  @Test func `faults are bounded`() throws {
    let faults = Faults()
    let text = (0..<500).map { "k\($0) = 1" }.joined(separator: "\n")
    try open(text, faults).finish()
    #expect(faults.errors.count == Limits.configurationFaults)
  }

  private func open(_ text: String, _ faults: Faults) throws -> KeyReader {
    KeyReader(try TOMLDocument.parse(Array(text.utf8), file: "f.toml"), faults: faults)
  }

  private func readAll(_ opened: KeyReader) {
    var reader = opened
    _ = reader.string("account")
    _ = reader.text("s")
    _ = reader.boolean("b")
    _ = reader.integer("i", in: 1...9, unit: "seconds")
    _ = reader.number("n", in: 0.01...1_000_000)
    _ = reader.strings("list")
    _ = reader.choice("c", ["sms", "mms"])
    _ = reader.decimal("price")
    _ = reader.duration("age", unit: .hours, in: 1...99)
    _ = reader.dateTime("start")
    _ = reader.table("t")
    _ = reader.tables("f")
    _ = reader.secret("password")
    reader.finish()
  }
}
