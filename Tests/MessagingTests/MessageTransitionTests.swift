import Messaging
import Testing

@Suite struct MessageTransitionTests {
  @Test func `states move along the table and no other way`() {
    let expected: [MessageState: Set<MessageState>] = [
      .planned: [.sending, .cancelled],
      .sending: [.accepted, .refused, .unknown, .planned],
      .unknown: [.accepted, .failed, .planned],
      .accepted: [.cancelled],
    ]
    for state in MessageState.allCases {
      for next in MessageState.allCases {
        #expect(state.mayBecome(next) == (expected[state] ?? []).contains(next), "\(state) to \(next)")
      }
    }
  }

  @Test func `nothing is sent without an intent, and unknown is not sent again by itself`() {
    #expect(!MessageState.planned.mayBecome(.accepted))
    #expect(!MessageState.unknown.mayBecome(.sending))
  }

  @Test func `the table as SQL has every move once`() {
    let sql = MessageTransition.sqlValues
    #expect(sql.hasPrefix("('planned','sending'),('planned','cancelled'),"))
    #expect(sql.split(separator: "),(").count == MessageTransition.permitted.count)
  }
}
