/// How a table is to be read; the defaults find out.
public struct TableOptions: Sendable, Equatable {
  /// `auto` or a label of `TextEncoding`: `utf-8`, `utf-16`, `gb18030`, `gbk`, `big5`, ….
  public var encoding: String
  /// `auto`, `,`, `;`, `|`, or a tab (`\t` itself or the word `tab`). CSV only.
  public var delimiter: String
  /// The local name of the element that is one record. XML only, and needed there.
  public var record: String?
  /// Whether `TableReader.digest` is computed.
  public var digest: Bool

  public init(encoding: String = "auto", delimiter: String = "auto", record: String? = nil, digest: Bool = true) {
    self.encoding = encoding
    self.delimiter = delimiter
    self.record = record
    self.digest = digest
  }
}

/// What a file's name says about its content.
struct TableFormat: Equatable {
  enum Kind { case csv, xml }
  var kind: Kind
  /// Whether the name ends in `.gz`.
  var isCompressed: Bool
  /// Whether the name promises tabs (`.tsv`).
  var prefersTab: Bool

  /// Nil when the name has none of the known endings.
  init?(path: String) {
    var name = Array(path.utf8).map { $0 | ($0 >= 0x41 && $0 <= 0x5A ? 0x20 : 0) }
    isCompressed = name.hasEnding(".gz")
    if isCompressed { name.removeLast(3) }
    prefersTab = name.hasEnding(".tsv")
    if name.hasEnding(".xml") {
      kind = .xml
    } else if name.hasEnding(".csv") || name.hasEnding(".txt") || prefersTab {
      kind = .csv
    } else {
      return nil
    }
  }
}

extension [UInt8] {
  func hasEnding(_ ending: StaticString) -> Bool {
    suffix(ending.utf8CodeUnitCount).elementsEqual(ending.description.utf8)
  }
}
