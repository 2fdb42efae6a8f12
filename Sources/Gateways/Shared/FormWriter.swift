import Platform

/// Builds `name=value&name=value` for form bodies and queries by appending bytes.
///
/// Everything but RFC 3986's unreserved characters is percent-encoded, separators of number lists and the blank
/// included: a `;` left bare would end the field for servers that follow the old HTML 4 advice, and `%20` is read alike
/// by decoders of forms and of addresses, `+` is not.
struct FormWriter: ~Copyable {
  static let mediaType = "application/x-www-form-urlencoded"
  static let contentType = mediaType + "; charset=utf-8"

  private var bytes: ByteBuffer

  init(capacity: Int = 512) { bytes = ByteBuffer(capacity: capacity) }

  mutating func add(_ name: StaticString, _ value: String) { add(name, Array(value.utf8).span) }

  mutating func add(_ name: StaticString, _ value: [UInt8]) { add(name, value.span) }

  mutating func add(_ name: StaticString, _ value: borrowing Span<UInt8>) {
    begin(name)
    bytes.append(percentEncoding: value)
  }

  /// For resellers who decode a field twice.
  mutating func add(_ name: StaticString, twice value: [UInt8]) {
    var once = ByteBuffer(capacity: value.count * 3)
    once.append(percentEncoding: value.span)
    add(name, once.span)
  }

  /// The recipients' numbers in the form of Chinese gateways, `separator` (already percent-encoded) between two.
  mutating func add(_ name: StaticString, numbers recipients: [Submission.Recipient], separator: StaticString) {
    begin(name)
    bytes.reserve(recipients.count * 14)
    for index in recipients.indices {
      if index > 0 { bytes.append(separator) }
      DomesticNumber.append(recipients[index].number, to: &bytes)
    }
  }

  var array: [UInt8] { bytes.array }

  private mutating func begin(_ name: StaticString) {
    if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
    bytes.append(name)
    bytes.append(UInt8(ascii: "="))
  }
}
