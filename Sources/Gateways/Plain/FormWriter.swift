import Platform

/// Builds `name=value&name=value` for form bodies and queries by appending bytes.
///
/// Everything but RFC 3986's unreserved characters is percent-encoded, separators of number lists and the blank
/// (`%20`) included: a `;` left bare would end the field for servers that follow the old HTML 4 advice.
struct FormWriter: ~Copyable {
  static let mediaType = "application/x-www-form-urlencoded"
  static let contentType = mediaType + "; charset=utf-8"

  private var bytes: ByteBuffer

  init(capacity: Int = 512) { bytes = ByteBuffer(capacity: capacity) }

  mutating func add(_ name: StaticString, _ value: String) { add(name, Array(value.utf8)) }

  mutating func add(_ name: StaticString, _ value: [UInt8]) {
    begin(name)
    FormWriter.encode(value.span, into: &bytes)
  }

  /// For resellers who decode a field twice.
  mutating func add(_ name: StaticString, twice value: [UInt8]) {
    var once = ByteBuffer(capacity: value.count * 3)
    FormWriter.encode(value.span, into: &once)
    begin(name)
    FormWriter.encode(once.span, into: &bytes)
  }

  /// The recipients' numbers in the form of Chinese gateways, `separator` (already percent-encoded) between two.
  mutating func add(_ name: StaticString, numbers recipients: [Submission.Recipient], separator: StaticString) {
    begin(name)
    bytes.reserve(recipients.count * 14)
    for index in recipients.indices {
      if index > 0 { bytes.append(separator) }
      bytes.append(decimal: Int(truncatingIfNeeded: DomesticNumber.local(recipients[index].number)))
    }
  }

  var array: [UInt8] { bytes.array }

  private mutating func begin(_ name: StaticString) {
    if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
    bytes.append(name)
    bytes.append(UInt8(ascii: "="))
  }

  /// Bytes that `value` takes once encoded.
  static func encodedCount(_ value: borrowing Span<UInt8>) -> Int {
    var count = 0
    for index in 0..<value.count { count += isUnreserved(value[index]) ? 1 : 3 }
    return count
  }

  static func encode(_ value: borrowing Span<UInt8>, into bytes: inout ByteBuffer) {
    bytes.reserve(value.count * 3)
    for index in 0..<value.count {
      let byte = value[index]
      if isUnreserved(byte) {
        bytes.append(byte)
      } else {
        bytes.append(UInt8(ascii: "%"))
        bytes.append(hexDigit(byte >> 4))
        bytes.append(hexDigit(byte & 15))
      }
    }
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
    default: false
    }
  }
}
