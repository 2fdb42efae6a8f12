import HTTP
import Platform

/// The fields of a request, decoded into one run of bytes; values are ranges of it.
///
/// Written for the sandbox's pace: a call of 50,000 numbers is one copy of its body. A body counts only when it is a
/// form; its fields win over the query's.
struct RequestForm: ~Copyable {
  private var buffer: ByteBuffer
  private var fields: [(name: Range<Int>, value: Range<Int>)] = []

  var bytes: Span<UInt8> {
    @_lifetime(borrow self) get { buffer.span }
  }

  /// No fields; for bodies of another kind, whose values are put in by `add`.
  init(capacity: Int = 1024) { buffer = ByteBuffer(capacity: capacity) }

  init(_ request: ServerRequest) {
    buffer = ByteBuffer(capacity: request.body.count + 512)
    let type = request.header("content-type")?.lowercased() ?? "application/x-www-form-urlencoded"
    if type.hasPrefix("application/x-www-form-urlencoded") { readBody(request.body) }
    for pair in request.query.prefix(Limits.sandboxFields) {
      let name = add(Array(pair.name.utf8).span)
      fields.append((name, add(pair.value.span)))
    }
  }

  subscript(range: Range<Int>) -> Span<UInt8> {
    @_lifetime(borrow self) get { buffer.span.extracting(range) }
  }

  /// The first field of that name; nil when there is none. ASCII letters' case does not count with `anyCase`.
  func value(_ name: StaticString, anyCase: Bool = false) -> Range<Int>? {
    fields.first { isName($0.name, name, anyCase) }?.value
  }

  /// The field's bytes as text; empty when there is none. For short values.
  func text(_ name: StaticString, anyCase: Bool = false) -> String {
    value(name, anyCase: anyCase).map { self[$0].text } ?? ""
  }

  /// The field of that name unless it is missing or empty.
  func filled(_ name: StaticString, anyCase: Bool = false) -> Range<Int>? {
    value(name, anyCase: anyCase).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Where `byte` comes first in the range; the range's end when it does not come.
  func position(of byte: UInt8, in range: Range<Int>) -> Int {
    position(of: byte, in: buffer.span, from: range.lowerBound, to: range.upperBound)
  }

  /// Puts bytes behind the others.
  mutating func add(_ value: borrowing Span<UInt8>) -> Range<Int> {
    let start = buffer.count
    buffer.append(value)
    return start..<buffer.count
  }

  mutating func add(_ value: String) -> Range<Int> {
    let start = buffer.count
    buffer.append(value)
    return start..<buffer.count
  }

  private func isName(_ range: Range<Int>, _ name: StaticString, _ anyCase: Bool) -> Bool {
    guard range.count == name.utf8CodeUnitCount else { return false }
    let bytes = buffer.span
    return name.withUTF8Buffer { letters in
      for offset in 0..<range.count {
        let letter = unsafe letters[offset]
        let byte = bytes[range.lowerBound + offset]
        guard byte == letter || (anyCase && lowered(byte) == lowered(letter)) else { return false }
      }
      return true
    }
  }

  private func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

  private mutating func readBody(_ body: [UInt8]) {
    let encoded = body.span
    var start = 0
    while start < encoded.count, fields.count < Limits.sandboxFields {
      let end = position(of: UInt8(ascii: "&"), in: encoded, from: start, to: encoded.count)
      let equals = position(of: UInt8(ascii: "="), in: encoded, from: start, to: end)
      if start < end {
        let name = decode(encoded.extracting(start..<equals))
        let value = equals < end ? decode(encoded.extracting((equals + 1)..<end)) : name.upperBound..<name.upperBound
        fields.append((name, value))
      }
      start = end + 1
    }
  }

  private func position(of byte: UInt8, in bytes: borrowing Span<UInt8>, from start: Int, to end: Int) -> Int {
    var index = start
    while index < end, bytes[index] != byte { index += 1 }
    return index
  }

  /// Undoes `%41` and `+`; a `%` without two hexadecimal digits stays.
  private mutating func decode(_ encoded: borrowing Span<UInt8>) -> Range<Int> {
    let start = buffer.count
    unsafe buffer.appendUnsafe(room: encoded.count) { room in
      var index = 0
      var written = 0
      while index < encoded.count {
        var byte = encoded[index]
        if byte == UInt8(ascii: "%"), index + 2 < encoded.count, let high = hexDigit(encoded[index + 1]),
          let low = hexDigit(encoded[index + 2])
        {
          byte = high << 4 | low
          index += 2
        } else if byte == UInt8(ascii: "+") {
          byte = UInt8(ascii: " ")
        }
        unsafe room[written] = byte
        written += 1
        index += 1
      }
      return written
    }
    return start..<buffer.count
  }
}

@inline(__always) private func hexDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}
