import Platform

/// Reads the one form of answer that comes all night long without building a tree of Strings.
///
/// Exactly: an object with the form's own names, each once, whose values are plain ASCII strings or whole numbers, and
/// one array of objects of the same kind. At anything else it gives up, and the general reader decides; where it does
/// not give up, both say the same (tested with damaged answers).
struct QuickReader: ~Copyable, ~Escapable {
  /// Digits of a number; those that no Double holds are refused by the general reader.
  private static let mostDigits = 300
  private let bytes: Span<UInt8>
  private let form: AnswerForm
  private var place = 0

  static func read(_ body: [UInt8], as form: AnswerForm) -> ListAnswer? {
    var reader = QuickReader(body.span, form)
    return reader.answer()
  }

  @_lifetime(copy bytes)
  private init(_ bytes: Span<UInt8>, _ form: AnswerForm) {
    self.bytes = bytes
    self.form = form
  }

  private mutating func answer() -> ListAnswer? {
    var code: String?
    var entries: [AnswerEntry]?
    var seen = 0
    guard take("{") else { return nil }
    repeat {
      guard let name = string(), take(":") else { return nil }
      if equal(name, form.code), code == nil {
        guard let value = scalar() else { return nil }
        code = text(value)
      } else if equal(name, form.list), entries == nil {
        guard let list = list() else { return nil }
        entries = list
      } else if form.ignored.contains(where: { equal(name, $0) }) {
        guard scalar() != nil else { return nil }
      } else {
        return nil
      }
      seen += 1
    } while take(",") && seen < 8
    guard take("}"), atEnd(), let code, let entries else { return nil }
    return ListAnswer(code: code, entries: entries)
  }

  private mutating func list() -> [AnswerEntry]? {
    var entries: [AnswerEntry] = []
    guard take("[") else { return nil }
    // An entry takes more than 32 bytes.
    entries.reserveCapacity(bytes.count / 48)
    repeat {
      guard let entry = entry() else { return nil }
      entries.append(entry)
    } while take(",")
    return take("]") ? entries : nil
  }

  private mutating func entry() -> AnswerEntry? {
    var entry = AnswerEntry()
    var seen = (number: false, id: false, result: false, customID: false)
    guard take("{") else { return nil }
    repeat {
      guard let name = string(), take(":"), let value = scalar() else { return nil }
      if equal(name, form.number), !seen.number {
        seen.number = true
        entry.number = DomesticNumber.international(bytes.extracting(value), domestic: form.domestic)
      } else if equal(name, form.id), !seen.id {
        seen.id = true
        entry.id = text(value)
      } else if let result = form.result, equal(name, result), !seen.result {
        seen.result = true
        entry.code = text(value)
      } else if let customID = form.customID, equal(name, customID), !seen.customID {
        seen.customID = true
        entry.customID = text(value)
      } else {
        return nil
      }
    } while take(",")
    return take("}") ? entry : nil
  }

  // MARK: - Tokens

  private mutating func skipBlanks() {
    while place < bytes.count {
      switch bytes[place] {
      case 0x20, 0x0A, 0x0D, 0x09: place += 1
      default: return
      }
    }
  }

  /// Whether the next visible byte is `character`, which is then read.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  private mutating func atEnd() -> Bool {
    skipBlanks()
    return place == bytes.count
  }

  /// The inside of a string of visible ASCII without escapes.
  private mutating func string() -> Range<Int>? {
    guard take("\"") else { return nil }
    let start = place
    while place < bytes.count {
      let byte = bytes[place]
      if byte == UInt8(ascii: "\"") {
        place += 1
        return start..<(place - 1)
      }
      guard byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "\\") else { return nil }
      place += 1
    }
    return nil
  }

  /// A string's inside, or a whole number as JSON writes it.
  private mutating func scalar() -> Range<Int>? {
    skipBlanks()
    guard place < bytes.count else { return nil }
    if bytes[place] == UInt8(ascii: "\"") { return string() }
    let start = place
    if bytes[place] == UInt8(ascii: "-") { place += 1 }
    let digits = place
    while place < bytes.count, AnswerText.isDigit(bytes[place]) { place += 1 }
    guard place > digits, bytes[digits] != UInt8(ascii: "0") || place == digits + 1 else { return nil }
    guard place < bytes.count, ends(bytes[place]), place - digits <= Self.mostDigits else { return nil }
    return start..<place
  }

  /// Whether a number may end before `byte`; a fraction or an exponent is the general reader's.
  private func ends(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "}"), 0x20, 0x0A, 0x0D, 0x09: true
    default: false
    }
  }

  private func equal(_ range: Range<Int>, _ name: String) -> Bool {
    let wanted = name.utf8
    guard wanted.count == range.count else { return false }
    var index = range.lowerBound
    for byte in wanted {
      guard bytes[index] == byte else { return false }
      index += 1
    }
    return true
  }

  private func text(_ range: Range<Int>) -> String { bytes.extracting(range).text }
}
