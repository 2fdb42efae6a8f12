import Platform

/// `application/x-www-form-urlencoded` pairs, as queries and form bodies carry them.
public enum FormData {
  /// The pairs in order, percent-decoded as bytes, since GBK may come as well as UTF-8. `+` is a blank, a name without
  /// `=` has an empty value, empty pairs are dropped, a `%` without two hexadecimal digits stays as it is. At most
  /// `Limits.formPairs`; what follows them is not read.
  public static func parse(_ body: [UInt8]) -> [(name: String, value: [UInt8])] {
    var pairs: [(name: String, value: [UInt8])] = []
    for part in body.split(separator: UInt8(ascii: "&"), maxSplits: Limits.formPairs) {
      guard pairs.count < Limits.formPairs else { break }
      let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
      let value = equals < part.endIndex ? part[(equals + 1)...] : []
      pairs.append((decode(part[..<equals], plusIsBlank: true).text, decode(value, plusIsBlank: true)))
    }
    return pairs
  }

  /// A query as ASCII text that decodes to the same bytes: what is no visible ASCII is percent-encoded.
  static func readable(_ query: [UInt8]) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(query.count)
    for byte in query {
      if (0x21...0x7E).contains(byte) {
        text.append(byte)
      } else {
        text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return text.text
  }

  /// Replaces `%41` by `A`.
  static func decode(_ bytes: ArraySlice<UInt8>, plusIsBlank: Bool) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      if byte == UInt8(ascii: "%"), index + 2 < bytes.endIndex, let high = digit(bytes[index + 1]),
        let low = digit(bytes[index + 2])
      {
        decoded.append(high << 4 | low)
        index += 3
        continue
      }
      decoded.append(plusIsBlank && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      index += 1
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
