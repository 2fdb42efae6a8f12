import Platform
import Testing

@Suite struct HarmlessTests {
  @Test(
    arguments: [
      ("短信 café 👨‍👩‍👧 \t.", "短信 café 👨‍👩‍👧 \t."), ("\u{1B}[31mred", "\\u001B[31mred"),
      ("a\u{7}\u{7F}\r\0", "a\\u0007\\u007F\\u000D\\u0000"),
      ("\u{9B}2J\u{85}", "\\u009B2J\\u0085"), ("\u{202E}x\u{2066}\u{200F}", "\\u202Ex\\u2066\\u200F"),
      ("\u{2028}\u{2029}\u{FEFF}\u{AD}", "\\u2028\\u2029\\uFEFF\\u00AD"), ("\u{E0041}", "\\uDB40\\uDC41"),
      ("a\nb", "a\\u000Ab"), ("", ""),
    ] as [(String, String)])
  func `what steers a terminal becomes an escape of JSON's`(_ text: String, _ shown: String) {
    #expect(harmless(text) == shown)
    #expect(harmless(harmless(text)) == shown)
  }

  @Test func `lines stay where they are meant`() {
    #expect(harmless("a\n\u{1B}b\n", keepsLines: true) == "a\n\\u001Bb\n")
  }

  @Test func `no part of a diagnostic forges a line`() {
    let evil = "x\nqunfa: error: forged"
    let told = Diagnostic(evil, at: Place(file: evil, line: 1), expected: evil, next: evil)
    #expect(told.description.split(separator: "\n").filter { $0.hasPrefix("qunfa:") }.isEmpty)
  }
}
