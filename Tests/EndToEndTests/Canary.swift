import Glibc
import Platform
import TestSupport

/// A word that must not get out, with every shape it could take on its way.
struct Canary {
  enum Kind: String { case secret, number, text }
  let kind: Kind
  let word: String

  /// - Parameter word: at least six bytes, so that none of its shapes turns up by chance.
  init(_ kind: Kind, _ word: String) {
    self.kind = kind
    self.word = word
  }

  /// Each shape's name and bytes; shapes that are the same bytes stand there once.
  var shapes: [(name: String, bytes: [UInt8])] {
    let plain = Array(word.utf8)
    var all: [(name: String, bytes: [UInt8])] = [("plain", plain)]
    func add(_ name: String, _ bytes: [UInt8]) {
      if !all.contains(where: { $0.bytes == bytes }) { all.append((name, bytes)) }
    }
    func addHex(_ name: String, _ bytes: [UInt8]) {
      let digits = Digest.hex(bytes)
      add(name, Array(digits.utf8))
      add(name + " in capitals", Array(digits.uppercased().utf8))
    }
    addHex("MD5", Digest.md5(plain))
    add("MD5 as bytes", Digest.md5(plain))
    addHex("SHA-256", Digest.sha256(plain))
    addHex("hexadecimal", plain)
    for encoding in [("UTF-8", plain), ("GB18030", Self.gb18030(word))] {
      add(encoding.0, encoding.1)
      for (name, keepsPlain) in [("percent", true), ("percent everywhere", false)] {
        let coded = Self.percent(encoding.1, keepsPlain: keepsPlain)
        add("\(encoding.0), \(name)", Array(coded.utf8))
        add("\(encoding.0), \(name), small", Array(coded.lowercasedEscapes.utf8))
      }
      // Base64 reads three bytes at a time, so a word inside of a text has three shapes.
      for shift in 0..<3 {
        let coded = Self.base64(encoding.1, shift: shift)
        add("\(encoding.0), base64", coded)
        add("\(encoding.0), base64 for addresses", Self.base64ForAddresses(coded))
      }
    }
    add("UTF-16 little", word.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
    add("UTF-16 big", word.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
    let escaped = word.utf16.map { $0 < 0x80 ? String(UnicodeScalar(UInt8($0))) : "\\u" + Self.fourDigits($0) }.joined()
    add("JSON", Array(escaped.utf8))
    add(
      "JSON in capitals",
      Array(escaped.replacing(/\\u[0-9a-f]{4}/) { "\\u" + $0.output.dropFirst(2).uppercased() }.utf8))
    add("JSON with slashes", Array(word.replacing("/", with: "\\/").utf8))
    return all
  }

  // MARK: Encodings, by the tests' own means

  /// The signs that the canaries use; the rest is ASCII.
  private static let gb: [Character: [UInt8]] = ["金": [0xBD, 0xF0], "丝": [0xCB, 0xBF], "雀": [0xC8, 0xB8]]

  private static func gb18030(_ text: String) -> [UInt8] { text.flatMap { gb[$0] ?? Array($0.utf8) } }

  private static func fourDigits(_ unit: UInt16) -> String { Digest.hex([UInt8(unit >> 8), UInt8(unit & 0xFF)]) }

  private static func percent(_ bytes: [UInt8], keepsPlain: Bool) -> String {
    bytes.map { byte in
      let sign = UnicodeScalar(byte)
      let isPlain =
        sign.isASCII
        && (sign.properties.isAlphabetic || sign.properties.numericType != nil || "-._~".unicodeScalars.contains(sign))
      return keepsPlain && isPlain ? String(sign) : "%" + Digest.hex([byte]).uppercased()
    }.joined()
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The signs that are the same whatever stands before and behind the word, when `shift` bytes stand before it.
  private static func base64(_ bytes: [UInt8], shift: Int) -> [UInt8] {
    let padded = [UInt8](repeating: 0, count: shift) + bytes
    let known = shift == 0 ? 0 : shift + 1
    var signs: [UInt8] = []
    var index = 0
    while (index + 1) * 6 <= padded.count * 8 {
      let bit = index * 6
      let pair = UInt16(padded[bit / 8]) << 8 | UInt16(bit / 8 + 1 < padded.count ? padded[bit / 8 + 1] : 0)
      signs.append(alphabet[Int(pair >> UInt16(10 - bit % 8)) & 63])
      index += 1
    }
    return Array(signs.dropFirst(known))
  }

  private static func base64ForAddresses(_ coded: [UInt8]) -> [UInt8] {
    coded.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 }
  }
}

extension String {
  /// `%AB` becomes `%ab`, the rest stays.
  fileprivate var lowercasedEscapes: String { replacing(/%[0-9A-F]{2}/) { $0.output.lowercased() } }
}

/// Looks for many canaries at once.
struct CanarySearch {
  /// A canary in one of its shapes.
  struct Find: Hashable, CustomStringConvertible {
    let kind: Canary.Kind
    let word: String
    let shape: String
    var description: String { "\(word) (\(shape))" }
  }
  private var shapes: [(find: Find, bytes: [UInt8])] = []
  /// By the first two bytes: places in `shapes`.
  private var starts = [[Int32]](repeating: [], count: 1 << 16)
  private var isStart = [Bool](repeating: false, count: 1 << 16)

  init(_ canaries: [Canary]) {
    for canary in canaries {
      for shape in canary.shapes {
        precondition(shape.bytes.count >= 6, "\(canary.word) is too short to be looked for as \(shape.name)")
        let key = Int(shape.bytes[0]) << 8 | Int(shape.bytes[1])
        starts[key].append(Int32(shapes.count))
        isStart[key] = true
        shapes.append((Find(kind: canary.kind, word: canary.word, shape: shape.name), shape.bytes))
      }
    }
  }

  /// What stands in these bytes.
  func finds(in bytes: [UInt8]) -> Set<Find> {
    var found: Set<Int32> = []
    unsafe bytes.withUnsafeBufferPointer { bytes in
      var index = 0
      while index + 1 < bytes.count {
        let key = unsafe Int(bytes[index]) << 8 | Int(bytes[index + 1])
        if isStart[key] {
          for place in starts[key] where unsafe matches(shapes[Int(place)].bytes, bytes, index) { found.insert(place) }
        }
        index += 1
      }
    }
    return Set(found.map { shapes[Int($0)].find })
  }

  func finds(in text: String) -> Set<Find> { finds(in: Array(text.utf8)) }

  /// What stands in a file; a workbook is unpacked first.
  ///
  /// - Throws: `ChildError` when it cannot be unpacked.
  func finds(inFile path: String) throws -> Set<Find> {
    let found = finds(in: try Files.read(path, limit: 1 << 30))
    guard path.hasSuffix(".xlsx") else { return found }
    return try found.union(finds(in: Self.unpacked(path)))
  }

  private func matches(_ word: [UInt8], _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
    guard start + word.count <= bytes.count, let base = bytes.baseAddress else { return false }
    return unsafe memcmp(base + start, word, word.count) == 0
  }

  /// Why workbooks cannot be looked into here; nil when they can.
  static var obstacle: String? {
    Files.exists("/usr/bin/unzip") ? nil : "no command unzip, workbooks are not looked into (apt-get install unzip)"
  }

  /// The parts of a workbook, one behind the other.
  private static func unpacked(_ path: String) throws -> String {
    guard obstacle == nil else { return "" }
    let result = try ChildProcess("/usr/bin/unzip", ["-p", path], in: "/tmp").wait()
    guard result.exitCode == 0 else { throw ChildError("unzip: \(result.errors)") }
    return result.output
  }
}
