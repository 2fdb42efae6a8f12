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
    let code = answer.trimmedText(code)
    switch answer[anyCase: list] {
    case .array(let elements)?: return ListAnswer(code: code, entries: elements.map(entry))
    case .object(let members)?: return ListAnswer(code: code, entries: [entry(.object(members))])
    default: return ListAnswer(code: code, entries: nil)
    }
  }

  private func entry(_ element: JSON) -> AnswerEntry {
    func text(_ name: String?) -> String { name.map(element.trimmedText) ?? "" }
    return AnswerEntry(
      number: DomesticNumber.international(Array(text(number).utf8).span, domestic: domestic), customID: text(customID),
      id: text(id),
      code: text(result))
  }
}

/// The body of an answer that may be read: HTTP status 200, not empty, without a byte order mark.
func readableBody(of answer: GatewayAnswer) throws(UnreadableAnswer) -> [UInt8] {
  guard answer.status == 200 else { throw UnreadableAnswer(AnswerText.unexpected(status: answer.status)) }
  let body = AnswerText.withoutMark(answer.body)
  guard AnswerText.firstVisible(of: body) != nil else { throw UnreadableAnswer("the answer is empty") }
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
    if AnswerText.firstVisible(of: body) == UInt8(ascii: "<") {
      throw UnreadableAnswer("the answer is a web page or XML instead of JSON")
    }
    let place = "byte \(error.offset) of \(body.count)"
    throw UnreadableAnswer("the answer is no JSON from \(place) on: another page, or cut short")
  }
}

extension JSON {
  /// The text of a member, its name in any case, without blanks around it; empty when there is none.
  func trimmedText(_ name: String) -> String { self[anyCase: name]?.text?.trimmingBlanks ?? "" }
}
