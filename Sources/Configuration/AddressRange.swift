import Glibc

/// An IPv4 or IPv6 address, or all that share its first bits: `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/32`.
public struct AddressRange: Sendable, Equatable {
  /// As written.
  public let text: String
  private let bytes: [UInt8]
  private let bits: Int

  /// Nil when the text is neither.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let bytes = addressBytes(String(parts[0])) else { return nil }
    self.text = text
    self.bytes = bytes
    guard parts.count == 2 else {
      bits = bytes.count * 8
      return
    }
    guard parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let bits = Int(parts[1]), bits <= bytes.count * 8 else {
      return nil
    }
    self.bits = bits
  }

  /// Whether it is one address.
  public var isSingle: Bool { bits == bytes.count * 8 }

  /// Whether an address lies in the range. `::ffff:203.0.113.7` is 203.0.113.7.
  public func contains(_ address: String) -> Bool {
    guard let other = addressBytes(address), other.count == bytes.count else { return false }
    let whole = bits / 8
    guard bytes.prefix(whole) == other.prefix(whole) else { return false }
    guard bits % 8 > 0 else { return true }
    return (bytes[whole] ^ other[whole]) >> (8 - bits % 8) == 0
  }
}

/// 4 or 16 bytes in network order; nil when the text is no address.
private func addressBytes(_ text: String) -> [UInt8]? {
  var four = [UInt8](repeating: 0, count: 4)
  if unsafe inet_pton(AF_INET, text, &four) == 1 { return four }
  var sixteen = [UInt8](repeating: 0, count: 16)
  guard unsafe inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
  let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
  return Array(sixteen.prefix(12)) == mapped ? Array(sixteen.suffix(4)) : sixteen
}
