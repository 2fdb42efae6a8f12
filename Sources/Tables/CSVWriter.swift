import Platform

/// Neighbouring cells that many rows share, quoted and guarded once.
public struct WrittenCells: Sendable {
  /// As they stand in the file.
  public let bytes: [UInt8]
  let count: Int

  /// - Parameter cells: one or more.
  public init(_ cells: [String]) {
    var buffer = ByteBuffer()
    for (index, cell) in cells.enumerated() {
      if index > 0 { buffer.append(UInt8(ascii: ",")) }
      Cell.append(Array(cell.utf8).span, guarded: true, to: &buffer)
    }
    bytes = buffer.array
    count = cells.count
  }
}

/// Writes a table as CSV (RFC 4180), beside its name and renamed when it is whole, so that a reader never sees half a
/// file.
///
/// The file has mode 0600 and a header row. A cell that a spreadsheet would run as a formula (first character `=`, `+`,
/// `-`,
/// `@`, their full-width forms, tab or carriage return) is written with a leading `'` (product.md, "Output files"). A
/// writer that is given up before `finish` leaves no file.
public struct CSVWriter: ~Copyable {
  /// The encoding of the file.
  public enum Encoding: String, Sendable, CaseIterable {
    case utf8BOM = "utf-8-bom"
    case utf8 = "utf-8"
    case gb18030
  }

  /// What ends a record.
  public enum LineEnd: String, Sendable, CaseIterable {
    case lf, crlf
  }

  /// How a table is to be written.
  public struct Format: Sendable, Equatable {
    public var encoding: Encoding
    public var lineEnd: LineEnd
    /// Whether `finish` returns the file's SHA-256.
    public var digest: Bool

    public init(encoding: Encoding = .utf8BOM, lineEnd: LineEnd = .lf, digest: Bool = false) {
      self.encoding = encoding
      self.lineEnd = lineEnd
      self.digest = digest
    }
  }

  public let path: String
  /// Complete rows, the header not counted.
  public private(set) var rows = 0

  private let beside: String
  private let crlf: Bool
  private var file: File?
  private var buffer: ByteBuffer
  private var fieldsInRow = 0
  private var rowStart = 0
  private var transcoder: Transcoder?
  private var encoded = ByteBuffer()
  private var hasher: Digest.Hasher?
  private var isFinished = false

  /// Begins `path.part` with a header row of `columns`.
  public static func create(
    _ path: String, columns: [String], format: Format = Format()
  ) throws(TableError) -> CSVWriter {
    let beside = path + ".part"
    // A file left behind might have another mode.
    let file = try onFile { () throws(FileError) in
      try Files.remove(beside)
      return try File(beside, .write)
    }
    let transcoder = format.encoding == .gb18030 ? Transcoder(from: "UTF-8", to: "GB18030", unit: 1) : nil
    if format.encoding == .gb18030, transcoder == nil {
      throw TableError(.unknownEncoding, "this system cannot write gb18030", at: Place(file: path))
    }
    var writer = CSVWriter(path, beside, file, format, transcoder)
    if format.encoding == .utf8BOM {
      writer.buffer.append("\u{FEFF}" as StaticString)
      writer.rowStart = writer.buffer.count
    }
    for column in columns { writer.field(column) }
    try writer.endRow()
    writer.rows = 0
    return writer
  }

  private init(
    _ path: String, _ beside: String, _ file: consuming File, _ format: Format, _ transcoder: consuming Transcoder?
  ) {
    self.path = path
    self.beside = beside
    self.file = consume file
    self.transcoder = transcoder
    crlf = format.lineEnd == .crlf
    buffer = ByteBuffer(capacity: Limits.writeBytes + 16 * 1024)
    hasher = format.digest ? Digest.Hasher(.sha256) : nil
  }

  deinit {
    // What is not finished is not to be seen; that it cannot be removed has no one to be told to.
    if !isFinished { try? Files.remove(beside) }
  }

  // MARK: - Fields

  /// Adds a field of UTF-8 bytes.
  /// - Parameter guarded: false for numbers of our own, such as a negative amount, which is no formula.
  public mutating func field(_ bytes: borrowing Span<UInt8>, guarded: Bool = true) {
    beginField()
    Cell.append(bytes, guarded: guarded, to: &buffer)
  }

  /// Adds a field; `guarded` fields never run as a formula in a spreadsheet.
  public mutating func field(_ text: String, guarded: Bool = true) {
    var text = text
    beginField()
    text.withUTF8 { bytes in Cell.append(unsafe Span(_unsafeElements: bytes), guarded: guarded, to: &buffer) }
  }

  /// Adds a number in ASCII digits.
  public mutating func field(decimal value: Int) {
    beginField()
    buffer.append(decimal: value)
  }

  /// Adds a field that is known to need neither quotes nor the formula guard, such as the word for a state.
  public mutating func field(raw word: StaticString) {
    beginField()
    buffer.append(word)
  }

  /// Adds cells that were written before, as they are.
  public mutating func fields(_ cells: WrittenCells) {
    beginField()
    buffer.append(cells.bytes.span)
    fieldsInRow += cells.count - 1
  }

  /// Adds the bytes of cells that were written before (`WrittenCells.bytes`).
  /// - Parameter count: how many cells they are.
  public mutating func fields(written bytes: borrowing Span<UInt8>, count: Int) {
    beginField()
    buffer.append(bytes)
    fieldsInRow += count - 1
  }

  /// Adds a field without bytes.
  public mutating func emptyField() { beginField() }

  /// Ends the row.
  public mutating func endRow() throws(TableError) {
    // A line without any byte would be no row for a reader.
    if fieldsInRow == 1, buffer.count == rowStart { buffer.append("\"\"" as StaticString) }
    if crlf { buffer.append(Separators.carriageReturn) }
    buffer.append(Separators.lineFeed)
    rows += 1
    fieldsInRow = 0
    if buffer.count >= Limits.writeBytes { try flush() }
    rowStart = buffer.count
  }

  /// Makes the file durable under its name.
  /// - Returns: its SHA-256, when the format asks for it.
  ///
  /// - Parameter isDurable: false for a file that can be made again any time: renamed when whole, but not waited for.
  @discardableResult public consuming func finish(isDurable: Bool = true) throws(TableError) -> [UInt8]? {
    try flush()
    if let file = file.take() {
      do {
        if isDurable { try file.synchronize() }
        try file.close()
        try Files.move(beside, to: path)
      } catch { throw TableError(error) }
    }
    isFinished = true
    return hasher.take()?.finish()
  }

  // MARK: - Bytes

  private mutating func beginField() {
    if fieldsInRow > 0 { buffer.append(UInt8(ascii: ",")) }
    fieldsInRow &+= 1
  }

  private mutating func flush() throws(TableError) {
    if transcoder != nil {
      // Valid UTF-8 has a place in GB18030 throughout; the mark stands for bytes that are not.
      transcoder?.convert(&buffer, into: &encoded, isLast: true, marker: UInt8(ascii: "?"))
      try CSVWriter.write(encoded, file, &hasher)
      encoded.clear()
    } else {
      try CSVWriter.write(buffer, file, &hasher)
      buffer.clear()
    }
  }

  private static func write(
    _ bytes: borrowing ByteBuffer, _ file: borrowing File?, _ hasher: inout Digest.Hasher?
  ) throws(TableError) {
    switch file {
    case .some(let file): do { try file.write(bytes.span) } catch { throw TableError(error) }
    case .none: break
    }
    hasher?.update(bytes.span)
  }
}
