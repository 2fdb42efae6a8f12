import JSON
import Mustache
import Platform
import Testing

/// Merging over JSON values: what the specification leaves to the engine, strict mode, bounds.
@Suite struct RendererTests {
  @Test func `plain text is the default and HTML is asked for`() throws {
    #expect(try render("{{a}}", ["a": "<'&\">"]) == "<'&\">")
    #expect(try render("{{a}}", ["a": "<'&\">"], html: true) == "&lt;&#39;&amp;&quot;&gt;")
  }

  @Test func `values print as JSON writes them, text without quotes`() throws {
    let data: JSON = ["n": .number("1.50"), "t": true, "f": false, "z": .null, "l": [1, "a"], "o": ["k": 2]]
    #expect(try render("{{n}},{{t}},{{f}},{{z}},{{l}},{{o}}", data) == #"1.50,true,false,,[1,"a"],{"k":2}"#)
  }

  private static let truth: [(JSON, Bool)] = [
    (.null, false), (false, false), ("", false), (" 　", false), ([], false), (true, true), (0, true), ("0", true),
    ("false", true), ([:], true),
  ]

  @Test(arguments: truth) func `only what is empty is falsey`(value: JSON, truthy: Bool) throws {
    #expect(try render("{{#v}}yes{{/v}}{{^v}}no{{/v}}", ["v": value]) == (truthy ? "yes" : "no"))
  }

  @Test func `a dotted name fails where its chain breaks`() throws {
    let data: JSON = ["a": ["b": [:] as JSON], "b": ["c": "wrong"]]
    #expect(try render("{{#a}}[{{b.c}}]{{/a}}[{{a.b.c}}]", data) == "[][]")
  }

  @Test func `sections go through lists and look outwards`() throws {
    let data: JSON = ["who": "Li", "items": [["n": 1], ["n": 2]]]
    #expect(try render("{{#items}}{{n}}{{who}};{{/items}}{{^items}}none{{/items}}", data) == "1Li;2Li;")
    #expect(try render("{{#l}}{{.}}{{#.}}{{.}}{{/.}}{{/l}}", ["l": [["a"], ["b"]]]) == #"["a"]a["b"]b"#)
  }

  @Test(arguments: [
    ("您好{{姓名}}", "no value for '姓名'"), ("{{空}}", "no value for '空'"), ("{{null}}", "no value for 'null'"),
    ("{{>p}}", "no partial 'p'"),
    ("{{>*姓名}}", "no value for '姓名'"), ("{{>*有}}", "the value of '有' names no partial"),
    ("{{空|limit:3}}", "no value for '空'"),
  ]) func `strict merging refuses what has no value`(template: String, found: String) throws {
    let data: JSON = ["有": "x", "空": " ", "null": .null]
    let message = fault { _ = try render(template, data, strict: true) }
    #expect(message.contains(found))
    #expect(message.hasPrefix("t.mustache:1:"))
    _ = try render(template, data)
  }

  @Test func `strict merging takes defaults, sections, and what is there`() throws {
    #expect(try render("{{a|default:b}}{{#c}}{{d}}{{/c}}{{^c}}e{{/c}}", [:], strict: true) == "be")
  }

  @Test func `a value that a formatter cannot read is a fault and is not quoted`() throws {
    let message = fault { _ = try render("x\n {{金额|money}}", ["金额": "13800138000x"]) }
    #expect(message == "t.mustache:2:2: error: the value of '金额' is nothing that 'money' can read")
  }

  @Test func `the fault's kind can be told`() throws {
    var buffer = ByteBuffer()
    buffer.append("kept" as StaticString)
    let template = try compile("abc{{a|money}}")
    do throws(MergeFault) {
      try template.render(data: ["a": "x"], into: &buffer)
      Issue.record("no fault")
    } catch {
      #expect(error.kind == .badValue(name: "a", formatter: "money"))
    }
    #expect(buffer.span.text == "kept")
  }

  @Test func `partials that include themselves follow the data`() throws {
    let tree: JSON = ["c": "X", "n": [["c": "Y", "n": []], ["c": "Z", "n": [["c": "W", "n": []]]]]]
    #expect(try render("{{>node}}", tree, partials: ["node": "{{c}}<{{#n}}{{>node}}{{/n}}>"]) == "X<Y<>Z<W<>>>")
  }

  @Test func `partials that never end are a fault`() {
    #expect(
      fault { _ = try render("{{>a}}", [:], partials: ["a": "x{{>a}}"]) }
        == "a.mustache:1:2: error: partials, parents and sections within each other more than 64 deep; expected at most "
        + "64; does a partial include itself?")
  }

  @Test func `partials that multiply are a fault`() {
    var partials = ["p0": ""]
    for level in 1...40 { partials["p\(level)"] = "{{>p\(level - 1)}}{{>p\(level - 1)}}" }
    #expect(fault { _ = try render("{{>p40}}", [:], partials: partials) }.contains("include each other too many times"))
  }

  @Test func `a merged text is bounded`() {
    let data: JSON = ["l": .array([JSON](repeating: 1, count: 300))]
    let template = "{{#l}}" + String(repeating: "x", count: 1000) + "{{/l}}"
    #expect(
      fault { _ = try render(template, data) }.contains("a merged text that is too long; expected at most 262144 bytes")
    )
  }
}
