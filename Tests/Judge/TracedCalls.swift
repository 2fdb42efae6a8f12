import Glibc
import Platform

/// What `strace -f -yy` saw of a run, in its order: which bytes went where, and which files were synced when.
///
/// A thread that goes on after a call has left that call's line behind, so a line that must stand before another does.
struct TracedCalls {
  struct Call {
    var name: String
    /// The descriptor's number.
    var descriptor: Int
    /// The path behind it, or `TCP:[…]` with both ends.
    var target: String
    /// All quoted bytes of the call, one behind the other.
    var data: [UInt8]
    var arguments: String
    var result: Int
    /// The lines at which the call began and ended.
    var began: Int
    var ended: Int
  }

  private(set) var calls: [Call] = []

  init(_ text: [UInt8]) {
    var open: [String: (head: [UInt8], line: Int)] = [:]
    for (line, bytes) in text.split(separator: 0x0A).enumerated() {
      guard let blank = bytes.firstIndex(of: 0x20) else { continue }
      let thread = String(decoding: bytes[..<blank], as: UTF8.self)
      var rest = Array(bytes[blank...].drop { $0 == 0x20 })
      var began = line
      if rest.starts(with: Array("<... ".utf8)) {
        guard let first = open.removeValue(forKey: thread), let end = rest.firstIndex(of: UInt8(ascii: ">")) else {
          continue
        }
        began = first.line
        rest = first.head + rest[(end + 1)...]
      } else if rest.suffix(16).elementsEqual(Array("<unfinished ...>".utf8)) {
        open[thread] = (Array(rest.dropLast(16)), line)
        continue
      }
      if let call = Self.read(rest, began, line) { calls.append(call) }
    }
  }

  private static func read(_ line: [UInt8], _ began: Int, _ ended: Int) -> Call? {
    guard let paren = line.firstIndex(of: UInt8(ascii: "(")) else { return nil }
    let (data, arguments, tail) = unquote(line[(paren + 1)...])
    guard let sign = tail.range(of: " = ", last: true) else { return nil }
    let result = tail[sign...].dropFirst(3).prefix { $0 == "-" || $0.isNumber }
    let digits = arguments.prefix { $0.isNumber }
    let behind = arguments.dropFirst(digits.count)
    var target = ""
    if behind.hasPrefix("<TCP:") {
      target = String(behind.dropFirst().prefix { $0 != "]" })
    } else if behind.hasPrefix("<") {
      target = String(behind.dropFirst().prefix { $0 != ">" })
    }
    return Call(
      name: String(decoding: line[..<paren], as: UTF8.self), descriptor: Int(digits) ?? -1, target: target,
      data: data, arguments: arguments, result: Int(result) ?? -1, began: began, ended: ended)
  }

  /// The quoted bytes, the text without them, and the text behind the last of them.
  private static func unquote(_ bytes: ArraySlice<UInt8>) -> (data: [UInt8], text: String, tail: String) {
    var data: [UInt8] = []
    var text: [UInt8] = []
    var tail = 0
    var index = bytes.startIndex
    var isQuoted = false
    while index < bytes.endIndex {
      let byte = bytes[index]
      index += 1
      if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
        tail = text.count
      } else if !isQuoted {
        text.append(byte)
      } else if byte == UInt8(ascii: "\\"), index < bytes.endIndex {
        let escaped = bytes[index]
        index += 1
        var value = 0
        switch escaped {
        case UInt8(ascii: "n"): value = 10
        case UInt8(ascii: "t"): value = 9
        case UInt8(ascii: "r"): value = 13
        case UInt8(ascii: "v"): value = 11
        case UInt8(ascii: "f"): value = 12
        case 0x30...0x37:
          value = Int(escaped - 0x30)
          var count = 1
          while count < 3, index < bytes.endIndex, (0x30...0x37).contains(bytes[index]) {
            value = value * 8 + Int(bytes[index] - 0x30)
            index += 1
            count += 1
          }
        default: value = Int(escaped)
        }
        data.append(UInt8(truncatingIfNeeded: value))
      } else {
        data.append(byte)
      }
    }
    return (data, String(decoding: text, as: UTF8.self), String(decoding: text[tail...], as: UTF8.self))
  }
}

extension TracedCalls.Call {
  var isWrite: Bool { ["write", "writev", "pwrite64", "pwritev"].contains(name) && result > 0 }
  var isSync: Bool { ["fdatasync", "fsync"].contains(name) && result == 0 }
  var sends: Bool { ["sendto", "sendmsg", "write", "writev"].contains(name) && target.hasPrefix("TCP:") && result > 0 }
  var receives: Bool { ["recvfrom", "recvmsg", "read"].contains(name) && target.hasPrefix("TCP:") && result > 0 }
  func concerns(_ file: String) -> Bool { target.hasSuffix(file) }

  /// Whether the bytes stand in it; by the C library, since a trace is long and this asked often.
  func holds(_ token: [UInt8]) -> Bool {
    guard let first = token.first else { return true }
    return unsafe data.withUnsafeBytes { bytes in
      var start = 0
      while bytes.count - start >= token.count,
        let found = unsafe memchr(bytes.baseAddress! + start, Int32(first), bytes.count - start)
      {
        start = unsafe bytes.baseAddress!.distance(to: found)
        guard bytes.count - start >= token.count else { return false }
        if unsafe memcmp(found, token, token.count) == 0 { return true }
        start += 1
      }
      return false
    }
  }
}

extension TracedCalls {
  /// The first write to a file that holds these bytes.
  func firstWrite(of token: [UInt8], to file: String) -> Call? {
    calls.first { $0.isWrite && $0.concerns(file) && $0.holds(token) }
  }

  /// Whether the file was synced between a write and a moment.
  func isSynced(_ write: Call, before moment: Int) -> Bool {
    calls.contains { $0.isSync && $0.target == write.target && $0.began > write.ended && $0.ended < moment }
  }

  /// Whether bytes were in a file and durable before a moment.
  func isDurable(_ token: [UInt8], in file: String, before moment: Int) -> Bool {
    firstWrite(of: token, to: file).map { isSynced($0, before: moment) } ?? false
  }
}

extension String {
  fileprivate func range(of words: String, last: Bool) -> Index? {
    var found: Index?
    var index = startIndex
    while index < endIndex {
      if self[index...].hasPrefix(words) { found = index }
      index = self.index(after: index)
    }
    return found
  }
}
