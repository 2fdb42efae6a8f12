import JSON
import Mustache
import Platform
import Testing

/// Every broken template, and what its author reads about it.
@Suite struct ParserTests {
  @Test(arguments: [
    ("您好{{姓名", "t.mustache:1:3: error: unclosed tag '{{'; expected '}}' at the tag's end"),
    ("{{a}}\n尊敬的{{姓名，您好\n{{x}}", "t.mustache:2:4: error: unclosed tag '{{'; expected '}}' at the tag's end"),
    ("{{{a}}", "t.mustache:1:1: error: unclosed tag '{{'; expected '}}}' at the tag's end"),
    ("{{=<% %>=}}<%a", "t.mustache:1:12: error: unclosed tag '<%'; expected '%>' at the tag's end"),
    ("x\n{{#vip}}y", "t.mustache:2:1: error: unclosed section 'vip'; expected '{{/vip}}' before the end of the file"),
    ("{{^a}}", "t.mustache:1:1: error: unclosed inverted section 'a'; expected '{{/a}}' before the end of the file"),
    ("{{$a}}", "t.mustache:1:1: error: unclosed block 'a'; expected '{{/a}}' before the end of the file"),
    ("{{<p}}", "t.mustache:1:1: error: unclosed parent 'p'; expected '{{/p}}' before the end of the file"),
    (
      "x{{/a}}",
      "t.mustache:1:2: error: unexpected closing tag '{{/a}}'; expected no closing tag, because nothing is open"
    ),
    (
      "{{#a}}\n {{#b}}{{/a}}{{/b}}",
      "t.mustache:2:8: error: unexpected closing tag '{{/a}}'; expected '{{/b}}' for the section opened at 2:2"
    ),
    ("a{{}}", "t.mustache:1:2: error: empty tag; expected a name"),
    ("a{{# }}", "t.mustache:1:2: error: empty tag; expected a name"),
    ("a{{|money}}", "t.mustache:1:2: error: empty tag; expected a name before '|'"),
    (
      "{{#a|limit:3}}{{/a}}",
      "t.mustache:1:1: error: formatter in a section tag; expected formatters in variables only, as in {{name|limit:4}}"
    ),
    (
      "{{=<%=}}",
      "t.mustache:1:1: error: broken delimiter tag; expected two signs with a blank between, as in {{=<% %>=}}"
    ),
    ("{{金额|mony}}", "t.mustache:1:6: error: unknown formatter 'mony'; did you mean 'money'?"),
    ("{{a}}{{b | trim | Limit:4}}", "t.mustache:1:19: error: unknown formatter 'Limit'; did you mean 'limit'?"),
    (
      "{{a|reverse}}",
      "t.mustache:1:5: error: unknown formatter 'reverse'; expected one of money, number, date, limit, last, mask, "
        + "trim, upper, lower, default"
    ),
    (
      "{{a|}}",
      "t.mustache:1:5: error: no formatter after '|'; expected one of money, number, date, limit, last, mask, trim, "
        + "upper, lower, default"
    ),
    (
      "{{a|date：M月}}",
      "t.mustache:1:5: error: unknown formatter 'date：M月'; expected an ASCII colon between formatter and argument\n"
        + "  Write ':' instead of '：'."
    ),
    (
      "{{a|money:2}}",
      "t.mustache:1:5: error: formatter 'money' with the argument '2'; expected 'money' or 'money:,'"
    ),
    (
      "{{a|limit}}",
      "t.mustache:1:5: error: formatter 'limit' without argument; expected how many characters, as in 'limit:4'"
    ),
    (
      "{{a|last:0}}",
      "t.mustache:1:5: error: formatter 'last' with the argument '0'; expected how many characters, as in 'last:4'"
    ),
    (
      "{{a|default}}",
      "t.mustache:1:5: error: formatter 'default' without argument; expected the text to use, as in 'default:客户'"
    ),
    (
      "{{a|mask:3}}",
      "t.mustache:1:5: error: formatter 'mask' with the argument '3'; expected how many characters to show at both "
        + "ends, as in 'mask:3,4'"
    ),
    ("{{a|upper:1}}", "t.mustache:1:5: error: formatter 'upper' with the argument '1'; expected 'upper' alone"),
    (
      "{{a|date:YYYY-MM}}",
      "t.mustache:1:5: error: unknown date letters 'YYYY'; expected yyyy, yy, M, MM, d, dd, H, HH, m, mm, s, ss, "
        + "E (周三) or EEEE (星期三), as in 'date:M月d日'"
    ),
    (
      "{{a|date:}}",
      "t.mustache:1:5: error: empty date pattern; expected yyyy, yy, M, MM, d, dd, H, HH, m, mm, s, ss, "
        + "E (周三) or EEEE (星期三), as in 'date:M月d日'"
    ),
  ]) func `a broken template is told with its place`(template: String, message: String) {
    #expect(fault { _ = try compile(template) } == message)
  }

  @Test func `a fault in a partial is told in the partial's file`() {
    let message = fault { _ = try compile("{{>p}}", partials: ["p": "a\n{{#x}}"]) }
    #expect(message == "p.mustache:2:1: error: unclosed section 'x'; expected '{{/x}}' before the end of the file")
  }

  @Test func `bytes that are not UTF-8 are told with their place`() {
    let bytes = Array("你好\n您".utf8) + [0xFF]
    #expect(
      fault { _ = try Template.compile(bytes, file: "g.mustache") }
        == "g.mustache:2:2: error: bytes that are not UTF-8; expected a template in UTF-8\n  Save the template as UTF-8."
    )
  }

  @Test func `a column counts characters, not bytes`() {
    #expect(fault { _ = try compile("👨‍👩‍👧é{{/a}}") }.hasPrefix("t.mustache:1:3: "))
  }

  @Test func `sections are bounded`() throws {
    let open = (1...64).map { "{{#s\($0)}}" }.joined()
    let close = (1...64).reversed().map { "{{/s\($0)}}" }.joined()
    _ = try compile(open + close)
    #expect(
      fault { _ = try compile("{{#s}}" + open + close + "{{/s}}") }
        .hasSuffix("sections within each other more than 64 deep; expected at most 64"))
  }

  @Test func `a template's size is bounded`() {
    let large = [UInt8](repeating: 0x20, count: Limits.templateBytes + 1)
    #expect(
      fault { _ = try Template.compile(large, file: "t") }
        == "t: error: a template of 262145 bytes; expected at most 262144")
  }

  @Test func `many tags on one long line are read in one pass`() throws {
    let template = String(repeating: "汉{{a}}", count: 30_000)
    #expect(try render(template, ["a": "b"]) == String(repeating: "汉b", count: 30_000))
  }

  @Test func `names may hold blanks inside, and signs after an ampersand`() throws {
    #expect(try render("{{ First Name }}{{& #号 }}", ["First Name": "Li", "#号": "7"]) == "Li7")
  }
}
