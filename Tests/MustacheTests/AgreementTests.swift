import JSON
import Mustache
import Platform
import TestSupport
import Testing

/// Both ways of merging, over many random templates.
@Suite struct AgreementTests {
  private static let partials = [
    "p": "[{{a}}]\n {{$x}}d{{/x}}\n", "q": "{{>p}}{{$y}}\n  {{b}}\n{{/y}}.", "r": "  {{$x}}\n  1\n    2\n  {{/x}}\n",
  ]

  /// A well-formed template of nested tags and scraps of text.
  private func grow(_ random: inout SeededGenerator, depth: Int) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      let inner = depth > 0 ? grow(&random, depth: depth - 1) : "汉"
      let choice = Int.random(in: 0...13, using: &random)
      let parts = [
        "x", "\n", "  ", "\t\n", "{{a}}", "{{b|default:n}}", "{{>p}}", "{{>q}}", "{{#a}}\(inner){{/a}}",
        "{{^b}}\(inner){{/b}}", "{{$x}}\(inner){{/x}}", "{{<r}}{{$x}}\(inner){{/x}}{{/r}}",
        "{{<q}}\n{{$y}}\(inner){{/y}}\n{{/q}}\n", "{{! c }}",
      ]
      text += parts[choice]
    }
    return text
  }

  @Test func `rows and JSON values give the same text`() throws {
    var random = SeededGenerator(seed: 7)
    var merged = 0
    for _ in 0..<3000 {
      let template = grow(&random, depth: 4)
      let general = try render(template, ["a": "1", "b": ""], partials: Self.partials)
      let (result, row) = try merge(
        template, ["a": "1", "b": ""], missing: .empty, reading: .exact, partials: Self.partials)
      #expect(result == .merged)
      #expect(row == general, "\(template.debugDescription)")
      merged += row.isEmpty ? 0 : 1
    }
    #expect(merged > 1000)
  }

  @Test func `broken templates are errors, never crashes`() {
    var random = SeededGenerator(seed: 8)
    let scraps = [
      "{{", "}}", "{", "}", "#", "^", "/", ">", "<", "$", "!", "=", "&", "*", "|", "a", "b", " ", "\n", "\r\n", "汉",
      "money",
      ":", "{{#a}}", "{{/a}}", "{{=| |=}}", "{{=<% %>=}}", "<%", "%>", "{{>p}}", "{{<r}}", "{{/r}}", "{{{", "}}}", ".",
    ]
    var bad = 0
    for _ in 0..<20_000 {
      let template = (0..<Int.random(in: 0...10, using: &random)).map { _ in
        scraps[Int.random(in: 0..<scraps.count, using: &random)]
      }.joined()
      let message = fault { _ = try merge(template, ["a": "1", "b": ""], partials: Self.partials) }
      let place = message.hasPrefix("t.mustache:") || message == "no error"
      #expect(place, "\(template.debugDescription): \(message)")
      bad += message == "no error" ? 0 : 1
    }
    #expect(bad > 1000 && bad < 20_000)
  }
}
