import Messaging
public import Platform

/// Juhe 聚合云信 (port 7862, sold under many names): one address, form fields, JSON answers.
///
/// Source: "行业短信 客户接口说明文档" of 2017-10-28, repaired by what production clients do (docs/gateways/juhe.md).
public struct Juhe: Gateway {
  public static let name = "juhe"

  public static let settings = [
    GatewaySetting("account", .text, "The account's name, given by the platform."),
    GatewaySetting("password", .secret, "The account's password."),
    GatewaySetting("extno", .text, standard: "", "The access number (106…) that messages come from."),
    GatewaySetting(
      "p2p_separator", .text, standard: "#", "What stands between number and text in a point-to-point call."),
    GatewaySetting(
      "p2p_newline", .choice(["\r", "\n", "\r\n"]), standard: "\r", "What ends an entry of a point-to-point call."),
    GatewaySetting("p2p_trailing", .boolean, standard: "true", "Whether the last entry of a call is ended too."),
    GatewaySetting(
      "balance_action", .choice(["overage", "balance"]), standard: "overage",
      "The action that asks for the balance; some resellers say balance."),
    GatewaySetting(
      "password_mode", .choice(["plain", "md5"]), standard: "plain",
      "Whether the password travels as it is or in an MD5 digest, as some resellers ask."),
  ]

  public static let abilities = GatewayAbilities(
    pointToPoint: .p2p, sameContent: .send, mostPerCall: 500, usualPerCall: 200, pointToPointTakesLineBreaks: false,
    mainlandOnly: true)

  let address: String
  let account: String
  let password: Secret
  let extno: String
  let separator: [UInt8]
  let newline: [UInt8]
  let trailing: Bool
  let balanceAction: String
  let digestsPassword: Bool

  public init(url: String?, values: GatewayValues) throws(GatewaySettingError) {
    guard let url else {
      throw GatewaySettingError(key: "url", found: "no address", expected: "http://HOST:7862")
    }
    address = url + "/sms"
    account = values.text("account")
    password = values.secret("password")
    extno = values.text("extno")
    separator = Array(values.text("p2p_separator").utf8)
    newline = Array(values.text("p2p_newline").utf8)
    trailing = values.flag("p2p_trailing")
    balanceAction = values.text("balance_action")
    digestsPassword = values.text("password_mode") == "md5"
    let forbidden = separator.contains { (0x30...0x39).contains($0) || $0 == 0x0D || $0 == 0x0A }
    guard (1...Limits.separatorBytes).contains(separator.count), !forbidden else {
      throw GatewaySettingError(
        key: "p2p_separator", found: values.text("p2p_separator"),
        expected: "1 to \(Limits.separatorBytes) bytes without digits and line breaks")
    }
  }

  // MARK: - Requests

  public func request(for submission: Submission) -> GatewayRequest {
    submission.endpoint == .p2p ? pointToPoint(submission) : sameContent(submission)
  }

  /// Document, section 1.
  private func sameContent(_ submission: Submission) -> GatewayRequest {
    var numbers = ByteBuffer(capacity: submission.recipients.count * 12)
    for recipient in submission.recipients {
      if !numbers.isEmpty { numbers.append(UInt8(ascii: ",")) }
      DomesticNumber.append(recipient.number, to: &numbers)
    }
    let content = submission.recipients.first?.text ?? []
    var form = FormWriter(capacity: numbers.count * 2 + content.count * 3 + 256)
    addAccess(action: "send", signing: [content.span.array, numbers.array], to: &form)
    form.add("mobile", numbers.span)
    form.add("content", content)
    return post(form)
  }

  /// Document, section 2: `number#text`, one line each.
  private func pointToPoint(_ submission: Submission) -> GatewayRequest {
    var list = ByteBuffer(capacity: submission.recipients.count * 192)
    for (index, recipient) in submission.recipients.enumerated() {
      // The planner sends such texts by `send`; here they would break out of their line and reach other numbers.
      precondition(!holdsLineBreak(recipient.text), "a text with a line break cannot ride point-to-point")
      DomesticNumber.append(recipient.number, to: &list)
      list.append(separator)
      list.append(recipient.text)
      if trailing || index < submission.recipients.count - 1 { list.append(newline) }
    }
    var form = FormWriter(capacity: list.count * 3 + 256)
    addAccess(action: "p2p", signing: [digestsPassword ? list.array : []], to: &form)
    form.add("mobileContentList", list.span)
    return post(form)
  }

  /// The fields that every call has. Resellers with digests: MD5 of password, extno, content and mobile for messages,
  /// of the password alone elsewhere.
  private func addAccess(action: String, signing content: [[UInt8]]?, to form: inout FormWriter) {
    form.add("action", action)
    form.add("account", account)
    if !digestsPassword {
      form.add("password", password.reveal())
    } else {
      let signed = content.map { Array(extno.utf8) + $0.joined() } ?? []
      form.add("password", Digest.hex(Digest.md5(Array(password.reveal().utf8) + signed)))
    }
    if content != nil, !extno.isEmpty { form.add("extno", extno) }
    form.add("rt", "json")
  }

  /// The request of an action that sends nothing: balance, reports, replies.
  func request(action: String) -> GatewayRequest {
    var form = FormWriter()
    addAccess(action: action, signing: nil, to: &form)
    return post(form)
  }

  private func post(_ form: borrowing FormWriter) -> GatewayRequest {
    GatewayRequest(.post, url: address, contentType: FormWriter.contentType, body: form.array)
  }

  // MARK: - Answers

  static let form = AnswerForm(
    code: "status", list: "list", number: "mobile", id: "mid", result: "result", customID: nil, ignored: ["balance"],
    domestic: true)

  public func outcome(of answer: GatewayAnswer, to submission: Submission) -> CallOutcome {
    let judging = CallJudging(success: "0", codes: Juhe.codes, entrySuccess: "0")
    do {
      return judging.outcome(of: try read(answer), to: submission)
    } catch {
      return CallOutcome(.unknown(error.reason))
    }
  }

  private func read(_ answer: GatewayAnswer) throws(UnreadableAnswer) -> ListAnswer {
    let body = try readableBody(of: answer)
    if AnswerText.firstVisible(of: body) == UInt8(ascii: "<") { return try JuheXML.read(body) }
    return try Juhe.form.read(body)
  }

  public func balanceRequest(at time: Timestamp) -> GatewayRequest? { request(action: balanceAction) }

  public func balance(in answer: GatewayAnswer) -> BalanceOutcome {
    do {
      let object = try readObject(readableBody(of: answer))
      let status = object.trimmedText("status")
      guard !status.isEmpty else { return .unreadable("the answer has no status") }
      guard status == "0" else {
        return Juhe.asksForPatience(status) ? .slowDown(status) : .refused(status)
      }
      guard let amount = object[anyCase: "balance"]?.text?.trimmingBlanks, isAmount(amount) else {
        return .unreadable("the answer has no balance in digits")
      }
      return .told([.init(amount: amount, unit: .li)])
    } catch {
      return .unreadable(error.reason)
    }
  }
}

private func holdsLineBreak(_ text: [UInt8]) -> Bool { text.contains { $0 == 0x0D || $0 == 0x0A } }

/// A whole amount, perhaps with a fraction behind.
private func isAmount(_ text: String) -> Bool {
  let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
  guard AnswerText.isAmount(parts[0].utf8) else { return false }
  return parts.count == 1 || AnswerText.isDigits(parts[1].utf8) && parts[1].utf8.count <= Limits.amountDigits
}
