import Glibc
import Platform

/// The rules of one CSV record, applied to bytes in memory; knows no file.
///
/// CR, LF or CRLF end a record. A quote opens a field only as its first byte and is literal elsewhere; inside, two
/// quotes are one. A quote that never closes, and text behind a closing one when the quoted part runs over several
/// lines (which is what an unclosed quote looks like when a later line has a quote as well), end the record at the end
/// of the line on which that quote stands, so that the records behind the damage are read.
enum CSVRecord {
  enum Outcome: Equatable {
    /// The bytes end before the record does.
    case needMore
    /// No record is left.
    case end
    /// An empty line; the next record begins at `next`.
    case blank(next: Int)
    /// A record over `lines` line ends; `fault` when it is damaged.
    case record(next: Int, lines: Int, fault: String?)
    /// A record without an end within the bounds; the rest of its line, from `next` on, is to be skipped.
    case endless(next: Int)
  }

  /// Reads the record that begins at `start` into `fields`, which must be empty.
  ///
  /// The way for every record that `PlainRecord` leaves: quotes, a record that goes beyond the window, bounds.
  static func read(
    _ bytes: borrowing Span<UInt8>, from start: Int, atEnd: Bool, _ separators: Separators, into fields: inout Fields
  ) -> Outcome {
    guard start < bytes.count else { return atEnd ? .end : .needMore }
    if let first = lineEnd(bytes, at: start, atEnd: atEnd) { return first > start ? .blank(next: first) : .needMore }
    var state = State(position: start, atEnd: atEnd || bytes.count - start > Limits.recordBytes, isLast: atEnd)
    while true {
      let begin = state.position
      if begin < bytes.count, bytes[begin] == Separators.quote {
        if let outcome = quoted(bytes, &state, separators, &fields) { return outcome }
      } else {
        state.position = unquotedEnd(bytes, from: begin, separators)
        fields.append(bytes.extracting(begin..<state.position))
      }
      let end = state.position
      guard end < bytes.count || state.atEnd else { return .needMore }
      endField(&fields, length: end - begin, &state)
      guard end < bytes.count else {
        return atEnd ? .record(next: end, lines: state.lines + 1, fault: state.fault) : .endless(next: end)
      }
      if bytes[end] == separators.delimiter {
        state.position = end + 1
        continue
      }
      guard let next = lineEnd(bytes, at: end, atEnd: atEnd), next > end else { return .needMore }
      if next - start > Limits.recordBytes { state.note("record is longer than \(Limits.recordBytes) bytes") }
      return .record(next: next, lines: state.lines + 1, fault: state.fault)
    }
  }

  private struct State {
    var position: Int
    /// Whether the bytes end here: the file does, or the record may not go on.
    let atEnd: Bool
    /// Whether it is the file that ends here.
    let isLast: Bool
    /// Line ends inside quotes so far.
    var lines = 0
    private(set) var fault: String?

    init(position: Int, atEnd: Bool, isLast: Bool) {
      self.position = position
      self.atEnd = atEnd
      self.isLast = isLast
    }

    /// The first fault is the one that is told.
    mutating func note(_ words: String) { if fault == nil { fault = words } }
  }

  /// Where the line end at `position` is over; `position` itself when that is not known yet; nil when there is none.
  private static func lineEnd(_ bytes: borrowing Span<UInt8>, at position: Int, atEnd: Bool) -> Int? {
    switch bytes[position] {
    case Separators.lineFeed: return position + 1
    case Separators.carriageReturn:
      guard position + 1 < bytes.count else { return atEnd ? position + 1 : position }
      return bytes[position + 1] == Separators.lineFeed ? position + 2 : position + 1
    default: return nil
    }
  }

  /// Looks for the line end that comes next: where it stands, and where it is over if that is known.
  static func lineEnd(
    _ bytes: borrowing Span<UInt8>, from start: Int, atEnd: Bool
  ) -> (stop: Int, next: Int?) {
    var stop = start
    while stop < bytes.count, bytes[stop] != Separators.lineFeed, bytes[stop] != Separators.carriageReturn { stop += 1 }
    guard stop < bytes.count, let next = lineEnd(bytes, at: stop, atEnd: atEnd), next > stop else { return (stop, nil) }
    return (stop, next)
  }

  private static func endField(_ fields: inout Fields, length: Int, _ state: inout State) {
    guard fields.count <= Limits.columns else { return fields.dropUnfinished() }
    fields.endField()
    if length > Limits.fieldBytes, fields.bytes(ofField: fields.count - 1) > Limits.fieldBytes {
      state.note("field \(fields.count) is longer than \(Limits.fieldBytes) bytes")
    }
    if fields.count > Limits.columns { state.note("more than \(Limits.columns) fields") }
  }

  // MARK: - Quoted fields

  /// Reads from an opening quote to the end of its field; an outcome when the record ends with it.
  private static func quoted(
    _ bytes: borrowing Span<UInt8>, _ state: inout State, _ separators: Separators, _ fields: inout Fields
  ) -> Outcome? {
    let opening = state.position
    var position = opening + 1
    var lines = 0
    while true {
      guard let quote = firstQuote(bytes, from: position) else {
        guard state.atEnd else { return .needMore }
        return cut(bytes, opening, &state, &fields, fault: "quote not closed in field \(fields.count + 1)")
      }
      let part = bytes.extracting(position..<quote)
      fields.append(part)
      lines += lineEnds(part)
      guard quote + 1 < bytes.count || state.atEnd else { return .needMore }
      position = quote + 1
      guard position < bytes.count, bytes[position] == Separators.quote else { break }
      fields.append(Separators.quote)
      position += 1
    }
    state.position = position
    if position < bytes.count, !separators.endsField(bytes[position]) {
      let fault = "text after the closing quote of field \(fields.count + 1)"
      if lines > 0 { return cut(bytes, opening, &state, &fields, fault: fault) }
      state.note(fault)
      state.position = unquotedEnd(bytes, from: position, separators)
      fields.append(bytes.extracting(position..<state.position))
    }
    state.lines += lines
    return nil
  }

  /// Ends the record at the end of the line on which the quote stands.
  private static func cut(
    _ bytes: borrowing Span<UInt8>, _ opening: Int, _ state: inout State, _ fields: inout Fields, fault: String
  ) -> Outcome {
    fields.dropUnfinished()
    let (end, next) = lineEnd(bytes, from: opening + 1, atEnd: state.isLast)
    fields.append(bytes.extracting((opening + 1)..<end))
    state.note(fault)
    endField(&fields, length: end - opening, &state)
    if let next { return .record(next: next, lines: state.lines + 1, fault: state.fault) }
    if end < bytes.count { return .needMore }
    return state.isLast ? .record(next: end, lines: state.lines + 1, fault: state.fault) : .endless(next: end)
  }

  // MARK: - Finding bytes

  private static func firstQuote(_ bytes: borrowing Span<UInt8>, from start: Int) -> Int? {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress, start < buffer.count else { return nil }
      guard let found = unsafe memchr(base + start, Int32(Separators.quote), buffer.count - start) else { return nil }
      return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
  }

  private static func unquotedEnd(_ bytes: borrowing Span<UInt8>, from start: Int, _ separators: Separators) -> Int {
    var end = start
    while end < bytes.count, !separators.endsField(bytes[end]) { end += 1 }
    return end
  }

  private static func lineEnds(_ bytes: borrowing Span<UInt8>) -> Int {
    var count = 0
    for index in 0..<bytes.count {
      if bytes[index] == Separators.lineFeed {
        count += 1
      } else if bytes[index] == Separators.carriageReturn {
        if index + 1 == bytes.count || bytes[index + 1] != Separators.lineFeed { count += 1 }
      }
    }
    return count
  }
}
