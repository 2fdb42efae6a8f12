import Mustache
import Platform
import Testing

/// Merging a table's rows.
@Suite struct RowTemplateTests {
  @Test(arguments: [
    ("尊敬的{{姓名}}，余额{{金额|money}}元", "尊敬的张三，余额12.50元"), ("{{name}}{{NAME}}{{Name}}", "LiLiLi"), ("{{ 姓名 }}", "张三"),
    ("{{address/city}}{{address.city}}{{a.b}}", "北京北京点"), ("{{#姓名}}有{{.}}{{/姓名}}{{^姓名}}无{{/姓名}}", "有张三"),
    ("{{#空}}有{{/空}}{{^空}}无{{/空}}", "无"), ("{{#空}}{{空}}{{/空}}x", "x"), ("{{#零}}零也算{{/零}}", "零也算"),
    ("a\r\nb{{姓名}}", "a\nb张三"),
    ("{{#姓名}}{{#name}}{{.}}{{/name}}{{.}}{{/姓名}}", "Li张三"), ("{{空|default:客户}}", "客户"),
    ("{{!注释}}{{{html}}}{{html}}", "<&><&>"),
    ("{{#姓名}}\n一\n{{/姓名}}\n二", "一\n二"), ("{{^空}}a{{/空}}{{^姓名}}b{{/姓名}}c", "ac"),
  ]) func `a row gives its text`(template: String, text: String) throws {
    let (result, merged) = try row(template)
    #expect(result == .merged)
    #expect(merged == text)
  }

  private func row(_ template: String, missing: MissingValue = .reject) throws -> (MergeResult, String) {
    try merge(
      template,
      [
        " 姓名 ": "张三", "金额": "12.5", "Name": "Li", "address/city": "北京", "a.b": "点", "空": " 　", "零": "0", "html": "<&>",
        "错": "13800138000x",
      ], missing: missing)
  }

  @Test func `a variable without value names its column`() throws {
    #expect(try row("您好{{空}}").0 == .missing(column: 5))
    #expect(try row("您好{{空|limit:3}}").0 == .missing(column: 5))
    #expect(try row("{{#姓名}}{{^空}}{{空}}{{/空}}{{/姓名}}").0 == .missing(column: 5))
    #expect(try row("您好{{空}}").1 == "")
  }

  @Test func `missing values may be nothing`() throws {
    #expect(try row("您好{{空}}，{{空|money}}", missing: .empty) == (.merged, "您好，"))
  }

  @Test func `a value that a formatter cannot read names column and formatter`() throws {
    let (result, text) = try row("x{{错|money}}")
    #expect(result == .badValue(column: 8, formatter: "money"))
    #expect(text == "")
    #expect(try row("x{{错|date:M}}", missing: .empty).0 == .badValue(column: 8, formatter: "date"))
  }

  @Test func `what a formatter leaves must be a value`() throws {
    #expect(try merge("{{a|last:1}}", ["a": "x "]).0 == .missing(column: 0))
  }

  @Test func `a short record has no value in the columns that it lacks`() throws {
    let bound = try compile("{{b}}").bind(columns: ["a", "b"])
    var fields = Fields()
    fields.append(0x78)
    fields.endField()
    var buffer = ByteBuffer()
    #expect(bound.merge(fields, into: &buffer) == .missing(column: 1))
    #expect(try compile("{{b|trim}}").bind(columns: ["a", "b"]).merge(fields, into: &buffer) == .missing(column: 1))
  }

  @Test func `results come behind what the buffer holds`() throws {
    let good = try compile("{{a}}!").bind(columns: ["a"])
    let bad = try compile("..{{a|money}}").bind(columns: ["a"])
    var fields = Fields()
    fields.append(0x78)
    fields.endField()
    var buffer = ByteBuffer()
    #expect(good.merge(fields, into: &buffer) == .merged)
    #expect(bad.merge(fields, into: &buffer) == .badValue(column: 0, formatter: "money"))
    #expect(good.merge(fields, into: &buffer) == .merged)
    #expect(buffer.span.text == "x!x!")
  }

  @Test func `a text is bounded`() throws {
    let template = String(repeating: "{{a}}", count: 5)
    let (result, text) = try merge(template, ["a": String(repeating: "x", count: 60_000)])
    #expect(result == .tooLong)
    #expect(text.isEmpty)
  }

  @Test func `details for people name columns, never values`() {
    let columns = [" 姓名 ", "金额", "13800138000"]
    #expect(MergeResult.merged.detail(columns: columns) == nil)
    #expect(MergeResult.missing(column: 0).detail(columns: columns) == "no value in column '姓名'")
    #expect(
      MergeResult.badValue(column: 1, formatter: "money").detail(columns: columns)
        == "column '金额' has no value that 'money' reads")
    #expect(
      MergeResult.badValue(column: 2, formatter: "partial").detail(columns: columns)
        == "column '…' names no partial that fits")
    #expect(MergeResult.missing(column: 9).detail(columns: columns) == "no value in column '10'")
    #expect(MergeResult.tooLong.detail(columns: columns) == "the text is longer than 262144 bytes")
  }
}
