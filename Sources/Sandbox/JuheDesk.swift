import HTTP
import Platform

/// Juhe 聚合云信: one address `/sms`, form fields, JSON with `rt=json`, else XML (seed 003; gateways.md, "Juhe").
enum JuheDesk {
  static let path = "/sms"

  static func task(of request: borrowing OpenedRequest) -> SandboxTask {
    switch request.form.text("action") {
    case "report": .report
    case "mo": .reply
    case "overage", "balance": .balance
    default: .submit
    }
  }

  static func answer(
    _ request: consuming OpenedRequest, _ desk: inout DeskState, _ call: Call, _ journal: inout Journal
  ) -> ServerReply {
    let paper = JuhePaper(isJSON: request.form.text("rt").lowercased() == "json")
    if let code = call.forcedCode { return paper.refusal(code, call.task) }
    guard let account = account(request.form, desk) else { return paper.refusal("3", call.task) }
    switch call.task {
    case .balance: return paper.balance(desk.accounts[account])
    case .report, .reply:
      guard paper.isJSON else { return paper.refusal("5", call.task) }
      return fetch(request.form, account, &desk, call)
    case .submit, .other: return submit(request.form, account, paper, &desk, call, &journal)
    }
  }

  /// The account whose password the request knows; later resellers want MD5 forms (gateways.md, "Juhe").
  private static func account(_ form: borrowing RequestForm, _ desk: DeskState) -> Int? {
    let login = form.text("account")
    let password = form.text("password")
    guard let index = desk.account({ $0.login == login }) else { return nil }
    let account = desk.accounts[index].account
    guard account.passwordMode == .md5 else { return account.password == password ? index : nil }
    var signed = Array(account.password.utf8)
    if form.value("mobileContentList") != nil || form.value("content") != nil {
      for name in ["extno", "content", "mobile", "mobileContentList"] as [StaticString] {
        if let value = form.value(name) { signed += form[value].array }
      }
    }
    return Digest.hex(Digest.md5(signed)) == password.lowercased() ? index : nil
  }

  private static func submit(
    _ form: consuming RequestForm, _ account: Int, _ paper: JuhePaper, _ desk: inout DeskState, _ call: Call,
    _ journal: inout Journal
  ) -> ServerReply {
    let isPointToPoint = form.text("action") == "p2p"
    guard isPointToPoint || form.text("action") == "send" else { return refuse("1", 0, paper, &desk) }
    let names = desk.accounts[account].account.extno == form.text("extno")
    var intake = Intake(form)
    let problem = isPointToPoint ? readPairs(&intake, desk.plan) : readList(&intake, desk.plan)
    if let problem { return refuse(problem, intake.recipients.count, paper, &desk) }
    desk.judge(&intake, call)
    if desk.isTooFast(account, intake, call) {
      desk.counts.slowDowns += 1
      return paper.refusal("21", .submit)
    }
    return take(intake, account, hasExtno: names, paper, &desk, call, &journal)
  }

  private static func refuse(_ code: String, _ messages: Int, _ paper: JuhePaper, _ desk: inout DeskState)
    -> ServerReply
  {
    desk.refuse(messages, wholeCall: true)
    return paper.refusal(code, .submit)
  }

  /// `action=send`: the code of what is wrong with it, nil when it could be read.
  private static func readList(_ intake: inout Intake, _ plan: DeskPlan) -> String? {
    guard let list = intake.form.filled("mobile"), let text = intake.form.filled("content") else { return "1" }
    guard intake.addList(list, separator: UInt8(ascii: ","), text: text, most: plan.mostNumbers) else { return "102" }
    return intake.recipients.contains { $0.digits == 0 } ? "1" : nil
  }

  /// `action=p2p`: lines `number#text`, the table's TAB does as well; ended by CR, LF or both, the last may lack it.
  private static func readPairs(_ intake: inout Intake, _ plan: DeskPlan) -> String? {
    guard let list = intake.form.filled("mobileContentList") else { return "1" }
    var start = list.lowerBound
    while start < list.upperBound {
      let end = position(in: intake.form.bytes, from: start, to: list.upperBound) { $0 == 0x0D || $0 == 0x0A }
      defer { start = end + 1 }
      if end == start { continue }
      let mark = position(in: intake.form.bytes, from: start, to: end) { $0 == UInt8(ascii: "#") || $0 == 0x09 }
      guard mark + 1 < end else { return "1" }
      guard intake.recipients.count < plan.mostNumbers else { return "102" }
      intake.add(start..<mark, text: (mark + 1)..<end)
    }
    return intake.recipients.isEmpty || intake.recipients.contains { $0.digits == 0 } ? "1" : nil
  }

  private static func position(
    in bytes: borrowing Span<UInt8>, from start: Int, to end: Int, _ isWanted: (UInt8) -> Bool
  ) -> Int {
    var index = start
    while index < end, !isWanted(bytes[index]) { index += 1 }
    return index
  }

  private static func take(
    _ intake: borrowing Intake, _ account: Int, hasExtno: Bool, _ paper: JuhePaper, _ desk: inout DeskState,
    _ call: Call, _ journal: inout Journal
  ) -> ServerReply {
    journal.begin(.juhe, account: desk.accounts[account].account.login, call: call, link: intake.form[0..<0])
    desk.remember(account, CallRecord(submittedAt: call.now.wall), call)
    var list = ByteBuffer(capacity: 64 + 64 * intake.recipients.count)
    var segments = 1
    var text: Range<Int>?
    for (index, recipient) in intake.recipients.enumerated() {
      if text != recipient.text { segments = domesticSegments(units(intake.form[recipient.text])) }
      text = recipient.text
      let code = result(recipient, intake, hasExtno, segments, account, &desk)
      let id = code == 0 ? desk.mint.next() : 0
      if code == 0 {
        // The document has no code for a bad number: such a message is taken, its report says no (MA:0021).
        let outcome: Outcome? = recipient.isMainland ? nil : .badNumber
        desk.take(
          recipient, at: index, of: intake, account: account, firstID: id, ids: 1, segments: segments,
          outcome: outcome, call, &journal)
      } else {
        desk.refuse(1, wholeCall: false)
      }
      let times = recipient.magic == .missing ? 0 : recipient.magic == .twice ? 2 : 1
      for _ in 0..<times { paper.entry(intake.form[recipient.number], code, id, into: &list) }
    }
    return paper.list(list.span, desk.accounts[account].balance)
  }

  /// 0 or the code that this number is refused with.
  private static func result(
    _ recipient: Recipient, _ intake: borrowing Intake, _ hasExtno: Bool, _ segments: Int, _ account: Int,
    _ desk: inout DeskState
  ) -> Int {
    guard hasExtno else { return 10 }
    guard !recipient.isRefused, desk.isSigned(intake.form[recipient.text]) else { return 17 }
    return desk.pay(account, segments: segments) ? 0 : 15
  }

  /// `report` and `mo`; `size` (later document) 10–10000 and 10–1000.
  private static func fetch(
    _ form: borrowing RequestForm, _ account: Int, _ desk: inout DeskState, _ call: Call
  ) -> ServerReply {
    let most = call.task == .report ? 10_000 : 1000
    let size = min(max(Int(form.text("size")) ?? 500, 10), most)
    let owner = desk.accounts[account].account
    var page = ByteBuffer(capacity: 4096)
    page.append("{\"status\":\"0\",\"balance\":" as StaticString)
    page.append(decimal: desk.accounts[account].balance)
    page.append(",\"list\":[" as StaticString)
    if call.task == .report {
      let reports = desk.fetchReports(size, of: account, call)
      JuhePush.write(reports: reports, owner, at: call.now, into: &page)
      for report in reports { desk.accounts[account].board.release(report.call) }
    } else {
      let replies = desk.fetchReplies(size, of: account, call)
      JuhePush.write(replies: replies, owner, at: call.now, draws: desk.draws, into: &page)
      for reply in replies { desk.accounts[account].board.release(reply.call) }
    }
    page.append("]}" as StaticString)
    return ServerReply(contentType: "application/json;charset=UTF-8", body: page.array)
  }
}
