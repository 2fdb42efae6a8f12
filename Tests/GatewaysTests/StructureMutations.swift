import Platform

/// What a field's value becomes: of another type, empty, beyond every bound.
enum OtherValues {
  static let all: [(name: String, text: String)] = [
    ("a word", "x"), ("empty", ""), ("a blank", " "), ("null", "null"), ("true", "true"), ("0", "0"), ("1", "1"),
    ("negative", "-1"), ("with a plus", "+5"), ("a fraction", "1.5e3"),
    ("a huge number", String(repeating: "9", count: 400)), ("a long text", String(repeating: "0", count: 5000)),
    ("in quotes", "\"0\""), ("another number", "13700000000"), ("wide digits", "０１２"), ("a NUL", "\0"),
  ]
}

/// A small document of elements, read and written by the tests' own means.
struct Markup: Equatable {
  /// How an element's text is written; what it says stays the same.
  enum Writing: CaseIterable { case plain, characterData, entities, aroundComment }

  var name: String
  var text = ""
  var children: [Markup] = []
  var writing = Writing.plain
  /// As it stands in the start tag, a blank before it.
  var attributes = ""

  var serialized: String {
    let half = text.count / 2
    let written =
      switch writing {
      case .plain: escaped(text)
      case .characterData: "<![CDATA[\(text)]]>"
      case .entities: text.unicodeScalars.map { "&#\($0.value);" }.joined()
      case .aroundComment: "\(escaped(String(text.prefix(half))))<!-- 0 -->\(escaped(String(text.dropFirst(half))))"
      }
    return "<\(name)\(attributes)>\(written)\(children.map(\.serialized).joined())</\(name)>"
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\0", with: "&#0;")
  }

  /// Reads elements without attributes, entities and comments; nil for anything else.
  init?(_ text: String) {
    var rest = text[...]
    if rest.hasPrefix("<?"), let end = rest.firstRange(of: "?>") { rest = rest[end.upperBound...] }
    guard let read = Markup(&rest), rest.isEmpty else { return nil }
    self = read
  }

  init(name: String, text: String = "", children: [Markup] = []) {
    (self.name, self.text, self.children) = (name, text, children)
  }

  private init?(_ rest: inout Substring) {
    guard rest.first == "<", let end = rest.firstIndex(of: ">") else { return nil }
    name = String(rest[rest.index(after: rest.startIndex)..<end])
    rest = rest[rest.index(after: end)...]
    while let next = rest.firstIndex(of: "<") {
      text += rest[..<next]
      rest = rest[next...]
      if rest.hasPrefix("</\(name)>") {
        rest = rest.dropFirst(name.count + 3)
        return
      }
      guard let child = Markup(&rest) else { return nil }
      children.append(child)
    }
    return nil
  }

  // MARK: - What is done to it

  typealias Change = (name: String, root: Markup)

  /// What is done to an element and to each one inside it.
  ///
  /// - Parameter separator: what stands between the fields of a text that has some.
  func changed(fieldsBy separator: String) -> [Change] {
    var changes = own(separator)
    for (index, child) in children.enumerated() {
      func with(_ what: String, _ put: [Markup]) {
        var copy = self
        copy.children.replaceSubrange(index...index, with: put)
        changes.append(("\(child.name)[\(index)] " + what, copy))
      }
      with("missing", [])
      with("doubled", [child, child])
      with("a hundred times", Array(repeating: child, count: 100))
      with("wrapped", [Markup(name: "data", children: [child])])
      with("in itself", [Markup(name: child.name, children: [child])])
      with("opened up", child.children + [Markup(name: "x", text: child.text)])
      with("behind a stranger", [Markup(name: "extra", text: child.text), child])
      for change in child.changed(fieldsBy: separator) { with(change.name, [change.root]) }
    }
    return changes
  }

  private func own(_ separator: String) -> [Change] {
    var changes: [Change] = []
    func with(_ what: String, _ change: (inout Markup) -> Void) {
      var copy = self
      change(&copy)
      changes.append((what, copy))
    }
    with("renamed") { $0.name = "x" + name }
    with("in capitals") { $0.name = name.uppercased() }
    with("with a prefix") { ($0.name, $0.attributes) = ("q:" + name, " xmlns:q=\"urn:q\"") }
    with("with attributes") { $0.attributes = " result=\"0\" status='Success'" }
    with("reversed") { $0.children.reverse() }
    with("with text") { $0.text += "STOLEN#@#13800138000#@#0#@#" }
    with("with a stolen entry") {
      $0.children.append(Markup(name: "resp", text: "STOLEN#@#13800138000#@#0#@#"))
    }
    for other in OtherValues.all { with("becomes \(other.name)") { ($0.text, $0.children) = (other.text, []) } }
    if !text.isEmpty {
      for writing in Writing.allCases { with("written \(writing)") { $0.writing = writing } }
      with("in an element") { ($0.text, $0.children) = ("", [Markup(name: "value", text: text)]) }
    }
    if text.contains(separator) {
      let line = Lines([text], fieldsBy: separator, recordsBy: "")
      for change in line.changed() { with("its text: " + change.name) { $0.text = change.lines.serialized } }
    }
    return changes
  }
}

/// Records of fields, both ended or parted by fixed texts.
struct Lines: Equatable {
  var records: [[String]]
  var fieldSeparator: String
  /// Stands behind each record but the last.
  var recordSeparator: String
  /// Stands behind the last record.
  var end = ""

  init(_ records: [String], fieldsBy fieldSeparator: String, recordsBy recordSeparator: String, end: String = "") {
    self.records = records.map { record in
      record.split(separator: fieldSeparator, omittingEmptySubsequences: false).map { String($0) }
    }
    (self.fieldSeparator, self.recordSeparator, self.end) = (fieldSeparator, recordSeparator, end)
  }

  var serialized: String {
    records.map { $0.joined(separator: fieldSeparator) }.joined(separator: recordSeparator) + end
  }

  typealias Change = (name: String, lines: Lines)

  /// What is done to records, and to each field of each.
  func changed() -> [Change] {
    var changes: [Change] = []
    func with(_ what: String, _ change: (inout Lines) -> Void) {
      var copy = self
      change(&copy)
      changes.append((what, copy))
    }
    with("reversed") { $0.records.reverse() }
    with("without an end") { $0.end = "" }
    if !recordSeparator.isEmpty {
      with("in one line") { $0.recordSeparator = "" }
      with("parted by returns") { ($0.recordSeparator, $0.end) = ("\r", "\r") }
      with("parted by both") { ($0.recordSeparator, $0.end) = ("\r\n", "\r\n") }
      with("with empty lines") { ($0.recordSeparator, $0.end) = ("\n\n \n", "\n\n\n") }
    }
    for separator in ["", ",", ";", "\t", "|", "#", "／", "/ "] where separator != fieldSeparator {
      with("fields parted by '\(separator)'") { $0.fieldSeparator = separator }
    }
    for (index, record) in records.enumerated() {
      with("record \(index) missing") { $0.records.remove(at: index) }
      with("record \(index) doubled") { $0.records.insert(record, at: index) }
      with("record \(index) a hundred times") { $0.records += Array(repeating: record, count: 100) }
      with("record \(index) reversed") { $0.records[index].reverse() }
      with("record \(index) rotated") { $0.records[index] = Array(record.dropFirst() + record.prefix(1)) }
      for other in OtherValues.all { with("record \(index) \(other.name)") { $0.records[index] = [other.text] } }
      for (place, field) in record.enumerated() {
        let name = "field \(index).\(place)"
        with(name + " missing") { $0.records[index].remove(at: place) }
        with(name + " doubled") { $0.records[index].insert(field, at: place) }
        with("an extra before " + name) { $0.records[index].insert("extra", at: place) }
        with("a number before " + name) { $0.records[index].insert("13700000000", at: place) }
        with(name + " in blanks") { $0.records[index][place] = " \(field)\t" }
        for second in record.indices where second > place {
          with("\(name) and \(second) exchanged") { $0.records[index].swapAt(place, second) }
        }
        for other in OtherValues.all { with(name + " \(other.name)") { $0.records[index][place] = other.text } }
      }
    }
    return changes
  }
}

/// The pairs of a form or a query, as they are written.
struct FormPairs: Equatable {
  var pairs: [(name: String, value: String)]
  var separator = "&"

  static func == (left: FormPairs, right: FormPairs) -> Bool { left.serialized == right.serialized }

  init(_ text: String) {
    pairs = text.split(separator: "&").map { part in
      let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
      return (halves[0], halves.count > 1 ? halves[1] : "")
    }
  }

  var serialized: String { pairs.map { $0.name + "=" + $0.value }.joined(separator: separator) }

  typealias Change = (name: String, text: String)

  /// What is done to the pairs and to each name and value.
  func changed() -> [Change] {
    var changes: [Change] = []
    func with(_ what: String, _ change: (inout FormPairs) -> Void) {
      var copy = self
      change(&copy)
      changes.append((what, copy.serialized))
    }
    let strangers = (0..<300).map { (name: "extra\($0)", value: "1") }
    with("reversed") { $0.pairs.reverse() }
    with("rotated") { $0.pairs = Array(pairs.dropFirst() + pairs.prefix(1)) }
    with("doubled") { $0.pairs += pairs }
    with("300 strangers in front") { $0.pairs = strangers + pairs }
    with("300 strangers behind") { $0.pairs += strangers }
    with("parted by semicolons") { $0.separator = ";" }
    with("parted by two") { $0.separator = "&&" }
    changes.append(("behind a question mark", "?" + serialized))
    changes.append(("encoded as a whole", Self.encoded(serialized)))
    changes.append(("without signs", serialized.replacing("=", with: "")))
    for (index, pair) in pairs.enumerated() {
      func become(_ what: String, _ put: [(name: String, value: String)]) {
        with("\(pair.name) \(what)") { $0.pairs.replaceSubrange(index...index, with: put) }
      }
      become("missing", [])
      become("doubled", [pair, pair])
      become("behind another", [(pair.name, "x"), pair])
      become("in front of another", [pair, (pair.name, "x")])
      become("behind an empty one", [(pair.name, ""), pair])
      become("a hundred times", Array(repeating: pair, count: 100))
      let names = [
        "x" + pair.name, pair.name + "x", pair.name + "[]", pair.name.uppercased(), pair.name.lowercased(),
        "%20\(pair.name)+", Self.encoded(pair.name), "", pair.name + "%00", pair.value,
      ]
      for name in names { become("named '\(name)'", [(name, pair.value)]) }
      let values =
        OtherValues.all + [
          ("encoded", Self.encoded(pair.value)), ("encoded twice", Self.encoded(Self.encoded(pair.value))),
          ("half a code", pair.value + "%"), ("no code", pair.value + "%zz"), ("with a sign", pair.value + "=1"),
          ("with another pair", pair.value + "&mobile=13700000000&Mobile=13700000000"),
          ("not UTF-8", "%FF%FE" + pair.value), ("as a list", pair.value + "," + pair.value),
        ]
      for other in values { become("becomes \(other.name)", [(pair.name, other.text)]) }
      for second in pairs.indices where second > index {
        with("values of \(pair.name) and \(pairs[second].name) exchanged") {
          ($0.pairs[index].value, $0.pairs[second].value) = (pairs[second].value, pair.value)
        }
      }
    }
    return changes
  }

  static func encoded(_ text: String) -> String {
    text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// All values of a name, whatever its case, by the tests' own reading.
  static func values(_ name: String, in texts: [String]) -> [String] {
    texts.flatMap { text in
      text.utf8.split(separator: UInt8(ascii: "&")).compactMap { part -> String? in
        let halves = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        guard trimmed(decoded(halves[0])).lowercased() == name.lowercased() else { return nil }
        return halves.count > 1 ? decoded(halves[1]) : ""
      }
    }
  }

  static func trimmed(_ text: String) -> String {
    let blanks: Set<Character> = [" ", "\t", "\n", "\r", "\r\n", "\u{B}", "\u{C}"]
    return String(text.drop { blanks.contains($0) }.reversed().drop { blanks.contains($0) }.reversed())
  }

  static func decoded(_ bytes: Substring.UTF8View.SubSequence) -> String {
    var found: [UInt8] = []
    var rest = Array(bytes)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2, rest.prefix(2).allSatisfy({ isHex($0) }),
        let code = UInt8(Array(rest.prefix(2)).text, radix: 16)
      {
        found.append(code)
        rest = rest.dropFirst(2)
      } else {
        found.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
      }
    }
    return found.text
  }

  private static func isHex(_ byte: UInt8) -> Bool { "0123456789abcdefABCDEF".utf8.contains(byte) }
}
