import Platform
import TOML
import Testing

@Suite struct TOMLDocumentTests {
  @Test func `keys keep their order and places`() throws {
    let root = try parse("z = 1\n[b.\"号\"]\n  \"甲\" = 0\na = [\"x\"]\n[a]\n")
    #expect(root.entries.map(\.key) == ["z", "b", "a"])
    #expect(root["z"] == TOMLNode(.integer(1), at: at(1, 5)))
    #expect(root.entry("b")?.place == at(2, 2))
    guard case .table(let b)? = root["b"]?.value, case .table(let inner)? = b["号"]?.value else {
      Issue.record("no table")
      return
    }
    #expect(inner.entry("甲")?.place == at(3, 3))
    #expect(inner["甲"]?.place == at(3, 9))
    #expect(inner["a"]?.value == .array([TOMLNode(.string("x"), at: at(4, 6))]))
  }

  @Test(arguments: [
    ("a = \"x\"", TOMLValue.string("x")), ("a = 'C:\\x'", .string("C:\\x")), ("a = -5", .integer(-5)),
    ("a = 0.5", .float(0.5)), ("a = true", .boolean(true)), ("a = []", .array([])),
    ("a = 2026-11-11", .moment(moment(day: (2026, 11, 11)))),
    ("a = 09:00:01.5", .moment(moment(time: (9, 0, 1, 500_000_000)))),
    ("a = 2026-11-11T09:00:00", .moment(moment(day: (2026, 11, 11), time: (9, 0, 0, 0)))),
    ("a = 2026-11-11 09:00:00+08:00", .moment(moment(day: (2026, 11, 11), time: (9, 0, 0, 0), offset: 480))),
    ("a = 2026-11-11T01:00:00Z", .moment(moment(day: (2026, 11, 11), time: (1, 0, 0, 0), offset: 0))),
  ])
  func `every type is read`(text: String, value: TOMLValue) throws {
    #expect(try parse(text)["a"]?.value == value)
  }

  @Test func `a date-time with offset names the same moment in every zone`() throws {
    guard case .moment(let with)? = try parse("a = 2026-11-11T09:00:00+08:00")["a"]?.value,
      case .moment(let local)? = try parse("a = 2026-11-11T09:00:00")["a"]?.value
    else {
      Issue.record("no moment")
      return
    }
    #expect(with.timestamp(in: FixedZone.utc) == local.timestamp(in: FixedZone.beijing))
    #expect(with.timestamp(in: FixedZone.utc)?.seconds == 1_794_358_800)
  }

  @Test(arguments: [
    (
      "p = abc", "f.toml:1:5: error: not TOML: a value without quotes; expected text in quotes, a number, true or false"
    ),
    ("\np = \"abc", "f.toml:2:9: error: not TOML: string: encountered end-of-file"),
    ("p = 1\np = 2", "f.toml:2:5: error: not TOML: key-value pair: cannot redefine existing integer 'p'"),
    ("[a\n", "f.toml:1:3: error: not TOML: table header: expected ']', saw '\\n'"),
    (
      "a = 1\n[%x]", "f.toml:2:2: error: not TOML: key: expected bare key starting character or string delimiter"
    ),
    ("p 1", "f.toml:1:3: error: not TOML: key-value pair: expected '=', saw '1'"),
    ("p = 2026-02-30", "f.toml:1:15: error: not TOML: date: expected day between 1 and 28 (inclusive)"),
  ])
  func `a fault has its place and words`(text: String, message: String) {
    #expect(words(of: text) == message)
  }

  @Test(arguments: [
    "password = 982451653982451653982451653", "password = 'hunter'2xyz", "password = \"hunter", "password = hunter",
    "password = 0hunter", "password = truehunter", "password = infhunter", "password = 9e99982451653",
    "password = \"\\hunter\"",
    "password = 1982451653.982451653.1", "password = 0xhunter",
  ])
  func `a fault never shows the value`(text: String) {
    let told = words(of: text)
    #expect(told.hasPrefix("f.toml:1:"))
    for part in ["hunt", "9824", "'h'", "'2'", "saw"] { #expect(!told.contains(part)) }
  }

  @Test func `bytes that are not UTF-8 are a fault`() {
    #expect(throws: TOMLError.self) { try TOMLDocument.parse([0x61, 0x3D, 0x22, 0xFF, 0x22], file: "f.toml") }
  }

  @Test func `keys too deep are a fault instead of a crash`() {
    let deep = Array(repeating: "a", count: 200_000).joined(separator: ".")
    for text in [deep + "=1", "[" + deep + "]", "x = \"\"\"\n\"\"\"\n" + deep + "=1", "x = {" + deep + "=1}"] {
      #expect(code(of: text) == .tooDeep)
    }
    #expect(code(of: "a=" + String(repeating: "[", count: 100_000)) == .syntax)
  }

  @Test(arguments: [
    "a = \"\(String(repeating: ".", count: 70))\"", "a = '\(String(repeating: ".", count: 70))'",
    "# \(String(repeating: ".", count: 70))", "a = \"\"\"\n\"x\(String(repeating: ".", count: 70))\"\"\"",
    "a = \"\\\"\(String(repeating: ".", count: 70))\"", "a = [\(String(repeating: "1.5, ", count: 70))]",
  ])
  func `dots in texts, comments and lists are no depth`(text: String) throws {
    _ = try parse(text)
  }

  @Test func `a file over the bound is a fault`() {
    let long = [UInt8](repeating: UInt8(ascii: "#"), count: Limits.configurationBytes + 1)
    #expect(throws: TOMLError.self) { try TOMLDocument.parse(long, file: "f.toml") }
  }

  @Test func `a missing file is told with its name`() {
    do throws(TOMLError) {
      _ = try TOMLDocument.read("/nowhere/qunfa.toml", as: "qunfa.toml")
      Issue.record("read")
    } catch {
      #expect(error.code == .unreadable)
      #expect(error.diagnostic.description == "qunfa.toml: error: cannot open: No such file or directory")
    }
  }

  private func parse(_ text: String) throws(TOMLError) -> TOMLTable {
    try TOMLDocument.parse(Array(text.utf8), file: "f.toml")
  }

  private func words(of text: String) -> String {
    do {
      _ = try parse(text)
      return "no fault"
    } catch { return error.diagnostic.description }
  }

  private func code(of text: String) -> TOMLError.Code? {
    do {
      _ = try parse(text)
      return nil
    } catch { return error.code }
  }

  private func at(_ line: Int, _ column: Int) -> Place { Place(file: "f.toml", line: line, column: column) }
}

private func moment(
  day: (Int, Int, Int)? = nil, time: (Int, Int, Int, Int)? = nil, offset: Int? = nil
) -> TOMLMoment {
  TOMLMoment(
    day: day.map { .init(year: $0.0, month: $0.1, day: $0.2) },
    time: time.map { .init(hour: $0.0, minute: $0.1, second: $0.2, nanosecond: $0.3) }, offsetMinutes: offset)
}
