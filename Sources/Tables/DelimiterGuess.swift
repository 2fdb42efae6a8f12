import Platform

/// Which byte separates the fields of a CSV file.
enum DelimiterGuess {
  static let candidates: [UInt8] = [
    UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|"),
  ]

  /// The delimiter of the settings, nil for `auto`.
  static func named(_ word: String, path: String) throws(TableError) -> UInt8? {
    switch word.lowercased() {
    case "auto": return nil
    case "\t", "\\t", "tab": return UInt8(ascii: "\t")
    case ",", ";", "|": return word.utf8.first
    default:
      throw TableError(
        .unknownDelimiter, "the delimiter \"\(word.prefix(8))\" is not known", at: Place(file: path),
        expected: "auto, a comma, ;, tab or |")
    }
  }

  /// The first line `sep=;`, by which a file tells Excel its delimiter, and where the next line begins.
  static func announced(_ bytes: borrowing Span<UInt8>) -> (delimiter: UInt8, next: Int)? {
    let line = (0..<min(bytes.count, 10)).map { bytes[$0] }
    let isQuoted = line.first == Separators.quote
    let words = line.dropFirst(isQuoted ? 1 : 0).prefix(5).map { $0 }
    guard words.count == 5, words.prefix(3).map({ $0 | 0x20 }) == Array("sep".utf8), words[3] == UInt8(ascii: "="),
      candidates.contains(words[4])
    else { return nil }
    var next = isQuoted ? 7 : 5
    guard !isQuoted || (line.count > 6 && line[6] == Separators.quote) else { return nil }
    guard next >= line.count || line[next] == Separators.carriageReturn || line[next] == Separators.lineFeed else {
      return nil
    }
    if next < line.count, line[next] == Separators.carriageReturn { next += 1 }
    if next < line.count, line[next] == Separators.lineFeed { next += 1 }
    return (words[4], next)
  }

  /// The candidate whose header has at least two fields and with which most of the first records have as many fields as
  /// the header; then the one with most columns; then the first in the order `, ; tab |`.
  static func guess(_ bytes: borrowing Span<UInt8>, from start: Int, atEnd: Bool, prefersTab: Bool) -> UInt8 {
    var best = (delimiter: prefersTab ? candidates[2] : candidates[0], share: -1, columns: 1)
    for candidate in prefersTab ? [candidates[2]] + candidates : candidates {
      let (columns, share) = fit(bytes, from: start, atEnd: atEnd, candidate)
      guard columns > 1, (share, columns) > (best.share, best.columns) else { continue }
      best = (candidate, share, columns)
    }
    return best.delimiter
  }

  /// The header's fields, and how many of a thousand records have as many.
  private static func fit(
    _ bytes: borrowing Span<UInt8>, from start: Int, atEnd: Bool, _ delimiter: UInt8
  ) -> (columns: Int, share: Int) {
    var fields = Fields()
    var position = start
    var columns = 0
    var records = 0
    var fitting = 0
    for _ in 0..<Limits.delimiterSampleRecords {
      fields.clear()
      switch CSVRecord.read(bytes, from: position, atEnd: atEnd, Separators(delimiter: delimiter), into: &fields) {
      case .blank(let next): position = next
      case .record(let next, _, let fault):
        position = next
        if columns == 0 {
          columns = fields.count
        } else {
          records += 1
          if fields.count == columns, fault == nil { fitting += 1 }
        }
      case .end, .needMore, .endless: return (columns, records == 0 ? 1000 : fitting * 1000 / records)
      }
    }
    return (columns, records == 0 ? 1000 : fitting * 1000 / records)
  }
}
