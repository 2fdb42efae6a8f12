/// The last known state of a message, reports included (product.md, "What happens to a row").
public enum DeliveryState: String, Sendable, CaseIterable {
  case planned, sending
  /// Taken by the gateway; no final report yet.
  case accepted
  case refused, unknown, cancelled
  /// By reports, or by a person's decision about an unknown message.
  case failed
  case delivered
  /// The gateway said so, or no report came within `report_timeout`: it may have arrived.
  case expired
  /// Some parts of a long message were delivered, others were not.
  case partial

  /// The state before any report was read.
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
}

/// How a report found its message (product.md, "Output files", `match`).
public enum MatchKind: String, Sendable, CaseIterable {
  /// The gateway's own id.
  case messageID = "message_id"
  /// Our id of the call together with the number.
  case linkID = "link_id"
  /// Our id of the message.
  case customID = "custom_id"
  /// Account, number and time: only for an unknown message, and only when exactly one fits.
  case phone
}
