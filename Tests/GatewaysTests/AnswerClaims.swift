import JSON
import Messaging
import Platform

@testable import Gateways

/// What an answer says at most, by a reader that knows nothing of the product's: what is not claimed here must not be
/// called accepted, nor refused.
struct Claim {
  /// By message, the ids that may be called its own; a message without an entry must not be accepted.
  var yes: [Int: Set<String>] = [:]
  /// Messages that an entry of the answer refuses.
  var no: Set<Int> = []
  /// Messages of which the answer says both.
  var both: Set<Int> = []
  /// Whether the answer may refuse the call as a whole.
  var refusesCall = false
}

/// How a gateway's answers look, as far as the claim needs it.
enum AnswerLook {
  /// JSON: the names of code, list, number, id, result and our id; the code that takes a call.
  case json(code: String, list: String, number: String, id: String, result: String?, customID: String?, success: String)
  /// JSON of Mobset: a count or a negative code, ids with commas, 0 for a refused number.
  case mobset
  /// Juhe's other form.
  case xml
  /// `time,code` and the id below.
  case eighteen
  /// A code of three digits.
  case youe

  func claim(_ body: [UInt8], _ recipients: [Submission.Recipient], codes: [CodeMeaning]) -> Claim {
    switch self {
    case .json, .mobset: JSONClaim(self, recipients, codes).claim(body)
    case .xml: Self.xmlClaim(body, recipients)
    case .eighteen: Self.lineClaim(body, recipients, codes)
    case .youe: Self.codeClaim(body, recipients, codes)
    }
  }

  private static func bare(_ body: [UInt8]) -> [UInt8] {
    let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0]
    let rest = body.starts(with: [0xEF, 0xBB, 0xBF]) ? body[3...] : body[...]
    return Array(rest.drop { blanks.contains($0) }.reversed().drop { blanks.contains($0) }.reversed())
  }

  private static func codeClaim(
    _ body: [UInt8], _ recipients: [Submission.Recipient], _ codes: [CodeMeaning]
  ) -> Claim {
    let word = bare(body)
    var claim = Claim()
    if word == Array("000".utf8) { for index in recipients.indices { claim.yes[index] = [] } }
    claim.refusesCall = codes.contains { Array($0.code.utf8) == word && $0.answer.verdict != nil }
    return claim
  }

  private static func lineClaim(
    _ body: [UInt8], _ recipients: [Submission.Recipient], _ codes: [CodeMeaning]
  ) -> Claim {
    let lines = bare(body).split(separator: 0x0A).map { bare(Array($0)) }.filter { !$0.isEmpty }
    let fields = (lines.first ?? []).split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      .map { bare(Array($0)).text }
    var claim = Claim()
    guard fields.count == 2, fields[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return claim }
    if fields[1] == "0" {
      for index in recipients.indices { claim.yes[index] = lines.count > 1 ? [lines[1].text] : [] }
    }
    claim.refusesCall = codes.contains { $0.code == fields[1] && $0.answer.verdict != nil }
    return claim
  }

  /// By the text between the marks; a document that does not end claims nothing.
  private static func xmlClaim(_ body: [UInt8], _ recipients: [Submission.Recipient]) -> Claim {
    // UTF-16 of ASCII text becomes that text.
    let text = body.filter { $0 != 0 && $0 < 0xFE }.text
    var claim = Claim()
    guard text.lowercased().contains("</returnsms") else { return claim }
    let saysYes = text.lowercased().contains("success")
    for (index, recipient) in recipients.enumerated() {
      for entry in entries(of: text, number: String(recipient.number % 100_000_000_000)) {
        if entry.result == "0", saysYes { claim.yes[index, default: []].formUnion(entry.ids) }
        if entry.result != "0" { claim.no.insert(index) }
      }
    }
    claim.refusesCall = !saysYes || claim.no.count == recipients.count
    return claim
  }

  /// The entries of a number; what stands before it begins behind a tag, or in it when the tag was damaged.
  private static func entries(of text: String, number: String) -> [(ids: Set<String>, result: String)] {
    let pieces = text.split(separator: "#@#", omittingEmptySubsequences: false)
    return pieces.indices.dropFirst().dropLast().compactMap { index in
      guard pieces[index].filter({ !$0.isWhitespace }).hasSuffix(number) else { return nil }
      let before = String(pieces[index - 1])
      let behindTag = before.split(separator: ">", omittingEmptySubsequences: false).last.map { String($0) }
      let behindName = before.split(separator: "<resp>").last.map { String($0) }
      let ids = [behindTag, behindName].compactMap { $0?.trimmingBlanks }
      let result = pieces[index + 1].filter { !$0.isWhitespace }
      return (Set(ids), result.split(separator: "<").first.map { String($0) } ?? "")
    }
  }
}

/// The claim of a JSON answer: every member of a name counts, whatever its case and however often it stands there.
private struct JSONClaim {
  private var code = "Code"
  private var list = "SmsIdList"
  private var number = "PhoneNumber"
  private var id = "SmsId"
  private var result: String?
  private var customID: String?
  private var success = ""
  private var isMobset = true
  private let recipients: [Submission.Recipient]
  private let codes: [CodeMeaning]

  init(_ look: AnswerLook, _ recipients: [Submission.Recipient], _ codes: [CodeMeaning]) {
    self.recipients = recipients
    self.codes = codes
    guard case .json(let code, let list, let number, let id, let result, let customID, let success) = look else {
      return
    }
    (self.code, self.list, self.number, self.id) = (code, list, number, id)
    (self.result, self.customID, self.success, isMobset) = (result, customID, success, false)
  }

  func claim(_ body: [UInt8]) -> Claim {
    var claim = Claim()
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let bare = body.starts(with: mark) ? Array(body[3...]) : body
    let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0]
    let trimmed = Array(bare.drop { blanks.contains($0) }.reversed().drop { blanks.contains($0) }.reversed())
    guard let value = try? JSON(parsing: trimmed), case .object = value else { return claim }
    let said = texts(value, code)
    let entries = values(value, list).flatMap { value -> [JSON] in
      if case .array(let elements) = value { return elements }
      return [value]
    }
    for entry in entries { take(entry, into: &claim) }
    claim.both = claim.no.intersection(claim.yes.keys)
    let refusing = said.contains { code in codes.contains { $0.code == code && $0.answer.verdict != nil } }
    claim.refusesCall =
      refusing && claim.yes.isEmpty || claim.no.count == recipients.count && claim.yes.isEmpty && !isMobset
    let taken = isMobset ? said.contains { (Int($0) ?? -1) >= 0 } : said.contains(success)
    if !taken { claim.yes = [:] }
    return claim
  }

  private func take(_ entry: JSON, into claim: inout Claim) {
    let numbers = Set(texts(entry, number).map(international))
    let ours = customID.map { texts(entry, $0) } ?? []
    for (index, recipient) in recipients.enumerated() {
      let named = numbers.contains(recipient.number)
      let known = !recipient.customID.isEmpty && ours.contains(recipient.customID)
      guard named || known && texts(entry, number).allSatisfy({ international($0) == 0 }) else { continue }
      let ids = isMobset ? mobsetIDs(entry) : Set(texts(entry, id).filter { !$0.isEmpty })
      if isMobset {
        if ids.contains(where: { $0.contains { $0 != "0" } }) { claim.yes[index, default: []].formUnion(ids) }
        if ids.contains(where: { $0.allSatisfy { $0 == "0" } }) { claim.no.insert(index) }
      } else if let result {
        let results = texts(entry, result)
        if results.contains("0") { claim.yes[index, default: []].formUnion(ids) }
        if results.contains(where: { $0 != "0" }) { claim.no.insert(index) }
      } else if customID == nil || ours.allSatisfy({ $0.isEmpty || $0 == recipient.customID }) || known {
        claim.yes[index, default: []].formUnion(ids)
      }
    }
  }

  private func mobsetIDs(_ entry: JSON) -> Set<String> {
    let whole = values(entry, id).flatMap { value -> [String] in
      if case .array(let elements) = value { return elements.compactMap(\.text) }
      return value.text.map { [$0] } ?? []
    }
    return Set(whole.flatMap { $0.split(separator: ",").map { trim(String($0)) } }.filter { !$0.isEmpty })
  }

  private func values(_ object: JSON, _ name: String) -> [JSON] {
    guard case .object(let members) = object else { return [] }
    return members.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
  }

  private func texts(_ object: JSON, _ name: String) -> [String] { values(object, name).compactMap(\.text).map(trim) }

  private func trim(_ text: String) -> String {
    String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }

  /// 0 for what is no number.
  private func international(_ text: String) -> UInt64 {
    var digits = text.filter { $0 != " " }
    if digits.hasPrefix("+") { digits.removeFirst() }
    if digits.hasPrefix("00") { digits.removeFirst(2) }
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = UInt64(digits) else { return 0 }
    return digits.count == 11 && digits.hasPrefix("1") ? 86 * 100_000_000_000 + value : value
  }
}
