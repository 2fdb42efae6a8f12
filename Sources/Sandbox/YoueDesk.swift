import HTTP
import Platform

/// Youe 通用短信平台 V2: three digits as text (seed 001; gateways.md, "Youe").
enum YoueDesk {
  static let folder = "/smsmarketing/wwwroot/interface/"
  private static let names: Set<String> = ["postSendSms", "getSendSms", "queryBalance", "revert", "report"]

  static func owns(_ path: String) -> Bool { path.hasPrefix(folder) && names.contains(name(path)) }

  private static func name(_ path: String) -> String { String(path.dropFirst(folder.count)) }

  static func task(of request: borrowing OpenedRequest) -> SandboxTask {
    switch name(request.path) {
    case "queryBalance": .balance
    case "revert": .reply
    case "report": .report
    default: .submit
    }
  }

  static func answer(
    _ request: consuming OpenedRequest, _ desk: inout DeskState, _ call: Call, _ journal: inout Journal
  ) -> ServerReply {
    if let code = call.forcedCode { return refuse(code, 0, &desk, call) }
    let isGet = name(request.path) == "getSendSms"
    let isPost = name(request.path) == "postSendSms"
    if isGet && request.method != "GET" || isPost && request.method != "POST" { return ServerReply(405) }
    let login = request.form.text("uid")
    let password = request.form.text("pwd").lowercased()
    let known = desk.account {
      $0.login == login && Digest.hex(Digest.md5(Array($0.password.utf8))) == password
    }
    guard let account = known else { return refuse("101", 0, &desk, call) }
    switch call.task {
    case .balance: return reply("000,\(desk.accounts[account].balance)")
    case .report: return reports(account, &desk, call)
    case .reply: return replies(account, &desk, call)
    case .submit, .other:
      let most = isGet ? min(100, desk.plan.mostNumbers) : desk.plan.mostNumbers
      return submit(request.form, account, most, &desk, call, &journal)
    }
  }

  private static func refuse(_ code: String, _ messages: Int, _ desk: inout DeskState, _ call: Call) -> ServerReply {
    if call.task == .submit { desk.refuse(messages, wholeCall: true) }
    return reply(code)
  }

  private static func reply(_ body: String) -> ServerReply { ServerReply(body: Array(body.utf8)) }

  // MARK: Submitting

  private static func submit(
    _ form: consuming RequestForm, _ account: Int, _ most: Int, _ desk: inout DeskState, _ call: Call,
    _ journal: inout Journal
  ) -> ServerReply {
    var intake = Intake(form)
    let problem = read(&intake, desk, most)
    if problem == nil { desk.judge(&intake, call) }
    let count = intake.recipients.count
    if let problem { return refuse(problem, count, &desk, call) }
    // The document has no code for a bad number: the whole call fails.
    if intake.recipients.contains(where: \.isRefused) { return refuse("400", count, &desk, call) }
    guard desk.isSigned(intake.form[intake.recipients[0].text]) else { return refuse("400", count, &desk, call) }
    if desk.isTooFast(account, intake, call) {
      // Nor one for "too fast"; 400 is all it can say.
      desk.counts.slowDowns += 1
      return reply("400")
    }
    let segments = domesticSegments(units(intake.form[intake.recipients[0].text]))
    guard desk.pay(account, segments: segments * count) else { return refuse("102", count, &desk, call) }
    if !intake.link.isEmpty, desk.links.count < Limits.sandboxReports {
      desk.links.insert(intake.form[intake.link].array)
    }
    take(intake, account, segments, &desk, call, &journal)
    return reply("000")
  }

  /// The code of what is wrong with the call, nil when it could be read.
  private static func read(_ intake: inout Intake, _ desk: DeskState, _ most: Int) -> String? {
    guard let list = intake.form.filled("mobile"), var text = intake.form.filled("msg") else { return "105" }
    // The document takes GB2312 as well as UTF-8.
    if !isUTF8(intake.form[text]) {
      guard let converted = utf8(fromGBK: intake.form[text]) else { return "400" }
      text = intake.form.add(converted.span)
    }
    guard units(intake.form[text]) <= desk.plan.mostUnits else { return "107" }
    guard intake.addList(list, separator: UInt8(ascii: ";"), text: text, most: most) else { return "103" }
    if intake.recipients.contains(where: { $0.digits == 0 }) { return "400" }
    if let time = intake.form.filled("dttime") {
      guard let seconds = beijingSeconds(intake.form[time], separated: true) else { return "400" }
      intake.sendAt = seconds
    }
    if let link = intake.form.filled("linkid") {
      let bytes = intake.form[link].array
      guard bytes.count == 20, bytes.allSatisfy({ (0x30...0x39).contains($0) }), !desk.links.contains(bytes) else {
        return "400"
      }
      intake.link = link
    }
    return nil
  }

  private static func take(
    _ intake: borrowing Intake, _ account: Int, _ segments: Int, _ desk: inout DeskState, _ call: Call,
    _ journal: inout Journal
  ) {
    journal.begin(.youe, account: desk.accounts[account].account.login, call: call, link: intake.form[intake.link])
    var record = CallRecord(submittedAt: call.now.wall)
    record.link = intake.form[intake.link].array
    desk.remember(account, record, call)
    for (index, recipient) in intake.recipients.enumerated() {
      let outcome: Outcome? = recipient.isMainland ? nil : .badNumber
      desk.take(
        recipient, at: index, of: intake, account: account, firstID: 0, ids: 0, segments: segments, outcome: outcome,
        call, &journal)
    }
  }

  // MARK: Reports and replies

  /// At most 20 a call (document, 3.5).
  private static let pageSize = 20

  private static func reports(_ account: Int, _ desk: inout DeskState, _ call: Call) -> ServerReply {
    let reports = desk.fetchReports(pageSize, of: account, call)
    guard !reports.isEmpty else { return reply("160") }
    var page = ""
    for report in reports {
      let link = desk.accounts[account].board.record(report.call)?.link.text ?? ""
      page += "\(report.digits)/\(call.now.beijing.spaced)/\(link)/\(percentEncoded(word(report)))/\n"
      desk.accounts[account].board.release(report.call)
    }
    return reply(page)
  }

  private static func replies(_ account: Int, _ desk: inout DeskState, _ call: Call) -> ServerReply {
    let replies = desk.fetchReplies(pageSize, of: account, call)
    guard !replies.isEmpty else { return reply("150") }
    var page = ""
    for answer in replies {
      let link = desk.accounts[account].board.record(answer.call)?.link.text ?? ""
      page += "\(answer.digits)/\(call.now.beijing.spaced)/\(link)/\(percentEncoded(answer.text))/\n"
      desk.accounts[account].board.release(answer.call)
    }
    return reply(page)
  }

  /// Document, 3.9.
  static func word(_ report: Report) -> String {
    switch report.outcome {
    case .delivered: "DELIVRD"
    case .failed: ["UNDELIV", "REJECTD", "DTBLACK", "ERR:104"][Int(report.digits % 4)]
    case .expired: "EXPIRED"
    case .badNumber: "UNDELIV"
    case .repeatedNumber, .noBalance: "REJECTD"
    }
  }
}

/// Everything but ASCII letters, digits and `-_.~` as `%XX`.
func percentEncoded(_ text: String) -> String {
  var encoded = ByteBuffer()
  let digits = Array("0123456789ABCDEF".utf8)
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
      encoded.append(byte)
    default:
      encoded.append(UInt8(ascii: "%"))
      encoded.append(digits[Int(byte >> 4)])
      encoded.append(digits[Int(byte & 15)])
    }
  }
  return encoded.span.text
}
