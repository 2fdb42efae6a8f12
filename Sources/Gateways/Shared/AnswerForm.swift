import JSON
import Platform

/// Why an answer cannot be read, without numbers or texts.
struct UnreadableAnswer: Error, Equatable {
  var reason: String
  init(_ reason: String) { self.reason = reason }
}

/// One entry of an answer's list. Texts stand as in the answer, without blanks around them; empty when missing.
struct AnswerEntry: Equatable {
  /// E.164 digits; 0 when there is no number that can be read.
  var number: UInt64 = 0
  var customID = ""
  var id = ""
  var code = ""
}

/// What an answer says, before it is judged.
struct ListAnswer: Equatable {
  var code: String
  /// Nil when the answer has no list.
  var entries: [AnswerEntry]?
}

/// The names under which a gateway's JSON answers keep what we need.
struct AnswerForm: Sendable {
  /// The whole call's code.
  var code: String
  var list: String
  var number: String
  var id: String
  /// The entry's own code; nil where entries have none.
  var result: String?
  /// Our own id; nil where the gateway takes none.
  var customID: String?
  /// Members beside the list that mean nothing for the call.
  var ignored: [String]
  /// Whether a number without country code is a Chinese one.
  var domestic: Bool

  /// Reads an answer to a submission: the usual form fast, every other by the general reader.
  func read(_ body: [UInt8]) throws(UnreadableAnswer) -> ListAnswer {
    if let usual = QuickReader.read(body, as: self) { return usual }
    return try readGenerally(body)
  }

  /// Keys in any case, numbers as strings or the other way round, one entry without its array, further members.
  func readGenerally(_ body: [UInt8]) throws(UnreadableAnswer) -> ListAnswer {
    let answer = try readObject(body)
    let code = answer[anyCase: code]?.text.map(trimmed) ?? ""
    switch answer[anyCase: list] {
    case .array(let elements)?: return ListAnswer(code: code, entries: elements.map(entry))
    case .object(let members)?: return ListAnswer(code: code, entries: [entry(.object(members))])
    default: return ListAnswer(code: code, entries: nil)
    }
  }

  private func entry(_ element: JSON) -> AnswerEntry {
    func text(_ name: String?) -> String {
      guard let name else { return "" }
      return element[anyCase: name]?.text.map(trimmed) ?? ""
    }
    return AnswerEntry(
      number: phoneDigits(Array(text(number).utf8).span, domestic: domestic), customID: text(customID), id: text(id),
      code: text(result))
  }
}

/// The body of an answer that may be read: HTTP status 200, not empty, without a byte order mark.
func readableBody(of answer: GatewayAnswer) throws(UnreadableAnswer) -> [UInt8] {
  guard answer.status == 200 else { throw UnreadableAnswer("HTTP status \(answer.status) instead of 200") }
  let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
  let body = answer.body.starts(with: mark) ? Array(answer.body.dropFirst(mark.count)) : answer.body
  guard body.contains(where: { !isBlank($0) }) else { throw UnreadableAnswer("the answer is empty") }
  return body
}

/// A JSON text whose value is an object.
func readObject(_ body: [UInt8]) throws(UnreadableAnswer) -> JSON {
  let value = try readJSON(body)
  guard case .object = value else { throw UnreadableAnswer("the answer is JSON but no object") }
  return value
}

func readJSON(_ body: [UInt8]) throws(UnreadableAnswer) -> JSON {
  do {
    return try JSON(parsing: body)
  } catch {
    if firstVisible(of: body) == UInt8(ascii: "<") {
      throw UnreadableAnswer("the answer is a web page or XML instead of JSON")
    }
    let place = "byte \(error.offset) of \(body.count)"
    throw UnreadableAnswer("the answer is no JSON from \(place) on: another page, or cut short")
  }
}

/// The first byte that is not blank; nil when there is none.
func firstVisible(of bytes: [UInt8]) -> UInt8? { bytes.first { !isBlank($0) } }

func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

/// Without the blanks that converted documents and careless platforms put around values.
func trimmed(_ text: String) -> String {
  guard let first = text.utf8.first, let last = text.utf8.last, isBlank(first) || isBlank(last) else { return text }
  let kept = Array(text.utf8).drop(while: isBlank)
  guard let end = kept.lastIndex(where: { !isBlank($0) }) else { return "" }
  return Array(kept[...end]).text
}

/// E.164 digits of a number as answers write it: `13800138000` (when domestic), `8613800138000`, `+86…`, `0086…`; 0
/// when it is none of these.
func phoneDigits(_ text: borrowing Span<UInt8>, domestic: Bool) -> UInt64 {
  var start = 0
  var end = text.count
  while start < end, isBlank(text[start]) { start += 1 }
  while start < end, isBlank(text[end - 1]) { end -= 1 }
  var international = false
  if start < end, text[start] == UInt8(ascii: "+") {
    start += 1
    international = true
  } else if end - start > 2, text[start] == UInt8(ascii: "0"), text[start + 1] == UInt8(ascii: "0") {
    start += 2
    international = true
  }
  guard (5...15).contains(end - start) else { return 0 }
  var value: UInt64 = 0
  for index in start..<end {
    let digit = text[index] &- UInt8(ascii: "0")
    guard digit < 10 else { return 0 }
    value = value * 10 + UInt64(digit)
  }
  let bare = domestic && !international && end - start == 11 && text[start] == UInt8(ascii: "1")
  return bare ? value + chinesePrefix : value
}

/// What turns eleven Chinese digits into E.164.
let chinesePrefix: UInt64 = 86_00_000_000_000
