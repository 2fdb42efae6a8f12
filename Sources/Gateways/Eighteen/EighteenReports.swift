public import Platform

extension Eighteen: ReportingGateway {
  /// The gateway only pushes.
  public static let pulls: [PullKind] = []
  public static let pushSecrets: Set<String> = ["pswd"]

  /// gateways.md, "18sms": several reports for one long text come with the same (msgid, mobile).
  public static let reportsByPart = true

  /// Document, "状态报告值". `XXX` stands for the operator's own code. The document lists REJECT twice.
  public static let statusCodes: [StatusMeaning] = [
    StatusMeaning("DELIVRD", .delivered, "delivered", "已送达"),
    StatusMeaning("MBBLACK", .failed, "the number is on a black list", "号码在黑名单里"),
    StatusMeaning("NOROUTE", .failed, "there is no channel for it", "没有可用的通道"),
    StatusMeaning("ROUTEERR", .failed, "the channel is out of order", "通道不正常"),
    StatusMeaning("REJECT", .failed, "refused in review", "审核没有通过"),
    StatusMeaning("DISTURB", .failed, "the number got too many messages", "该号码收到的短信过多"),
    StatusMeaning("EMSERR", .failed, "a long message was not complete", "长短信缺少部分"),
    StatusMeaning("SIGNERR", .failed, "the signature is wrong", "签名有误"),
    StatusMeaning("KEYWORD", .failed, "the text holds a forbidden word", "内容有敏感词"),
    StatusMeaning("WHITESMS", .failed, "the text is not on the white list", "内容不在白名单里"),
    StatusMeaning("CMPP20ERR:XXX", .failed, "refused by the operator's gateway (CMPP)", "移动网关拒收（CMPP）"),
    StatusMeaning("SMGPERR:XXX", .failed, "refused by the operator's gateway (SMGP)", "电信网关拒收（SMGP）"),
    StatusMeaning("SGIPERR:XXX", .failed, "refused by the operator's gateway (SGIP)", "联通网关拒收（SGIP）"),
    StatusMeaning("**RESP:XXX", .failed, "refused by the operator's gateway", "网关拒收"),
    StatusMeaning("SY1RESP:-9", .failed, "wrong extension digits: leave extno empty", "扩展码有误，不需要填写扩展码"),
    StatusMeaning("DB:0141", .failed, "the person is on a black list", "用户在黑名单里"),
    StatusMeaning("ID:0103", .failed, "the person's account is in arrears", "用户已欠费"),
    StatusMeaning("ID:0102", .failed, "the person's number is suspended", "用户已停机"),
    StatusMeaning("ID:0101", .failed, "the number is wrong", "号码有误"),
    StatusMeaning("MA:0001", .failed, "the number is on a black list", "号码在黑名单里"),
    StatusMeaning("MX:0013", .failed, "the number is on the channel's black list", "号码在通道黑名单里"),
    StatusMeaning("601", .failed, "no such number, or out of service", "空号或暂停服务"),
    StatusMeaning("GL:0000", .failed, "stopped: the number asked for too many", "获取过于频繁，被拦截"),
    StatusMeaning("ERR:104", .failed, "the system was busy", "系统繁忙"),
    StatusMeaning("SIGFAIL", .failed, "the signature is not registered", "签名没有报备"),
  ]

  /// "其他": any other word is the operator's and a failure, but for the few that `OperatorStatus` knows.
  public static func status(_ code: String) -> StatusMeaning {
    if let row = OperatorStatus.row(of: code, in: statusCodes) { return row }
    let word = code.uppercased()
    for row in statusCodes where row.code.hasSuffix(":XXX") {
      let stem = row.code.drop { $0 == "*" }.dropLast(3)
      let fits = row.code.hasPrefix("*") ? word.contains(stem) : word.hasPrefix(stem)
      if fits { return StatusMeaning(code, row.status, row.english, row.chinese) }
    }
    return OperatorStatus.unlisted(code)
  }

  public func pullRequest(for kind: PullKind, at time: Timestamp) -> GatewayRequest? { nil }

  public func page(in answer: GatewayAnswer, for kind: PullKind) -> PullOutcome {
    .unreadable("18sms has nothing to pull")
  }

  /// The answer is always `0`: a receiver that seems to fail is paused for an hour, and what comes meanwhile is lost.
  /// Only a push that does not prove itself is turned away.
  public func page(in push: GatewayPush) -> PushOutcome {
    let form = FormReader(push)
    guard proves(form) else {
      return PushOutcome(page: nil, status: 403, answer: "", reason: "receiver or pswd of the push is wrong")
    }
    let raw = form.raw(without: Eighteen.pushSecrets)
    let number = form.text("mobile")
    let status = form.text("status")
    if !status.isEmpty, !number.isEmpty || !form.text("msgid").isEmpty {
      let report = StatusReport(
        messageID: form.text("msgid"), number: number, code: status,
        reportedAt: LooseTime.read(form.text("reportTime")), raw: raw)
      return PushOutcome(page: ReportPage(reports: [report]), answer: "0")
    }
    guard let message = form.value("msg"), !number.isEmpty else {
      return PushOutcome(page: nil, answer: "0", reason: "the push is neither a report nor a reply")
    }
    var page = ReportPage()
    let part = Eighteen.part(form)
    if form.text("isems") == "1", part == nil { page.notes.append("a part of a long reply whose emshead is no use") }
    page.replies = [
      Reply(
        number: number, text: GBText.read(message), receivedAt: LooseTime.read(form.text("moTime")),
        accessCode: form.text("destcode"), part: part, raw: raw)
    ]
    return PushOutcome(page: page, answer: "0")
  }

  private func proves(_ form: FormReader) -> Bool {
    let receiverFits =
      pushReceiver.isEmpty || constantTimeEqual(Array(pushReceiver.utf8), form.value("receiver") ?? [])
    let secret = Array(pushPassword.reveal().utf8)
    return receiverFits && (secret.isEmpty || constantTimeEqual(secret, form.value("pswd") ?? []))
  }

  /// `emshead=234,4,1`: the long reply's id, its parts, and which one this is.
  private static func part(_ form: FormReader) -> MessagePart? {
    guard form.text("isems") == "1" else { return nil }
    let fields = form.text("emshead").split(separator: ",", omittingEmptySubsequences: false).map {
      String($0).trimmingBlanks
    }
    guard fields.count == 3, let total = Int(fields[1]), let index = Int(fields[2]) else { return nil }
    guard (1...255).contains(total), (1...total).contains(index) else { return nil }
    return MessagePart(group: fields[0], index: index, total: total)
  }
}
