import HTTP
import JSON
import Platform

/// Emay 亿美软通, international: JSON by POST (seed 004; gateways.md, "Emay international").
enum EmayDesk {
  static let folder = "/inter/"
  private static let endpoints: [String: Endpoint] = [
    "/inter/sendSingleIMS": .single, "/inter/sendBatchIMS": .batch, "/inter/sendPersonalityIMS": .personality,
    "/inter/getIMSReport": .report,
  ]
  private enum Endpoint { case single, batch, personality, report }

  static func owns(_ path: String) -> Bool { endpoints[path] != nil }

  static func task(of request: borrowing OpenedRequest) -> SandboxTask {
    endpoints[request.path] == .report ? .report : .submit
  }

  static func answer(
    _ request: consuming OpenedRequest, _ desk: inout DeskState, _ call: Call, _ journal: inout Journal
  ) -> ServerReply {
    guard request.method == "POST" else { return ServerReply(405) }
    if let code = call.forcedCode { return refuse(code, 0, &desk) }
    guard let body = request.json, let endpoint = endpoints[request.path] else {
      return refuse("ERROR_PARAMS", 0, &desk)
    }
    let account: Int
    switch checkIdentity(body, desk, call) {
    case .failure(let problem): return refuse(problem.code, 0, &desk)
    case .success(let index): account = index
    }
    if endpoint == .report { return reports(body, account, &desk, call) }
    return submit(body, endpoint, request.form, account, &desk, call, &journal)
  }

  private struct Problem: Error { var code: String }

  /// appId, timestamp and sign = md5(appId + secretKey + timestamp).
  private static func checkIdentity(_ body: JSON, _ desk: DeskState, _ call: Call) -> Result<Int, Problem> {
    guard let login = string(body["appId"]), let time = string(body["timestamp"]), let sign = string(body["sign"])
    else { return .failure(Problem(code: "ERROR_PARAMS")) }
    guard let index = desk.account({ $0.login == login }) else { return .failure(Problem(code: "ERROR_APPID")) }
    guard time.utf8.count == 14, let seconds = beijingSeconds(Array(time.utf8).span),
      Double(abs(seconds - call.now.wall.seconds)) <= desk.plan.clockTolerance
    else { return .failure(Problem(code: "ERROR_TIMESTAMP")) }
    let wanted = Digest.hex(Digest.md5(Array((login + desk.accounts[index].account.password + time).utf8)))
    return sign.lowercased() == wanted ? .success(index) : .failure(Problem(code: "ERROR_SIGN"))
  }

  private static func string(_ value: JSON?) -> String? {
    guard case .string(let text)? = value else { return nil }
    return text
  }

  private static func refuse(_ code: String, _ messages: Int, _ desk: inout DeskState) -> ServerReply {
    desk.refuse(messages, wholeCall: true)
    return reply("{\"code\":\"\(code)\"}")
  }

  private static func reply(_ body: String) -> ServerReply {
    ServerReply(contentType: "application/json;charset=UTF-8", body: Array(body.utf8))
  }

  // MARK: Submitting

  private static func submit(
    _ body: JSON, _ endpoint: Endpoint, _ form: consuming RequestForm, _ account: Int, _ desk: inout DeskState,
    _ call: Call, _ journal: inout Journal
  ) -> ServerReply {
    var intake = Intake(form)
    let problem =
      endpoint == .single
      ? readSingle(body, &intake) : readMany(body, &intake, desk.plan, eachHasText: endpoint == .personality)
    if let problem { return refuse(problem, intake.recipients.count, &desk) }
    desk.judge(&intake, call)
    if let problem = check(intake, desk.plan) { return refuse(problem, intake.recipients.count, &desk) }
    if desk.isTooFast(account, intake, call) {
      desk.counts.slowDowns += 1
      return reply("{\"code\":\"ERROR_OVER_SPEED\"}")
    }
    return take(intake, account, isSingle: endpoint == .single, &desk, call, &journal)
  }

  private static func readSingle(_ body: JSON, _ intake: inout Intake) -> String? {
    guard let mobile = string(body["mobile"]), !mobile.isEmpty else { return "ERROR_MOBILE_EMPTY" }
    guard let content = string(body["content"]), !content.isEmpty else { return "ERROR_CONTENT_EMPTY" }
    return add(mobile, intake.form.add(content), body["customImsId"], &intake)
  }

  private static func readMany(_ body: JSON, _ intake: inout Intake, _ plan: DeskPlan, eachHasText: Bool) -> String? {
    guard let list = body["imses"] else { return "ERROR_MOBILE_EMPTY" }
    guard let members = list.elements else { return "ERROR_PARAMS" }
    guard !members.isEmpty else { return "ERROR_MOBILE_EMPTY" }
    guard members.count <= plan.mostNumbers else { return "ERROR_MOBILE_NUMBER" }
    var text = 0..<0
    if !eachHasText {
      guard let content = string(body["content"]), !content.isEmpty else { return "ERROR_CONTENT_EMPTY" }
      text = intake.form.add(content)
    }
    for member in members {
      guard let mobile = string(member["mobile"]), !mobile.isEmpty else { return "ERROR_MOBILE_EMPTY" }
      if eachHasText {
        guard let content = string(member["content"]), !content.isEmpty else { return "ERROR_CONTENT_EMPTY" }
        text = intake.form.add(content)
      }
      if let problem = add(mobile, text, member["customImsId"], &intake) { return problem }
    }
    return nil
  }

  private static func add(_ mobile: String, _ text: Range<Int>, _ custom: JSON?, _ intake: inout Intake) -> String? {
    let own = string(custom) ?? ""
    guard own.utf8.count <= 32 else { return "ERROR_CUSTOM_IMSID" }
    let number = intake.form.add(mobile)
    intake.add(number, text: text, custom: intake.form.add(own))
    return nil
  }

  /// Long texts, refused numbers; a call is refused for bad numbers only when all are bad (gateways.md, M).
  private static func check(_ intake: borrowing Intake, _ plan: DeskPlan) -> String? {
    if intake.recipients.contains(where: \.isRefused) { return "ERROR_MOBILE_ERROR" }
    if intake.recipients.allSatisfy({ !isInternational($0) }) { return "ERROR_MOBILE_ERROR" }
    var text: Range<Int>?
    for recipient in intake.recipients where text != recipient.text {
      text = recipient.text
      if units(intake.form[recipient.text]) > plan.mostUnits { return "ERROR_LONG_CONTENT" }
    }
    return nil
  }

  /// `00`, country code and number.
  private static func isInternational(_ recipient: Recipient) -> Bool {
    recipient.zeros == 2 && (100_000...999_999_999_999_999).contains(recipient.digits)
  }

  private static func take(
    _ intake: borrowing Intake, _ account: Int, isSingle: Bool, _ desk: inout DeskState, _ call: Call,
    _ journal: inout Journal
  ) -> ServerReply {
    journal.begin(.emay, account: desk.accounts[account].account.login, call: call, link: intake.form[0..<0])
    desk.remember(account, record(intake, call), call)
    var body = ByteBuffer(capacity: 64 + 128 * intake.recipients.count)
    body.append(isSingle ? "{\"code\":\"SUCCESS\",\"data\":" as StaticString : "{\"code\":\"SUCCESS\",\"data\":[")
    var numbers: Set<UInt64> = []
    var isFirst = true
    for (index, recipient) in intake.recipients.enumerated() {
      let id = desk.mint.next()
      let outcome = fate(recipient, isNew: numbers.insert(recipient.digits).inserted)
      desk.take(
        recipient, at: index, of: intake, account: account, firstID: id, ids: 1, segments: 1, outcome: outcome, call,
        &journal)
      let times = recipient.magic == .missing ? 0 : recipient.magic == .twice && !isSingle ? 2 : 1
      for _ in 0..<times {
        if !isFirst { body.append(UInt8(ascii: ",")) }
        isFirst = false
        write(recipient, id, intake, into: &body)
      }
    }
    // A single answer that lacks its only message.
    if isSingle, isFirst { body.append("{}" as StaticString) }
    body.append(isSingle ? "}" as StaticString : "]}")
    return ServerReply(contentType: "application/json;charset=UTF-8", body: body.array)
  }

  private static func fate(_ recipient: Recipient, isNew: Bool) -> Outcome? {
    guard isInternational(recipient) else { return .badNumber }
    return isNew ? nil : .repeatedNumber
  }

  private static func record(_ intake: borrowing Intake, _ call: Call) -> CallRecord {
    var record = CallRecord(submittedAt: call.now.wall)
    guard intake.recipients.contains(where: { !$0.custom.isEmpty }) else { return record }
    for recipient in intake.recipients {
      let custom = intake.form[recipient.custom]
      for index in 0..<custom.count { record.customs.append(custom[index]) }
      record.customEnds.append(UInt32(record.customs.count))
    }
    return record
  }

  private static func write(
    _ recipient: Recipient, _ id: UInt64, _ intake: borrowing Intake, into body: inout ByteBuffer
  ) {
    body.append("{\"mobile\":" as StaticString)
    quote(intake.form[recipient.number], into: &body)
    body.append(",\"imsId\":\"" as StaticString)
    IDMint.append(id, of: .emay, to: &body)
    body.append(UInt8(ascii: "\""))
    if !recipient.custom.isEmpty {
      body.append(",\"customImsId\":" as StaticString)
      quote(intake.form[recipient.custom], into: &body)
    }
    body.append(UInt8(ascii: "}"))
  }

  // MARK: Reports

  /// At most `number`, 500 of them.
  private static func reports(_ body: JSON, _ account: Int, _ desk: inout DeskState, _ call: Call) -> ServerReply {
    var most = 500
    if let number = body["number"] {
      guard let asked = number.text.flatMap({ Int($0) }), (1...500).contains(asked) else {
        return refuse("ERROR_PARAMS", 0, &desk)
      }
      most = asked
    }
    let reports = desk.fetchReports(most, of: account, call)
    var page = ByteBuffer(capacity: 64 + 256 * reports.count)
    page.append("{\"code\":\"SUCCESS\",\"data\":[" as StaticString)
    let received = call.now.beijing.spaced
    for (index, report) in reports.enumerated() {
      if index > 0 { page.append(UInt8(ascii: ",")) }
      write(report, desk.accounts[account].board.record(report.call), received, into: &page)
      desk.accounts[account].board.release(report.call)
    }
    page.append("]}" as StaticString)
    return ServerReply(contentType: "application/json;charset=UTF-8", body: page.array)
  }

  private static func write(
    _ report: Report, _ record: CallRecord?, _ received: String, into page: inout ByteBuffer
  ) {
    page.append("{\"mobile\":\"" as StaticString)
    for _ in 0..<report.zeros { page.append(UInt8(ascii: "0")) }
    page.append(decimal: Int(truncatingIfNeeded: report.digits))
    page.append("\",\"imsId\":\"" as StaticString)
    IDMint.append(report.id, of: .emay, to: &page)
    page.append(UInt8(ascii: "\""))
    if let custom = record?.custom(report.index), !custom.isEmpty {
      page.append(",\"customImsId\":" as StaticString)
      quote(Array(custom).span, into: &page)
    }
    let (state, words) = words(report)
    let submitted = record.map { FixedZone.beijing.civil($0.submittedAt).spaced } ?? received
    page.append(",\"state\":\"\(state)\",\"desc\":\"\(words)\",\"receiveTime\":\"\(received)\"")
    page.append(",\"submitTime\":\"\(submitted)\"}")
  }

  /// Document, section 4.
  static func words(_ report: Report) -> (state: String, words: String) {
    switch report.outcome {
    case .delivered: ("DELIVRD", "成功")
    case .failed:
      [("FAIL_RESPONSE", "运营商响应失败"), ("FAIL_BLACK_DICT", "黑字典失败"), ("FAIL_UNKNOW", "未知失败")][
        Int(report.digits % 3)]
    case .expired: ("TIMEOUT", "运营商状态报告超时")
    case .badNumber: ("FAIL_MOBILE", "手机号错误")
    case .repeatedNumber: ("FAIL_MOBILE_REPEAT", "手机号重复")
    case .noBalance: ("FAIL_BALANCE", "余额不足")
    }
  }
}
