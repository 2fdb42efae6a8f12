import JSON
import Platform

/// The records of a page that can be fetched once only.
struct RecordPage {
  /// The page's own code; empty when it has none or was salvaged.
  var code = ""
  var records: [JSON] = []
  /// Whether the page broke off behind its last whole record.
  var cut = false
  var notes: [String] = []

  /// Reads a page: `{code, list: […]}` or a bare array; a pushed one may also be a bare record.
  ///
  /// A page that is no JSON is salvaged record by record, because asking again brings the next page and not this one.
  init(_ body: [UInt8], code: String, list: String, pushed: Bool = false) throws(UnreadableAnswer) {
    do {
      take(try readJSON(body), code: code, list: list, pushed: pushed)
    } catch {
      guard let first = firstVisible(of: body), first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
        salvage(body)
      else { throw error }
    }
  }

  private mutating func take(_ value: JSON, code codeName: String, list: String, pushed: Bool) {
    if let elements = value.elements {
      records = elements
      return
    }
    code = value[anyCase: codeName]?.text.map(trimmed) ?? ""
    switch value[anyCase: list] {
    case .array(let elements)?: records = elements
    case .object(let members)?: records = [.object(members)]
    case nil where pushed: records = [value]
    default: records = []
    }
  }

  /// Whether there is a list at all; its whole records are taken, what cannot be read is told.
  private mutating func salvage(_ body: [UInt8]) -> Bool {
    var scanner = RecordScanner(body.span)
    guard scanner.findList() else { return false }
    var damaged = 0
    while records.count + damaged < Limits.pageRecords, let range = scanner.next() {
      let bytes = Array(body[range])
      if let record = (try? JSON(parsing: bytes)) ?? (try? JSON(parsing: bytes.text)) {
        records.append(record)
      } else {
        damaged += 1
      }
    }
    cut = !scanner.closed
    if cut { notes.append("the page breaks off; what stood behind its last whole record may be lost") }
    if damaged > 0 { notes.append("records that are no JSON, set aside: \(damaged)") }
    return true
  }
}

/// Finds the objects of the first array in a damaged text, by brackets and quotes alone.
private struct RecordScanner: ~Copyable, ~Escapable {
  private let bytes: Span<UInt8>
  private var place = 0
  /// Whether the array's end was reached.
  private(set) var closed = false

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) { self.bytes = bytes }

  mutating func findList() -> Bool {
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""): skipString()
      case UInt8(ascii: "["):
        place += 1
        return true
      default: place += 1
      }
    }
    return false
  }

  /// The next whole object; nil at the array's end and where the text breaks off.
  mutating func next() -> Range<Int>? {
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "{"): return object()
      case UInt8(ascii: "]"):
        closed = true
        return nil
      case UInt8(ascii: "\""): skipString()
      default: place += 1
      }
    }
    return nil
  }

  private mutating func object() -> Range<Int>? {
    let start = place
    var depth = 0
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        skipString()
        continue
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"): depth -= 1
      default: break
      }
      place += 1
      if depth == 0 { return start..<place }
    }
    return nil
  }

  private mutating func skipString() {
    place += 1
    while place < bytes.count {
      let byte = bytes[place]
      place += byte == UInt8(ascii: "\\") ? 2 : 1
      if byte == UInt8(ascii: "\"") { return }
    }
  }
}

/// A date and time as gateways write them: `2017-04-12 01:38:21`, also with `/` or `T`, without seconds, with a
/// fraction, or as 14 digits; nil when it is none of these or no real time.
func civilTime(_ text: String) -> CivilTime? {
  var groups = text.utf8.split { !(0x30...0x39).contains($0) }.map { Array($0) }
  if let whole = groups.first, whole.count == 14 {
    groups = [Array(whole[0..<4])] + stride(from: 4, to: 14, by: 2).map { Array(whole[$0..<$0 + 2]) }
  }
  guard groups.count >= 5, groups[0].count == 4, groups[1..<5].allSatisfy({ $0.count <= 2 }) else { return nil }
  let values = groups.prefix(6).map { $0.reduce(0) { $0 * 10 + Int($1 - 0x30) } }
  let time = CivilTime(
    year: values[0], month: values[1], day: values[2], hour: values[3], minute: values[4],
    second: values.count > 5 ? values[5] : 0)
  // A date that does not exist comes back as another one.
  return FixedZone.utc.civil(FixedZone.utc.moment(time)) == time ? time : nil
}
