import Glibc
import Platform

/// Texts in GB18030, which is what gateways mean when they say gb2312 or gbk.
enum GBText {
  /// Whether this system has the converter (glibc's gconv modules may be left out of small images).
  static var isAvailable: Bool { Converter(from: "UTF-8", to: "GB18030") != nil }

  /// UTF-8 as GB18030; nil without a converter.
  ///
  /// Every valid text can be said but for 24 private-use characters (U+E78D … U+E864), whose places GB18030 has given
  /// to real ones; those, and bytes that are not UTF-8, become U+FFFD.
  static func encode(_ utf8: [UInt8]) -> [UInt8]? {
    guard var converter = Converter(from: "UTF-8", to: "GB18030") else { return nil }
    return converter.convert(utf8) ?? converter.convert(sayable(utf8))
  }

  private static func sayable(_ utf8: [UInt8]) -> [UInt8] {
    var text = ""
    for scalar in utf8.text.unicodeScalars {
      text.unicodeScalars.append((0xE78D...0xE864).contains(scalar.value) ? "\u{FFFD}" : scalar)
    }
    return Array(text.utf8)
  }

  /// GB18030 as text; nil when the bytes are not GB18030.
  static func decode(_ bytes: [UInt8]) -> String? {
    guard var converter = Converter(from: "GB18030", to: "UTF-8") else { return nil }
    return converter.convert(bytes)?.text
  }

  /// Bytes of either encoding as text: UTF-8 when they are valid as that, else GB18030, else with U+FFFD.
  ///
  /// Some texts are valid as both (联通 in GB18030 is UTF-8 too), so `prefersGB` decides for accounts that use GB.
  static func read(_ bytes: [UInt8], prefersGB: Bool = false) -> String {
    if prefersGB, let text = decode(bytes) { return text }
    return String(validating: bytes, as: UTF8.self) ?? decode(bytes) ?? bytes.text
  }

  /// An open iconv handle and its only owner.
  @safe private struct Converter: ~Copyable {
    private let handle: iconv_t

    init?(from source: String, to target: String) {
      guard let opened = unsafe iconv_open(target, source), Int(bitPattern: opened) != -1 else { return nil }
      unsafe handle = opened
    }

    deinit { unsafe iconv_close(handle) }

    /// Nil when a byte cannot be converted.
    mutating func convert(_ bytes: [UInt8]) -> [UInt8]? {
      var source = bytes
      // No character grows beyond twice its bytes between UTF-8 and GB18030.
      let room = bytes.count * 2 + 16
      var failed = false
      let converted = unsafe [UInt8](unsafeUninitializedCapacity: room) { target, written in
        unsafe source.withUnsafeMutableBytes { input in
          var from = unsafe input.baseAddress?.assumingMemoryBound(to: CChar.self)
          var left = input.count
          var to = unsafe UnsafeMutableRawPointer(target.baseAddress)?.assumingMemoryBound(to: CChar.self)
          var free = room
          unsafe iconv(handle, nil, nil, nil, nil)
          failed = unsafe left > 0 && iconv(handle, &from, &left, &to, &free) == -1
          written = room - free
        }
      }
      return failed ? nil : converted
    }
  }
}
