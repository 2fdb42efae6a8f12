import Platform

/// A tag as it stands in the source, not yet paired.
struct Tag {
  enum Kind: Equatable {
    case variable(escapes: Bool)
    case section, inverted, close, partial, parent, block, comment, delimiters

    /// Whether the tag needs a closing one.
    var opens: Bool { self == .section || self == .inverted || inherits }
    /// Whether the tag belongs to inheritance.
    var inherits: Bool { self == .parent || self == .block }
    /// Whether a line that holds only this tag disappears.
    var mayStandAlone: Bool {
      if case .variable = self { return false }
      return true
    }
  }

  let kind: Kind
  /// The bytes after the sign, without blanks around them.
  let content: Range<Int>
  let start: Int
  let spot: Spot
}

enum Token {
  /// At most one line, its line end included.
  case text(Range<Int>)
  case tag(Tag)
}

/// Cuts one file into texts and tags, line by line.
struct Scanner {
  let source: [UInt8]
  let file: Int
  let path: String

  private(set) var lines: [[Token]] = [[]]
  private var opening = Array("{{".utf8)
  private var closing = Array("}}".utf8)
  private var cursor: Cursor

  init(_ source: [UInt8], file: Int, path: String) {
    self.source = source
    self.file = file
    self.path = path
    cursor = Cursor(file: file)
  }

  /// Goes through the whole file.
  mutating func scan() throws(TemplateError) {
    var start = 0
    var index = 0
    while index < source.count {
      if source[index] == 0x0A {
        add(text: start..<index + 1)
        lines.append([])
        index += 1
        start = index
      } else if source.has(opening, at: index) {
        add(text: start..<index)
        index = try tag(at: index)
        start = index
      } else {
        index += 1
      }
    }
    add(text: start..<source.count)
  }

  private mutating func add(text range: Range<Int>) {
    if !range.isEmpty { lines[lines.count - 1].append(.text(range)) }
  }

  /// Reads the tag at `start`; returns where the source goes on.
  private mutating func tag(at start: Int) throws(TemplateError) -> Int {
    let spot = cursor.spot(of: start, in: source)
    var index = start + opening.count
    if index < source.count, source[index] == UInt8(ascii: "{") {
      let inner = try content(from: index + 1, until: [UInt8(ascii: "}")] + closing, spot)
      add(.variable(escapes: false), inner, start, spot)
      return inner.upperBound + 1 + closing.count
    }
    index = Blanks.skip(source.span, from: index, to: source.count)
    let sign = index < source.count ? source[index] : 0
    if sign == UInt8(ascii: "=") {
      let inner = try content(from: index + 1, until: [UInt8(ascii: "=")] + closing, spot, mayNest: true)
      let end = inner.upperBound + 1 + closing.count
      try setDelimiters(inner, spot)
      add(.delimiters, inner, start, spot)
      return end
    }
    let kind = Self.signs[sign]
    let inner = try content(from: kind == nil ? index : index + 1, until: closing, spot, mayNest: kind == .comment)
    add(kind ?? .variable(escapes: true), inner, start, spot)
    return inner.upperBound + closing.count
  }

  private static let signs: [UInt8: Tag.Kind] = [
    UInt8(ascii: "#"): .section, UInt8(ascii: "^"): .inverted, UInt8(ascii: "/"): .close, UInt8(ascii: ">"): .partial,
    UInt8(ascii: "<"): .parent, UInt8(ascii: "$"): .block, UInt8(ascii: "!"): .comment,
    UInt8(ascii: "&"): .variable(escapes: false),
  ]

  private mutating func add(_ kind: Tag.Kind, _ inner: Range<Int>, _ start: Int, _ spot: Spot) {
    let content = Blanks.trim(source.span, inner)
    lines[lines.count - 1].append(.tag(Tag(kind: kind, content: content, start: start, spot: spot)))
  }

  /// What stands from `start` up to `end`. Another opening sign before it means that the tag was never closed.
  private func content(
    from start: Int, until end: [UInt8], _ spot: Spot, mayNest: Bool = false
  ) throws(TemplateError) -> Range<Int> {
    var index = start
    while index < source.count, !source.has(end, at: index) {
      if !mayNest, opening != closing, source.has(opening, at: index) { break }
      index += 1
    }
    guard source.has(end, at: index), index >= start else {
      throw TemplateError(
        "unclosed tag '\(opening.text)'", at: place(spot), expected: "'\(end.text)' at the tag's end")
    }
    return start..<index
  }

  private mutating func setDelimiters(_ inner: Range<Int>, _ spot: Spot) throws(TemplateError) {
    let signs = source[inner].split { $0 == 0x20 || (0x09...0x0D).contains($0) }
    guard signs.count == 2, !signs.contains(where: { $0.contains(UInt8(ascii: "=")) }) else {
      throw TemplateError(
        "broken delimiter tag", at: place(spot), expected: "two signs with a blank between, as in {{=<% %>=}}")
    }
    opening = Array(signs[0])
    closing = Array(signs[1])
  }

  func place(_ spot: Spot) -> Place { Place(file: path, line: spot.line, column: spot.column) }
}

/// Counts lines and characters while going forward through a file.
struct Cursor {
  private var spot: Spot
  private var offset = 0

  init(file: Int) { spot = Spot(file: file, line: 1, column: 1) }

  /// Goes on from a place that is known.
  init(_ spot: Spot, at offset: Int) {
    self.spot = spot
    self.offset = offset
  }

  mutating func spot(of target: Int, in source: [UInt8]) -> Spot {
    var lineStart = offset
    for index in offset..<target where source[index] == 0x0A {
      spot.line += 1
      spot.column = 1
      lineStart = index + 1
    }
    spot.column += String(decoding: source[lineStart..<target], as: UTF8.self).count
    offset = target
    return spot
  }
}

extension [UInt8] {
  func has(_ sign: [UInt8], at index: Int) -> Bool {
    guard index >= 0, index + sign.count <= count else { return false }
    for offset in sign.indices where self[index + offset] != sign[offset] { return false }
    return true
  }
}
