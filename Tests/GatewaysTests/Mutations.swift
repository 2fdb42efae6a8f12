import Glibc
import JSON
import Platform
import TestSupport

@testable import Gateways

/// A damaged form of a body, by what was done to it.
struct Mutation {
  var name: String
  var body: [UInt8]
  /// Whether bytes were exchanged at random, so that words may differ from the seed's.
  var isNoise = false
  /// Bytes kept when the body was cut; nil otherwise.
  var cut: Int?
}

/// What is done to the bytes of a body, whatever its form.
enum Mutations {
  static func all(of body: [UInt8], seed: UInt64) -> [Mutation] {
    cuts(of: body) + encodings(of: body) + wrappings(of: body) + noise(in: body, seed: seed)
  }

  /// Cut at each byte.
  static func cuts(of body: [UInt8]) -> [Mutation] {
    body.indices.map { Mutation(name: "cut at \($0)", body: Array(body[..<$0]), cut: $0) }
  }

  static func encodings(of body: [UInt8]) -> [Mutation] {
    let units = Array(body.text.utf16)
    let little = units.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    let big = units.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
    let forms: [(String, [UInt8])] = [
      ("GB18030", GBText.encode(body) ?? []), ("UTF-16 little-endian", little), ("UTF-16 big-endian", big),
      ("UTF-16 little-endian with a mark", [0xFF, 0xFE] + little),
      ("UTF-16 big-endian with a mark", [0xFE, 0xFF] + big),
      ("a mark", [0xEF, 0xBB, 0xBF] + body), ("two marks", [0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF] + body),
      ("a mark at the end", body + [0xEF, 0xBB, 0xBF]),
    ]
    return forms.map { Mutation(name: $0.0, body: $0.1) }
  }

  /// Nothing, other pages, the body in something else, something in front of it and behind it.
  static func wrappings(of body: [UInt8]) -> [Mutation] {
    func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
    let deep = 5000
    let forms: [(String, [UInt8])] = [
      ("nothing", []), ("a blank", [0x20]), ("NULs", [0, 0, 0]), ("null", bytes("null")), ("0", bytes("0")),
      ("a page", bytes("<html><body>502 Bad Gateway</body></html>")),
      ("in a page", bytes("<html><body>") + body + bytes("</body></html>")),
      ("in an array", bytes("[") + body + bytes("]")), ("in an object", bytes("{\"data\":") + body + bytes("}")),
      ("in a text", bytes("\"") + body + bytes("\"")), ("in a call", bytes("callback(") + body + bytes(");")),
      ("doubled", body + body), ("doubled in lines", body + [0x0A] + body), ("NUL behind", body + [0]),
      ("NUL and more behind", body + [0] + body), ("NUL in front", [0] + body),
      ("blanks around", [0x0A, 0x20] + body + [0x0D, 0x0A]),
      ("more behind", body + bytes("x")), ("headers in front", bytes("HTTP/1.1 200 OK\r\n\r\n") + body),
      ("chunked", bytes(String(body.count, radix: 16) + "\r\n") + body + bytes("\r\n0\r\n\r\n")),
      ("deep arrays", [UInt8](repeating: 0x5B, count: deep) + body + [UInt8](repeating: 0x5D, count: deep)),
      ("deep arrays, open", [UInt8](repeating: 0x5B, count: deep)),
      ("deep objects", bytes(String(repeating: "{\"list\":", count: deep)) + body),
      ("deep elements", bytes(String(repeating: "<a>", count: deep)) + body),
      ("an entity bomb", bytes("<!DOCTYPE a [<!ENTITY b \"x\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>")),
    ]
    return forms.map { Mutation(name: $0.0, body: $0.1) }
  }

  /// Bytes exchanged, put in and left out, by a seed.
  static func noise(in body: [UInt8], seed: UInt64, rounds: Int = 250) -> [Mutation] {
    var random = SeededGenerator(seed: seed)
    let telling = Array("{}[]\",:0123456789\\<>/#@&=%.\n\r\0\u{80}".utf8) + [0xFF, 0xC0]
    return (0..<rounds).map { round in
      var changed = body
      for _ in 0...Int.random(in: 0..<3, using: &random) where !changed.isEmpty {
        let place = Int.random(in: changed.indices, using: &random)
        let byte =
          Bool.random(using: &random)
          ? telling.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: changed.insert(byte, at: place)
        case 1: changed.remove(at: place)
        default: changed[place] = byte
        }
      }
      return Mutation(name: "noise \(seed)/\(round)", body: changed, isNoise: true)
    }
  }

  // MARK: - Trees

  /// What is done to a JSON value at each of its places.
  static func trees(of value: JSON) -> [Mutation] {
    changed(value).map { Mutation(name: $0.name, body: Array($0.value.serialized.utf8)) }
  }

  private typealias Change = (name: String, value: JSON)

  private static let others: [Change] = [
    ("null", .null), ("true", true), ("0", 0), ("-1", -1), ("a fraction", .number("1.5e3")),
    ("a huge number", .number(String(repeating: "9", count: 400))), ("an empty text", ""), ("another text", "x"),
    ("a long text", .string(String(repeating: "0", count: 5000))), ("an empty array", []), ("an empty object", [:]),
    ("another object", ["mobile": "13800138000", "mid": "stolen", "result": 0]),
    ("deep", (0..<62).reduce(JSON.null) { inner, _ in .array([inner]) }),
    ("too deep", (0..<80).reduce(JSON.null) { inner, _ in .array([inner]) }),
  ]

  private static func changed(_ value: JSON) -> [Change] {
    others.map { ("becomes " + $0.name, $0.value) } + inside(value)
  }

  private static func inside(_ value: JSON) -> [Change] {
    switch value {
    case .string(let text):
      return [("as a number", .number(text.isEmpty ? "0" : text)), ("in blanks", .string(" \(text)\t"))]
        .filter { text.allSatisfy(\.isNumber) || $0.0 == "in blanks" }
    case .number(let digits): return [("as a text", .string(digits))]
    case .array(let elements):
      var changes: [Change] = [("reversed", .array(elements.reversed()))]
      for (index, element) in elements.enumerated() {
        changes.append(("[\(index)] missing", .array(elements.without(index))))
        changes.append(("[\(index)] doubled", .array(elements + [element])))
        changes.append(("[\(index)] a hundred times", .array(elements + Array(repeating: element, count: 100))))
        changes += changed(element).map { ("[\(index)] " + $0.name, .array(elements.with(index, $0.value))) }
      }
      return changes
    case .object(let members):
      var changes: [Change] = [("reversed", .object(members.reversed())), ("wrapped", ["data": value])]
      changes.append(("longer", .object(members + (0..<300).map { JSON.Member("extra\($0)", 1) })))
      for (index, member) in members.enumerated() {
        let name = member.name
        changes.append((name + " missing", .object(members.without(index))))
        changes.append((name + " doubled", .object(members + [member])))
        changes.append((name + " renamed", .object(members.with(index, JSON.Member("x" + name, member.value)))))
        changes.append(
          (name + " in capitals", .object(members.with(index, JSON.Member(name.uppercased(), member.value)))))
        changes.append((name + " and null", .object(members + [JSON.Member(name, .null)])))
        changes += changed(member.value).map {
          (name + " " + $0.name, .object(members.with(index, JSON.Member(name, $0.value))))
        }
      }
      return changes
    default: return []
    }
  }
}

extension Array {
  fileprivate func without(_ index: Int) -> [Element] { Array(self[..<index] + self[(index + 1)...]) }

  fileprivate func with(_ index: Int, _ element: Element) -> [Element] {
    var copy = self
    copy[index] = element
    return copy
  }
}

/// What one reading cost this thread.
struct Cost {
  private(set) var worst = 0.0
  private(set) var count = 0

  /// Runs `work` and remembers the dearest run, in seconds of this thread's processor time.
  mutating func of<Result>(_ work: () -> Result) -> Result {
    let start = Cost.now()
    let result = work()
    worst = max(worst, Cost.now() - start)
    count += 1
    return result
  }

  private static func now() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
