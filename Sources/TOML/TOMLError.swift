public import Platform

/// A file that is not a TOML document.
public struct TOMLError: Explained, Equatable {
  /// What is wrong.
  public enum Code: Sendable, Equatable {
    /// The system refused to open or read the file.
    case unreadable
    /// More than `Limits.configurationBytes`.
    case tooLong
    /// A dotted key with more than `Limits.tomlKeyParts` parts.
    case tooDeep
    /// The text breaks TOML's rules.
    case syntax
  }
  public var code: Code
  public var diagnostic: Diagnostic

  init(_ code: Code, at place: Place, words: String) {
    self.code = code
    switch code {
    case .syntax: diagnostic = syntaxDiagnostic(words, at: place)
    case .tooDeep:
      diagnostic = Diagnostic(
        "a key of more than \(Limits.tomlKeyParts) parts", at: place, expected: "fewer dots between names")
    case .tooLong, .unreadable:
      diagnostic = Diagnostic(words, at: place, expected: "at most \(Limits.configurationBytes) bytes")
    }
  }

  init(file error: FileError, at place: Place) {
    code = .unreadable
    diagnostic = error.diagnostic
    diagnostic.place = place
  }
}

/// toml++'s words without what they quote of values: a value may be a secret.
private func syntaxDiagnostic(_ words: String, at place: Place) -> Diagnostic {
  let prefix = "Error while parsing "
  let fault = words.hasPrefix(prefix) ? String(words.dropFirst(prefix.count)) : words
  if fault.contains("could not determine value type") {
    return Diagnostic(
      "not TOML: a value without quotes", at: place, expected: "text in quotes, a number, true or false")
  }
  if fault.contains("is not representable") || fault.contains("could not be interpreted") {
    return Diagnostic(
      "not TOML: a number that does not fit 64 bits", at: place, expected: "a smaller number, or text in quotes")
  }
  if fault.contains("unknown escape sequence") {
    return Diagnostic(
      "not TOML: an unknown escape sequence", at: place, expected: #"\\ for a backslash, \" for a quotation mark"#)
  }
  let namesOnlyKeys = fault.contains("cannot redefine") || fault.hasPrefix("table header") || fault.contains("'=', saw")
  let shown =
    namesOnlyKeys ? fault : String(fault.prefix(upTo: fault.firstRange(of: ", saw ")?.lowerBound ?? fault.endIndex))
  return Diagnostic("not TOML: \(shown)", at: place)
}
