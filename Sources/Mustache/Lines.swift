import Platform

/// A tag with what its neighbours decide: its partner, and whether its line disappears.
struct PlacedTag {
  let tag: Tag
  /// What the tag opens or closes, without the sign and with `*` set close to a dynamic name.
  let name: String
  /// For a closing tag, the tag that it closes.
  var opener: Tag.Kind?
  /// Whether nothing but the tag (or tags of inheritance) stands in its line.
  var standsAlone = false
  /// The blanks before it, when it is the first in its line.
  var indent: [UInt8] = []
  /// Of an opening tag: where its closing tag stands, by line and index in it.
  var partner: (line: Int, index: Int)?
}

enum Piece {
  case text(Range<Int>)
  case tag(PlacedTag)

  var tag: PlacedTag? {
    if case .tag(let tag) = self { return tag }
    return nil
  }
}

/// One line of a template: its pieces, and whether it keeps its own blanks and line end.
struct Line {
  var pieces: [Piece]
  /// The line's first piece is at the line's start; false when what stood there was taken away with a tag.
  var starts = true
}

/// Decides which lines disappear because only tags stand in them ("standalone" in the specification).
///
/// Core rule: one tag other than a variable, and blanks. Inheritance (specification 1.4) adds: several opening tags, or
/// several closing tags, of parents and blocks; and a parent with nothing before its opening and nothing after its
/// closing tag, wherever the latter is.
struct LineRules {
  let source: [UInt8]
  var lines: [Line]

  mutating func apply() {
    for number in lines.indices {
      let tags = lines[number].pieces.compactMap(\.tag)
      guard let first = tags.first else { continue }
      noteIndent(number)
      if texts(number, lines[number].pieces.indices).allSatisfy(isBlank), alone(tags) {
        strip(number)
      } else if first.tag.kind == .parent {
        stripParent(number)
      }
    }
  }

  private func alone(_ tags: [PlacedTag]) -> Bool {
    if tags.count == 1 { return tags[0].tag.kind.mayStandAlone }
    return tags.allSatisfy { $0.tag.kind.inherits } || tags.allSatisfy { $0.opener?.inherits == true }
  }

  private func texts(_ line: Int, _ range: Range<Int>) -> [Range<Int>] {
    lines[line].pieces[range].compactMap {
      if case .text(let bytes) = $0 { return bytes }
      return nil
    }
  }

  private func isBlank(_ text: Range<Int>) -> Bool {
    source[text].allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
  }

  /// Remembers the blanks before the line's first tag.
  private mutating func noteIndent(_ number: Int) {
    guard let at = lines[number].pieces.firstIndex(where: { $0.tag != nil }), at == 1,
      case .text(let before) = lines[number].pieces[0], isBlank(before), var tag = lines[number].pieces[1].tag
    else { return }
    tag.indent = Array(source[before])
    lines[number].pieces[1] = .tag(tag)
  }

  private mutating func strip(_ number: Int) {
    lines[number].starts = false
    lines[number].pieces = lines[number].pieces.compactMap { piece in
      guard var tag = piece.tag else { return nil }
      tag.standsAlone = true
      return .tag(tag)
    }
  }

  /// A parent that shares its line with what it holds.
  private mutating func stripParent(_ number: Int) {
    guard let at = lines[number].pieces.firstIndex(where: { $0.tag != nil }), var tag = lines[number].pieces[at].tag,
      texts(number, 0..<at).allSatisfy(isBlank), let end = tag.partner
    else { return }
    let behind = end.index + 1..<lines[end.line].pieces.count
    guard texts(end.line, behind).allSatisfy(isBlank), texts(end.line, behind).count == behind.count else { return }
    lines[end.line].pieces.removeSubrange(behind)
    tag.standsAlone = true
    lines[number].pieces[at] = .tag(tag)
    if at == 1 {
      // Left in place as an empty text, so that partners keep their indices.
      lines[number].pieces[0] = .text(tag.tag.start..<tag.tag.start)
    }
    lines[number].starts = false
  }
}
