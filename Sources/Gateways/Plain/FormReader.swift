import Platform

/// The fields of a push, whether they came in the query or as a form body.
struct FormReader {
  private(set) var pairs: [(name: String, value: [UInt8])]
  private let prefersGB: Bool

  /// Query first, then the body's pairs unless the body is of another kind (JSON, XML).
  init(_ push: GatewayPush, prefersGB: Bool = false) {
    self.prefersGB = prefersGB
    pairs = Array(push.query.prefix(Limits.formFields))
    let kind = push.contentType.lowercased()
    if kind.isEmpty || kind.contains("form-urlencoded") || kind.contains("text/plain") { read(push.body) }
  }

  /// The first value of that name whatever its letters' case; nil when there is none.
  func value(_ name: String) -> [UInt8]? {
    let wanted = name.lowercased()
    return pairs.first { $0.name.lowercased() == wanted }?.value
  }

  /// Empty when there is no such field.
  func text(_ name: String) -> String {
    value(name).map { GBText.read($0, prefersGB: prefersGB).trimmingBlanks } ?? ""
  }

  /// All pairs as they would stand in a query, without those named in `secrets`.
  func raw(without secrets: Set<String>) -> String {
    var bytes = ByteBuffer()
    for pair in pairs where !secrets.contains(pair.name.lowercased()) {
      if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
      bytes.append(pair.name)
      bytes.append(UInt8(ascii: "="))
      FormWriter.encode(pair.value.span, into: &bytes)
    }
    return bytes.span.text
  }

  private mutating func read(_ body: [UInt8]) {
    for part in body.split(separator: UInt8(ascii: "&"), maxSplits: Limits.formFields) {
      guard pairs.count < Limits.formFields else { return }
      let halves = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let name = PercentCoding.decodeLeniently(halves[0])
      let value = halves.count > 1 ? PercentCoding.decodeLeniently(halves[1]) : []
      pairs.append((GBText.read(name).trimmingBlanks, value))
    }
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
