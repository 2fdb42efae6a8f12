import Platform

/// Where a tag stands: which of the template's files, line and column from 1, columns in characters.
struct Spot: Sendable, Equatable {
  var file: Int
  var line: Int
  var column: Int
}

/// What a tag refers to: `.`, a name, or a dotted name.
struct Name: Sendable, Equatable {
  let text: String
  let parts: [String]

  init(_ text: String) {
    self.text = text
    parts = text == "." ? [] : text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
  }

  /// The value on top of the context, whatever its name.
  var isDot: Bool { parts.isEmpty }
}

/// One piece of a parsed template.
indirect enum Node: Sendable {
  /// A line starts here, with these blanks of its own; an indented partial puts its indentation before them.
  case line([UInt8])
  case text([UInt8])
  /// The line end that a partial's file ends with; left out where the partial's tag stands inside a line.
  case finalLineFeed([UInt8])
  case variable(Variable)
  case section(Section)
  case inclusion(Inclusion)
  case block(Block)
}

struct Variable: Sendable {
  let name: Name
  /// Written with two braces: escaped where HTML is made.
  let escapes: Bool
  let formatters: [Formatter]
  let spot: Spot

  /// Whether a `default` formatter gives a value to what has none.
  var hasDefault: Bool { formatters.span.hasDefault }
}

struct Section: Sendable {
  let name: Name
  let inverted: Bool
  let children: [Node]
  /// The blanks before a tag that has its line for itself.
  let indent: [UInt8]?
  let spot: Spot
}

/// A partial, or a parent with blocks that replace its own.
struct Inclusion: Sendable {
  enum Target: Sendable {
    case named(String)
    /// The partial whose name is the value of this one.
    case dynamic(Name)
  }

  let target: Target
  /// What is put before each line; nil when the tag stands inside a line.
  let indent: [UInt8]?
  let overrides: [String: Block]
  let spot: Spot
}

/// A place in a template that a child may fill, or, within a parent tag, what fills it.
struct Block: Sendable {
  let name: String
  let children: [Node]
  /// Whether the opening tag has its line for itself, so that the content starts at the start of a line.
  let startsLine: Bool
  /// What is put before each line of a replacement: the default content's own indentation, else the tag's.
  let indent: [UInt8]
  /// The blanks to take away from each line of this content where it replaces another block's.
  let margin: Int
  let spot: Spot
}
