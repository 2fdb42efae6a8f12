import Platform

/// One cell of a CSV file: quoted when needed, never a formula.
enum Cell {
  private static let separators = Separators(delimiter: UInt8(ascii: ","))
  private static let quote = Separators.quote

  /// Appends a cell with these bytes.
  static func append(_ bytes: borrowing Span<UInt8>, guarded: Bool, to buffer: inout ByteBuffer) {
    unsafe bytes.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress, source.count > 0 else { return }
      let count = source.count
      let isFormula = unsafe guarded && startsFormula(base, count)
      if isFormula { buffer.append(UInt8(ascii: "'")) }
      var isPlain = true
      unsafe buffer.appendUnsafe(room: max(count, 8)) { target in
        guard let to = target.baseAddress else { return 0 }
        isPlain = unsafe copy(base, count, to: to)
        return count
      }
      if isPlain { return }
      buffer.truncate(to: buffer.count - count - (isFormula ? 1 : 0))
      unsafe appendQuoted(base, count, isFormula: isFormula, to: &buffer)
    }
  }

  /// Copies eight bytes at a time.
  /// - Returns: whether no byte is a comma, quote or line end.
  @inline(__always) private static func copy(
    _ source: UnsafePointer<UInt8>, _ count: Int, to target: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    let from = unsafe UnsafeRawPointer(source)
    let to = UnsafeMutableRawPointer(target)
    guard count >= 8 else {
      var word: UInt64 = 0
      for index in 0..<count {
        let byte = unsafe source[index]
        unsafe target[index] = byte
        word = word &<< 8 | UInt64(byte)
      }
      return separators.hits(word) == 0
    }
    var hits: UInt64 = 0
    var index = 0
    while index &+ 8 <= count {
      let word = unsafe from.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      unsafe to.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
      hits |= separators.hits(word)
      index &+= 8
    }
    // The last eight overlap with those before, which does no harm.
    let word = unsafe from.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    unsafe to.storeBytes(of: word, toByteOffset: count &- 8, as: UInt64.self)
    return hits | separators.hits(word) == 0
  }

  private static func appendQuoted(
    _ source: UnsafePointer<UInt8>, _ count: Int, isFormula: Bool, to buffer: inout ByteBuffer
  ) {
    unsafe buffer.appendUnsafe(room: 2 * count + 3) { target in
      var end = 0
      unsafe target[end] = quote
      end += 1
      if isFormula {
        unsafe target[end] = UInt8(ascii: "'")
        end += 1
      }
      for index in 0..<count {
        let byte = unsafe source[index]
        unsafe target[end] = byte
        end += 1
        if byte == quote {
          unsafe target[end] = quote
          end += 1
        }
      }
      unsafe target[end] = quote
      return end + 1
    }
  }

  /// Whether a spreadsheet would run the cell: `=`, `+`, `-`, `@`, tab or carriage return first, or a full-width form
  /// (U+FF1D, U+FF0B, U+FF0D, U+FF20), which some of them read like the ASCII one.
  @inline(__always) private static func startsFormula(_ source: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    switch unsafe source[0] {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D: return true
    case 0xEF:
      guard count >= 3 else { return false }
      let rest = unsafe (source[1], source[2])
      return (rest.0 == 0xBC && (rest.1 == 0x9D || rest.1 == 0x8B || rest.1 == 0x8D || rest.1 == 0xA0))
    default: return false
    }
  }
}
