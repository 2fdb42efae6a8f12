public import Messaging
public import Platform

/// One call as the ledger has it.
public struct Call: Sendable, Equatable {
  public var id: Int
  /// The call of the plan whose messages it carries: its own id, or that of the call it was divided from.
  public var root: Int
  /// It carries the messages `first ..< first + count` of its root.
  public var first: Int
  public var count: Int
  public var gateway: String
  public var endpoint: String
  public var firstRow: Int
  public var lastRow: Int
  public var state: CallState
  /// How often its intent was written.
  public var attempt: Int
  /// Our id of the last attempt; empty before the first.
  public var linkID: String
  public var submittedAt: Timestamp?
  public var code: String
  public var note: String
}

/// The messages of one call, in order.
public struct CallMessages: Sendable {
  public var rows: [Int] = []
  public var numbers: [UInt64] = []
  public var regions: [String] = []
  public var segments: [Int] = []
  public var texts: [[UInt8]] = []
  public var count: Int { rows.count }
}

/// What became of each message of a settled call. Arrays are in the call's order; nil means alike for all.
public struct Settlement: Sendable, Equatable {
  public var state: CallState
  public var code: String
  public var note: String
  public var states: [MessageState]?
  /// The gateway's ids, several of one message joined by a blank.
  public var ids: [String]?
  public var codes: [String]?

  public init(
    _ state: CallState, code: String = "", note: String = "", states: [MessageState]? = nil, ids: [String]? = nil,
    codes: [String]? = nil
  ) {
    self.state = state
    self.code = code
    self.note = note
    self.states = states
    self.ids = ids
    self.codes = codes
  }
}

/// A part of a divided call: the messages `first ..< first + count` of the same root.
public struct CallPart: Sendable, Equatable {
  public var first: Int
  public var count: Int
  public var gateway: String
  public var endpoint: String
  /// Segments of its messages where they differ from the plan's (another gateway's signature), else nil.
  public var segments: [Int]?

  public init(first: Int, count: Int, gateway: String, endpoint: String, segments: [Int]? = nil) {
    self.first = first
    self.count = count
    self.gateway = gateway
    self.endpoint = endpoint
    self.segments = segments
  }
}

/// What one turn of the run writes. All changes of a turn are one transaction.
public enum Change: Sendable {
  /// The call is about to be sent; written before the connection is opened.
  case intend(call: Int, attempt: Int, link: String, bodySHA256: String, at: Timestamp)
  case settle(call: Int, link: String, Settlement, at: Timestamp)
  /// Proof that nothing was accepted: the call waits again.
  case putBack(call: Int, link: String, ending: String, code: String, at: Timestamp)
  /// Nothing was accepted; its messages now belong to the parts.
  case divide(call: Int, link: String, ending: String, code: String, into: [CallPart], at: Timestamp)
  /// Planned messages that move to other calls without an attempt (another gateway).
  case carve(root: Int, parts: [CallPart], supersedes: Int?)
  case cancel(call: Int, at: Timestamp)
  /// A person sends unknown messages of a call again: they belong to the parts from now on, the call keeps what is
  /// known of its own attempt.
  case resend(call: Int, parts: [CallPart], person: String, positions: [Int], at: Timestamp)
  /// A person's word about messages of a call, by position in the call.
  case decide(call: Int, Settlement, decision: String, person: String, positions: [Int], at: Timestamp)
}

/// What the run asks of a ledger. The SQLite file is one answer to it; a ledger shared by several machines can be
/// another.
public protocol CallStore: AnyObject {
  /// A short fact that the plan froze; nil when it has none of that name.
  func fact(_ key: String) throws(LedgerError) -> String?
  func inputs() throws(LedgerError) -> [(role: String, path: String, sha256: String)]
  func rejected() throws(LedgerError) -> [(reason: RejectReason, rows: Int)]
  /// Calls in that state with an id above `after`, by id; of one gateway when named.
  func calls(
    in state: CallState, of gateway: String?, after: Int, limit: Int
  ) throws(LedgerError) -> [Call]
  func call(_ id: Int) throws(LedgerError) -> Call?
  /// All calls by id.
  func forEachCall(_ body: (Call) -> Void) throws(LedgerError)
  func messages(of call: Call) throws(LedgerError) -> CallMessages
  /// The answers of a settled call.
  func settlement(of call: Int) throws(LedgerError) -> Settlement
  func segments(of call: Int) throws(LedgerError) -> [Int]?
  /// All messages in row order.
  func forEachMessage(
    _ body: (borrowing StoredMessage) throws(LedgerError) -> Void
  ) throws(LedgerError)
  /// Writes all changes in one durable transaction; returns the ids of calls that it made, in order.
  @discardableResult func commit(_ changes: [Change]) throws(LedgerError) -> [Int]
}

/// One message as the plan froze it; the buffers are reused for the next.
public struct StoredMessage: ~Copyable {
  public var row = 0
  public var number: UInt64 = 0
  public var region = ""
  public var root = 0
  public var position = 0
  public var units = 0
  public var segments = 0
  public var encoding = ""
  public var externalID = ByteBuffer(capacity: 64)
  public var text = ByteBuffer(capacity: 512)
}
