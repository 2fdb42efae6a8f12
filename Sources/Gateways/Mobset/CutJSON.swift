import JSON
import Platform

/// Saves records from a JSON answer that broke off.
enum CutJSON {
  /// Every object inside an array inside the outermost object that is there from brace to brace, in order.
  static func objects(in body: [UInt8]) -> [JSON] {
    var found: [JSON] = []
    // Depth 1 is the answer's own object, 2 its array, 3 a record.
    var depth = 0
    var start = 0
    var inText = false
    var escaped = false
    for (index, byte) in body.enumerated() {
      if inText {
        if escaped {
          escaped = false
        } else if byte == UInt8(ascii: "\\") {
          escaped = true
        } else if byte == UInt8(ascii: "\"") {
          inText = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): inText = true
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        if depth == 3 { start = index }
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 3, body[start] == UInt8(ascii: "{"), let json = try? JSON(parsing: Array(body[start...index])) {
          found.append(json)
        }
        depth -= 1
        guard depth >= 0 else { return found }
      default: continue
      }
    }
    return found
  }
}
