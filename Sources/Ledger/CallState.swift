public import Messaging

/// Where one call stands. The words are the messages' own (`MessageState`) while all of a call's messages are alike.
public enum CallState: String, Sendable, CaseIterable {
  case planned, sending, accepted, refused, unknown, cancelled, failed
  /// The messages differ: see the call's `states`.
  case mixed
  /// Nothing of it was accepted and its messages now belong to newer calls (halved, or moved to another gateway).
  case divided

  public init(_ state: MessageState) {
    self =
      switch state {
      case .planned: .planned
      case .sending: .sending
      case .accepted: .accepted
      case .refused: .refused
      case .unknown: .unknown
      case .cancelled: .cancelled
      case .failed: .failed
      }
  }

  /// The state of each of its messages, nil when they differ or belong to other calls.
  public var ofMessages: MessageState? { MessageState(rawValue: rawValue) }

  /// The only moves there are. The ledger's trigger is made from this table, so the database refuses every other one.
  public static let transitions: [(from: CallState, to: CallState)] = [
    // The intent is committed before the connection is opened.
    (.planned, .sending),
    (.planned, .cancelled),
    (.planned, .divided),
    // What the answer said.
    (.sending, .accepted),
    (.sending, .refused),
    (.sending, .mixed),
    (.sending, .unknown),
    // Proof that nothing was accepted: put back, halved, moved.
    (.sending, .planned),
    (.sending, .divided),
    // A person's decision, or a gateway's timed sending withdrawn.
    (.unknown, .accepted),
    (.unknown, .failed),
    (.unknown, .mixed),
    (.mixed, .mixed),
    (.mixed, .accepted),
    (.mixed, .failed),
    (.mixed, .cancelled),
    (.accepted, .cancelled),
    (.accepted, .mixed),
  ]
}
