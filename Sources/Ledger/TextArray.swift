import Platform

/// Arrays of short texts as JSON, the form in which a call keeps its messages' answers: SQLite expands it with
/// `json_each`, people can read it. What we write we read back; texts of others never come here unescaped.
enum TextArray {
  static func write(_ texts: [String]) -> String {
    var buffer = ByteBuffer(capacity: 32 * (texts.count + 1))
    buffer.append(UInt8(ascii: "["))
    for (index, text) in texts.enumerated() {
      if index > 0 { buffer.append(UInt8(ascii: ",")) }
      buffer.append(UInt8(ascii: "\""))
      for byte in text.utf8 { escape(byte, into: &buffer) }
      buffer.append(UInt8(ascii: "\""))
    }
    buffer.append(UInt8(ascii: "]"))
    return buffer.span.text
  }

  private static func escape(_ byte: UInt8, into buffer: inout ByteBuffer) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      buffer.append(UInt8(ascii: "\\"))
      buffer.append(byte)
    case 0..<0x20:
      // Written as an escape that `read` undoes; ids and codes have no control characters unless a gateway misbehaves.
      let digits = Array("0123456789abcdef".utf8)
      buffer.append("\\u00" as StaticString)
      buffer.append(digits[Int(byte >> 4)])
      buffer.append(digits[Int(byte & 15)])
    default: buffer.append(byte)
    }
  }

  static func read(_ json: String) -> [String] {
    var texts: [String] = []
    var current: [UInt8] = []
    var inside = false
    var bytes = json.utf8.makeIterator()
    while let byte = bytes.next() {
      switch (inside, byte) {
      case (true, UInt8(ascii: "\\")):
        guard let escaped = bytes.next() else { return texts }
        current.append(escaped == UInt8(ascii: "u") ? control(&bytes) : escaped)
      case (true, UInt8(ascii: "\"")):
        texts.append(current.text)
        current.removeAll(keepingCapacity: true)
        inside = false
      case (true, _): current.append(byte)
      case (false, UInt8(ascii: "\"")): inside = true
      case (false, _): continue
      }
    }
    return texts
  }

  private static func control(_ bytes: inout String.UTF8View.Iterator) -> UInt8 {
    var value: UInt8 = 0
    for _ in 0..<4 {
      guard let digit = bytes.next() else { return value }
      value =
        value &* 16 &+ (digit <= UInt8(ascii: "9") ? digit &- UInt8(ascii: "0") : digit &- UInt8(ascii: "a") &+ 10)
    }
    return value
  }
}
