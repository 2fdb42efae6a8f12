import Platform

/// Whether a reply opts out: whether it is one of the words of `[suppression] keywords` and nothing else.
///
/// Compared without blanks around, full-width letters as half-width ones, capital letters as small ones, and without
/// punctuation and quotation marks around: `ｔｄ。` and `"TD"` are TD. `T恤` or `不要退订` are not: the whole text counts.
public struct OptOutWords: Sendable {
  private let exact: Set<String>
  private let bare: Set<String>

  public init(_ keywords: [String]) {
    exact = Set(keywords.map(OptOutWords.folded).filter { !$0.isEmpty })
    bare = Set(exact.map(OptOutWords.bared).filter { !$0.isEmpty })
  }

  /// Whether a reply's text is one of the words, by the rule above.
  public func match(_ text: String) -> Bool {
    // No keyword is as long; a novel need not be folded.
    guard text.utf8.count <= Limits.optOutTextBytes else { return false }
    let folded = OptOutWords.folded(text)
    return exact.contains(folded) || bare.contains(OptOutWords.bared(folded))
  }

  private static func folded(_ text: String) -> String {
    var half = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      // Full-width forms stand in the order of ASCII.
      case 0xFF01...0xFF5E: half.append(Unicode.Scalar(UInt8(scalar.value - 0xFF01 + 0x21)))
      case 0x3000: half.append(" ")
      default: half.append(scalar)
      }
    }
    return trimmed(String(half)) { isBlank($0) }.lowercased()
  }

  private static func bared(_ folded: String) -> String {
    trimmed(folded) { isBlank($0) || punctuation.contains($0) }
  }

  private static func trimmed(_ text: String, _ drops: (Unicode.Scalar) -> Bool) -> String {
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !drops($0) }), let last = scalars.lastIndex(where: { !drops($0) })
    else { return "" }
    return String(scalars[first...last])
  }

  /// Blanks of all kinds, control characters, and marks that have no width.
  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || scalar.value < 0x20 || [0x200B, 0x200C, 0x200D, 0xFEFF].contains(scalar.value)
  }

  private static let punctuation = Set(".,!?;:~'\"()[]<>。，、！？；：～…·“”‘’「」『』【】《》".unicodeScalars)
}
