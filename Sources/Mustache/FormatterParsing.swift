import Platform

extension Formatter {
  /// Reads `name` or `name:argument`, without blanks around it.
  init(parsing text: String, at place: Place) throws(TemplateError) {
    let colon = text.firstIndex(of: ":")
    let name = String(text[..<(colon ?? text.endIndex)]).trimmed
    let argument = colon.map { String(text[text.index(after: $0)...]).trimmed }
    switch (name, argument) {
    case ("money", nil): self = .money(grouped: false)
    case ("money", ","): self = .money(grouped: true)
    case ("number", nil): self = .number(grouped: false)
    case ("number", ","): self = .number(grouped: true)
    case ("money", _), ("number", _):
      throw Formatter.wrong(name, argument, at: place, expected: "'\(name)' or '\(name):,'")
    case ("date", _): self = .date(try DatePattern(parsing: argument ?? "yyyy-MM-dd", at: place))
    case ("limit", _), ("last", _):
      guard let count = Formatter.count(argument), count > 0 else {
        throw Formatter.wrong(name, argument, at: place, expected: "how many characters, as in '\(name):4'")
      }
      self = name == "limit" ? .limit(count) : .last(count)
    case ("default", .some(let words)): self = .fallback(Array(words.utf8))
    case ("default", nil):
      throw Formatter.wrong(name, argument, at: place, expected: "the text to use, as in 'default:客户'")
    case ("mask", nil): self = .mask(first: 3, last: 4)
    case ("mask", .some(let words)):
      let counts = words.split(separator: ",", omittingEmptySubsequences: false).map {
        Formatter.count(String($0).trimmed)
      }
      guard counts.count == 2, let first = counts[0], let last = counts[1] else {
        throw Formatter.wrong(
          name, argument, at: place, expected: "how many characters to show at both ends, as in 'mask:3,4'")
      }
      self = .mask(first: first, last: last)
    case ("trim", nil): self = .trim
    case ("upper", nil): self = .upper
    case ("lower", nil): self = .lower
    case ("trim", _), ("upper", _), ("lower", _):
      throw Formatter.wrong(name, argument, at: place, expected: "'\(name)' alone")
    default: throw Formatter.unknown(name, at: place)
    }
  }

  private static func count(_ text: String?) -> Int? {
    guard let text, let value = Int(text), (0...10_000).contains(value), !text.hasPrefix("+") else { return nil }
    return value
  }

  private static func wrong(_ name: String, _ argument: String?, at place: Place, expected: String) -> TemplateError {
    let found =
      argument.map { "formatter '\(name)' with the argument '\(shown($0))'" }
      ?? "formatter '\(name)' without argument"
    return TemplateError(found, at: place, expected: expected)
  }

  private static func unknown(_ name: String, at place: Place) -> TemplateError {
    if name.isEmpty { return TemplateError("no formatter after '|'", at: place, expected: oneOf) }
    if name.contains("：") {
      return TemplateError(
        "unknown formatter '\(shown(name))'", at: place, expected: "an ASCII colon between formatter and argument",
        next: "Write ':' instead of '：'.")
    }
    guard let near = nearest(to: name.lowercased(), among: names) else {
      return TemplateError("unknown formatter '\(shown(name))'", at: place, expected: oneOf)
    }
    return TemplateError("unknown formatter '\(shown(name))'; did you mean '\(near)'?", at: place)
  }

  private static let oneOf = "one of " + names.joined(separator: ", ")
}
