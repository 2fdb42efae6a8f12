public import Messaging
public import Platform

/// Youe 通用短信平台 (smsadmin.cn; document "通用短信平台 HTTP 接口协议 V2.0.1").
///
/// Form POST (or GET), answers of three digits. It gives no message ids: reports are joined by our `linkid` and the
/// number. See docs/gateways/youe.md.
public struct Youe: Gateway {
  public static let name = "youe"

  public static let settings: [GatewaySetting] = [
    GatewaySetting("uid", .text, "The user's id at the platform."),
    GatewaySetting("password", .secret, "The user's password; only its MD5 digest is sent."),
    GatewaySetting(
      "charset", .choice(["utf-8", "gb2312"]), standard: "utf-8",
      "The encoding of texts, both ways; gb2312 means GB18030."),
    GatewaySetting(
      "field_encoding", .choice(["auto", "urlencoded", "raw"]), standard: "auto",
      "Whether texts and statuses in fetched lines are URL-encoded."),
    GatewaySetting(
      "submit", .choice(["post", "get"]), standard: "post",
      "get: a short text to one number goes by GET, with the password's digest in the address."),
  ]

  public static let abilities = GatewayAbilities(
    pointToPoint: nil, sameContent: .post, mostPerCall: 1000, usualPerCall: 500, mainlandOnly: true,
    timed: true)

  enum FieldEncoding: String { case auto, urlencoded, raw }

  let base: String
  let uid: String
  /// MD5 of the password in lower-case hexadecimal.
  let pwd: Secret
  let usesGB: Bool
  let fieldEncoding: FieldEncoding

  public init(url: String?, values: GatewayValues) throws(GatewaySettingError) {
    base = (url ?? "http://www.smsadmin.cn") + "/smsmarketing/wwwroot/interface/"
    uid = values.text("uid")
    pwd = Secret(Digest.hex(Digest.md5(Array(values.secret("password").reveal().utf8))))
    usesGB = values.text("charset") == "gb2312"
    guard let encoding = FieldEncoding(rawValue: values.text("field_encoding")) else {
      throw GatewaySettingError(
        key: "field_encoding", found: values.text("field_encoding"), expected: "auto, urlencoded or raw")
    }
    fieldEncoding = encoding
    guard !usesGB || GBText.isAvailable else {
      throw GatewaySettingError(
        key: "charset", found: "gb2312", expected: "utf-8, as this system cannot convert to GB18030")
    }
  }

  // MARK: - Requests

  /// GET when the account is set to it and the text is short enough for an address: a character takes up to nine bytes
  /// there, the rest stays well below 380.
  public static func single(_ settings: [String: String]) -> SingleEndpoint? {
    settings["submit"] == "get" ? SingleEndpoint(endpoint: .get, mostUnits: (Limits.addressBytes - 380) / 9) : nil
  }

  public func request(for submission: Submission) -> GatewayRequest {
    let text = submission.recipients.first?.text ?? []
    var form = FormWriter(capacity: 256 + submission.recipients.count * 14 + text.count * 3)
    addAccount(to: &form)
    form.add("mobile", numbers: submission.recipients, separator: "%3B")
    // init has seen to the converter; should it vanish, the platform takes UTF-8 as well (document, history, 2.0.0).
    form.add("msg", usesGB ? GBText.encode(text) ?? text : text)
    if let sendAt = submission.sendAt { form.add("dttime", FixedZone.beijing.civil(sendAt).spaced) }
    form.add("linkid", submission.linkID)
    guard submission.endpoint == .get else { return post("postSendSms/", form) }
    return GatewayRequest(.get, url: base + "getSendSms/?" + form.array.text)
  }

  public func balanceRequest(at time: Timestamp) -> GatewayRequest? { accountRequest("queryBalance/") }

  /// A request with nothing but the account.
  func accountRequest(_ path: String) -> GatewayRequest {
    var form = FormWriter()
    addAccount(to: &form)
    return post(path, form)
  }

  private func addAccount(to form: inout FormWriter) {
    form.add("uid", uid)
    form.add("pwd", pwd.reveal())
  }

  private func post(_ path: String, _ form: borrowing FormWriter) -> GatewayRequest {
    let contentType = usesGB ? FormWriter.mediaType + "; charset=gb2312" : FormWriter.contentType
    return GatewayRequest(.post, url: base + path, contentType: contentType, body: form.array)
  }

  // MARK: - Answers

  public func outcome(of answer: GatewayAnswer, to submission: Submission) -> CallOutcome {
    guard answer.status == 200 else { return CallOutcome(.unknown(AnswerText.unexpected(status: answer.status))) }
    let body = AnswerText.trimmed(answer.body)
    guard body.count == 3, AnswerText.isDigits(body) else {
      return CallOutcome(.unknown(body.isEmpty ? "the answer is empty" : "the answer is not a code of three digits"))
    }
    let code = AnswerText.text(body)
    guard let meaning = Youe.meaning(of: code) else {
      return CallOutcome(.unknown("code \(code) is not in the document"), code: code)
    }
    if meaning.answer == .accepted {
      // The answer names no message; our linkid is what reports are joined by.
      return CallOutcome(.settled(submission.recipients.map { _ in MessageOutcome(.accepted) }), code: code)
    }
    return CallOutcome(meaning.answer.verdict ?? .unknown("code \(code) does not answer a submission"), code: code)
  }

  /// `000,N` with or without a blank, or a bare N (older accounts). Three bare digits that stand in the code table are
  /// that code, not a balance.
  public func balance(in answer: GatewayAnswer) -> BalanceOutcome {
    guard answer.status == 200 else { return .unreadable(AnswerText.unexpected(status: answer.status)) }
    let parts = AnswerText.trimmed(answer.body).split(
      separator: UInt8(ascii: ","), maxSplits: 1, omittingEmptySubsequences: false
    ).map { AnswerText.trimmed($0) }
    let neither = "the answer is neither a code nor an amount"
    guard let first = parts.first, first.count == 3 && AnswerText.isDigits(first) || AnswerText.isAmount(first) else {
      return .unreadable(neither)
    }
    let code = AnswerText.text(first)
    if parts.count == 2 {
      guard code == "000" else {
        return first.count == 3 ? .refused(code) : .unreadable("the answer begins with no code")
      }
      guard AnswerText.isAmount(parts[1]) else { return .unreadable("no amount stands behind the code") }
      return .told([.init(amount: AnswerText.text(parts[1]), unit: .messages)])
    }
    if code == "000" { return .unreadable("no amount stands behind the code") }
    if Youe.meaning(of: code) != nil { return .refused(code) }
    // `00` is half a code, not a balance of nothing.
    guard AnswerText.isAmount(first) else { return .unreadable(neither) }
    return .told([.init(amount: code, unit: .messages)])
  }

  /// Document, section 3.8.
  public static let codes: [CodeMeaning] = [
    CodeMeaning("000", .accepted, "taken", "提交成功"),
    CodeMeaning("101", .account, "user name or password is wrong", "用户名或密码不对"),
    CodeMeaning("102", .account, "the balance is too low", "余额不够"),
    CodeMeaning(
      "103", .account, "more than the account may send: not a matter of speed, ask the platform",
      "超出可发送的最大数量（不是速度限制，请联系平台）"),
    CodeMeaning("104", .account, "this user may not send", "该用户没有发送权限"),
    CodeMeaning("105", .refused, "the number or the text is missing", "手机号或短信内容是空的"),
    CodeMeaning("107", .refused, "the text is longer than the channel takes", "内容超过通道允许的最大字数，请缩短后再发"),
    CodeMeaning("108", .account, "the user is frozen: ask the platform", "用户被冻结，请联系客服"),
    CodeMeaning("150", .unknown, "no replies to fetch", "没有可以获取的回复"),
    CodeMeaning("160", .unknown, "no status reports to fetch", "没有可以获取的状态报告"),
    CodeMeaning("400", .refused, "the submission failed", "提交失败"),
  ]
}
