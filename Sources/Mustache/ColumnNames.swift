import Platform

/// The columns of a table, found by the names in a template.
struct ColumnNames {
  private let columns: [String]
  private let lowered: [String]

  init(_ columns: [String]) {
    self.columns = columns.map(\.trimmed)
    lowered = self.columns.map(Self.lower)
  }

  /// The column that `name` means: the whole name as it is; else whatever the case of its ASCII letters; else, for XML,
  /// with `/` for its dots.
  func find(_ name: String, at place: Place) throws(TemplateError) -> Int {
    if let column = try unique(columns, name, name, at: place) { return column }
    if let column = try unique(lowered, Self.lower(name), name, at: place) { return column }
    let path = String(name.map { $0 == "." ? "/" : $0 })
    if path != name, let column = try unique(columns, path, name, at: place) { return column }
    throw unknown(name, at: place)
  }

  private func unique(
    _ columns: [String], _ wanted: String, _ name: String, at place: Place
  ) throws(TemplateError) -> Int? {
    let found = columns.indices.filter { columns[$0] == wanted }
    guard found.count > 1 else { return found.first }
    let numbers = found.map { String($0 + 1) }.joined(separator: ", ")
    throw TemplateError(
      .unknownColumn, "'\(shown(name))' may mean more than one column (\(numbers))", at: place,
      expected: "a name that only one column has", next: "Rename the columns in the file.")
  }

  private func unknown(_ name: String, at place: Place) -> TemplateError {
    let near = nearest(to: name, among: columns.filter { shown($0) == $0 && !$0.isEmpty })
    let hint = near.map { "; did you mean '\($0)'?" } ?? ""
    let most = 20
    let more = columns.count > most ? " and \(columns.count - most) more" : ""
    return TemplateError(
      .unknownColumn, "no column '\(shown(name))'\(hint)", at: place,
      expected: "one of " + columns.prefix(most).map(shown).joined(separator: ", ") + more,
      next: name.contains("｜") ? "Write '|' instead of '｜' before a formatter." : nil)
  }

  private static func lower(_ text: String) -> String {
    Array(text.utf8).map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }.text
  }
}
