import Messaging
public import Platform

/// 18sms (the old Chuanglan protocol): `HttpBatchSendSM`, `QueryBalance`, pushes.
///
/// Form POST; answers of one or more lines. One id names a whole call. See docs/gateways/18sms.md.
public struct Eighteen: Gateway {
  public static let name = "18sms"

  public static let settings: [GatewaySetting] = [
    GatewaySetting("account", .text, "The account's name."),
    GatewaySetting("password", .secret, "The account's password."),
    GatewaySetting(
      "product", .text, standard: "",
      "The product's id; needed when the account has several, or the wrong one is billed."),
    GatewaySetting(
      "extno", .text, standard: "",
      "The digits that belong to the signature in the platform's user centre; may be empty."),
    GatewaySetting(
      "push_receiver", .text, standard: "", "The name that pushes carry as `receiver`; empty: not checked."),
    GatewaySetting(
      "push_password", .secret, standard: "", "The password that pushes carry as `pswd`; empty: not checked."),
    GatewaySetting(
      "double_encode", .boolean, standard: "false", "Encode the text twice, for resellers who decode it twice."),
  ]

  public static let abilities = GatewayAbilities(
    pointToPoint: nil, sameContent: .batch, mostPerCall: 50_000, usualPerCall: 1000, mostUnits: 536,
    mainlandOnly: true, balanceInterval: 10)

  let base: String
  let account: String
  let password: Secret
  let product: String
  let extno: String
  let pushReceiver: String
  let pushPassword: Secret
  let doubleEncode: Bool

  public init(url: String?, values: GatewayValues) throws(GatewaySettingError) {
    base = url ?? "http://send.18sms.com"
    account = values.text("account")
    password = values.secret("password")
    product = values.text("product")
    extno = values.text("extno")
    pushReceiver = values.text("push_receiver")
    pushPassword = values.secret("push_password")
    doubleEncode = values.flag("double_encode")
    guard extno.isEmpty || AnswerText.isDigits(extno.utf8) else {
      throw GatewaySettingError(key: "extno", found: extno, expected: "digits only")
    }
  }

  // MARK: - Requests

  public func request(for submission: Submission) -> GatewayRequest {
    let text = submission.recipients.first?.text ?? []
    var form = FormWriter(capacity: 256 + submission.recipients.count * 14 + text.count * (doubleEncode ? 5 : 3))
    addAccount(to: &form)
    form.add("mobile", numbers: submission.recipients, separator: "%2C")
    if doubleEncode { form.add("msg", twice: text) } else { form.add("msg", text) }
    // Without it the answer holds no msgid and no reports come.
    form.add("needstatus", "true")
    if !product.isEmpty { form.add("product", product) }
    if !extno.isEmpty { form.add("extno", extno) }
    return post("/msg/HttpBatchSendSM", form)
  }

  public func balanceRequest(at time: Timestamp) -> GatewayRequest? {
    var form = FormWriter()
    addAccount(to: &form)
    return post("/msg/QueryBalance", form)
  }

  private func addAccount(to form: inout FormWriter) {
    form.add("account", account)
    form.add("pswd", password.reveal())
  }

  private func post(_ path: String, _ form: borrowing FormWriter) -> GatewayRequest {
    GatewayRequest(.post, url: base + path, contentType: FormWriter.contentType, body: form.array)
  }

  // MARK: - Answers

  public func outcome(of answer: GatewayAnswer, to submission: Submission) -> CallOutcome {
    guard answer.status == 200 else { return CallOutcome(.unknown(AnswerText.unexpected(status: answer.status))) }
    guard let answer = EighteenAnswer(answer.body) else {
      return CallOutcome(.unknown("the answer does not begin with a time and a code"))
    }
    guard let meaning = Eighteen.meaning(of: answer.code) else {
      return CallOutcome(.unknown("code \(answer.code) is not in the document"), code: answer.code)
    }
    if meaning.answer == .accepted { return accepted(answer, submission.recipients.count) }
    return CallOutcome(meaning.answer.verdict ?? .unknown(meaning.english), code: answer.code)
  }

  /// The call's one id becomes every message's.
  private func accepted(_ answer: EighteenAnswer, _ count: Int) -> CallOutcome {
    var ids: [String] = []
    var notes: [String] = []
    if let first = answer.rest.first, EighteenAnswer.isID(first) {
      ids = [AnswerText.text(first)]
      if answer.rest.count > 1 { notes.append("lines behind the msgid: \(answer.rest.count - 1)") }
    } else {
      notes.append("the call was taken without a msgid: its reports cannot be joined by id")
    }
    let outcome = MessageOutcome(.accepted, ids: ids)
    return CallOutcome(.settled(Array(repeating: outcome, count: count)), code: answer.code, notes: notes)
  }

  public func balance(in answer: GatewayAnswer) -> BalanceOutcome {
    guard answer.status == 200 else { return .unreadable(AnswerText.unexpected(status: answer.status)) }
    guard let answer = EighteenAnswer(answer.body) else {
      return .unreadable("the answer does not begin with a time and a code")
    }
    guard answer.code == "0" else {
      return Eighteen.asksForPatience(answer.code) ? .slowDown(answer.code) : .refused(answer.code)
    }
    var lines: [BalanceOutcome.Line] = []
    for line in answer.rest {
      let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
        AnswerText.trimmed($0)
      }
      // A line that lost its comma or one of its fields would tell the product's number as the balance.
      guard fields.count == 2, !fields[0].isEmpty, AnswerText.isAmount(fields[1]) else {
        return .unreadable("a line is not a product and its amount")
      }
      lines.append(.init(product: AnswerText.text(fields[0]), amount: AnswerText.text(fields[1]), unit: .messages))
    }
    return lines.isEmpty ? .unreadable("no product is listed") : .told(lines)
  }
}

/// `time,code` and the lines below it (document, "短信提交响应", "提交响应").
struct EighteenAnswer {
  /// Lines that are read; an account has a handful of products.
  private static let mostLines = 1000
  let code: String
  /// The other lines, trimmed, without empty ones.
  let rest: [ArraySlice<UInt8>]

  init?(_ body: [UInt8]) {
    let lines = AnswerText.trimmed(body).split(separator: 0x0A, maxSplits: EighteenAnswer.mostLines)
      .map { AnswerText.trimmed($0) }.filter { !$0.isEmpty }
    guard let first = lines.first else { return nil }
    let fields = first.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      .map { AnswerText.trimmed($0) }
    guard fields.count == 2, AnswerText.isDigits(fields[0]), AnswerText.isDigits(fields[1]) else { return nil }
    code = AnswerText.text(fields[1])
    rest = Array(lines.dropFirst())
  }

  /// Digits, at most 19 by the document; letters and longer ids are read too, markup and prose are not.
  static func isID(_ line: ArraySlice<UInt8>) -> Bool {
    line.count <= 64
      && line.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: false
        }
      }
  }
}
