import Platform

/// Reads CSV, record by record (RFC 4180 with the choices of `CSVRecord`).
struct CSVReader: ~Copyable {
  private(set) var header: [String] = []
  var delimiter: UInt8 { separators.delimiter }

  private var place = RecordPlace(line: 0, fault: nil)
  private var input: TextInput
  private let separators: Separators
  /// Where the next record begins in the window.
  private var cursor: Int
  private var nextLine: Int
  private var columns = 0

  var encoding: String { input.encoding.name }
  var digest: [UInt8]? { input.digest }

  /// Opens a file and reads its header.
  static func open(_ path: String, _ format: TableFormat, _ options: TableOptions) throws(TableError) -> CSVReader {
    let named = try DelimiterGuess.named(options.delimiter, path: path)
    var input = try TextInput.open(path, format, label: options.encoding, digest: options.digest)
    while input.text.count < Limits.encodingSampleBytes, !input.atEnd { try input.fill(dropping: 0) }
    let announced = DelimiterGuess.announced(input.text.span)
    let begin = announced?.next ?? 0
    let delimiter =
      named ?? announced?.delimiter
      ?? DelimiterGuess.guess(input.text.span, from: begin, atEnd: input.atEnd, prefersTab: format.prefersTab)
    var reader = CSVReader(input, Separators(delimiter: delimiter), cursor: begin, line: announced == nil ? 1 : 2)
    try reader.readHeader()
    return reader
  }

  private init(_ input: consuming TextInput, _ separators: Separators, cursor: Int, line: Int) {
    self.input = input
    self.separators = separators
    self.cursor = cursor
    nextLine = line
  }

  private mutating func readHeader() throws(TableError) {
    var fields = Fields()
    guard try nextRecord(into: &fields) else {
      throw TableError(
        .noHeader, "no header row", at: Place(file: input.path), expected: "the columns' names in the first line",
        next: "Check that this is the right file.")
    }
    if let fault = place.fault {
      let code = fields.count > Limits.columns ? TableError.Code.tooManyColumns : .damagedHeader
      throw TableError(
        code, "the header row is damaged: \(fault)", at: Place(file: input.path, line: place.line),
        expected: "the columns' names in the first line", next: "Repair the line, or set encoding and delimiter.")
    }
    header = fields.texts.map(ColumnName.trimmed)
    columns = header.count
  }

  /// Reads the next record; nil at the end.
  mutating func next(into fields: inout Fields) throws(TableError) -> RecordPlace? {
    guard try nextRecord(into: &fields) else { return nil }
    if place.fault == nil, fields.count != columns {
      place.fault = "\(fields.count) field\(fields.count == 1 ? "" : "s"), expected \(columns)"
    }
    return place
  }

  private mutating func nextRecord(into fields: inout Fields) throws(TableError) -> Bool {
    place.fault = nil
    while true {
      fields.clear()
      let next = PlainRecord.read(input.text.span, from: cursor, separators, into: &fields)
      if next > 0 {
        let isBlank = fields.count == 1 && fields.isEmpty(0)
        accept(next, lines: 1)
        if isBlank { continue }
        if cursor > input.clean { judgeBytes(&fields) }
        return true
      }
      fields.clear()
      switch CSVRecord.read(input.text.span, from: cursor, atEnd: input.atEnd, separators, into: &fields) {
      case .end: return false
      case .needMore:
        try input.fill(dropping: cursor)
        cursor = 0
      case .blank(let next): accept(next, lines: 1)
      case .record(let next, let lines, let damage):
        accept(next, lines: lines)
        place.fault = damage
        if cursor > input.clean { judgeBytes(&fields) }
        return true
      case .endless(let next):
        accept(next, lines: 1)
        place.fault = "record is longer than \(Limits.recordBytes) bytes, or its quote is not closed"
        fields.repair()
        try skipLine()
        return true
      }
    }
  }

  private mutating func accept(_ next: Int, lines: Int) {
    place.line = nextLine
    nextLine += lines
    cursor = next
  }

  /// Drops the rest of a line whose record was given up.
  private mutating func skipLine() throws(TableError) {
    while true {
      let end = CSVRecord.lineEnd(input.text.span, from: cursor, atEnd: input.atEnd)
      if let next = end.next {
        cursor = next
        break
      }
      cursor = end.stop
      if input.atEnd { break }
      try input.fill(dropping: cursor)
      cursor = 0
    }
    input.check(from: cursor)
  }

  /// Names the field with a byte that does not belong there, and makes the fields fit to be shown.
  private mutating func judgeBytes(_ fields: inout Fields) {
    for index in 0..<fields.count {
      let reach = UTF8Check.scan(fields[index], from: 0)
      guard reach.end < fields[index].count else { continue }
      let byte = fields[index][reach.end]
      if byte == 0 {
        place.fault = place.fault ?? "NUL byte in field \(index + 1)"
      } else if input.encoding == .utf8 {
        place.fault =
          place.fault ?? "byte 0x\(Digest.hex([byte]).uppercased()) is not valid UTF-8 in field \(index + 1)"
      } else {
        place.fault = place.fault ?? "bytes that are not valid \(input.encoding.name) in field \(index + 1)"
      }
      break
    }
    fields.repair()
    input.check(from: cursor)
  }
}

/// How columns' names are compared.
enum ColumnName {
  /// Without the blanks around it: spaces, tabs, line ends, the full-width and the no-break space, byte order marks.
  static func trimmed(_ name: String) -> String {
    let isBlank: (Unicode.Scalar) -> Bool = { $0.value <= 0x20 || [0xA0, 0x3000, 0xFEFF].contains($0.value) }
    let rest = name.unicodeScalars.drop(while: isBlank)
    guard let last = rest.lastIndex(where: { !isBlank($0) }) else { return "" }
    return String(rest[...last])
  }

  /// Trimmed and with small ASCII letters.
  static func folded(_ name: String) -> [UInt8] {
    trimmed(name).utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }
  }
}
