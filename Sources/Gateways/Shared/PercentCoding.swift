import Platform

extension ByteBuffer {
  /// Appends bytes percent-encoded, capital hexadecimal digits.
  mutating func append(percentEncoding source: borrowing Span<UInt8>) {
    let table = encodings
    // Every step writes four bytes and keeps one or three of them, so the last one needs a byte of room more.
    unsafe appendUnsafe(room: source.count * 3 + 1) { room in
      let start = UnsafeMutableRawBufferPointer(room)
      var end = 0
      for index in 0..<source.count {
        let entry = table[Int(source[index])]
        unsafe start.storeBytes(of: entry.littleEndian, toByteOffset: end, as: UInt32.self)
        end += entry >> 24 == 0 ? 1 : 3
      }
      return end
    }
  }
}

/// For each byte its encoding, first byte lowest; the highest byte is 0 where the byte stands for itself.
private let encodings: [UInt32] = (UInt32(0)...255).map { byte in
  if isUnreserved(UInt8(byte)) { return byte }
  let digits = Array("0123456789ABCDEF".utf8).map(UInt32.init)
  let percent = UInt32(UInt8(ascii: "%"))
  return percent | digits[Int(byte >> 4)] << 8 | digits[Int(byte & 15)] << 16 | 1 << 24
}

/// Letters, digits, `-`, `.`, `_`, `~` (RFC 3986, 2.3).
private func isUnreserved(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
    UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
    UInt8(ascii: "~"):
    true
  default: false
  }
}

/// Percent-decoding of form fields, `+` being a blank.
enum PercentCoding {
  /// Nil when a `%` is not followed by two hexadecimal digits.
  static func decode(_ bytes: ArraySlice<UInt8>) -> [UInt8]? { decode(bytes, strict: true) }

  /// A `%` that begins no code stands for itself.
  static func decodeLeniently(_ bytes: ArraySlice<UInt8>) -> [UInt8] { decode(bytes, strict: false) ?? [] }

  private static func decode(_ bytes: ArraySlice<UInt8>, strict: Bool) -> [UInt8]? {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      index += 1
      guard byte == UInt8(ascii: "%") else {
        decoded.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
        continue
      }
      if bytes.endIndex - index >= 2, let high = digit(bytes[index]), let low = digit(bytes[index + 1]) {
        decoded.append(high << 4 | low)
        index += 2
      } else if strict {
        return nil
      } else {
        decoded.append(byte)
      }
    }
    return decoded
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
