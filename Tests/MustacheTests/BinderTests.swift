import Mustache
import Platform
import Testing

/// Fitting a template to a table's header.
@Suite struct BinderTests {
  private func bindFault(
    _ template: String, _ columns: [String], partials: [String: String] = [:]
  ) -> (TemplateError.Kind?, String) {
    do throws(TemplateError) {
      _ = try compile(template, partials: partials).bind(columns: columns)
      return (nil, "no error")
    } catch {
      return (error.kind, error.diagnostic.description)
    }
  }

  @Test(arguments: [
    (
      "您好{{姓明}}", ["手机号", "姓名"],
      "t.mustache:1:3: error: no column '姓明'; did you mean '姓名'?; expected one of 手机号, 姓名"
    ),
    ("{{#vip}}x{{/vip}}", ["a"], "t.mustache:1:1: error: no column 'vip'; expected one of a"),
    ("{{^vip}}x{{/vip}}", ["a"], "t.mustache:1:1: error: no column 'vip'; expected one of a"),
    (
      "{{金额｜money}}", ["手机", "金额"],
      "t.mustache:1:1: error: no column '金额｜money'; expected one of 手机, 金额\n"
        + "  Write '|' instead of '｜' before a formatter."
    ),
    ("{{x}}", ["13800138000", "张三"], "t.mustache:1:1: error: no column 'x'; expected one of …, 张三"),
    (
      "{{name}}", ["Name", "NAME"],
      "t.mustache:1:1: error: 'name' may mean more than one column (1, 2); expected a name that only one column has\n"
        + "  Rename the columns in the file."
    ),
    (
      "{{a}}", ["a", "b", "a"],
      "t.mustache:1:1: error: 'a' may mean more than one column (1, 3); expected a name that only one column has\n"
        + "  Rename the columns in the file."
    ),
  ]) func `a name that is no column is told with the columns that are`(
    template: String, columns: [String], message: String
  ) {
    let (kind, text) = bindFault(template, columns)
    #expect(kind == .unknownColumn)
    #expect(text == message)
  }

  @Test func `many columns are told in part`() {
    let columns = (1...30).map { "spalte\($0)" }
    #expect(bindFault("{{x}}", columns).1.hasSuffix("spalte20 and 10 more"))
  }

  @Test func `an exact name goes before one in another case`() throws {
    #expect(try merge("{{name}}{{Name}}", ["Name": "a", "name": "b"]).1 == "ba")
  }

  @Test func `faults of the template itself are of another kind`() {
    #expect(bindFault("{{.}}", ["a"]).0 == .template)
    #expect(bindFault("{{.}}", ["a"]).1.hasPrefix("t.mustache:1:1: error: '.' outside of a section"))
    let (kind, text) = bindFault("x{{>p}}", ["a"])
    #expect(kind == .template)
    #expect(text == "t.mustache:1:2: error: no partial 'p'; expected a file p.mustache beside the template")
  }

  @Test func `a partial that includes itself is an error`() {
    let (kind, text) = bindFault("{{>p}}", ["a"], partials: ["p": "{{#a}}{{>p}}{{/a}}"])
    #expect(kind == .bound)
    #expect(text.hasPrefix("p.mustache:1:"))
    #expect(text.contains("more than 64 deep; expected at most 64; does a partial include itself?"))
  }

  @Test func `partials that multiply are an error`() {
    var partials = ["p0": "x"]
    for level in 1...40 { partials["p\(level)"] = "{{>p\(level - 1)}}{{>p\(level - 1)}}" }
    #expect(bindFault("{{>p40}}", ["a"], partials: partials).0 == .bound)
    partials["p0"] = String(repeating: "x", count: 200_000)
    #expect(bindFault("{{>p6}}", ["a"], partials: partials).1.contains("a template with too much text"))
  }

  @Test func `a bound template tells what it looks at`() throws {
    let bound = try compile("{{c}}{{#a}}{{.}}{{/a}}{{c|trim}}").bind(columns: ["a", "b", "c"])
    #expect(bound.columnsUsed == [0, 2])
    #expect(!bound.isConstant && !bound.hasLineBreaks)
    let fixed = try compile("a\nb{{! c }}").bind(columns: ["a"])
    #expect(fixed.isConstant && fixed.hasLineBreaks && fixed.columnsUsed.isEmpty)
    #expect(try compile("{{a|default:x\ny}}").bind(columns: ["a"]).hasLineBreaks)
  }

  // MARK: Dynamic names

  private let partials = [
    "vip": "贵宾{{name}}{{>*next}}", "end": "。", "other": "{{no such column}}", "self": "{{>*kind}}",
  ]

  private func dynamic(_ kind: String, _ next: String, missing: MissingValue = .reject) throws -> (MergeResult, String)
  {
    try merge(
      "[{{>*kind}}]", ["kind": kind, "next": next, "name": "Li"], missing: missing, partials: partials)
  }

  @Test func `a dynamic name takes the partial that the field names`() throws {
    #expect(try dynamic("end", "") == (.merged, "[。]"))
    #expect(try dynamic(" vip ", "end") == (.merged, "[贵宾Li。]"))
  }

  @Test func `a dynamic name without a partial that fits rejects the row`() throws {
    #expect(try dynamic("", "").0 == .missing(column: 0))
    #expect(try dynamic("vip", "").0 == .missing(column: 1))
    for kind in ["nowhere", "other", "self"] {
      #expect(try dynamic(kind, "").0 == .badValue(column: 0, formatter: "partial"))
    }
    #expect(try dynamic("vip", "vip").0 == .badValue(column: 1, formatter: "partial"))
  }

  @Test func `a dynamic name may mean nothing when missing values may`() throws {
    #expect(try dynamic("", "", missing: .empty) == (.merged, "[]"))
    #expect(try dynamic("nowhere", "", missing: .empty) == (.merged, "[]"))
    #expect(try dynamic("other", "", missing: .empty).0 == .badValue(column: 0, formatter: "partial"))
  }
}
