import Platform

/// Pieces of answers in plain text.
enum AnswerText {
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  static func withoutMark(_ body: [UInt8]) -> [UInt8] {
    body.starts(with: byteOrderMark) ? Array(body.dropFirst(byteOrderMark.count)) : body
  }

  /// The bytes without a byte order mark and without blanks, NULs and line ends at either end.
  static func trimmed(_ body: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var start = body.startIndex
    var end = body.endIndex
    if body.starts(with: byteOrderMark) { start += byteOrderMark.count }
    while start < end, isBlank(body[start]) || body[start] == 0 { start += 1 }
    while start < end, isBlank(body[end - 1]) || body[end - 1] == 0 { end -= 1 }
    return body[start..<end]
  }

  static func trimmed(_ body: [UInt8]) -> ArraySlice<UInt8> { trimmed(body[...]) }

  /// A blank, a tab or a line end.
  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// The first byte that is not blank; nil when there is none.
  static func firstVisible(of bytes: [UInt8]) -> UInt8? { bytes.first { !isBlank($0) } }

  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  /// Whether all bytes are ASCII digits, and there is at least one.
  static func isDigits(_ bytes: some Collection<UInt8>) -> Bool { !bytes.isEmpty && bytes.allSatisfy(isDigit) }

  /// Whether the bytes are a whole amount: digits, a sign allowed. What no account holds, and a number with zeros in
  /// front, is the rest of something else.
  static func isAmount(_ bytes: some Collection<UInt8>) -> Bool {
    let digits = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes.dropFirst(0)
    guard isDigits(digits), digits.count <= Limits.amountDigits else { return false }
    return digits.first != UInt8(ascii: "0") || digits.count == 1
  }

  static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

  /// The reason for an answer whose HTTP status is not 200.
  static func unexpected(status: Int) -> String { "the gateway answered with HTTP status \(status)" }
}

extension String {
  /// The text without the blanks, tabs and line ends that converted documents and careless platforms put around values.
  var trimmingBlanks: String {
    guard let first = utf8.first, let last = utf8.last, AnswerText.isBlank(first) || AnswerText.isBlank(last) else {
      return self
    }
    guard let start = utf8.firstIndex(where: { !AnswerText.isBlank($0) }),
      let end = utf8.lastIndex(where: { !AnswerText.isBlank($0) })
    else { return "" }
    return String(decoding: utf8[start...end], as: UTF8.self)
  }
}
