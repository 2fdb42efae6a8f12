import JSON
import Mustache
import Platform
import TestSupport
import Testing

/// The published specification's own tests (github.com/mustache/spec), all but lambdas, in both modes.
@Suite struct SpecificationTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let module: String
    let name: String
    let template: String
    let data: JSON
    let partials: [String: String]
    let html: String
    let plain: String
    var testDescription: String { "\(module): \(name)" }
  }

  static let cases: [Case] = load()

  private static func load() -> [Case] {
    guard let path = shared("corpora/mustache/all_html_and_plain.json"),
      let bytes = try? Files.read(path, limit: 1 << 24), let tests = try? JSON(parsing: bytes)["tests"]?.elements
    else {
      print("no corpus of the Mustache specification beside the checkout: its tests are left out")
      return []
    }
    return tests.compactMap { test in
      guard let module = test["module"]?.text, module != "~lambdas", let name = test["name"]?.text,
        let template = test["template"]?.text, let html = test["expected_html"]?.text,
        let plain = test["expected_plain"]?.text
      else { return nil }
      var partials: [String: String] = [:]
      if case .object(let members)? = test["partials"] {
        for member in members { partials[member.name] = member.value.text }
      }
      return Case(
        module: module, name: name, template: template, data: test["data"] ?? .null, partials: partials, html: html,
        plain: plain)
    }
  }

  @Test(arguments: cases) func `a test of the specification gives its text`(test: Case) throws {
    #expect(try render(test.template, test.data, html: true, partials: test.partials) == test.html)
    #expect(try render(test.template, test.data, html: false, partials: test.partials) == test.plain)
  }

  @Test func `the whole corpus is read`() {
    #expect(Self.cases.isEmpty || Self.cases.count == 184)
  }
}
