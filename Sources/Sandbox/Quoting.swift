import JSON
import Platform

/// Appends UTF-8 `text` as a JSON string with its quotes. Copies it whole when nothing in it needs an escape, which is
/// the case for numbers, ids and nearly all texts.
func quote(_ text: borrowing Span<UInt8>, into buffer: inout ByteBuffer) {
  var isPlain = true
  for index in 0..<text.count {
    let byte = text[index]
    if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { isPlain = false }
  }
  guard isPlain else {
    JSON.write(text: text, into: &buffer)
    return
  }
  buffer.append(UInt8(ascii: "\""))
  buffer.append(text)
  buffer.append(UInt8(ascii: "\""))
}
