/// The one table of moves between message states (design.md §2.2). The ledger renders it into a trigger.
public enum MessageTransition {
  /// Every permitted move.
  public static let permitted: [(from: MessageState, to: MessageState)] = [
    // The intent is committed, or a person withdraws the message before.
    (.planned, .sending),
    (.planned, .cancelled),
    // The answer was read, or there was none that can be.
    (.sending, .accepted),
    (.sending, .refused),
    (.sending, .unknown),
    // It is proven that the gateway took nothing: the call goes back.
    (.sending, .planned),
    // A report with our id settles it, or a person does: accepted, failed, or to be sent again.
    (.unknown, .accepted),
    (.unknown, .failed),
    (.unknown, .planned),
    // A timed message that the gateway withdrew.
    (.accepted, .cancelled),
  ]

  /// The moves as SQL row values, for `(old.state, new.state) IN (VALUES …)`: `('planned','sending'),…`.
  public static var sqlValues: String {
    permitted.map { "('\($0.from.rawValue)','\($0.to.rawValue)')" }.joined(separator: ",")
  }
}

extension MessageState {
  /// Whether a message may go from this state to `next`. To stay is no move.
  public func mayBecome(_ next: MessageState) -> Bool {
    MessageTransition.permitted.contains { $0.from == self && $0.to == next }
  }
}
