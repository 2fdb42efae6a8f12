import Platform

/// Where a key begins to have more parts than `Limits.tomlKeyParts`; nil when none has.
///
/// toml++ bounds nested values but not dotted keys, and takes its tables apart by recursion: `a.a.a…` would exhaust the
/// stack. Dots in strings and comments do not count; everything that ends a key starts the count again.
func placeOfDeepKey(in bytes: [UInt8]) -> (line: Int, column: Int)? {
  var scanner = KeyScanner()
  for index in bytes.indices where !scanner.accepts(bytes[index], at: index, in: bytes) {
    return (scanner.line, index - scanner.lineStart + 1)
  }
  return nil
}

private struct KeyScanner {
  private enum State: Equatable {
    case plain
    case comment
    /// In a string that ends at so many quotation marks of this kind.
    case string(mark: UInt8, count: Int)
  }
  private var state = State.plain
  private var dots = 0
  /// Bytes that belong to a quotation mark or an escape that was already read.
  private var skip = 0
  private(set) var line = 1
  private(set) var lineStart = 0

  /// False at the dot that is one too many.
  mutating func accepts(_ byte: UInt8, at index: Int, in bytes: [UInt8]) -> Bool {
    if byte == UInt8(ascii: "\n") { newLine(index) }
    guard skip == 0 else {
      skip -= 1
      return true
    }
    switch state {
    case .plain: plain(byte, at: index, in: bytes)
    case .comment: break
    case .string(let mark, let count): inside(byte, mark, count, at: index, in: bytes)
    }
    return dots < Limits.tomlKeyParts
  }

  private mutating func newLine(_ index: Int) {
    line += 1
    lineStart = index + 1
    if case .string(_, 3) = state { return }
    state = .plain
    dots = 0
  }

  private mutating func plain(_ byte: UInt8, at index: Int, in bytes: [UInt8]) {
    switch byte {
    case UInt8(ascii: "."): dots += 1
    case UInt8(ascii: "#"): state = .comment
    case UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "{"): dots = 0
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      let count = isTriple(byte, at: index, in: bytes) ? 3 : 1
      skip = count - 1
      state = .string(mark: byte, count: count)
    default: break
    }
  }

  private mutating func inside(_ byte: UInt8, _ mark: UInt8, _ count: Int, at index: Int, in bytes: [UInt8]) {
    if byte == UInt8(ascii: "\\"), mark == UInt8(ascii: "\"") {
      skip = 1
    } else if byte == mark, count == 1 || isTriple(mark, at: index, in: bytes) {
      skip = count - 1
      state = .plain
    }
  }

  private func isTriple(_ mark: UInt8, at index: Int, in bytes: [UInt8]) -> Bool {
    index + 2 < bytes.count && bytes[index + 1] == mark && bytes[index + 2] == mark
  }
}
