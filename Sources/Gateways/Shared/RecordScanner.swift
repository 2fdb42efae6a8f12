/// Finds the objects of arrays in a damaged text, by brackets and quotes alone.
struct RecordScanner: ~Copyable, ~Escapable {
  private let bytes: Span<UInt8>
  private var place = 0
  /// Arrays that are open inside the list.
  private var depth = 0
  /// Whether the list's end was reached.
  private(set) var closed = false

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) { self.bytes = bytes }

  /// Goes to the inside of the next array, the list; false when there is none.
  mutating func findList() -> Bool {
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""): skipString()
      case UInt8(ascii: "["):
        place += 1
        closed = false
        return true
      default: place += 1
      }
    }
    return false
  }

  /// The next whole object; nil at the list's end and where the text breaks off.
  mutating func next() -> Range<Int>? {
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "{"): return object()
      case UInt8(ascii: "]") where depth == 0:
        closed = true
        return nil
      case UInt8(ascii: "\""): skipString()
      case UInt8(ascii: "["):
        depth += 1
        place += 1
      case UInt8(ascii: "]"):
        depth -= 1
        place += 1
      default: place += 1
      }
    }
    return nil
  }

  private mutating func object() -> Range<Int>? {
    let start = place
    var depth = 0
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        skipString()
        continue
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"): depth -= 1
      default: break
      }
      place += 1
      if depth == 0 { return start..<place }
    }
    return nil
  }

  private mutating func skipString() {
    place += 1
    while place < bytes.count {
      let byte = bytes[place]
      place += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == UInt8(ascii: "\"") { return }
    }
  }
}
