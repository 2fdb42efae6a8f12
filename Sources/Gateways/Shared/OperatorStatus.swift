/// The words that Chinese operators' gateways use for a message's end, for codes that a vendor's table does not list.
enum OperatorStatus {
  /// The table's row whatever the letters' case, with `code` as it came; nil when the table does not list it.
  static func row(of code: String, in table: [StatusMeaning]) -> StatusMeaning? {
    let word = code.uppercased()
    guard var row = table.first(where: { $0.code.uppercased() == word }) else { return nil }
    row.code = code
    return row
  }

  /// What the word says by itself; an unknown word is a failure, none at all says nothing final.
  static func unlisted(_ code: String) -> StatusMeaning {
    switch code.uppercased() {
    case "DELIVRD", "DELIVERED": return StatusMeaning(code, .delivered, "delivered", "已送达")
    case "EXPIRED", "TIMEOUT": return StatusMeaning(code, .expired, "its validity ran out", "超过有效期")
    case "ACCEPTD", "ENROUTE": return StatusMeaning(code, .pending, "under way at the operator", "运营商处理中")
    case "": return StatusMeaning(code, .pending, "a report without a status", "状态报告没有状态值")
    default: return StatusMeaning(code, .failed, "a code of the operator's gateway", "运营商网关状态")
    }
  }
}
