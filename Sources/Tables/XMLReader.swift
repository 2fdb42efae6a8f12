import Platform

/// Reads the records of an XML file in two passes: the first finds the columns and proves that the file is well formed
/// to its end, so that a broken file yields no record at all.
struct XMLReader: ~Copyable {
  let header: [String]
  let encoding: String

  private let events: XMLRecordEvents
  private var document: XMLDocument
  private var isFinished = false

  var digest: [UInt8]? { document.digest }
  /// Whether the file holds no record at all.
  let isEmpty: Bool

  /// Opens a file and reads it once to its end.
  static func open(_ path: String, _ format: TableFormat, _ options: TableOptions) throws(TableError) -> XMLReader {
    guard let record = options.record, !record.isEmpty else {
      throw TableError(
        .noRecordName, "an XML file, and no name of the element that is one record", at: Place(file: path),
        expected: "a name such as \"contact\"", next: "Set `record`.")
    }
    let events = XMLRecordEvents(record: record)
    var first = try XMLDocument(
      TextInput.open(path, format, label: options.encoding, digest: false), events)
    while try first.parseMore() {}
    if events.records.count == 0, events.records.elementCount > 1 {
      throw TableError(
        .noRecord, "no element \"\(record.prefix(80))\"", at: Place(file: path),
        expected: "one of the elements that the file has: \(events.records.elementsSeen.joined(separator: ", "))",
        next: "Set `record` to the element that is one recipient.")
    }
    let isEmpty = events.records.count == 0
    events.records.beginReading()
    let second = try XMLDocument(
      TextInput.open(path, format, label: options.encoding, digest: options.digest), events)
    return XMLReader(events, second, encoding: first.encoding, isEmpty: isEmpty)
  }

  private init(_ events: XMLRecordEvents, _ document: consuming XMLDocument, encoding: String, isEmpty: Bool) {
    self.events = events
    self.document = document
    self.encoding = encoding
    self.isEmpty = isEmpty
    header = events.records.columns.names
  }

  mutating func next(into fields: inout Fields) throws(TableError) -> RecordPlace? {
    fields.clear()
    while !events.records.hasRecord {
      if isFinished { return nil }
      isFinished = try !document.parseMore()
    }
    return events.records.takeRecord(into: &fields)
  }
}

/// A file's text on its way into the parser.
struct XMLDocument: ~Copyable {
  private var input: TextInput
  private let parser: XMLParser
  private var normalised = ByteBuffer(capacity: Limits.readBytes)
  private var fed = 0
  /// Whether the last byte was a carriage return, whose line feed may still come.
  private var afterReturn = false
  private var linesFed = 0

  var digest: [UInt8]? { input.digest }
  var encoding: String { input.encoding.name }

  init(_ input: consuming TextInput, _ handler: any XMLEvents) {
    self.input = input
    parser = XMLParser(handler: handler)
  }

  /// Parses one more chunk; false when the document is over and was whole.
  mutating func parseMore() throws(TableError) -> Bool {
    if fed == normalised.count { try refill() }
    let path = input.path
    do throws(XMLFault) {
      guard fed < normalised.count else {
        try parser.finish()
        return false
      }
      let end = min(normalised.count, fed + Limits.xmlChunkBytes)
      try parser.feed(normalised.span.extracting(fed..<end))
      fed = end
      return true
    } catch {
      throw error.error(in: path)
    }
  }

  private mutating func refill() throws(TableError) {
    normalised.clear()
    fed = 0
    var consumed = input.clean
    while normalised.isEmpty {
      if input.isDirty { throw damage() }
      if input.atEnd, consumed == input.text.count { return }
      try input.fill(dropping: consumed)
      consumed = input.clean
      XMLDocument.normalise(input.text, upTo: consumed, into: &normalised, &afterReturn, &linesFed)
    }
  }

  /// CR and CRLF become LF before parsing (XML 1.0, 2.11), so that the parser counts lines of every kind.
  private static func normalise(
    _ buffer: borrowing ByteBuffer, upTo end: Int, into normalised: inout ByteBuffer, _ afterReturn: inout Bool,
    _ linesFed: inout Int
  ) {
    let text = buffer.span
    var start = 0
    for index in 0..<end {
      let byte = text[index]
      if byte == 0x0A, afterReturn {
        afterReturn = false
        start = index + 1
        continue
      }
      afterReturn = byte == 0x0D
      if byte == 0x0A || byte == 0x0D { linesFed += 1 }
      guard afterReturn else { continue }
      normalised.append(text.extracting(start..<index))
      normalised.append(0x0A as UInt8)
      start = index + 1
    }
    normalised.append(text.extracting(start..<end))
  }

  private func damage() -> TableError {
    let byte = input.text.span[input.clean]
    let found = byte == 0 ? "a NUL byte" : "bytes that are not valid \(input.encoding.name)"
    return TableError(
      .notXML, found, at: Place(file: input.path, line: linesFed + 1),
      expected: "text in \(input.encoding.name)", next: "Save the file again, or declare its true encoding.")
  }
}
