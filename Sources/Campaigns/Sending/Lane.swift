import Gateways
import Ledger
import Platform

/// One account's side of a run: its queue, its pace, and why it stopped.
struct Lane {
  /// Why an account takes no more calls of this run.
  enum Stop: Equatable {
    /// The gateway's code: credentials, balance, frozen, …
    case account(code: String)
    /// Nothing could be sent, several times in a row.
    case unreachable(String)
    /// Several calls in a row ended unknown.
    case unreadable(String)
    /// It kept saying "slow down" until the retry quota was used up.
    case overloaded
    /// This machine's clock is too far from the gateway's.
    case clock(seconds: Int)
  }

  let account: SendingAccount
  var pacer: Pacer
  var stop: Stop?
  /// Calls that were put back, and those fetched from the ledger but not yet sent.
  private var waiting: [Call] = []
  private var cursor = 0
  private var isDrained = false
  var unknownInARow = 0
  var notSentInARow = 0
  var heldUntil = 0.0
  /// Its planned calls were offered to the other accounts.
  var isFailedOver = false

  init(_ account: SendingAccount, pacer: Pacer) {
    self.account = account
    self.pacer = pacer
  }

  /// The next call to send, taken off the queue; nil when none is planned any more.
  mutating func next(from store: any CallStore) throws(LedgerError) -> Call? {
    if waiting.isEmpty, !isDrained {
      let page = try store.calls(in: .planned, of: account.name, after: cursor, limit: 256)
      waiting = page.reversed()
      cursor = page.last?.id ?? cursor
      isDrained = page.isEmpty
    }
    return waiting.popLast()
  }

  /// False when nothing is left to fetch or send.
  var mayHaveCalls: Bool { !isDrained || !waiting.isEmpty }

  /// The call waits again, before all others.
  mutating func putBack(_ call: Call) { waiting.append(call) }

  /// New calls were written: look again.
  mutating func lookAgain() { isDrained = false }

  /// Gives up its queue: the ledger still has every call of it as planned.
  mutating func abandonQueue() {
    waiting = []
    isDrained = true
  }
}
