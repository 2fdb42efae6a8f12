import Gateways
import Platform
import TOML

// Small rules that several sections share.

/// The rule for names that become parts of paths: a campaign's id, a gateway's name.
let nameRule = "letters, digits, '.', '_' and '-', beginning with a letter or digit, at most \(Limits.nameBytes) bytes"

/// What is wrong with a name; nil when nothing is. Letters and digits of every script are fine, so that 双十一 is.
func nameFault(_ name: String) -> String? {
  guard let first = name.unicodeScalars.first else { return "is empty" }
  guard name.utf8.count <= Limits.nameBytes else { return "has \(name.utf8.count) bytes" }
  guard isNameLetter(first) else { return "begins with a character that is neither a letter nor a digit" }
  let strange = name.unicodeScalars.first { !isNameLetter($0) && $0 != "." && $0 != "_" && $0 != "-" }
  return strange.map { "holds \(describe($0))" }
}

private func isNameLetter(_ scalar: Unicode.Scalar) -> Bool {
  scalar.properties.isAlphabetic || scalar.properties.numericType != nil
}

/// A character for a message: invisible ones by their number.
private func describe(_ scalar: Unicode.Scalar) -> String {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .unassigned, .privateUse:
    "U+" + String(scalar.value, radix: 16, uppercase: true)
  default: "'\(scalar)'"
  }
}

/// Two capital letters, as in ISO 3166, or `001` for numbers of no country.
func isRegion(_ text: String) -> Bool { isCountry(text) || text == "001" }

/// Two capital letters, as in ISO 3166.
func isCountry(_ text: String) -> Bool {
  text.utf8.count == 2 && text.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
}

let countryRule = "a country code of two capital letters, such as CN"

/// `a`, `one of a, b`, or that there is none.
func oneOf(_ words: [String]) -> String {
  switch words.count {
  case 0: "none, for there is none"
  case 1: "'\(words[0])'"
  default: "one of \(words.joined(separator: ", "))"
  }
}

/// The zone, when the system has zone data under that very name (folders and lists beside them are none).
func knownZone(_ name: String) -> NamedZone? {
  guard name != "UTC" else { return NamedZone(name) }
  guard !name.isEmpty, !name.hasPrefix("/"), !name.contains("..") else { return nil }
  let path = "/usr/share/zoneinfo/\(name)"
  guard !Files.isFolder(path), let start = try? Files.read(path, limit: Limits.configurationBytes).prefix(4) else {
    return nil
  }
  return Array(start) == Array("TZif".utf8) ? NamedZone(name) : nil
}

/// `scheme://host:port` without a final slash; nil when it is not that. The port may be left out.
func gatewayURL(_ text: String) -> String? {
  var rest = Substring(text)
  let scheme: String
  if rest.hasPrefix("http://") {
    scheme = "http://"
  } else if rest.hasPrefix("https://") {
    scheme = "https://"
  } else {
    return nil
  }
  rest = rest.dropFirst(scheme.count)
  if rest.hasSuffix("/") { rest = rest.dropLast() }
  let host: Substring
  let tail: Substring
  if rest.hasPrefix("[") {
    guard let end = rest.firstIndex(of: "]") else { return nil }
    host = rest[rest.index(after: rest.startIndex)..<end]
    guard AddressRange(String(host))?.isSingle == true else { return nil }
    tail = rest[rest.index(after: end)...]
  } else {
    let end = rest.firstIndex(of: ":") ?? rest.endIndex
    host = rest[..<end]
    guard !host.isEmpty, host.utf8.allSatisfy(isHostByte) else { return nil }
    tail = rest[end...]
  }
  guard tail.isEmpty || isPort(tail) else { return nil }
  return scheme + rest
}

private func isHostByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
  case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
  default: false
  }
}

private func isPort(_ tail: Substring) -> Bool {
  guard tail.first == ":", tail.count <= 6, tail.dropFirst().utf8.allSatisfy({ (48...57).contains($0) }) else {
    return false
  }
  return Int(tail.dropFirst()).map { (1...65_535).contains($0) } ?? false
}

// MARK: - Reading

extension KeyReader {
  /// Text that goes into messages: no control characters, which protocols take for separators.
  mutating func words(_ key: String, lineBreaks: Bool = false) -> String? {
    guard let text = string(key) else { return nil }
    let control = text.unicodeScalars.first { $0.properties.generalCategory == .control && !(lineBreaks && $0 == "\n") }
    guard let control else { return text }
    // The text is returned nonetheless, so that nobody calls it missing besides.
    fault(
      key, found: "'\(key)' holds the control character \(describe(control))",
      expected: lineBreaks ? "text without control characters other than line feeds" : "text without control characters"
    )
    return text
  }

  /// A secret's source; the value never shows in a fault.
  mutating func secretSource(_ key: String, _ need: Need, workspace: String) -> SecretSource? {
    guard let text = secret(key, need) else { return nil }
    let bare =
      text.hasPrefix("env:") ? text.dropFirst(4) : text.hasPrefix("file:") ? text.dropFirst(5) : Substring(text)
    guard !bare.isEmpty || need == .optional && text.isEmpty else {
      fault(key, found: "'\(key)' is empty", expected: "the secret itself, env:NAME or file:PATH")
      return nil
    }
    return SecretSource(text, key: key, at: place(of: key), workspace: workspace)
  }

  /// A country code.
  mutating func country(_ key: String) -> String? {
    guard let text = string(key, expected: countryRule) else { return nil }
    if isCountry(text) { return text }
    fault(key, found: "found '\(visible(text))'", expected: countryRule)
    return nil
  }

  /// The name of an input encoding, in lower case.
  mutating func encoding(_ key: String) -> String {
    if case .string(let text)? = table[key]?.value, inputEncodings.contains(text.lowercased()) {
      know(key)
      return text.lowercased()
    }
    return choice(key, inputEncodings) ?? "auto"
  }

  /// What stands between fields: `auto` or the sign itself, for which there are words as well.
  mutating func delimiter(_ key: String) -> String {
    let signs = ["tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|"]
    if case .string(let text)? = table[key]?.value, signs.values.contains(text) {
      know(key)
      return text
    }
    let word = choice(key, ["auto", "tab", "comma", "semicolon", "pipe"])
    return word.flatMap { signs[$0] } ?? "auto"
  }
}

/// The words for an input's encoding; `auto` looks at the bytes. The labels of gbk mean GB18030.
public let inputEncodings = [
  "auto", "utf-8", "utf-16", "utf-16le", "utf-16be", "gb18030", "gbk", "gb2312", "cp936", "big5", "shift-jis", "euc-jp",
  "euc-kr", "iso-8859-1", "windows-1252",
]
