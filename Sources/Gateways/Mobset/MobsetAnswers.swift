import JSON
import Messaging
import Platform

/// What a Mobset answer says before its details: the code, or why it cannot be read.
enum MobsetAnswer {
  /// `written` is the code as it stands in the answer.
  case code(Int, written: String, JSON)
  case unreadable(String)

  init(_ answer: GatewayAnswer) {
    guard answer.status == 200 else {
      self = .unreadable(AnswerText.unexpected(status: answer.status))
      return
    }
    guard let json = try? JSON(parsing: Array(AnswerText.trimmed(answer.body))) else {
      self = .unreadable("the answer is not JSON")
      return
    }
    guard let written = json[anyCase: "Code"]?.text?.trimmingBlanks, let code = Int(written) else {
      self = .unreadable("the answer has no Code that is a number")
      return
    }
    self = .code(code, written: written, json)
  }
}

extension Mobset {
  /// What `SmsGetSign` told.
  public enum SignOutcome: Sendable, Equatable {
    /// The signature without its 【】.
    case told(String)
    /// The gateway said no: the code.
    case refused(String)
    case unreadable(String)
  }

  public func outcome(of answer: GatewayAnswer, to submission: Submission) -> CallOutcome {
    switch MobsetAnswer(answer) {
    case .unreadable(let reason): return CallOutcome(.unknown(reason))
    // A Code of 0 and above counts messages: it is no code that result.csv could explain.
    case .code(let code, _, let json) where code >= 0:
      guard let list = json[anyCase: "SmsIdList"]?.elements, !list.isEmpty else {
        return CallOutcome(.unknown("the call was taken, but no message is named"))
      }
      var matching = MobsetMatching(submission)
      for entry in list { matching.take(entry) }
      return CallOutcome(.settled(matching.outcomes), notes: matching.notes)
    case .code(_, let written, let json):
      var matching = MobsetMatching(submission)
      for entry in json[anyCase: "SmsIdList"]?.elements ?? [] { matching.take(entry) }
      // Called refused, these messages would be sent again.
      guard !matching.outcomes.contains(where: { $0.state == .accepted }) else {
        return CallOutcome(.unknown("the Code says no but the list has accepted messages"), code: written)
      }
      return CallOutcome(Mobset.verdict(of: written), code: written)
    }
  }

  private static func verdict(of code: String) -> CallOutcome.Verdict {
    guard let meaning = meaning(of: code) else { return .unknown("code \(code) is not in the document") }
    return meaning.answer.verdict ?? .unknown(meaning.english)
  }

  public func balance(in answer: GatewayAnswer) -> BalanceOutcome {
    switch MobsetAnswer(answer) {
    case .unreadable(let reason): .unreadable(reason)
    case .code(let code, let written, _) where code >= 0:
      AnswerText.isAmount(written.utf8)
        ? .told([.init(amount: written, unit: .messages)]) : .unreadable("the Code is no amount")
    case .code(_, let written, _):
      Mobset.asksForPatience(written) ? .slowDown(written) : .refused(written)
    }
  }

  /// The signature in the answer to `signRequest(at:)` (section 4.5.2).
  public func sign(in answer: GatewayAnswer) -> SignOutcome {
    switch MobsetAnswer(answer) {
    case .unreadable(let reason): return .unreadable(reason)
    case .code(let code, let written, _) where code < 0: return .refused(written)
    case .code(_, _, let json):
      guard let sign = json[anyCase: "Sign"]?.text else { return .unreadable("the answer has no Sign") }
      return .told(sign)
    }
  }

  public func cancelled(in answer: GatewayAnswer) -> Set<String>? {
    guard let results = cancelResults(in: answer) else { return nil }
    let withdrawn = Set(results.filter { $0.status == "1" }.map(\.id))
    return withdrawn.isEmpty ? nil : withdrawn
  }

  /// What became of each id of one `SmsCancel`: `1` withdrawn, else a code of the table (section 4.6.2); nil when the
  /// whole request was refused or cannot be read.
  public func cancelResults(in answer: GatewayAnswer) -> [(id: String, status: String)]? {
    guard case .code(let code, _, let json) = MobsetAnswer(answer), code >= 0 else { return nil }
    return (json[anyCase: "Details"]?.elements ?? []).compactMap { entry in
      guard let id = entry[anyCase: "SmsID"]?.text, let status = entry[anyCase: "Status"]?.text else { return nil }
      return (id, status.trimmingBlanks)
    }
  }
}

/// Finds each recipient's ids in `SmsIdList`.
///
/// A long text has several ids: as entries that repeat the number, or as one entry with a comma list (gateways.md,
/// "Mobset"; no document shows it, so both are read).
private struct MobsetMatching {
  private struct Found {
    var ids: [String] = []
    var named = false
    /// The gateway gave the id 0: this part was not taken.
    var refused = false
  }
  private var found: [Found]
  private let places: [UInt64: Int]
  private var strangers = 0
  private var repeats = 0
  private var excess = 0

  init(_ submission: Submission) {
    found = Array(repeating: Found(), count: submission.recipients.count)
    var places: [UInt64: Int] = [:]
    places.reserveCapacity(submission.recipients.count)
    for (index, recipient) in submission.recipients.enumerated() {
      places[recipient.number] = index
    }
    self.places = places
  }

  mutating func take(_ entry: JSON) {
    let digits = (entry[anyCase: "PhoneNumber"]?.text ?? "").utf8.filter { $0 != UInt8(ascii: " ") }
    guard let place = places[DomesticNumber.international(digits.span, domestic: true)] else {
      strangers += 1
      return
    }
    found[place].named = true
    let value = entry[anyCase: "SmsId"]
    for part in value?.elements ?? [value ?? .null] { take(ids: part.text ?? "", at: place) }
  }

  private mutating func take(ids: String, at place: Int) {
    for written in ids.split(separator: ",") {
      let id = String(written).trimmingBlanks
      if id.isEmpty { continue }
      if id.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) {
        found[place].refused = true
      } else if found[place].ids.count >= Limits.messageIDs {
        excess += 1
      } else if found[place].ids.contains(id) {
        repeats += 1
      } else {
        found[place].ids.append(id)
      }
    }
  }

  var outcomes: [MessageOutcome] {
    found.map { message in
      if !message.ids.isEmpty { return MessageOutcome(.accepted, ids: message.ids) }
      return message.refused ? MessageOutcome(.refused, code: Mobset.refusedNumber) : MessageOutcome(.unknown)
    }
  }

  var notes: [String] {
    let silent = found.count { !$0.named }
    let partial = found.count { $0.refused && !$0.ids.isEmpty }
    let idless = found.count { $0.named && !$0.refused && $0.ids.isEmpty }
    return [
      (strangers, "entries for numbers that were not in the call"),
      (repeats, "ids that stood there twice"),
      (excess, "ids beyond the \(Limits.messageIDs) that a message may have"),
      (silent, "messages that the answer does not mention"),
      (partial, "long messages of which a part was refused"),
      (idless, "entries without an id"),
    ].filter { $0.0 > 0 }.map { "\($0.1): \($0.0)" }
  }
}
