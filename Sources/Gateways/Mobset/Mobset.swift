import Messaging
public import Platform

/// Mobset 广州首易, interface SDK3 (document "广州首易短信接口 HTTP V3.0", February 2024).
///
/// One address for everything: `/SDK3/Sms`, form POST, JSON answers. See docs/gateways/mobset.md.
public struct Mobset: Gateway {
  public static let name = "mobset"

  public static let settings: [GatewaySetting] = [
    GatewaySetting("corp_id", .text, "The company's id at Mobset (CorpID), six digits."),
    GatewaySetting("login_name", .text, "The user's name at Mobset (LoginName)."),
    GatewaySetting("password", .secret, "The user's password; only its digest is sent."),
    GatewaySetting("add_num", .text, standard: "", "Digits behind the sending number (AddNum); empty for none."),
    GatewaySetting(
      "long_sms", .boolean, standard: "true", "Whether a long text arrives as one message instead of several."),
    GatewaySetting(
      "timestamp_digits", .integer(10...14), standard: "14", "Digits of the timestamp: 14 with the year, 10 without."),
  ]

  public static let abilities = GatewayAbilities(
    pointToPoint: nil, sameContent: .send, mostPerCall: 50, usualPerCall: 50, mostUnits: 900,
    mainlandOnly: true, timed: true, usualTimeout: 45)

  /// Ids that one `SmsCancel` takes (section 4.6.1).
  static let mostCancelled = 50

  let address: String
  let corpID: String
  let loginName: String
  let password: Secret
  let addNum: String
  let longSms: Bool
  let timestampDigits: Int

  public init(url: String?, values: GatewayValues) throws(GatewaySettingError) {
    corpID = values.text("corp_id")
    loginName = values.text("login_name")
    password = values.secret("password")
    addNum = values.text("add_num")
    longSms = values.flag("long_sms")
    timestampDigits = values.integer("timestamp_digits")
    guard timestampDigits == 14 || timestampDigits == 10 else {
      throw GatewaySettingError(key: "timestamp_digits", found: "\(timestampDigits)", expected: "14 or 10")
    }
    guard addNum.isEmpty || AnswerText.isDigits(addNum.utf8) else {
      throw GatewaySettingError(key: "add_num", found: addNum, expected: "digits only")
    }
    guard let base = url ?? Mobset.base(of: corpID) else {
      throw GatewaySettingError(key: "corp_id", found: corpID, expected: "100000 to 399999, or a url")
    }
    address = base + "/SDK3/Sms"
  }

  /// The platform that a company belongs to (section 2.5), by HTTPS.
  private static func base(of corpID: String) -> String? {
    guard corpID.utf8.count == 6, AnswerText.isDigits(corpID.utf8) else { return nil }
    switch corpID.utf8.first {
    case UInt8(ascii: "1"): return "https://sms.mobset.com:843"
    case UInt8(ascii: "2"): return "https://sms2.mobset.com:843"
    case UInt8(ascii: "3"): return "https://sms3.mobset.com:843"
    default: return nil
    }
  }

  // MARK: - Requests

  public func request(for submission: Submission) -> GatewayRequest {
    let text = submission.recipients.first?.text ?? []
    var form = begin("SmsSend", at: submission.time, capacity: 320 + submission.recipients.count * 14 + text.count * 3)
    form.add("PhoneNumbers", numbers: submission.recipients, separator: "%2C")
    if !longSms { form.add("LongSms", "0") }
    if let sendAt = submission.sendAt { form.add("TimerSend", FixedZone.beijing.civil(sendAt).spaced) }
    if !addNum.isEmpty { form.add("AddNum", addNum) }
    // Content stands last, as in the vendor's own examples: servers that cut a long request then cut the text only.
    form.add("Content", text)
    return post(form)
  }

  public func balanceRequest(at time: Timestamp) -> GatewayRequest? { plainRequest("SmsGetBalance", at: time) }

  /// Asks which signature the platform holds for this user (section 4.5).
  public func signRequest(at time: Timestamp) -> GatewayRequest { plainRequest("SmsGetSign", at: time) }

  public func cancelRequests(ids: [String], at time: Timestamp) -> [GatewayRequest] {
    stride(from: 0, to: ids.count, by: Mobset.mostCancelled).map { start in
      var form = begin("SmsCancel", at: time, capacity: 1024)
      form.add("SmsID", ids[start..<min(start + Mobset.mostCancelled, ids.count)].joined(separator: ","))
      return post(form)
    }
  }

  /// A request with the fixed parameters only.
  func plainRequest(_ method: String, at time: Timestamp) -> GatewayRequest {
    post(begin(method, at: time, capacity: 256))
  }

  /// The fixed parameters (section 3.2).
  private func begin(_ method: String, at time: Timestamp, capacity: Int) -> FormWriter {
    var stamp = FixedZone.beijing.civil(time).compact
    if timestampDigits == 10 { stamp.removeFirst(4) }
    var form = FormWriter(capacity: capacity)
    form.add("Methods", method)
    form.add("CorpID", corpID)
    form.add("LoginName", loginName)
    form.add("TimeStamp", stamp)
    form.add("SecretKey", Digest.hex(Digest.md5(Array((corpID + password.reveal() + stamp).utf8))))
    return form
  }

  private func post(_ form: borrowing FormWriter) -> GatewayRequest {
    GatewayRequest(.post, url: address, contentType: FormWriter.contentType, body: form.array)
  }
}
