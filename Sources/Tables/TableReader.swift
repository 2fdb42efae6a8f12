public import Platform

/// Where a record stands, and what is wrong with it.
struct RecordPlace: Equatable {
  /// Physical line on which it starts.
  var line: Int
  /// Why it is malformed.
  var fault: String?
}

/// Reads a table's records one by one: CSV, TSV or XML, each also gzip-compressed; memory does not grow with the file.
///
/// The format follows the file's name: `.csv`, `.tsv`, `.txt` and `.xml`, each also with `.gz`. The first record of a
/// CSV file names its columns; those of an XML file are the fields that its records have, in the order in which they
/// first appear. A damaged record is no error: `next` returns it with `fault` set, and the records behind it are read.
public struct TableReader: ~Copyable {
  public let path: String
  /// The columns' names, without the blanks around them.
  public let header: [String]
  /// Physical line on which the current record starts; in XML that of its start tag.
  public private(set) var line = 0
  /// Why the current record is malformed, a short phrase such as `5 fields, expected 6`; nil when it is sound.
  public private(set) var fault: String?
  // One of the two.
  private var csv: CSVReader?
  private var xml: XMLReader?
  private let isEmptyXML: Bool

  /// Opens the file and reads its header.
  public init(path: String, options: TableOptions = TableOptions()) throws(TableError) {
    self.path = path
    guard let format = TableFormat(path: path) else {
      throw TableError(
        .unknownFormat, "the file's name does not tell its format", at: Place(file: path),
        expected: "a name that ends in .csv, .tsv, .txt or .xml, each also with .gz")
    }
    switch format.kind {
    case .csv:
      let reader = try CSVReader.open(path, format, options)
      header = reader.header
      isEmptyXML = false
      csv = consume reader
    case .xml:
      let reader = try XMLReader.open(path, format, options)
      header = reader.header
      isEmptyXML = reader.isEmpty
      xml = consume reader
    }
  }

  /// What the file is read as, such as `utf-8` or `gb18030`; final once the first record was read that is not ASCII.
  public var encoding: String {
    switch csv {
    case .some(let reader): return reader.encoding
    case .none: break
    }
    switch xml {
    case .some(let reader): return reader.encoding
    case .none: return TextEncoding.utf8.name
    }
  }

  /// SHA-256 of the file as it lies on disk, 32 bytes; nil before the end was reached, or when the options decline it.
  public var digest: [UInt8]? {
    switch csv {
    case .some(let reader): return reader.digest
    case .none: break
    }
    switch xml {
    case .some(let reader): return reader.digest
    case .none: return nil
    }
  }

  /// Reads the next record into `fields`; false at the end.
  ///
  /// A sound record has as many fields as `header`. Of a malformed one (`fault`) the fields hold what could be read, as
  /// valid UTF-8, and may be fewer or more.
  public mutating func next(into fields: inout Fields) throws(TableError) -> Bool {
    let found: RecordPlace?
    if csv != nil {
      found = try csv?.next(into: &fields) ?? nil
    } else {
      found = try xml?.next(into: &fields) ?? nil
    }
    guard let found else { return false }
    line = found.line
    fault = found.fault
    return true
  }

  /// Whether a cell may be a phone number, of any script, as spreadsheets write it (`1.38E+10`) too: no column is
  /// called so, though one may hold a date (`截至20261111积分`).
  private static func isLikeNumber(_ cell: String) -> Bool {
    let digits = cell.count { $0.wholeNumberValue != nil }
    let isFigure = cell.allSatisfy { $0.wholeNumberValue != nil || "+-.()eE \t".contains($0) }
    return isFigure ? digits >= 5 : digits >= 11
  }

  /// The index of the column called `name`, whatever the case of its ASCII letters and the blanks around it; the exact
  /// name wins. In an XML list without records every name is found, as nothing could be missing there.
  public func column(named name: String) throws(TableError) -> Int {
    if isEmptyXML { return 0 }
    let wanted = ColumnName.trimmed(name)
    var found = header.indices.filter { header[$0] == wanted }
    if found.isEmpty {
      let folded = ColumnName.folded(name)
      found = header.indices.filter { ColumnName.folded(header[$0]) == folded }
    }
    if found.count == 1 { return found[0] }
    let listed = header.prefix(50).map { "\"\($0)\"" }.joined(separator: ", ")
    guard found.isEmpty else {
      let places = found.map { String($0 + 1) }.joined(separator: " and ")
      throw TableError(
        .doubledColumn, "the column \"\(wanted)\" stands there more than once (\(places))", at: Place(file: path),
        expected: "it once", next: "Columns: \(listed)")
    }
    // Then the first line is a row: numbers, names and texts of people, which no error may show.
    guard !header.contains(where: Self.isLikeNumber) else {
      throw TableError(
        .missingColumn, "no column \"\(wanted)\"", at: Place(file: path), expected: "a line of columns' names",
        next: "The first line holds a number, as rows do: put a line with the columns' names before it.")
    }
    let near = nearest(to: wanted, among: header).map { "Did you mean \"\($0)\"? " } ?? ""
    throw TableError(
      .missingColumn, "no column \"\(wanted)\"", at: Place(file: path), expected: "one of its columns",
      next: "\(near)Columns: \(listed)")
  }
}
