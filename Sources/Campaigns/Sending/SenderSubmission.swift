import Gateways
import Ledger
import Platform

extension Sender {
  /// The call with its recipients' numbers, texts and our ids, for one attempt.
  func submission(of call: Call, _ account: SendingAccount, _ at: Timestamp) throws(LedgerError) -> Submission {
    let messages = try store.messages(of: call)
    let origin = try origin(of: call) ?? account
    var recipients: [Submission.Recipient] = []
    recipients.reserveCapacity(messages.count)
    for index in 0..<messages.count {
      let customID =
        account.abilities.takesCustomIDs
        ? settings.identity.custom(call: call.id, attempt: call.attempt, position: index) : ""
      recipients.append(
        Submission.Recipient(
          number: messages.numbers[index], customID: customID,
          text: form(of: messages, index, from: origin, to: account)))
    }
    if Defect.isPlanted(.textsExchanged), recipients.count > 1 {
      (recipients[0].text, recipients[1].text) = (recipients[1].text, recipients[0].text)
    }
    return Submission(
      endpoint: Endpoint(rawValue: call.endpoint) ?? account.abilities.sameContent, recipients: recipients,
      linkID: settings.identity.link(call: call.id, attempt: call.attempt),
      sendAt: account.abilities.timed ? settings.sendAt : nil, time: at)
  }

  /// A message's text as it goes to an account.
  func form(of messages: CallMessages, _ index: Int, from origin: SendingAccount, to account: SendingAccount) -> [UInt8]
  {
    TextForm.adapt(
      messages.texts[index], from: origin.signature, to: account.signature,
      isOwn: settings.ownSignatures.contains(messages.rows[index]))
  }

  /// The account for which the plan wrote the texts; nil when it is the call's own.
  func origin(of call: Call) throws(LedgerError) -> SendingAccount? {
    guard call.root != call.id, let root = try store.call(call.root), root.gateway != call.gateway else { return nil }
    return lanes.first { $0.account.name == root.gateway }?.account
  }

  /// Whether all texts are the same, byte by byte.
  static func isAlike(_ submission: Submission) -> Bool {
    guard let first = submission.recipients.first else { return true }
    return submission.recipients.allSatisfy { $0.text == first.text }
  }

  /// The call cut wherever the text changes.
  static func runs(of submission: Submission, _ call: Call) -> [CallPart] {
    var parts: [CallPart] = []
    for (index, recipient) in submission.recipients.enumerated() {
      if index > 0, submission.recipients[index - 1].text == recipient.text {
        parts[parts.count - 1].count += 1
      } else {
        parts.append(CallPart(first: call.first + index, count: 1, gateway: call.gateway, endpoint: call.endpoint))
      }
    }
    return parts
  }
}

/// A text's form at a gateway: the signature stands in it or the platform adds it.
enum TextForm {
  /// The text as it goes to `target`, from the text as it was planned for `origin`: what the plan would have made of it
  /// for `target`.
  /// - Parameter isOwn: the signature that it begins with came with the text and stays, whatever the accounts' are.
  static func adapt(_ text: [UInt8], from origin: Signature, to target: Signature, isOwn: Bool) -> [UInt8] {
    guard origin != target, !isOwn else { return text }
    let bare =
      !origin.addedByGateway && text.starts(with: origin.text) ? Array(text.dropFirst(origin.text.count)) : text
    if target.addedByGateway || target.text.isEmpty || hasSignature(bare.span) { return bare }
    return target.text + bare
  }

  /// The text as the recipient sees it and the gateway counts it.
  static func counted(_ text: [UInt8], _ signature: Signature) -> [UInt8] {
    signature.addedByGateway && !hasSignature(text.span) ? signature.text + text : text
  }

  /// Whether a text starts with a signature of its own: 【 in UTF-8.
  static func hasSignature(_ text: borrowing Span<UInt8>) -> Bool {
    text.count > 3 && text[0] == 0xE3 && text[1] == 0x80 && text[2] == 0x90
  }
}
