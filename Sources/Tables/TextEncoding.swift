import Platform

/// A character encoding by the name this program shows and the name the system's iconv knows.
struct TextEncoding: Equatable {
  /// What the file is said to be in, in messages: `gb18030`.
  let name: String
  /// Nil for UTF-8, which needs no conversion.
  let system: String?
  /// Bytes to skip after an invalid one: the size of a code unit.
  let unit: Int

  static let utf8 = TextEncoding(name: "utf-8", system: nil, unit: 1)
  static let utf16LE = TextEncoding(name: "utf-16le", system: "UTF-16LE", unit: 2)
  static let utf16BE = TextEncoding(name: "utf-16be", system: "UTF-16BE", unit: 2)
  static let gb18030 = TextEncoding(name: "gb18030", system: "GB18030", unit: 1)
  /// Big5 with the Hong Kong additions, as the WHATWG Encoding Standard reads the label `big5`.
  static let big5 = TextEncoding(name: "big5", system: "BIG5-HKSCS", unit: 1)

  /// The names that messages offer.
  static let offered = "auto, utf-8, utf-16, gb18030, gbk, big5 or iso-8859-1"

  /// The encoding of a label, whatever its case; nil for a label that is not known, and for those that hide ASCII in
  /// other bytes (UTF-7, ISO-2022, HZ, EBCDIC), which are never read. `utf-16` alone means little-endian, as Windows
  /// writes it.
  ///
  /// All labels of the GB family mean GB18030, which holds the others: the system's own `GB2312` turns the dot of
  /// 王·买买提 into a Japanese one and refuses 镕 (corpora/encodings/README.md).
  static func labelled(_ label: String) -> TextEncoding? {
    // utf_16-LE, UTF-16LE and utf16le are one label.
    let wanted = label.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    if utf8Labels.contains(wanted) { return .utf8 }
    if gbLabels.contains(wanted) { return .gb18030 }
    if big5Labels.contains(wanted) { return .big5 }
    if ["utf16", "utf16le", "ucs2", "unicode"].contains(wanted) { return .utf16LE }
    if wanted == "utf16be" { return .utf16BE }
    return others[wanted].map { TextEncoding(name: $0.lowercased(), system: $0, unit: 1) }
  }

  /// Whether text in this encoding has more than one byte a character, so that UTF-8 taken for it gives other text.
  var isEastAsian: Bool { self == .gb18030 || self == .big5 }

  private static let utf8Labels: Set = ["utf8", "utf8bom", "utf8sig", "usascii", "ascii", "65001"]
  private static let gbLabels: Set = [
    "gb18030", "gb180302000", "gb180302005", "gb180302022", "gbk", "xgbk", "csgbk", "cp936", "ms936", "windows936",
    "936",
    "gb2312", "gb231280", "gb23121980", "csgb2312", "csiso58gb231280", "isoir58", "chinese", "euccn", "xeuccn", "cngb",
  ]
  private static let big5Labels: Set = [
    "big5", "big5hkscs", "cnbig5", "csbig5", "xxbig5", "cp950", "ms950", "windows950", "950",
  ]
  private static let others: [String: String] = {
    var table = [
      "latin1": "ISO-8859-1", "l1": "ISO-8859-1", "cp1252": "CP1252", "shiftjis": "CP932", "sjis": "CP932",
      "cp932": "CP932", "windows31j": "CP932", "eucjp": "EUC-JP", "euckr": "CP949", "cp949": "CP949",
      "ksc56011987": "CP949", "koi8r": "KOI8-R", "tis620": "TIS-620", "euctw": "EUC-TW",
    ]
    for part in 1...16 where part != 12 { table["iso8859\(part)"] = "ISO-8859-\(part)" }
    for page in 1250...1258 { table["windows\(page)"] = "CP\(page)" }
    return table
  }()
}

/// A byte order mark at the beginning of a file.
struct ByteOrderMark: Equatable {
  enum Meaning: Equatable {
    case encoding(TextEncoding)
    case utf32
  }
  let meaning: Meaning
  let length: Int

  /// The mark that `head` begins with. The GB18030 form of U+FEFF counts as well.
  init?(_ head: borrowing Span<UInt8>) {
    let marks: [(StaticString, Meaning)] = [
      ("FFFE0000", .utf32), ("0000FEFF", .utf32), ("EFBBBF", .encoding(.utf8)), ("FFFE", .encoding(.utf16LE)),
      ("FEFF", .encoding(.utf16BE)), ("84319533", .encoding(.gb18030)),
    ]
    let digits = Array(Digest.hex((0..<min(4, head.count)).map { head[$0] }).uppercased().utf8)
    for (mark, meaning) in marks where digits.starts(with: mark.description.utf8) {
      self.meaning = meaning
      length = mark.utf8CodeUnitCount / 2
      return
    }
    return nil
  }
}
