import Platform

/// What the bytes of a file without label say about its encoding.
///
/// UTF-8 first, because hardly any other text is valid UTF-8 by chance; everything else is GB18030. One damaged row in
/// a UTF-8 file must not turn all its other rows into other characters: so lines are counted, and a file at least half
/// of whose Chinese lines are whole UTF-8 stays UTF-8. Lines with two-byte sequences only do not count as UTF-8 then: a
/// GBK 女 is one too.
struct EncodingGuess: Equatable {
  /// Lines that are valid UTF-8 and hold a sequence of three or four bytes.
  private(set) var chineseLines = 0
  /// Lines that are not valid UTF-8.
  private(set) var otherLines = 0
  /// UTF-8 sequences of three or four bytes in valid lines.
  private(set) var longSequences = 0

  /// - Parameter isWhole: whether the file ends with this sample; otherwise its last line may be cut and does not
  ///   count,
  ///   unless it is the only one.
  init(_ sample: borrowing Span<UInt8>, isWhole: Bool) {
    var start = 0
    while start < sample.count {
      var end = start
      var sequences = 0
      while end < sample.count, sample[end] != 0x0A, sample[end] != 0x0D {
        if sample[end] >= 0xE0 { sequences += 1 }
        end += 1
      }
      let isLast = end == sample.count
      if !isLast || isWhole || start == 0 {
        let reach = UTF8Check.scan(sample.extracting(start..<end), from: 0, zeroIsValid: true)
        let isValid = reach.end == end - start || (reach.isCut && isLast && !isWhole)
        if !isValid { otherLines += 1 } else if sequences > 0 { chineseLines += 1 }
        if isValid { longSequences += sequences }
      }
      start = end + 1
    }
  }

  var encoding: TextEncoding { otherLines == 0 || (chineseLines > 0 && chineseLines >= otherLines) ? .utf8 : .gb18030 }

  /// Whether the bytes are UTF-8 beyond doubt: no other line and at least `sequences` long sequences.
  func isSurelyUTF8(sequences: Int) -> Bool { otherLines == 0 && longSequences >= sequences }

  /// UTF-16 without a mark: digits, separators and line ends have a NUL in every second place.
  static func utf16(_ head: borrowing Span<UInt8>) -> TextEncoding? {
    let pairs = min(head.count, 4096) / 2
    var zeroes = (even: 0, odd: 0)
    for pair in 0..<pairs {
      if head[2 * pair] == 0 { zeroes.even += 1 }
      if head[2 * pair + 1] == 0 { zeroes.odd += 1 }
    }
    if zeroes.odd >= 2, zeroes.odd * 10 >= pairs, zeroes.even * 10 <= zeroes.odd { return .utf16LE }
    if zeroes.even >= 2, zeroes.even * 10 >= pairs, zeroes.odd * 10 <= zeroes.even { return .utf16BE }
    return nil
  }

  /// The encoding that an XML declaration names: nil without declaration or name.
  static func declaredInXML(_ head: borrowing Span<UInt8>) -> String? {
    let text = (0..<min(head.count, 1024)).map { head[$0] }
    guard text.starts(with: Array("<?xml".utf8)), let end = text.firstIndex(of: UInt8(ascii: ">")) else { return nil }
    let declaration = Array(text[..<end])
    guard let name = declaration.firstOffset(of: "encoding") else { return nil }
    let rest = declaration[(name + 8)...].drop { $0 == UInt8(ascii: "=") || $0 <= 0x20 }
    guard let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
    return Array(rest.dropFirst().prefix { $0 != quote }).text
  }
}

extension [UInt8] {
  func firstOffset(of word: StaticString) -> Int? {
    let wanted = Array(word.description.utf8)
    guard count >= wanted.count else { return nil }
    return (0...(count - wanted.count)).first { self[$0..<($0 + wanted.count)].elementsEqual(wanted) }
  }
}
