import Testing

@testable import Reconciliation

@Suite struct MarkupTests {
  static let hostile: [(data: String, shown: String)] = [
    ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ("a\"b'c", "a&quot;b&#39;c"), ("A&B &amp;", "A&amp;B &amp;amp;"),
    ("</title><!--", "&lt;/title&gt;&lt;!--"), ("]]>", "]]&gt;"),
    ("a\u{0}b\u{7}c\u{1B}[0m", "a⟨U+0000⟩b⟨U+0007⟩c⟨U+001B⟩[0m"), ("a\r\nb\tc", "a⟨U+000D⟩⟨U+000A⟩b⟨U+0009⟩c"),
    ("\u{202E}live\u{202C}", "⟨U+202E⟩live⟨U+202C⟩"), ("\u{2066}x\u{2069}\u{200F}", "⟨U+2066⟩x⟨U+2069⟩⟨U+200F⟩"),
    ("a\u{200B}b\u{FEFF}", "a⟨U+200B⟩b⟨U+FEFF⟩"), ("a\u{2028}b", "a⟨U+2028⟩b"), ("\u{85}", "⟨U+0085⟩"),
    ("双十一 été 🎉", "双十一 été 🎉"),
  ]

  @Test(arguments: hostile)
  func `data becomes harmless text`(_ sample: (data: String, shown: String)) {
    let markup: Markup = "<b title=\"\(sample.data)\">\(sample.data)</b>"
    #expect(markup.source == "<b title=\"\(sample.shown)\">\(sample.shown)</b>")
  }

  @Test func `a long name is cut`() {
    let shown = Markup.plain(String(repeating: "长", count: 5000))
    #expect(shown == String(repeating: "长", count: 200) + "…")
  }

  @Test(arguments: [
    ("DELIVRD", "DELIVRD"), ("MK:1008", "MK:1008"), ("13800138000", "138…"), ("x+8613800138000;", "x+861…;"),
    ("1234567890", "1234567890"), ("12345678901 and 22345678901", "123… and 223…"),
  ])
  func `a word of a gateway shows no phone number`(_ word: String, _ shown: String) {
    #expect(Markup.withoutNumbers(word) == shown)
  }

  @Test(arguments: [
    (0, 0, "–"), (5, 0, "–"), (0, 7, "0%"), (7, 7, "100%"), (1, 2, "50.0%"), (1, 3, "33.3%"), (2, 3, "66.7%"),
    (1, 1_000_000, "<0.1%"), (999_999, 1_000_000, ">99.9%"), (9994, 10_000, "99.9%"), (9995, 10_000, ">99.9%"),
    (1, 2000, "0.1%"), (3, 2, "150.0%"), (12_345_678, 12_345_679, ">99.9%"),
  ])
  func `a share never rounds to all or nothing`(_ part: Int, _ whole: Int, _ text: String) {
    #expect(percent(part, of: whole) == text)
  }

  @Test(arguments: [
    ("0", "0"), ("999", "999"), ("1000", "1,000"), ("12345678", "12,345,678"), ("1234567.8901", "1,234,567.8901"),
    ("-1234.50", "−1,234.50"), ("0.035", "0.035"),
  ])
  func `digits stand in groups`(_ digits: String, _ text: String) { #expect(grouped(digits) == text) }

  @Test(arguments: [
    (0, "0 s"), (59, "59 s"), (60, "1 min"), (185, "3 min 5 s"), (3600, "1 h"), (7500, "2 h 5 min"), (86_400, "1 d"),
    (97_200, "1 d 3 h"), (259_200, "3 d"),
  ])
  func `times are for people`(_ seconds: Int, _ text: String) { #expect(duration(seconds) == text) }

  @Test(arguments: [
    (0.0, "0.00"), (99.999, "100.00"), (-0.5, "-0.50"), (12.345, "12.35"), (.nan, "0"), (.infinity, "0"),
  ])
  func `coordinates are always numbers`(_ value: Double, _ text: String) { #expect(hundredths(value) == text) }
}
