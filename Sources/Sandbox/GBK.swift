import Glibc
import Platform

/// Whether the bytes are UTF-8 (RFC 3629).
func isUTF8(_ bytes: borrowing Span<UInt8>) -> Bool {
  unsafe bytes.withUnsafeBufferPointer { unsafe String(validating: $0, as: UTF8.self) != nil }
}

/// GBK and what extends it as UTF-8, by the system's converter; nil when the bytes are none or the system cannot.
func utf8(fromGBK bytes: borrowing Span<UInt8>) -> [UInt8]? {
  guard let converter = unsafe iconv_open("UTF-8", "GB18030"), unsafe converter != iconv_t(bitPattern: -1) else {
    return nil
  }
  defer { unsafe iconv_close(converter) }
  var input = bytes.array.map { CChar(bitPattern: $0) }
  var output = [CChar](repeating: 0, count: input.count * 3 + 4)
  var remaining = input.count
  var room = output.count
  let total = output.count
  let result = unsafe input.withUnsafeMutableBufferPointer { source in
    unsafe output.withUnsafeMutableBufferPointer { target in
      var from = source.baseAddress
      var to = target.baseAddress
      return unsafe iconv(converter, &from, &remaining, &to, &room)
    }
  }
  guard result != -1, remaining == 0 else { return nil }
  return output.prefix(total - room).map { UInt8(bitPattern: $0) }
}
