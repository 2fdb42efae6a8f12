import Campaigns
import JSON
import Ledger
import Messaging
import Platform

/// A campaign as its ledger has it, before its messages.
struct BookCampaign: Sendable {
  var id: String
  var department: String
  var epoch: String
  var plannedAt: Timestamp
  /// The fact `prices`.
  var prices: String?
  /// What the plan counted.
  var plannedMessages: Int
  var plannedSegments: Int
  var calls: CallTable
}

/// Reads ledgers ahead on a thread of its own: for each campaign its calls, then its messages block by block.
final class BookReader: Sendable {
  enum Item: Sendable {
    case campaign(BookCampaign)
    case messages(MessageColumns)
    case problem(RunError)
  }

  private let items = Channel<Item>(capacity: Limits.bookBlocksAhead)
  private let folders: [(campaign: String, folder: String)]

  private init(_ folders: [(campaign: String, folder: String)]) { self.folders = folders }

  /// Starts reading.
  static func start(_ folders: [(campaign: String, folder: String)]) throws(RunError) -> BookReader {
    let reader = BookReader(folders)
    let thread = SystemThread.start {
      reader.read()
      reader.items.close()
    }
    guard thread != nil else {
      throw RunError(.internalError, Diagnostic("the system has no thread left to read the ledgers"))
    }
    return reader
  }

  /// Nil at the end.
  func next() throws(RunError) -> Item? {
    let item = items.receive()
    if case .problem(let error)? = item { throw error }
    return item
  }

  /// Ends the reading thread when nobody wants more.
  func stop() { items.close() }

  private func read() {
    for (campaign, folder) in folders {
      do throws(LedgerError) {
        let ledger = try CampaignLedger(folder: folder, readOnly: true)
        let isWanted = try ledger.snapshot { () throws(LedgerError) in
          guard items.send(.campaign(try BookReader.campaign(campaign, ledger))) else { return false }
          var isWanted = true
          try ledger.forEachBlock { block in
            isWanted = items.send(.messages(block))
            return isWanted
          }
          return isWanted
        }
        guard isWanted else { return }
      } catch {
        items.send(.problem(RunError(error)))
        return
      }
    }
  }

  private static func campaign(_ id: String, _ ledger: CampaignLedger) throws(LedgerError) -> BookCampaign {
    let counts = try? JSON(parsing: try ledger.fact("counts") ?? "{}")
    func number(_ key: String) -> Int { counts?[key]?.text.flatMap { Int($0) } ?? 0 }
    return BookCampaign(
      id: id, department: try ledger.fact("department") ?? "", epoch: try ledger.fact("epoch") ?? "",
      plannedAt: Timestamp(seconds: Int64(try ledger.fact("planned_at") ?? "") ?? 0), prices: try ledger.fact("prices"),
      plannedMessages: number("planned_messages"), plannedSegments: number("planned_segments"),
      calls: try ledger.callTable())
  }
}
