import Messaging
import Platform

/// Gives every recipient of a call its entry of the answer: by number and by our own id, never by position alone.
///
/// An entry that was not asked for is set aside and told; a recipient without an entry is `.unknown`; a second entry is
/// set aside when it says the same, and makes the message `.unknown` when it does not (design.md, 2.4).
struct AnswerMatching {
  private(set) var outcomes: [MessageOutcome]
  private(set) var matched = 0
  private var given: [Bool]
  private let recipients: [Submission.Recipient]
  private var byNumber: [UInt64: Int]?
  private var byCustomID: [String: Int]?
  private var oddities = Oddities()

  /// How often each odd thing was seen.
  private struct Oddities {
    var notAskedFor = 0
    var withoutNumber = 0
    var otherID = 0
    var repeated = 0
    var contradictory = 0
    var withoutID = 0
  }

  init(_ entries: [AnswerEntry], to recipients: [Submission.Recipient], state: (AnswerEntry) -> MessageState) {
    self.recipients = recipients
    outcomes = Array(repeating: MessageOutcome(.unknown), count: recipients.count)
    given = Array(repeating: false, count: recipients.count)
    for (position, entry) in entries.enumerated() {
      guard let index = recipient(of: entry, near: position) else { continue }
      settle(index, entry, state(entry))
    }
  }

  /// What was odd, one sentence a kind.
  var notes: [String] {
    let missing = recipients.count - matched
    return [
      (oddities.notAskedFor, "answer entries set aside, their numbers are not in this call"),
      (oddities.withoutNumber, "answer entries set aside, they name no number that can be read"),
      (oddities.otherID, "answer entries set aside, their number and our id do not belong together"),
      (oddities.repeated, "answer entries set aside, they repeat an earlier one"),
      (oddities.contradictory, "answer entries contradict an earlier one; the messages are unknown"),
      (oddities.withoutID, "messages accepted without an id of the gateway"),
      (matched == 0 ? 0 : missing, "messages missing in the answer; they are unknown"),
    ].filter { $0.0 > 0 }.map { "\($0.1): \($0.0)" }
  }

  private mutating func recipient(of entry: AnswerEntry, near position: Int) -> Int? {
    if entry.number == 0 {
      if let index = index(ofCustomID: entry.customID) { return index }
      oddities.withoutNumber += 1
      return nil
    }
    guard let index = index(ofNumber: entry.number, near: position) else {
      oddities.notAskedFor += 1
      return nil
    }
    let ours = recipients[index].customID
    guard entry.customID.isEmpty || ours.isEmpty || entry.customID == ours else {
      oddities.otherID += 1
      return nil
    }
    return index
  }

  private mutating func settle(_ index: Int, _ entry: AnswerEntry, _ state: MessageState) {
    let ids = entry.id.isEmpty ? [] : [entry.id]
    guard given[index] else {
      given[index] = true
      matched += 1
      if state == .accepted, ids.isEmpty { oddities.withoutID += 1 }
      outcomes[index] = MessageOutcome(state, ids: ids, code: entry.code)
      return
    }
    if outcomes[index].state == state {
      oddities.repeated += 1
    } else {
      oddities.contradictory += 1
      // Both ids stay, so that a report can settle what the answer did not.
      let room = outcomes[index].ids.count < Limits.messageIDs
      let further = ids.filter { room && !outcomes[index].ids.contains($0) }
      outcomes[index] = MessageOutcome(.unknown, ids: outcomes[index].ids + further, code: outcomes[index].code)
    }
  }

  /// Entries usually come in the call's order; the number decides all the same.
  private mutating func index(ofNumber number: UInt64, near position: Int) -> Int? {
    if position < recipients.count, recipients[position].number == number { return position }
    let table = byNumber ?? Dictionary(recipients.indices.map { (recipients[$0].number, $0) }) { first, _ in first }
    byNumber = table
    return table[number]
  }

  private mutating func index(ofCustomID customID: String) -> Int? {
    guard !customID.isEmpty else { return nil }
    let table = byCustomID ?? Dictionary(recipients.indices.map { (recipients[$0].customID, $0) }) { first, _ in first }
    byCustomID = table
    return table[customID]
  }
}
