/// A text as it may stand on a terminal: what would steer it, forge a line or turn the direction of writing becomes an
/// escape, which is one inside a JSON string as well. Everything else stays.
///
/// Such are control characters (C0, DEL, C1), format characters (bidirectional controls among them) but for the joiners
/// that languages and emoji need, and the separators of lines and paragraphs. A tab stays.
/// - Parameter keepsLines: line feeds stay as well.
public func harmless(_ text: String, keepsLines: Bool = false) -> String {
  guard text.unicodeScalars.contains(where: { actsUnseen($0, keepsLines) }) else { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    if actsUnseen(scalar, keepsLines) {
      for unit in UTF16.encode(scalar) ?? UTF16.EncodedScalar() {
        let digits = String(unit, radix: 16, uppercase: true)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

private func actsUnseen(_ scalar: Unicode.Scalar, _ keepsLines: Bool) -> Bool {
  switch scalar.value {
  case 0x20..<0x7F, 0x09, 0x200C, 0x200D: return false
  case 0x0A: return !keepsLines
  case 0x00...0x1F, 0x7F...0x9F: return true
  // Most of what is written here, without a look at the tables.
  case 0x4E00...0x9FFF: return false
  default: break
  }
  return switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator: true
  default: false
  }
}
