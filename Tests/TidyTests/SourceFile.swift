import Glibc
import Platform
import TestSupport

/// A Swift file of the product, as lines.
struct SourceFile: Sendable {
  /// From the package's folder: `Sources/Platform/Files.swift`.
  let path: String
  /// The folder below `Sources`: the module.
  let module: String
  let lines: [String]

  /// All Swift files below `Sources`, sorted by path.
  static let all: [SourceFile] = {
    var found: [SourceFile] = []
    func look(_ folder: String) {
      for name in Files.names(in: packageFolder + "/" + folder).sorted() {
        let path = folder + "/" + name
        if Files.isFolder(packageFolder + "/" + path) {
          look(path)
        } else if name.hasSuffix(".swift"), let bytes = try? Files.read(packageFolder + "/" + path, limit: 1 << 24) {
          let module = String(path.split(separator: "/")[1])
          let lines = bytes.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
          found.append(SourceFile(path: path, module: module, lines: lines.last == "" ? lines.dropLast() : lines))
        }
      }
    }
    look("Sources")
    return found
  }()

  /// The lines without comments and without what stands in string literals, for rules about code.
  let code: [(number: Int, text: String)]

  init(path: String, module: String, lines: [String]) {
    self.path = path
    self.module = module
    self.lines = lines
    var isInText = false
    code = lines.enumerated().map { index, line in
      if line.has("\"\"\""), line.count(of: "\"\"\"") % 2 == 1 {
        isInText.toggle()
        return (index + 1, "")
      }
      return (index + 1, isInText ? "" : Self.bare(line))
    }
  }

  /// The names of the modules it imports.
  var imports: [String] {
    code.filter { $0.text.has("import ") }.compactMap { line in
      line.text.firstMatch(of: /^(?:@testable |@_exported |public |package |internal |private )*import (?:\w+ )?(\w+)/)
        .map { String($0.output.1) }
    }
  }

  /// Where a rule is broken: `Sources/…/File.swift:12`, with the line.
  func place(_ number: Int) -> String { "\(path):\(number): \(lines[number - 1].trimmed)" }

  private static func bare(_ line: String) -> String {
    guard line.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "/") }) else { return line }
    var result: [UInt8] = []
    var isQuoted = false
    var isEscaped = false
    for byte in line.utf8 {
      if isQuoted {
        if byte == UInt8(ascii: "\""), !isEscaped {
          isQuoted = false
          result.append(byte)
        }
        isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        continue
      }
      if byte == UInt8(ascii: "/"), result.last == byte { return String(decoding: result.dropLast(), as: UTF8.self) }
      if byte == UInt8(ascii: "\"") { isQuoted = true }
      result.append(byte)
    }
    return String(decoding: result, as: UTF8.self)
  }
}

extension String {
  var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }

  var indentation: Int { prefix { $0 == " " }.count }

  /// Whether it holds `word`, byte by byte; many times faster than a regular expression in a debug build.
  func has(_ word: String) -> Bool { unsafe strstr(self, word) != nil }

  func count(of word: String) -> Int { ranges(of: word).count }
}

/// A rule's known exceptions, each with its reason. One that is no longer needed is a fault as well.
struct Exceptions {
  private let reasons: [String: String]

  init(_ reasons: [String: String]) { self.reasons = reasons }

  /// The places that are no exception, and the exceptions that fit no place.
  func judge(_ places: [String]) -> (broken: [String], unneeded: [String]) {
    let broken = places.filter { place in !reasons.keys.contains { place.hasPrefix($0) } }
    let unneeded = reasons.keys.filter { key in !places.contains { $0.hasPrefix(key) } }
    return (broken, unneeded.sorted())
  }
}
