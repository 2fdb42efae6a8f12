import JSON
import Mustache
import Platform
import Testing

/// How files are taken: byte order marks and line feeds at the end.
@Suite struct TemplateTests {
  @Test(arguments: [
    ("a\n", "a"), ("a\n\n", "a\n"), ("a\r\n", "a"), ("a", "a"), ("\n", ""), ("", ""), ("\u{FEFF}a\n", "a"),
    ("a{{x}}\n", "a"),
  ]) func `a file loses one line feed at its end, and its byte order mark`(template: String, text: String) throws {
    #expect(try render(template, reading: .file) == text)
    #expect(try render(template, reading: .exact) == template.replacing("{{x}}", with: ""))
  }

  @Test func `a partial's last line feed is kept on a line of its own and dropped inside a line`() throws {
    #expect(try render("您好{{>n}}！\n{{>n}}\n完\n", reading: .file, partials: ["n": "客户\n"]) == "您好客户！\n客户\n完")
    #expect(try render("[{{>n}}]", reading: .exact, partials: ["n": "a\n"]) == "[a\n]")
  }

  @Test func `a message does not end with a partial's last line feed`() throws {
    #expect(try merge("您好\n{{>n}}\n", [:], partials: ["n": "再见\n"]).1 == "您好\n再见")
    #expect(try merge("{{<n}}{{$x}}好{{/x}}{{/n}}\n", [:], partials: ["n": "您{{$x}}{{/x}}\n"]).1 == "您好")
  }

  @Test func `a missing partial is nothing where the specification rules`() throws {
    #expect(try render("[{{>nowhere}}]") == "[]")
  }
}

extension String {
  fileprivate func replacing(_ part: String, with other: String) -> String {
    split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
  }
}
