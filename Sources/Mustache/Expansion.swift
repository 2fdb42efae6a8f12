import Platform

/// What is put before the lines of a partial or a block, and what is taken away from them first.
struct Indentation {
  var margin = 0
  var added: [UInt8] = []

  /// What a line with these blanks of its own starts with.
  func start(_ blanks: [UInt8]) -> [UInt8] { added + blanks.dropFirst(margin) }
}

/// What holds around the nodes that are gone through.
struct Surroundings {
  var indentation = Indentation()
  /// The blocks that children put into parents, outermost first: the outermost wins.
  var frames: [[String: Block]] = []
  /// Whether the file's last line end is left out.
  var dropsFinalLineFeed = false
}

/// How far a walk has come.
struct Walk {
  var depth = 0
  var steps = 0
  var spot = Spot(file: 0, line: 1, column: 1)
  /// The next line goes on behind blanks that stand there already.
  var continuesLine = false
}

/// Goes through a template with its partials, parents and blocks in place. Merging over JSON values does it for every
/// text; binding to a table's header does it once.
protocol Expansion: ~Copyable {
  associatedtype Failure: Error
  var template: Template { get }
  var walk: Walk { get set }

  mutating func put(_ text: [UInt8]) throws(Failure)
  mutating func put(_ variable: Variable) throws(Failure)
  mutating func enter(_ section: Section, _ around: Surroundings) throws(Failure)
  mutating func include(dynamic name: Name, _ inclusion: Inclusion, _ around: Surroundings) throws(Failure)
  func noPartial(_ name: String, at spot: Spot) throws(Failure)
  func beyondBound(_ found: String, _ expected: String) -> Failure
}

extension Expansion where Self: ~Copyable {
  mutating func run(_ nodes: [Node], _ around: Surroundings) throws(Failure) {
    for node in nodes {
      walk.steps += 1
      guard walk.steps <= Limits.templateSteps else {
        throw beyondBound(
          "partials that include each other too many times", "at most \(Limits.templateSteps) texts, tags and lines")
      }
      switch node {
      case .line(let blanks): try start(blanks, around.indentation)
      case .text(let text):
        walk.continuesLine = false
        try put(text)
      case .finalLineFeed(let end): if !around.dropsFinalLineFeed { try put(end) }
      case .variable(let variable):
        walk.continuesLine = false
        walk.spot = variable.spot
        try put(variable)
      case .section(let section):
        try descend(section.spot)
        try enter(section, around)
        walk.depth -= 1
      case .inclusion(let inclusion): try include(inclusion, around)
      case .block(let block): try fill(block, around)
      }
    }
  }

  private mutating func start(_ blanks: [UInt8], _ indentation: Indentation) throws(Failure) {
    let text = walk.continuesLine ? Array(blanks.dropFirst(indentation.margin)) : indentation.start(blanks)
    walk.continuesLine = false
    if !text.isEmpty { try put(text) }
  }

  private mutating func descend(_ spot: Spot) throws(Failure) {
    walk.spot = spot
    guard walk.depth < Limits.templateDepth else {
      throw beyondBound(
        "partials, parents and sections within each other more than \(Limits.templateDepth) deep",
        "at most \(Limits.templateDepth); does a partial include itself?")
    }
    walk.depth += 1
  }

  private mutating func include(_ inclusion: Inclusion, _ around: Surroundings) throws(Failure) {
    walk.spot = inclusion.spot
    switch inclusion.target {
    case .dynamic(let name): try include(dynamic: name, inclusion, around)
    case .named(let name):
      guard let file = template.partials[name] else { return try noPartial(name, at: inclusion.spot) }
      try include(file: file, inclusion, around)
    }
  }

  /// Puts a partial or parent in its tag's place.
  mutating func include(file: Int, _ inclusion: Inclusion, _ around: Surroundings) throws(Failure) {
    try descend(inclusion.spot)
    var inner = Surroundings(frames: around.frames)
    if let indent = inclusion.indent {
      inner.indentation.added = around.indentation.start(indent)
      inner.dropsFinalLineFeed = around.dropsFinalLineFeed
    } else {
      inner.dropsFinalLineFeed = true
    }
    if !inclusion.overrides.isEmpty { inner.frames.append(inclusion.overrides) }
    try run(template.files[file].nodes, inner)
    walk.depth -= 1
  }

  /// Puts a block's replacement, or its default content, in its place. What replaces it was written where the frame's
  /// parent tag stands, so only blocks from further out fill the blocks within it.
  private mutating func fill(_ block: Block, _ around: Surroundings) throws(Failure) {
    try descend(block.spot)
    if let level = around.frames.firstIndex(where: { $0[block.name] != nil }),
      let filling = around.frames[level][block.name]
    {
      var inner = Surroundings(frames: Array(around.frames[..<level]))
      inner.indentation = Indentation(margin: filling.margin, added: around.indentation.start(block.indent))
      if block.startsLine, !filling.startsLine { try put(inner.indentation.added) }
      if !block.startsLine, filling.startsLine { walk.continuesLine = true }
      try run(filling.children, inner)
      walk.continuesLine = false
    } else {
      try run(block.children, around)
    }
    walk.depth -= 1
  }
}
