import CCrypto

/// Digests by OpenSSL's libcrypto.
public enum Digest {
  /// MD5 as 16 bytes: only for the signatures that gateways demand.
  public static func md5(_ bytes: [UInt8]) -> [UInt8] {
    var hasher = Hasher(.md5)
    hasher.update(bytes.span)
    return hasher.finish()
  }

  /// SHA-256 as 32 bytes.
  public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    var hasher = Hasher(.sha256)
    hasher.update(bytes.span)
    return hasher.finish()
  }

  /// HMAC-SHA-256 as 32 bytes (RFC 2104).
  public static func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    let done = unsafe HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &result, &length)
    precondition(unsafe done != nil && length == 32, "libcrypto refused HMAC-SHA-256")
    return result
  }

  /// `count` bytes that nobody can guess.
  public static func random(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let done = unsafe RAND_bytes(&bytes, Int32(count))
    precondition(done == 1, "the system has no random bytes")
    return bytes
  }

  /// Lower-case hexadecimal digits.
  public static func hex(_ bytes: [UInt8]) -> String {
    var digits: [UInt8] = []
    digits.reserveCapacity(2 * bytes.count)
    for byte in bytes {
      digits.append(digit(byte >> 4))
      digits.append(digit(byte & 15))
    }
    return digits.text
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  public enum Algorithm: Sendable { case md5, sha256 }

  /// A digest of bytes that come in pieces.
  @safe public struct Hasher: ~Copyable {
    private let context: OpaquePointer

    public init(_ algorithm: Algorithm) {
      guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("no memory for a digest") }
      unsafe self.context = context
      let type = unsafe algorithm == .md5 ? EVP_md5() : EVP_sha256()
      precondition(unsafe EVP_DigestInit_ex(context, type, nil) == 1, "libcrypto refused a digest")
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Takes in the next bytes.
    public mutating func update(_ bytes: borrowing Span<UInt8>) {
      let done = unsafe bytes.withUnsafeBufferPointer { unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
      precondition(done == 1, "libcrypto refused a digest's bytes")
    }

    /// The digest of all bytes taken in.
    public consuming func finish() -> [UInt8] {
      var result = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
      var length: UInt32 = 0
      precondition(unsafe EVP_DigestFinal_ex(context, &result, &length) == 1, "libcrypto refused to finish a digest")
      return Array(result.prefix(Int(length)))
    }
  }
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
public func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  let a = Digest.sha256(left)
  let b = Digest.sha256(right)
  return unsafe CRYPTO_memcmp(a, b, a.count) == 0
}
