import Platform

extension Template {
  /// Fits the template to a table: names become column numbers, partials are put in place, texts are joined.
  ///
  /// - Parameters:
  ///   - columns: the table's header.
  ///   - missing: what a variable without value does to its row.
  /// - Throws: `unknownColumn` for a name that is no column; `template` for a partial that does not exist, or `.`
  ///   outside
  ///   of a section; `bound` for partials that include themselves.
  public func bind(columns: [String], missing: MissingValue = .reject) throws(TemplateError) -> RowTemplate {
    var binder = Binder(template: self, columns: ColumnNames(columns), missing: missing)
    var around = Surroundings()
    // A partial that ends the template ends the message: its file's last line feed is no part of it.
    around.dropsFinalLineFeed = reading == .file
    let nodes = files[0].nodes
    try binder.run(Array(nodes.dropLast()), Surroundings())
    try binder.run(nodes.suffix(1), around)
    return binder.finish()
  }
}

/// Turns a template into the flat program of a `RowTemplate`.
struct Binder: Expansion {
  let template: Template
  var walk = Walk()

  private let columns: ColumnNames
  private let missing: MissingValue
  private var program = RowProgram()
  /// Before this operation something jumps; a text must not grow over it.
  private var target = 0
  /// The columns of the sections that are open, innermost last.
  private var open: [Int] = []
  /// The files that dynamic names have put in place around here.
  private var chosen: [Int] = []

  init(template: Template, columns: ColumnNames, missing: MissingValue) {
    self.template = template
    self.columns = columns
    self.missing = missing
  }

  func finish() -> RowTemplate { RowTemplate(program, missing: missing) }

  mutating func put(_ text: [UInt8]) throws(TemplateError) {
    let start = program.text.count
    for (index, byte) in text.enumerated() {
      // In a message a line ends with LF, however the template's file was saved.
      if byte == 0x0D, index + 1 < text.count, text[index + 1] == 0x0A { continue }
      program.text.append(byte)
    }
    guard program.text.count <= Limits.boundTextBytes else {
      throw beyondBound("a template with too much text", "at most \(Limits.boundTextBytes) bytes, partials included")
    }
    let end = program.text.count
    guard end > start else { return }
    if program.steps.count > target, let last = program.steps.last, last.kind == .text {
      program.steps[program.steps.count - 1].second = Int32(end)
    } else {
      program.steps.append(RowStep(.text, first: start, second: end))
    }
  }

  mutating func put(_ variable: Variable) throws(TemplateError) {
    let column = try column(variable.name, variable.spot)
    guard !variable.formatters.isEmpty else {
      program.steps.append(RowStep(.field, column: column))
      return
    }
    let first = program.formatters.count
    program.formatters += variable.formatters
    program.steps.append(RowStep(.formatted, column: column, first: first, second: program.formatters.count))
  }

  mutating func enter(_ section: Section, _ around: Surroundings) throws(TemplateError) {
    let column = try column(section.name, section.spot)
    let at = program.steps.count
    program.steps.append(RowStep(section.inverted ? .unlessBlank : .ifBlank, column: column))
    if !section.inverted { open.append(column) }
    target = program.steps.count
    try run(section.children, around)
    if !section.inverted { open.removeLast() }
    target = program.steps.count
    program.steps[at].first = Int32(target)
  }

  /// Puts all partials that the name may mean behind each other, with a choice before them.
  mutating func include(
    dynamic name: Name, _ inclusion: Inclusion, _ around: Surroundings
  ) throws(TemplateError) {
    let column = try column(name, inclusion.spot)
    let at = program.steps.count
    program.steps.append(RowStep(.choice, column: column))
    var choices: [RowChoice] = []
    var exits: [Int] = []
    for (partial, file) in template.partials.sorted(by: { $0.value < $1.value }) {
      let start = program.steps.count
      target = start
      let fits = try attempt(file, inclusion, around)
      choices.append(RowChoice(name: Array(partial.utf8), step: fits ? start : nil))
      guard fits else { continue }
      exits.append(program.steps.count)
      program.steps.append(RowStep(.jump))
    }
    target = program.steps.count
    for exit in exits { program.steps[exit].first = Int32(target) }
    program.choices.append(choices)
    program.steps[at].first = Int32(program.choices.count - 1)
    program.steps[at].second = Int32(target)
  }

  /// False when the partial does not fit this table, or would include itself: then no row may choose it.
  private mutating func attempt(
    _ file: Int, _ inclusion: Inclusion, _ around: Surroundings
  ) throws(TemplateError) -> Bool {
    if chosen.contains(file) { return false }
    let before = self
    chosen.append(file)
    do throws(TemplateError) {
      try include(file: file, inclusion, around)
      chosen.removeLast()
      return true
    } catch {
      let steps = walk.steps
      if steps > Limits.templateSteps { throw error }
      self = before
      walk.steps = steps
      return false
    }
  }

  func noPartial(_ name: String, at spot: Spot) throws(TemplateError) {
    throw TemplateError(
      "no partial '\(shown(name))'", at: template.place(spot),
      expected: "a file \(shown(name)).mustache beside the template")
  }

  func beyondBound(_ found: String, _ expected: String) -> TemplateError {
    TemplateError(.bound, found, at: template.place(walk.spot), expected: expected)
  }

  private mutating func column(_ name: Name, _ spot: Spot) throws(TemplateError) -> Int {
    if name.isDot {
      guard let column = open.last else {
        throw TemplateError(
          "'.' outside of a section", at: template.place(spot), expected: "a column's name, or '.' within a section")
      }
      return column
    }
    let column = try columns.find(name.text, at: template.place(spot))
    program.columns.insert(column)
    return column
  }
}
