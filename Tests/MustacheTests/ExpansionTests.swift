import JSON
import Mustache
import Platform
import Testing

/// Partials, parents, blocks and their indentation, beside the specification's own tests; each in both ways of merging.
@Suite struct ExpansionTests {
  @Test(arguments: [
    ("a partial inside a line", "[{{>p}}]", ["p": "{{a}}"], "[1]"),
    ("a partial on its own line is indented", "x\n  {{>p}}\ny", ["p": "1\n 2\n"], "x\n  1\n   2\ny"),
    ("indentation adds up", " {{>p}}\n", ["p": "a\n {{>q}}\n", "q": "b\nc\n"], " a\n  b\n  c\n"),
    ("an inline partial in an indented one is left alone", " {{>p}}\n", ["p": "a{{>q}}\n", "q": "b\nc"], " ab\nc\n"),
    ("an empty line is indented too", "  {{>p}}\n", ["p": "a\n\nb\n"], "  a\n  \n  b\n"),
    ("a parent without blocks is a partial", "{{<p}}{{/p}}", ["p": "{{$x}}d{{/x}}"], "d"),
    ("a block is replaced", "{{<p}}{{$x}}n{{a}}{{/x}}{{/p}}", ["p": "<{{$x}}d{{/x}}>"], "<n1>"),
    ("text in a parent is no content", "{{<p}}lost{{a}}{{$x}}n{{/x}}lost{{/p}}", ["p": "{{$x}}{{/x}}"], "n"),
    (
      "the outermost child wins", "{{<p}}{{$x}}1{{/x}}{{/p}}",
      ["p": "{{<q}}{{$x}}2{{/x}}{{/q}}", "q": "{{$x}}3{{/x}}"], "1"
    ),
    (
      "a block within its own replacement is the default", "{{<p}}{{$x}}a{{$x}}b{{/x}}{{/x}}{{/p}}",
      ["p": "{{$x}}{{/x}}"], "ab"
    ),
    ("blocks pass through partials", "{{<p}}{{$x}}n{{/x}}{{/p}}", ["p": "{{>q}}", "q": "{{$x}}d{{/x}}"], "n"),
    (
      "a replacement takes the place's indentation", "{{<p}}\n{{$x}}\n    1\n     2\n{{/x}}\n{{/p}}\n",
      ["p": "-\n  {{$x}}\n  {{/x}}\n-\n"], "-\n  1\n   2\n-\n"
    ),
    (
      "a replacement inside a line starts there", "{{<p}}{{$x}}\n  1\n  2{{/x}}{{/p}}", ["p": " {{$x}}d{{/x}}.\n"],
      " 1\n 2.\n"
    ),
    (
      "a short replacement of a block of lines", "{{<p}}{{$x}}1{{/x}}{{/p}}", ["p": "  {{$x}}\n  d\n  {{/x}}\n."],
      "  1."
    ),
    ("two opening tags share a line", "{{<p}} {{$x}}\n1\n{{/x}} {{/p}}\nend", ["p": "{{$x}}{{/x}}"], "1\nend"),
    ("a parent after text keeps the line's end", "x {{<p}}{{/p}}\nend", ["p": "y"], "x y\nend"),
    ("delimiters stay in their file", "{{=| |=}}|>p|", ["p": "{{a}}|a|"], "1|a|"),
  ]) func `partials and blocks stand where their tags stand`(
    _ name: String, template: String, partials: [String: String], text: String
  ) throws {
    #expect(try render(template, ["a": 1], partials: partials) == text, "\(name)")
    let (result, row) = try merge(template, ["a": "1"], reading: .exact, partials: partials)
    #expect(result == .merged && row == text, "\(name)")
  }

  @Test func `a dynamic parent takes blocks`() throws {
    let partials = ["one": "1{{$x}}d{{/x}}", "two": "2{{$x}}d{{/x}}"]
    #expect(try render("{{<*k}}{{$x}}n{{/x}}{{/*k}}", ["k": "two"], partials: partials) == "2n")
    #expect(try merge("{{< * k}}{{$x}}n{{/x}}{{/ *k }}", ["k": "one"], partials: partials).1 == "1n")
  }
}
