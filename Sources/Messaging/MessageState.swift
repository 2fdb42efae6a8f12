/// Where one message stands on its way to the gateway (product.md, "What happens to a row").
public enum MessageState: String, Sendable, CaseIterable {
  /// Not yet handed to a gateway.
  case planned
  /// The intent to send is on disk; whether the gateway has it is not.
  case sending
  /// The gateway took it.
  case accepted
  /// The gateway said no.
  case refused
  /// The gateway may or may not have it. Never sent again by itself.
  case unknown
  /// Withdrawn by a person before it was sent.
  case cancelled
  /// A person decided that an unknown message did not arrive.
  case failed
}

/// What an answer code means for the sender (gateways.md, "The same number means different things").
public enum AnswerClass: String, Sendable {
  /// Record the ids.
  case accepted
  /// This message is refused; record and go on.
  case refused
  /// The whole call was refused because of one of its members; nothing was accepted. Halve it.
  case memberToBlame
  /// Nothing was accepted; lower the pace, wait, submit again.
  case slowDown
  /// Nothing was accepted and no other call will be; stop this gateway.
  case account
  /// The gateway may have accepted it.
  case unknown
}

/// One row of a gateway's code table.
public struct CodeMeaning: Sendable, Equatable {
  public var code: String
  public var answer: AnswerClass
  public var english: String
  public var chinese: String

  public init(_ code: String, _ answer: AnswerClass, _ english: String, _ chinese: String) {
    self.code = code
    self.answer = answer
    self.english = english
    self.chinese = chinese
  }
}
