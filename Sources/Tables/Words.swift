/// Looking at eight bytes at once in an ordinary register.
enum Words {
  static let high: UInt64 = 0x8080_8080_8080_8080
  private static let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F

  /// `byte` in all eight places.
  @inline(__always) static func repeating(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  /// A value whose bit 7 of each byte is clear exactly where `word` equals `pattern`; the other bits mean nothing.
  @inline(__always) static func unlike(_ word: UInt64, _ pattern: UInt64) -> UInt64 {
    let difference = word ^ pattern
    return ((difference & low) &+ low) | difference
  }

  /// Bit 7 of each byte that is zero.
  @inline(__always) static func zeroes(_ word: UInt64) -> UInt64 { ~unlike(word, 0) & high }
}

/// The four bytes that mean something in a CSV file, ready to be looked for.
struct Separators {
  let delimiter: UInt8
  private let delimiters: UInt64

  static let quote = UInt8(ascii: "\"")
  static let carriageReturn = UInt8(ascii: "\r")
  static let lineFeed = UInt8(ascii: "\n")

  init(delimiter: UInt8) {
    self.delimiter = delimiter
    delimiters = Words.repeating(delimiter)
  }

  /// Bit 7 of each byte that is a delimiter, quote, carriage return or line feed.
  @inline(__always) func hits(_ word: UInt64) -> UInt64 {
    let plain =
      Words.unlike(word, delimiters) & Words.unlike(word, Words.repeating(Separators.quote))
      & Words.unlike(word, Words.repeating(Separators.lineFeed))
      & Words.unlike(word, Words.repeating(Separators.carriageReturn))
    return ~plain & Words.high
  }

  /// Whether an unquoted field ends at this byte.
  @inline(__always) func endsField(_ byte: UInt8) -> Bool {
    byte == delimiter || byte == Separators.lineFeed || byte == Separators.carriageReturn
  }
}
