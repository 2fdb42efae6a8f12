public import JSON
public import Platform

/// A Mustache template, compiled once with all its partials, merged many times.
///
/// The published specification (github.com/mustache/spec) with the optional inheritance and dynamic names, without
/// lambdas; on top, formatters after `|` (docs/templates.md).
public struct Template: Sendable {
  /// How a file's bytes are taken.
  public enum Reading: Sendable {
    /// As people save files: a byte order mark and the template's last line feed are dropped, and the last line feed of
    /// a partial whose tag stands inside a line.
    case file
    /// Every byte counts, as in the specification's tests.
    case exact
  }

  /// The template first, then the partials.
  let files: [ParsedFile]
  let partials: [String: Int]
  let reading: Reading

  /// Parses a template and every partial that it may need.
  ///
  /// - Parameters:
  ///   - source: UTF-8, at most `Limits.templateBytes`.
  ///   - file: the file's name for messages.
  /// - Throws: the first fault, with file, line and column.
  public static func compile(
    _ source: [UInt8], file: String, reading: Reading = .file, partials: Partials = .none
  ) throws(TemplateError) -> Template {
    var compiler = Compiler(partials: partials, reading: reading)
    try compiler.add(TemplateSource(file: file, bytes: source), isTemplate: true)
    try compiler.addPartials()
    return Template(files: compiler.files, partials: compiler.numbers, reading: reading)
  }

  /// Merges over a JSON value and appends the text.
  ///
  /// - Parameters:
  ///   - html: escapes `& < > " '` in values, except in `{{{x}}}` and `{{&x}}`.
  ///   - strict: a variable, partial or dynamic name without value is a fault instead of nothing.
  /// - Throws: what is missing, cannot be formatted, or goes beyond a bound; `buffer` is then as before.
  public func render(
    data: JSON, html: Bool = false, strict: Bool = false, into buffer: inout ByteBuffer
  ) throws(MergeFault) {
    var renderer = Renderer(template: self, data: data, html: html, strict: strict)
    try renderer.run(files[0].nodes, Surroundings())
    buffer.append(renderer.out.span)
  }

  /// The files that were read: the template, then its partials.
  public var paths: [String] { files.map(\.path) }

  func place(_ spot: Spot) -> Place { Place(file: files[spot.file].path, line: spot.line, column: spot.column) }
}

/// Parses files until no partial is left that one of them names.
private struct Compiler {
  let partials: Partials
  let reading: Template.Reading
  var files: [ParsedFile] = []
  var numbers: [String: Int] = [:]
  private var wanted: [String] = []
  private var asked: Set<String> = []
  private var wantsAll = false
  private var namesAsked = false

  init(partials: Partials, reading: Template.Reading) {
    self.partials = partials
    self.reading = reading
  }

  mutating func add(_ source: TemplateSource, isTemplate: Bool) throws(TemplateError) {
    guard source.bytes.count <= Limits.templateBytes else {
      throw TemplateError(
        .bound, "a template of \(source.bytes.count) bytes", at: Place(file: source.file),
        expected: "at most \(Limits.templateBytes)")
    }
    guard files.count < Limits.templateFiles else {
      throw TemplateError(
        .bound, "more than \(Limits.templateFiles) partials", at: Place(file: source.file),
        expected: "at most \(Limits.templateFiles) files for one template")
    }
    var bytes = source.bytes
    if reading == .file {
      if bytes.has([0xEF, 0xBB, 0xBF], at: 0) { bytes.removeFirst(3) }
      if isTemplate, bytes.last == 0x0A {
        bytes.removeLast(bytes.has([0x0D, 0x0A], at: bytes.count - 2) ? 2 : 1)
      }
    }
    var parser = Parser(bytes, file: files.count, path: source.file, keepsLineEnd: reading == .exact)
    let file = try parser.parse()
    files.append(file)
    note(file.nodes)
  }

  mutating func addPartials() throws(TemplateError) {
    // Each name is asked for once and files are bounded, so this ends.
    while true {
      if wantsAll, !namesAsked {
        namesAsked = true
        for name in partials.names() { want(name) }
      }
      guard let name = wanted.popLast() else { return }
      guard let source = try partials.load(name) else { continue }
      numbers[name] = files.count
      try add(source, isTemplate: false)
    }
  }

  private mutating func want(_ name: String) {
    if asked.insert(name).inserted { wanted.append(name) }
  }

  private mutating func note(_ nodes: [Node]) {
    for node in nodes {
      switch node {
      case .section(let section): note(section.children)
      case .block(let block): note(block.children)
      case .inclusion(let inclusion):
        switch inclusion.target {
        case .named(let name): want(name)
        case .dynamic: wantsAll = true
        }
        for block in inclusion.overrides.values { note(block.children) }
      case .line, .text, .finalLineFeed, .variable: continue
      }
    }
  }
}
