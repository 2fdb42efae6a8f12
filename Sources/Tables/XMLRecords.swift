import Platform

/// Turns a document's events into records: the first pass learns the columns, the second yields the values.
///
/// A field is an attribute of the record element or of one below, or an element below that has text or no elements of
/// its own. Text between the elements of a record counts when it is not blank; directly in the record element it is the
/// field named like that element.
struct XMLRecords: ~Copyable {
  private enum Pass { case learning, reading }

  private(set) var columns: XMLColumns
  /// Names of elements outside records, for the message that there is no record.
  private(set) var elementsSeen: [String] = []
  private(set) var elementCount = 0
  /// How many records began.
  private(set) var count = 0

  private var pass = Pass.learning
  private let record: [UInt8]
  /// The elements open within the record, itself included; empty outside.
  private var open: [Open] = []
  private var texts: [[UInt8]] = []
  /// Elements open within an XInclude element.
  private var skipped = 0

  // The records that are complete and not yet taken.
  private var ready: [Ready] = []
  private var taken = 0
  private var values: [Value] = []
  private var bytes = ByteBuffer(capacity: 4096)
  private var slots: [Int] = []
  private var current = Ready(line: 0, firstValue: 0, lastValue: 0, fault: nil)
  private var currentStart = 0

  private struct Open {
    var node: Int
    var hasElements = false
    var isTooLong = false
  }
  private struct Value {
    var column: Int
    var start: Int
    var end: Int
  }
  private struct Ready {
    var line: Int
    var firstValue: Int
    var lastValue: Int
    var fault: String?
  }

  init(record: String) {
    self.record = Array(record.utf8)
    columns = XMLColumns(record: self.record)
  }

  /// Ends the first pass.
  mutating func beginReading() {
    pass = .reading
    count = 0
    columns.rewind()
    slots = Array(repeating: -1, count: columns.names.count)
  }

  // MARK: - Events

  mutating func start(_ name: borrowing Span<UInt8>, isInclusion: Bool, line: Int) throws(XMLFault) {
    if skipped > 0 || (isInclusion && !open.isEmpty) {
      skipped += 1
      return
    }
    let isRecord = name.equals(record)
    guard !open.isEmpty else {
      if isRecord { return begin(line: line) }
      elementCount += 1
      if elementsSeen.count < Limits.xmlNamesShown {
        let shown = name.text
        if !elementsSeen.contains(shown) { elementsSeen.append(shown) }
      }
      return
    }
    if isRecord {
      throw XMLFault(
        code: .nestedRecord, found: "an element \"\(record.text)\" inside another", expected: "records side by side",
        next: "Set `record` to the element that is one recipient.", line: line)
    }
    open[open.count - 1].hasElements = true
    guard let node = columns.child(of: open[open.count - 1].node, name, adding: pass == .learning) else {
      throw tooMany(line: line)
    }
    push(Open(node: node))
  }

  mutating func attribute(_ name: borrowing Span<UInt8>, _ value: borrowing Span<UInt8>) throws(XMLFault) {
    guard let element = open.last, skipped == 0 else { return }
    guard let node = columns.child(of: element.node, name, adding: pass == .learning) else { throw tooMany(line: nil) }
    try take(node, value, isTooLong: value.count > Limits.fieldBytes)
  }

  mutating func text(_ bytes: borrowing Span<UInt8>) throws(XMLFault) {
    guard !open.isEmpty, skipped == 0 else { return }
    let top = open.count - 1
    guard texts[top].count + bytes.count <= Limits.fieldBytes else {
      open[top].isTooLong = true
      return
    }
    unsafe bytes.withUnsafeBufferPointer { unsafe texts[top].append(contentsOf: $0) }
  }

  mutating func end() throws(XMLFault) {
    if skipped > 0 {
      skipped -= 1
      return
    }
    guard let element = open.popLast() else { return }
    let isRecord = open.isEmpty
    if element.hasElements || isRecord {
      let text = texts[open.count].trimmedBlanks
      if !text.isEmpty { try take(element.node, text.span, isTooLong: element.isTooLong) }
    } else {
      let text = texts[open.count]
      try take(element.node, text.span, isTooLong: element.isTooLong)
    }
    if isRecord { finish() }
  }

  // MARK: - Records

  private mutating func begin(line: Int) {
    count += 1
    current = Ready(line: line, firstValue: values.count, lastValue: values.count, fault: nil)
    currentStart = bytes.count
    push(Open(node: 0))
  }

  private mutating func push(_ element: Open) {
    open.append(element)
    if texts.count < open.count { texts.append([]) }
    texts[open.count - 1].removeAll(keepingCapacity: true)
  }

  private mutating func take(_ node: Int, _ value: borrowing Span<UInt8>, isTooLong: Bool) throws(XMLFault) {
    guard let (column, isSecond) = columns.value(at: node, record: count, adding: pass == .learning) else {
      throw tooMany(line: nil)
    }
    guard pass == .reading else { return }
    if isSecond { return note("element '\(columns.names[column])' stands twice") }
    if isTooLong { note("field '\(columns.names[column])' is longer than \(Limits.fieldBytes) bytes") }
    guard bytes.count - currentStart + value.count <= Limits.recordBytes else {
      return note("record is longer than \(Limits.recordBytes) bytes")
    }
    let start = bytes.count
    // What is too long is not shown in part: a part of an attribute could end within a character.
    if !isTooLong { bytes.append(value) }
    values.append(Value(column: column, start: start, end: bytes.count))
  }

  private mutating func note(_ fault: String) { if current.fault == nil { current.fault = fault } }

  private mutating func finish() {
    guard pass == .reading else { return }
    current.lastValue = values.count
    ready.append(current)
  }

  private func tooMany(line: Int?) -> XMLFault {
    if pass == .reading {
      return XMLFault(
        code: .changed, found: "the file changed while it was read", next: "Run the command again.", line: line)
    }
    return XMLFault(
      code: .tooManyColumns, found: "records with more than \(Limits.columns) different fields",
      expected: "at most \(Limits.columns)", next: "Check that `record` names the right element.", line: line)
  }

  // MARK: - Taking records

  var hasRecord: Bool { taken < ready.count }

  /// Moves the next complete record into `fields`, absent values empty. Only when `hasRecord`.
  mutating func takeRecord(into fields: inout Fields) -> RecordPlace {
    let record = ready[taken]
    taken += 1
    for index in record.firstValue..<record.lastValue { slots[values[index].column] = index }
    for column in slots.indices {
      if slots[column] >= 0 {
        let value = values[slots[column]]
        fields.append(bytes.span.extracting(value.start..<value.end))
        slots[column] = -1
      }
      fields.endField()
    }
    if taken == ready.count { forgetTaken() }
    return RecordPlace(line: record.line, fault: record.fault)
  }

  /// All complete records were taken: only what belongs to the record under way stays.
  private mutating func forgetTaken() {
    taken = 0
    ready.removeAll(keepingCapacity: true)
    guard !open.isEmpty else {
      bytes.clear()
      values.removeAll(keepingCapacity: true)
      return
    }
    values.removeFirst(current.firstValue)
    bytes.removeFirst(currentStart)
    for index in values.indices {
      values[index].start -= currentStart
      values[index].end -= currentStart
    }
    current.firstValue = 0
    currentStart = 0
  }
}

/// Hands a parser's events to the records. All the work is in the struct, where Swift checks access at compile time: as
/// properties of a class its fields would be checked with every byte run.
final class XMLRecordEvents: XMLEvents {
  var records: XMLRecords

  init(record: String) { records = XMLRecords(record: record) }

  func start(_ name: borrowing Span<UInt8>, isInclusion: Bool, line: Int) throws(XMLFault) {
    try records.start(name, isInclusion: isInclusion, line: line)
  }

  func attribute(_ name: borrowing Span<UInt8>, _ value: borrowing Span<UInt8>) throws(XMLFault) {
    try records.attribute(name, value)
  }

  func text(_ bytes: borrowing Span<UInt8>) throws(XMLFault) { try records.text(bytes) }

  func end() throws(XMLFault) { try records.end() }
}

extension [UInt8] {
  /// Without the white space of XML at both ends.
  var trimmedBlanks: [UInt8] {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
    let rest = drop(while: isBlank)
    guard let last = rest.lastIndex(where: { !isBlank($0) }) else { return [] }
    return Array(rest[...last])
  }
}
