import Platform

/// Makes a platform's message ids, in the form that its document shows. The same seed makes the same ids.
struct IDMint: Sendable {
  private let gateway: SandboxGateway
  private let base: UInt64
  private var made: UInt64 = 0

  init(_ gateway: SandboxGateway, draws: Draws) {
    self.gateway = gateway
    let bits = draws.bits(.id, 0)
    base =
      switch gateway {
      case .juhe, .youe: bits
      case .emay: bits % 900_000_000_000_000_000
      case .mobset: 1_000_000_000 + bits % 1_000_000_000
      case .eighteen: 1_000_000_000_000_000_000 + bits % 8_000_000_000_000_000_000
      }
  }

  /// The first of `count` ids that follow one another (but juhe's, which never do).
  mutating func next(_ count: Int = 1) -> UInt64 {
    defer { made += UInt64(count) }
    return gateway == .juhe ? mixed(base &+ made) : base + made
  }

  /// Writes an id: juhe 16 hexadecimal digits, emay 20 digits, mobset 10, 18sms 19.
  static func append(_ id: UInt64, of gateway: SandboxGateway, to buffer: inout ByteBuffer) {
    switch gateway {
    case .juhe: appendHex(id, to: &buffer)
    case .emay:
      buffer.append("20" as StaticString)
      appendPadded(id, width: 18, to: &buffer)
    case .mobset, .youe, .eighteen: buffer.append(decimal: Int(id))
    }
  }

  static func text(_ id: UInt64, of gateway: SandboxGateway) -> String {
    var buffer = ByteBuffer(capacity: 20)
    append(id, of: gateway, to: &buffer)
    return buffer.span.text
  }

  private static func appendHex(_ id: UInt64, to buffer: inout ByteBuffer) {
    for shift in stride(from: UInt64(60), through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: id >> shift & 15)
      buffer.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10)
    }
  }

  private static func appendPadded(_ value: UInt64, width: Int, to buffer: inout ByteBuffer) {
    var power: UInt64 = 1
    for _ in 1..<width { power *= 10 }
    while power > 0 {
      buffer.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / power % 10))
      power /= 10
    }
  }
}
