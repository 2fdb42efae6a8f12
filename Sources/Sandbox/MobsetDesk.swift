import HTTP
import Platform

/// Mobset 广州首易, SDK3: one address, `Methods` says what is wanted, JSON answers (seed 000; gateways.md, "Mobset").
enum MobsetDesk {
  static let path = "/SDK3/Sms"
  private static let mostIDs = 50

  static func task(of request: borrowing OpenedRequest) -> SandboxTask {
    switch method(request.form) {
    case "SmsGetReport": .report
    case "SmsGetRecv": .reply
    case "SmsGetBalance": .balance
    case "SmsCancel", "SmsGetSign": .other
    default: .submit
    }
  }

  private static func method(_ form: borrowing RequestForm) -> String { form.text("Methods", anyCase: true) }

  static func answer(
    _ request: consuming OpenedRequest, _ desk: inout DeskState, _ call: Call, _ journal: inout Journal
  ) -> ServerReply {
    if let code = call.forcedCode { return refuse(code, "按要求拒绝", 0, &desk, call) }
    let account: Int
    switch checkIdentity(request.form, desk, call) {
    case .failure(let problem): return refuse(problem.code, problem.words, 0, &desk, call)
    case .success(let index): account = index
    }
    switch method(request.form) {
    case "SmsSend": return submit(request.form, account, &desk, call, &journal)
    case "SmsGetReport": return MobsetPages.reports(account, &desk, call)
    case "SmsGetRecv": return MobsetPages.replies(account, &desk, call)
    case "SmsGetBalance":
      return reply("{\"Code\":\"\(desk.accounts[account].balance)\",\"Message\":\"取短信余额成功\"}")
    case "SmsGetSign":
      // The comma before the brace stands in the document's example.
      return reply("{\"Code\":\"0\",\"Message\":\"取签名成功\",\"Sign\":\"\(bareSignature(desk))\",}")
    case "SmsCancel": return cancel(request.form, account, &desk, call)
    default: return refuse("-191", "Method不存在", 0, &desk, call)
    }
  }

  static func reply(_ body: String) -> ServerReply {
    ServerReply(contentType: "application/json;charset=utf-8", body: Array(body.utf8))
  }

  /// Without its brackets, as the document says.
  private static func bareSignature(_ desk: DeskState) -> String {
    desk.plan.signature.isEmpty ? "广州首易" : desk.plan.signature.filter { !"【】[]".contains($0) }
  }

  private struct Problem: Error {
    var code: String
    var words: String
    init(_ code: String, _ words: String) {
      self.code = code
      self.words = words
    }
  }

  /// The five fixed fields; SecretKey = md5(CorpID + Password + TimeStamp).
  private static func checkIdentity(
    _ form: borrowing RequestForm, _ desk: DeskState, _ call: Call
  ) -> Result<Int, Problem> {
    for name in ["CorpID", "LoginName", "TimeStamp", "SecretKey", "Methods"] as [StaticString]
    where form.filled(name, anyCase: true) == nil {
      return .failure(Problem("-102", "请求参数不完整或有误:\(name)"))
    }
    let corp = form.text("CorpID", anyCase: true)
    let login = form.text("LoginName", anyCase: true)
    let time = form.text("TimeStamp", anyCase: true)
    guard desk.account({ $0.corpID == corp }) != nil else { return .failure(Problem("-107", "企业不存在或状态异常")) }
    guard let index = desk.account({ $0.corpID == corp && $0.login == login }) else {
      return .failure(Problem("-103", "帐号不存在"))
    }
    let wanted = Digest.hex(Digest.md5(Array((corp + desk.accounts[index].account.password + time).utf8)))
    guard form.text("SecretKey", anyCase: true).lowercased() == wanted else {
      return .failure(Problem("-105", "帐号验证失败"))
    }
    let year = call.now.beijing.year
    guard let seconds = beijingSeconds(Array(time.utf8).span, year: year),
      Double(abs(seconds - call.now.wall.seconds)) <= desk.plan.clockTolerance
    else { return .failure(Problem("-109", "校验用户失败:TimeStamp")) }
    return .success(index)
  }

  private static func refuse(
    _ code: String, _ words: String, _ messages: Int, _ desk: inout DeskState, _ call: Call
  ) -> ServerReply {
    if call.task == .submit { desk.refuse(messages, wholeCall: true) }
    return reply("{\"Code\":\(code),\"Message\":\"\(words)\"}")
  }

  // MARK: Submitting

  private static func submit(
    _ form: consuming RequestForm, _ account: Int, _ desk: inout DeskState, _ call: Call, _ journal: inout Journal
  ) -> ServerReply {
    var intake = Intake(form)
    let problem = read(&intake, desk)
    if problem == nil { desk.judge(&intake, call) }
    let count = intake.recipients.count
    if let problem { return refuse(problem.code, problem.words, count, &desk, call) }
    let text = intake.recipients[0].text
    guard desk.isSigned(intake.form[text]) else { return refuse("-132", "无短信签名或签名不符合规范", count, &desk, call) }
    if desk.isTooFast(account, intake, call) {
      desk.counts.slowDowns += 1
      return reply("{\"Code\":-190,\"Message\":\"系统繁忙1\"}")
    }
    let length = units(intake.form[text])
    let isLong = intake.form.text("LongSms", anyCase: true) != "0"
    let parts = isLong ? domesticSegments(length) : max(1, (length + 69) / 70)
    let good = intake.recipients.count { isGood($0) }
    guard desk.pay(account, segments: parts * good) else {
      return refuse("-129", "用户余额不足以支持本次发送", count, &desk, call)
    }
    return take(intake, account, parts, good, &desk, call, &journal)
  }

  private static func isGood(_ recipient: Recipient) -> Bool { recipient.isMainland && !recipient.isRefused }

  private static func read(_ intake: inout Intake, _ desk: DeskState) -> Problem? {
    guard let list = intake.form.filled("PhoneNumbers", anyCase: true) else {
      return Problem("-102", "请求参数不完整或有误:PhoneNumbers")
    }
    guard let text = intake.form.value("Content", anyCase: true) else {
      return Problem("-102", "请求参数不完整或有误:Content")
    }
    guard !text.isEmpty, units(intake.form[text]) <= desk.plan.mostUnits else {
      return Problem("-110", "短信内容长度不符合要求")
    }
    guard intake.addList(list, separator: UInt8(ascii: ","), text: text, most: desk.plan.mostNumbers) else {
      return Problem("-112", "目标号码数量不符合要求")
    }
    guard intake.form.text("AddNum", anyCase: true).utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return Problem("-102", "请求参数不完整或有误:AddNum")
    }
    guard let time = intake.form.filled("TimerSend", anyCase: true) else { return nil }
    guard let seconds = beijingSeconds(intake.form[time], separated: true) else {
      return Problem("-102", "请求参数不完整或有误:TimerSend")
    }
    intake.sendAt = seconds
    return nil
  }

  /// A part of a long text has an entry and an id of its own; a refused number has the id 0.
  private static func take(
    _ intake: borrowing Intake, _ account: Int, _ parts: Int, _ good: Int, _ desk: inout DeskState, _ call: Call,
    _ journal: inout Journal
  ) -> ServerReply {
    journal.begin(.mobset, account: desk.accounts[account].account.login, call: call, link: intake.form[0..<0])
    var body = ByteBuffer(capacity: 128 + 64 * parts * intake.recipients.count)
    body.append("{\"Code\":\"\(good)\",\"Message\":\"成功提交\(good)条短信\",\"SmsIdList\":[")
    var isFirst = true
    for (index, recipient) in intake.recipients.enumerated() {
      let isTaken = isGood(recipient)
      let id = isTaken ? desk.mint.next(parts) : 0
      if isTaken {
        desk.take(
          recipient, at: index, of: intake, account: account, firstID: id, ids: parts, segments: parts, call, &journal)
        hold(id, parts, intake.sendAt, &desk, call)
      } else {
        desk.refuse(1, wholeCall: false)
      }
      let times = recipient.magic == .missing ? 0 : recipient.magic == .twice ? 2 : 1
      for part in 0..<(isTaken ? parts * times : times) {
        body.append(isFirst ? "{\"PhoneNumber\":" as StaticString : ",{\"PhoneNumber\":")
        isFirst = false
        quote(intake.form[recipient.number], into: &body)
        body.append(",\"SmsId\":\"" as StaticString)
        body.append(decimal: Int(isTaken ? id + UInt64(part % parts) : 0))
        body.append("\"}" as StaticString)
      }
    }
    body.append("]}" as StaticString)
    return ServerReply(contentType: "application/json;charset=utf-8", body: body.array)
  }

  // MARK: Timed messages

  private static func hold(_ id: UInt64, _ parts: Int, _ sendAt: Int64?, _ desk: inout DeskState, _ call: Call) {
    guard let sendAt, sendAt > call.now.wall.seconds, desk.timed.count < Limits.sandboxReports else { return }
    for part in 0..<parts { desk.timed[id + UInt64(part)] = sendAt }
  }

  private static func cancel(
    _ form: borrowing RequestForm, _ account: Int, _ desk: inout DeskState, _ call: Call
  ) -> ServerReply {
    guard form.filled("SmsID", anyCase: true) != nil else {
      return refuse("-102", "请求参数不完整或有误:SmsID", 0, &desk, call)
    }
    let ids = form.text("SmsID", anyCase: true).split(separator: ",")
    guard ids.count <= mostIDs else { return refuse("-143", "短信ID(SmsID)数量超出每次处理限额", 0, &desk, call) }
    var entries: [String] = []
    var withdrawn = 0
    for text in ids {
      let status = UInt64(text).map { withdraw($0, account, &desk, call) } ?? false
      if status { withdrawn += 1 }
      entries.append("{\"SmsID\":\(UInt64(text) ?? 0),\"Status\":\(status ? 1 : -142)}")
    }
    let list = entries.joined(separator: ",")
    return reply("{\"Code\":\(withdrawn),\"Message\":\"成功取消\(withdrawn)条短信\",\"Details\":[\(list)]}")
  }

  private static func withdraw(_ id: UInt64, _ account: Int, _ desk: inout DeskState, _ call: Call) -> Bool {
    guard let sendAt = desk.timed.removeValue(forKey: id), sendAt > call.now.wall.seconds else { return false }
    desk.accounts[account].board.withdraw(id)
    desk.accounts[account].balance += desk.plan.price
    return true
  }
}

/// Mobset's pages of reports and replies.
enum MobsetPages {
  /// At most 50 a call (document, 4.3.2). The lower-case `code` stands in the document's examples.
  static func reports(_ account: Int, _ desk: inout DeskState, _ call: Call) -> ServerReply {
    let reports = desk.fetchReports(50, of: account, call)
    let time = call.now.beijing.spaced
    let details = reports.map { report in
      let (status, network) = words(report)
      return
        "{\"SmsId\":\"\(report.id)\",\"Status\":\"\(status)\",\"ReportTime\":\"\(time)\",\"ExStatus\":\"\(network)\"}"
    }
    return page(reports.count, "取短信状态报告成功", details)
  }

  /// At most 20 a call (document, 4.2.2).
  static func replies(_ account: Int, _ desk: inout DeskState, _ call: Call) -> ServerReply {
    let replies = desk.fetchReplies(20, of: account, call)
    let time = call.now.beijing.spaced
    let details = replies.map { reply in
      "{\"PhoneNumber\":\"\(reply.digits)\",\"RecvNumber\":\"10691179164004\",\"AddNum\":\"\",\"RecvTime\":\"\(time)\","
        + "\"Content\":\"\(reply.text)\"}"
    }
    return page(replies.count, "取上行短信成功", details)
  }

  private static func page(_ count: Int, _ words: String, _ details: [String]) -> ServerReply {
    let list = details.joined(separator: ",")
    return MobsetDesk.reply("{\"code\":\"\(count)\",\"Message\":\"\(words)\",\"Details\":[\(list)]}")
  }

  /// Document, section 5.
  static func words(_ report: Report) -> (status: Int, network: String) {
    switch report.outcome {
    case .delivered: (12, "DELIVRD")
    case .failed: [(13, "UNDELIV"), (11, "MK:0012"), (7, "REJECTD"), (6, "MK:0004")][Int(report.digits % 4)]
    case .expired: (13, "EXPIRED")
    case .badNumber: (6, "MK:0004")
    case .repeatedNumber, .noBalance: (11, "REJECTD")
    }
  }
}
