public import Messaging

/// What a campaign came to so far, in messages and in segments, added up from the ledger message by message.
public struct RunSummary: Sendable, Equatable {
  /// A number of messages, and of the segments they are billed by.
  public struct Count: Sendable, Equatable {
    public var messages = 0
    public var segments = 0
  }
  public var rowsRead = 0
  public var rejected: [RejectReason: Int] = [:]
  /// What the frozen plan counted.
  public var plannedMessages = 0
  public var plannedSegments = 0
  /// By state, added up from the messages.
  public var states: [MessageState: Count] = [:]
  /// Segments that another gateway's signature added or saved after a failover.
  public var failoverSegments = 0
  public var cost = Money.zero

  public subscript(states: MessageState...) -> Count {
    states.reduce(into: Count()) { total, state in
      total.messages += self.states[state]?.messages ?? 0
      total.segments += self.states[state]?.segments ?? 0
    }
  }

  public var accepted: Count { self[.accepted] }
  /// Refused by a gateway, or decided as failed by a person.
  public var refused: Count { self[.refused, .failed] }
  public var unsent: Count { self[.planned, .cancelled] }
  public var unknown: Count { self[.unknown, .sending] }
  public var rejectedRows: Int { rejected.values.reduce(0, +) }

  /// `rows read = planned + rejected` and `planned = accepted + refused + unsent + unknown`, in messages and segments.
  public var isConserved: Bool {
    let all = self[.accepted, .refused, .failed, .planned, .cancelled, .unknown, .sending]
    return rowsRead == plannedMessages + rejectedRows && all.messages == plannedMessages
      && all.segments == plannedSegments + failoverSegments
  }
}
