import HTTP
import Platform

/// 18sms, the old Chuanglan protocol: lines of text (seed 002; gateways.md, "18sms").
enum EighteenDesk {
  static let sendPath = "/msg/HttpBatchSendSM"
  static let balancePath = "/msg/QueryBalance"

  static func owns(_ path: String) -> Bool { path == sendPath || path == balancePath }

  static func task(of request: borrowing OpenedRequest) -> SandboxTask {
    request.path == balancePath ? .balance : .submit
  }

  static func answer(
    _ request: consuming OpenedRequest, _ desk: inout DeskState, _ call: Call, _ journal: inout Journal
  ) -> ServerReply {
    if let code = call.forcedCode { return refuse(code, 0, &desk, call) }
    let login = request.form.text("account")
    let password = request.form.text("pswd")
    guard let account = desk.account({ $0.login == login }) else { return refuse("101", 0, &desk, call) }
    guard desk.accounts[account].account.password == password else { return refuse("102", 0, &desk, call) }
    if call.task == .balance { return balance(account, &desk, call) }
    return submit(request.form, account, &desk, call, &journal)
  }

  private static func submit(
    _ form: consuming RequestForm, _ account: Int, _ desk: inout DeskState, _ call: Call, _ journal: inout Journal
  ) -> ServerReply {
    let wantsStatus = form.text("needstatus").lowercased() == "true"
    var intake = Intake(form)
    let problem = read(&intake, desk, account)
    if problem == nil || problem == "107" { desk.judge(&intake, call) }
    let count = intake.recipients.count
    if let problem { return refuse(problem, count, &desk, call) }
    if intake.recipients.contains(where: { $0.isRefused || !$0.isMainland }) {
      return refuse("107", count, &desk, call)
    }
    let text = intake.recipients[0].text
    guard desk.isSigned(intake.form[text]) else { return refuse("116", count, &desk, call) }
    if desk.isTooFast(account, intake, call) {
      desk.counts.slowDowns += 1
      return reply("103", call)
    }
    let segments = domesticSegments(units(intake.form[text]))
    guard desk.pay(account, segments: segments * count) else { return refuse("109", count, &desk, call) }
    let id = take(intake, account, segments, &desk, call, &journal)
    return reply("0", call, wantsStatus ? IDMint.text(id, of: .eighteen) + "\n" : "")
  }

  /// The code of what is wrong with the call, nil when it could be read.
  private static func read(_ intake: inout Intake, _ desk: DeskState, _ account: Int) -> String? {
    let product = intake.form.text("product")
    guard product.isEmpty || product == desk.accounts[account].account.product else { return "112" }
    let extno = intake.form.text("extno")
    let wanted = desk.accounts[account].account.extno
    guard extno.utf8.allSatisfy({ (0x30...0x39).contains($0) }), extno.utf8.count <= 20 else { return "113" }
    guard wanted.isEmpty || extno == wanted else { return "113" }
    guard let text = intake.form.filled("msg") else { return "106" }
    guard units(intake.form[text]) <= desk.plan.mostUnits else { return "106" }
    guard let list = intake.form.filled("mobile") else { return "108" }
    guard intake.addList(list, separator: UInt8(ascii: ","), text: text, most: desk.plan.mostNumbers) else {
      return "108"
    }
    return intake.recipients.count < desk.plan.fewestNumbers ? "108" : nil
  }

  /// One id for the whole call.
  private static func take(
    _ intake: borrowing Intake, _ account: Int, _ segments: Int, _ desk: inout DeskState, _ call: Call,
    _ journal: inout Journal
  ) -> UInt64 {
    let id = desk.mint.next()
    journal.begin(.eighteen, account: desk.accounts[account].account.login, call: call, link: intake.form[0..<0])
    for (index, recipient) in intake.recipients.enumerated() {
      desk.take(
        recipient, at: index, of: intake, account: account, firstID: id, ids: 1, segments: segments, call, &journal)
    }
    return id
  }

  private static func refuse(_ code: String, _ messages: Int, _ desk: inout DeskState, _ call: Call) -> ServerReply {
    if call.task == .submit { desk.refuse(messages, wholeCall: true) }
    return reply(code, call)
  }

  private static func reply(_ code: String, _ call: Call, _ rest: String = "") -> ServerReply {
    ServerReply(body: Array("\(call.now.beijing.compact),\(code)\n\(rest)".utf8))
  }

  private static func balance(_ account: Int, _ desk: inout DeskState, _ call: Call) -> ServerReply {
    let asked = desk.accounts[account].balanceAskedAt
    guard !call.isBusy, call.now.clock - asked >= desk.plan.balanceInterval else {
      desk.counts.slowDowns += 1
      return reply("103", call)
    }
    desk.accounts[account].balanceAskedAt = call.now.clock
    let state = desk.accounts[account]
    return reply("0", call, "\(state.account.product),\(state.balance)\n")
  }

  /// Document, "状态报告值".
  static func word(_ report: Report) -> String {
    switch report.outcome {
    case .delivered: "DELIVRD"
    case .failed: ["MBBLACK", "REJECT", "MX:0013", "601", "ID:0102"][Int(report.digits % 5)]
    case .expired: "EXPIRED"
    case .badNumber: "ID:0101"
    case .repeatedNumber: "DISTURB"
    case .noBalance: "ID:0103"
    }
  }
}
