public import Platform

/// Why a template cannot be used. `kind` decides what a caller does, `diagnostic` is for people.
public struct TemplateError: Explained, Equatable {
  /// What is wrong.
  public enum Kind: Sendable, Equatable {
    /// A broken tag, an unknown formatter, bytes that are not UTF-8, a partial that does not exist or cannot be read.
    case template
    /// A name that is no column of the table the template is bound to: the table does not fit the template.
    case unknownColumn
    /// A bound of `Limits` was reached.
    case bound
  }

  public let kind: Kind
  public let diagnostic: Diagnostic

  init(_ kind: Kind, _ found: String, at place: Place, expected: String? = nil, next: String? = nil) {
    self.kind = kind
    diagnostic = Diagnostic(found, at: place, expected: expected, next: next)
  }

  /// A fault of the template itself.
  init(_ found: String, at place: Place, expected: String? = nil, next: String? = nil) {
    self.init(.template, found, at: place, expected: expected, next: next)
  }
}

/// Why one merge over JSON values stopped. Never quotes a value.
public struct MergeFault: Explained, Equatable {
  /// What is wrong.
  public enum Kind: Sendable, Equatable {
    /// Strict merging met a name, or a partial, that is not there or has no value.
    case missing(name: String)
    /// A formatter was given a value that it cannot read.
    case badValue(name: String, formatter: String)
    /// Deeper than `Limits.templateDepth`, longer than `Limits.mergedBytes`, or more than `Limits.templateSteps`.
    case bound
  }

  public let kind: Kind
  public let diagnostic: Diagnostic

  init(_ kind: Kind, _ found: String, at place: Place, expected: String? = nil, next: String? = nil) {
    self.kind = kind
    diagnostic = Diagnostic(found, at: place, expected: expected, next: next)
  }
}

/// A name as it may stand in a message: on one line, not endless, and not when it may be a phone number (a table
/// without a header has its first contact as column names).
func shown(_ name: String) -> String {
  if name.utf8.count(where: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) >= 7 { return "…" }
  let line = name.map { $0.isNewline || $0 == "\t" ? " " : $0 }
  return line.count > 40 ? String(line.prefix(40)) + "…" : String(line)
}
