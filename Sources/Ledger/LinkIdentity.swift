import Platform

/// Our own ids for calls and messages: the same after a crash, never used twice, and nobody without the key can guess
/// one (design.md §2.7).
public struct LinkIdentity: Sendable {
  private let key: [UInt8]
  private let prefix: String

  /// - Parameters:
  ///   - key: the workspace's key, 32 bytes.
  ///   - epoch: drawn when the plan was frozen, so that a campaign that is deleted and planned anew gets other ids.
  public init(key: [UInt8], epoch: String, campaign: String) {
    self.key = key
    prefix = "\(epoch)\u{1F}\(campaign)\u{1F}"
  }

  /// 20 decimal digits for one attempt of one call.
  public func link(call: Int, attempt: Int) -> String {
    digits(20, of: "\(call)\u{1F}\(attempt)")
  }

  /// 32 decimal digits for one message of one attempt.
  public func custom(call: Int, attempt: Int, position: Int) -> String {
    digits(32, of: "\(call)\u{1F}\(attempt)\u{1F}\(position)")
  }

  private func digits(_ count: Int, of name: String) -> String {
    let digest = Digest.hmacSHA256(key: key, Array((prefix + name).utf8))
    var rest = digest.prefix(16).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    var digits = [UInt8](repeating: UInt8(ascii: "0"), count: count)
    for index in stride(from: count - 1, through: 0, by: -1) {
      digits[index] += UInt8(rest % 10)
      rest /= 10
    }
    return digits.text
  }
}
