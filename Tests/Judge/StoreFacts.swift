import Database
import Platform
import TestSupport

/// The report store as it stands, read by SQL of its own.
struct StoreFacts {
  struct Record {
    var isReply: Bool
    var account: String
    var number: UInt64
    var id: String
    var link: String
    var code: String
  }

  struct Loss {
    var account: String
    var isOfReplies: Bool
  }

  private static let applicationID: Int32 = 0x7166_5250

  private(set) var records: [Record] = []
  private(set) var losses: [Loss] = []

  /// - Parameter folder: the workspace's data folder; without a store everything is empty.
  init(folder: String) throws {
    let path = folder + "/reports.db"
    guard Files.exists(path) else { return }
    let database = try Database.open(path, .readOnly, applicationID: StoreFacts.applicationID)
    for table in ["reports", "replies"] {
      let code = table == "reports" ? "code" : "''"
      var select = try database.prepare(
        "SELECT a.name, r.number, r.message_id, r.link_id, \(code) FROM \(table) r JOIN accounts a ON a.id = r.account")
      while try select.step() {
        records.append(
          Record(
            isReply: table == "replies", account: select.text(0), number: UInt64(select.integer(1)),
            id: select.text(2), link: select.text(3), code: select.text(4)))
      }
    }
    var select = try database.prepare("SELECT account, kind FROM losses")
    while try select.step() { losses.append(Loss(account: select.text(0), isOfReplies: select.text(1) == "replies")) }
  }
}
