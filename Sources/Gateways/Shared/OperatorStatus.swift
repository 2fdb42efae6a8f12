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

/// The words that vendors' portals write into export files instead of codes.
enum PortalStatus {
  private static let delivered: Set<String> = [
    "成功", "发送成功", "接收成功", "成功送达", "送达", "已送达", "到达", "已到达", "已接收", "短信到达",
  ]
  private static let failed: Set<String> = [
    "失败", "发送失败", "接收失败", "提交失败", "送达失败", "未送达", "未到达", "拒收", "拒绝", "空号", "停机", "关机", "黑名单", "驳回",
  ]
  private static let expired: Set<String> = ["超时", "过期", "已过期"]

  /// The meaning of a word that is no code, which is to say that not all of it is ASCII; nil for a code. A word that is
  /// not known says nothing final.
  static func meaning(_ written: String) -> StatusMeaning? {
    guard written.utf8.contains(where: { $0 >= 0x80 }) else { return nil }
    let word = written.trimmingBlanks
    if delivered.contains(word) { return StatusMeaning(written, .delivered, "delivered, by the portal", "已送达（导出文件）") }
    if failed.contains(word) { return StatusMeaning(written, .failed, "not delivered, by the portal", "未送达（导出文件）") }
    if expired.contains(word) { return StatusMeaning(written, .expired, "expired, by the portal", "已过期（导出文件）") }
    return StatusMeaning(written, .pending, "a word that is not known", "未知的状态文字")
  }
}

extension ReportingGateway {
  /// The class and meaning of what a report says: a code of the gateway, or a word of its portal's export files.
  public static func wordMeaning(_ written: String) -> StatusMeaning {
    PortalStatus.meaning(written) ?? status(written)
  }
}
