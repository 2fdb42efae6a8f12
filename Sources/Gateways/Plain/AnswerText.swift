/// Pieces of answers in plain text.
enum AnswerText {
  /// The bytes without a byte order mark and without blanks and line ends at either end.
  static func trimmed(_ body: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var start = body.startIndex
    var end = body.endIndex
    if body.starts(with: [0xEF, 0xBB, 0xBF]) { start += 3 }
    while start < end, isBlank(body[start]) { start += 1 }
    while start < end, isBlank(body[end - 1]) { end -= 1 }
    return body[start..<end]
  }

  static func trimmed(_ body: [UInt8]) -> ArraySlice<UInt8> { trimmed(body[...]) }

  /// Whether all bytes are ASCII digits, and there is at least one.
  static func isDigits(_ bytes: some Collection<UInt8>) -> Bool {
    !bytes.isEmpty && bytes.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
  }

  /// Whether the bytes are a whole amount: digits, a sign allowed.
  static func isAmount(_ bytes: some Collection<UInt8>) -> Bool {
    isDigits(bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes.dropFirst(0))
  }

  static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

  /// The reason for an answer that has no readable status.
  static func unexpected(status: Int) -> String { "the gateway answered with HTTP status \(status)" }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) || byte == 0 }
}

extension String {
  /// The text without blanks, tabs and line ends at either end.
  var trimmingBlanks: String {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
    guard let first = utf8.first, let last = utf8.last, isBlank(first) || isBlank(last) else { return self }
    guard let start = utf8.firstIndex(where: { !isBlank($0) }), let end = utf8.lastIndex(where: { !isBlank($0) }) else {
      return ""
    }
    return String(decoding: utf8[start...end], as: UTF8.self)
  }
}
