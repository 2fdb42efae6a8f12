extension Juhe {
  /// Section 9, and behind it the words of SMPP that operators add.
  public static let statusCodes: [StatusMeaning] = [
    StatusMeaning("DELIVRD", .delivered, "delivered", "已送达"),
    StatusMeaning("EXPIRED", .expired, "not delivered within its validity", "超过有效期未送达"),
    StatusMeaning("DELETED", .failed, "deleted before delivery", "送达前已被删除"),
    StatusMeaning("REJECTED", .failed, "rejected by the operator", "被运营商拒绝"),
    StatusMeaning("MA:0001", .failed, "number on the platform's blacklist", "号码在平台全局黑名单"),
    StatusMeaning("MA:0002", .failed, "text not allowed", "内容不合规"),
    StatusMeaning("MA:0003", .failed, "no onward route", "找不到下级路由"),
    StatusMeaning("MA:0004", .failed, "failed, reason unknown", "失败，原因未知"),
    StatusMeaning("MA:0005", .failed, "number written in a wrong form", "目的号码格式不对"),
    StatusMeaning("MA:0006", .failed, "refused by the platform", "被平台拒绝"),
    StatusMeaning("MA:0009", .failed, "failed, error not defined", "失败，错误未定义"),
    StatusMeaning("MA:0011", .failed, "failed inside the platform", "平台内部错误"),
    StatusMeaning("MA:0012", .failed, "stopped by the phishing filter", "被防钓鱼规则拦截"),
    StatusMeaning("MA:0013", .failed, "packets in a wrong order", "报文时序不对"),
    StatusMeaning("MA:0014", .failed, "number range not allowed (OP_ISDN)", "OP_ISDN 号段不允许"),
    StatusMeaning("MA:0021", .failed, "number written in a wrong form", "号码格式不对"),
    StatusMeaning("MA:0022", .failed, "too many messages to this number within half an hour", "该号码半小时内下发次数超限"),
    StatusMeaning("MA:0023", .failed, "number on the customer's blacklist", "号码在客户黑名单"),
    StatusMeaning("MA:0024", .failed, "text not registered", "内容未报备"),
    StatusMeaning("MA:0025", .failed, "this kind of message is not supported", "不支持此类短信"),
    StatusMeaning("MA:0026", .failed, "parts of a long message did not come together in time", "长短信组包超时"),
    StatusMeaning("MA:0027", .failed, "number on the channel's blacklist", "号码在通道黑名单"),
    StatusMeaning("MA:0028", .failed, "number range on the platform's blacklist", "号段在平台全局黑名单"),
    StatusMeaning("MA:0029", .failed, "number range on the channel's blacklist", "号段在通道黑名单"),
    StatusMeaning("MA:0030", .failed, "refused at once by the platform", "平台直接返回拒绝"),
    StatusMeaning("MO:200", .failed, "long messages are not supported", "不支持长短信"),
    StatusMeaning("MO:0254", .failed, "handing on to the operator timed out", "向上级网关转发超时"),
    StatusMeaning("MO:0255", .failed, "connection lost while handing on to the operator", "向上级网关转发时连接断开"),
    StatusMeaning("UNDELIV", .failed, "not deliverable", "无法送达"),
    StatusMeaning("UNKNOWN", .failed, "the operator does not know", "运营商返回未知状态"),
    StatusMeaning("ACCEPTD", .pending, "accepted by the operator, not yet delivered", "运营商已接收，尚未送达"),
    StatusMeaning("ENROUTE", .pending, "on its way", "发送途中"),
  ]

  /// A code that is not listed is a failure: `MO:` with the operator's own number (section 9), anything else whatever
  /// the operator says instead of DELIVRD.
  public static func status(_ code: String) -> StatusMeaning {
    let written = code.trimmingBlanks
    if let row = statusCodes.first(where: { $0.code == written.uppercased() }) { return row }
    if written.isEmpty { return StatusMeaning("", .pending, "a report without a status", "状态报告缺少状态码") }
    if written.uppercased().hasPrefix("MO:") {
      return StatusMeaning(
        written, .failed, "refused by the operator's gateway with its own code", "上级网关返回的错误码，含义由其解释")
    }
    return StatusMeaning(written, .failed, "not delivered; a code of the operator's own", "未送达，运营商自定义状态码")
  }
}
