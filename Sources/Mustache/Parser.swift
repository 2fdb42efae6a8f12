import Platform

/// One parsed file.
struct ParsedFile: Sendable {
  let path: String
  let nodes: [Node]
}

/// Builds the tree of one file: scan, pair, apply the rules for lines, nest.
struct Parser {
  private let source: [UInt8]
  private let file: Int
  private let path: String
  private let keepsLineEnd: Bool
  private var lines: [Line] = []

  /// - Parameters:
  ///   - file: the number of the file in its template.
  ///   - keepsLineEnd: false marks the line end at the file's end, which is then left out of a line.
  init(_ source: [UInt8], file: Int, path: String, keepsLineEnd: Bool) {
    self.source = source
    self.file = file
    self.path = path
    self.keepsLineEnd = keepsLineEnd
  }

  mutating func parse() throws(TemplateError) -> ParsedFile {
    try checkEncoding()
    var scanner = Scanner(source, file: file, path: path)
    try scanner.scan()
    try pair(scanner.lines)
    var rules = LineRules(source: source, lines: lines)
    rules.apply()
    lines = rules.lines
    var nodes = try nest()
    if !keepsLineEnd, case .text(let last)? = nodes.last {
      let end = last.suffix(last.has(Array("\r\n".utf8), at: last.count - 2) ? 2 : 1)
      if end.last == 0x0A {
        nodes[nodes.count - 1] = .text(Array(last.dropLast(end.count)))
        nodes.append(.finalLineFeed(Array(end)))
      }
    }
    return ParsedFile(path: path, nodes: nodes)
  }

  private func checkEncoding() throws(TemplateError) {
    do {
      _ = try UTF8Span(validating: source.span)
    } catch {
      var cursor = Cursor(file: file)
      throw TemplateError(
        "bytes that are not UTF-8", at: place(cursor.spot(of: error.byteOffsets.lowerBound, in: source)),
        expected: "a template in UTF-8", next: "Save the template as UTF-8.")
    }
  }

  private func place(_ spot: Spot) -> Place { Place(file: path, line: spot.line, column: spot.column) }

  private func text(_ range: Range<Int>) -> String { Array(source[range]).text }
}

// MARK: - Pairing

extension Parser {
  /// Names the tags and finds each opening tag's closing one.
  private mutating func pair(_ tokens: [[Token]]) throws(TemplateError) {
    var open: [(line: Int, index: Int)] = []
    for (number, line) in tokens.enumerated() {
      lines.append(Line(pieces: []))
      for (index, token) in line.enumerated() {
        switch token {
        case .text(let range): lines[number].pieces.append(.text(range))
        case .tag(let tag):
          var placed = PlacedTag(tag: tag, name: try name(of: tag))
          if tag.kind == .close {
            placed.opener = try close(placed, open.popLast(), at: (number, index))
          } else if tag.kind.opens {
            guard open.count < Limits.templateDepth else { throw tooDeep(tag) }
            open.append((number, index))
          }
          lines[number].pieces.append(.tag(placed))
        }
      }
    }
    guard let last = open.last, let tag = lines[last.line].pieces[last.index].tag else { return }
    throw TemplateError(
      "unclosed \(Self.word(tag.tag.kind)) '\(shown(tag.name))'", at: place(tag.tag.spot),
      expected: "'\(Self.closing(tag))' before the end of the file")
  }

  /// Joins a closing tag with the tag that was opened last; returns that tag's kind.
  private mutating func close(
    _ tag: PlacedTag, _ opened: (line: Int, index: Int)?, at end: (line: Int, index: Int)
  ) throws(TemplateError) -> Tag.Kind {
    let found = "unexpected closing tag '\(Self.closing(tag))'"
    guard let opened, var opener = lines[opened.line].pieces[opened.index].tag else {
      throw TemplateError(found, at: place(tag.tag.spot), expected: "no closing tag, because nothing is open")
    }
    guard opener.name == tag.name else {
      let spot = opener.tag.spot
      throw TemplateError(
        found, at: place(tag.tag.spot),
        expected:
          "'\(Self.closing(opener))' for the \(Self.word(opener.tag.kind)) opened at \(spot.line):\(spot.column)")
    }
    opener.partner = end
    lines[opened.line].pieces[opened.index] = .tag(opener)
    return opener.tag.kind
  }

  private func tooDeep(_ tag: Tag) -> TemplateError {
    TemplateError(
      .bound, "sections within each other more than \(Limits.templateDepth) deep", at: place(tag.spot),
      expected: "at most \(Limits.templateDepth)")
  }

  private func name(of tag: Tag) throws(TemplateError) -> String {
    if tag.kind == .comment || tag.kind == .delimiters { return "" }
    let words = text(tag.content)
    guard !words.isEmpty else {
      throw TemplateError("empty tag", at: place(tag.spot), expected: "a name")
    }
    if case .variable = tag.kind { return words }
    guard !words.utf8.contains(UInt8(ascii: "|")) else {
      throw TemplateError(
        "formatter in a \(Self.word(tag.kind)) tag", at: place(tag.spot),
        expected: "formatters in variables only, as in {{name|limit:4}}")
    }
    return words.hasPrefix("*") ? "*" + String(words.dropFirst()).trimmed : words
  }

  private static func closing(_ tag: PlacedTag) -> String { "{{/\(shown(tag.name))}}" }

  private static func word(_ kind: Tag.Kind) -> String {
    switch kind {
    case .section: "section"
    case .inverted: "inverted section"
    case .parent: "parent"
    case .block: "block"
    case .partial: "partial"
    case .close: "closing"
    case .variable, .comment, .delimiters: "variable"
    }
  }
}

// MARK: - Nesting

extension Parser {
  private struct Open {
    var tag: PlacedTag?
    var nodes: [Node] = []
  }

  /// Turns the judged lines into a tree.
  private func nest() throws(TemplateError) -> [Node] {
    var open = [Open()]
    for line in lines {
      var atStart = line.starts
      for piece in line.pieces {
        switch piece {
        case .text(let range):
          append(range, atStart: atStart, to: &open[open.count - 1].nodes)
        case .tag(let tag):
          if atStart { open[open.count - 1].nodes.append(.line([])) }
          try append(tag, to: &open)
        }
        atStart = false
      }
    }
    return open[0].nodes
  }

  private func append(_ range: Range<Int>, atStart: Bool, to nodes: inout [Node]) {
    var rest = source[range]
    if atStart {
      let blanks = rest.prefix { $0 == 0x20 || $0 == 0x09 }
      nodes.append(.line(Array(blanks)))
      rest = rest.dropFirst(blanks.count)
    }
    guard !rest.isEmpty else { return }
    if case .text(let before)? = nodes.last {
      nodes[nodes.count - 1] = .text(before + rest)
    } else {
      nodes.append(.text(Array(rest)))
    }
  }

  private func append(_ placed: PlacedTag, to open: inout [Open]) throws(TemplateError) {
    let tag = placed.tag
    switch tag.kind {
    case .comment, .delimiters: break
    case .variable(let escapes):
      let node = try variable(tag, escapes: escapes)
      open[open.count - 1].nodes.append(.variable(node))
    case .partial:
      let inclusion = Inclusion(
        target: target(placed.name), indent: placed.standsAlone ? placed.indent : nil, overrides: [:], spot: tag.spot)
      open[open.count - 1].nodes.append(.inclusion(inclusion))
    case .section, .inverted, .parent, .block: open.append(Open(tag: placed))
    case .close:
      guard let closed = open.popLast(), let opener = closed.tag else { return }
      open[open.count - 1].nodes.append(node(opener, closed.nodes))
    }
  }

  private func target(_ name: String) -> Inclusion.Target {
    name.hasPrefix("*") ? .dynamic(Name(String(name.dropFirst()))) : .named(name)
  }

  private func node(_ opener: PlacedTag, _ children: [Node]) -> Node {
    let spot = opener.tag.spot
    let indent = opener.standsAlone ? opener.indent : nil
    switch opener.tag.kind {
    case .parent:
      var blocks: [String: Block] = [:]
      for case .block(let block) in children { blocks[block.name] = block }
      return .inclusion(Inclusion(target: target(opener.name), indent: indent, overrides: blocks, spot: spot))
    case .block:
      let own = opener.standsAlone ? children.indent : nil
      return .block(
        Block(
          name: opener.name, children: children, startsLine: opener.standsAlone, indent: own ?? opener.indent,
          margin: own?.count ?? 0, spot: spot))
    default:
      return .section(
        Section(
          name: Name(opener.name), inverted: opener.tag.kind == .inverted, children: children, indent: indent,
          spot: spot))
    }
  }

  /// A variable's name and formatters.
  private func variable(_ tag: Tag, escapes: Bool) throws(TemplateError) -> Variable {
    let parts = source[tag.content].split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
    let name = Array(parts[0]).text.trimmed
    guard !name.isEmpty else {
      throw TemplateError("empty tag", at: place(tag.spot), expected: "a name before '|'")
    }
    var formatters: [Formatter] = []
    for part in parts.dropFirst() {
      let range = Blanks.trim(source.span, part.startIndex..<part.endIndex)
      var cursor = Cursor(tag.spot, at: tag.start)
      let place = place(cursor.spot(of: range.lowerBound, in: source))
      formatters.append(try Formatter(parsing: text(range), at: place))
    }
    return Variable(name: Name(name), escapes: escapes, formatters: formatters, spot: tag.spot)
  }
}

extension [Node] {
  /// The blanks that the first line with something in it starts with; nil when there is no line.
  fileprivate var indent: [UInt8]? {
    for (index, node) in enumerated() {
      switch node {
      case .line(let blanks):
        if index + 1 < count, case .text(let text) = self[index + 1], let first = text.first {
          if first == 0x0A || first == 0x0D { continue }
        }
        return blanks
      case .section(let section):
        if let indent = section.indent { return indent }
      case .inclusion(let inclusion):
        if let indent = inclusion.indent { return indent }
      case .block(let block):
        if block.startsLine { return block.indent }
      case .text, .finalLineFeed, .variable: continue
      }
    }
    return nil
  }
}
