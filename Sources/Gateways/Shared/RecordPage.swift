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
      guard let first = AnswerText.firstVisible(of: body), first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
        salvage(body)
      else { throw error }
    }
  }

  private mutating func take(_ value: JSON, code codeName: String, list: String, pushed: Bool) {
    if let elements = value.elements {
      records = elements
      return
    }
    code = value.trimmedText(codeName)
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
