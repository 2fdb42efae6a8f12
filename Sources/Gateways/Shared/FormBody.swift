import Platform

/// The body of an `application/x-www-form-urlencoded` request, in UTF-8.
///
/// Everything but RFC 3986's unreserved characters is percent-encoded, a blank too: `%20` is read alike by decoders of
/// forms and of addresses, `+` is not.
struct FormBody: ~Copyable {
  static let contentType = "application/x-www-form-urlencoded; charset=utf-8"

  private var bytes: ByteBuffer

  init(capacity: Int = 512) { bytes = ByteBuffer(capacity: capacity) }

  mutating func add(_ name: StaticString, _ value: String) { add(name, Array(value.utf8).span) }

  mutating func add(_ name: StaticString, _ value: borrowing Span<UInt8>) {
    if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
    bytes.append(name)
    bytes.append(UInt8(ascii: "="))
    bytes.append(percentEncoding: value)
  }

  consuming func finish() -> [UInt8] { bytes.array }
}

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

/// The bytes that a form's name or value stands for: `%XX` decoded, `+` a blank, a broken `%` kept as it is.
func percentDecoded(_ source: ArraySlice<UInt8>) -> [UInt8] {
  var result: [UInt8] = []
  result.reserveCapacity(source.count)
  var place = source.startIndex
  while place < source.endIndex {
    let byte = source[place]
    if byte == UInt8(ascii: "%"), place + 2 < source.endIndex, let high = hexValue(source[place + 1]),
      let low = hexValue(source[place + 2])
    {
      result.append(high << 4 | low)
      place += 3
    } else {
      result.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
      place += 1
    }
  }
  return result
}

private func hexValue(_ digit: UInt8) -> UInt8? {
  switch digit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
  default: nil
  }
}
