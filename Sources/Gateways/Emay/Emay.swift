import JSON
import Messaging
public import Platform

/// Emay 亿美软通, international messages: JSON bodies, JSON answers, our own id on every message.
///
/// Source: "国际短信接口说明", repaired by what production clients do (docs/gateways/emay.md).
public struct Emay: Gateway {
  public static let name = "emay"

  public static let settings = [
    GatewaySetting("app_id", .text, "The AppId, given by the platform."),
    GatewaySetting("secret_key", .secret, "The secretKey, given by the platform."),
  ]

  public static let abilities = GatewayAbilities(
    pointToPoint: .personality, sameContent: .batch, mostPerCall: 300, usualPerCall: 300, international: true,
    tellsBalance: false, single: .single, takesCustomIDs: true)

  let base: String
  let appID: String
  let secretKey: Secret

  public init(url: String?, values: GatewayValues) throws(GatewaySettingError) {
    guard let url else {
      throw GatewaySettingError(key: "url", found: "no address", expected: "http://HOST:PORT")
    }
    base = url
    appID = values.text("app_id")
    secretKey = values.secret("secret_key")
  }

  // MARK: - Requests

  public func request(for submission: Submission) -> GatewayRequest {
    let recipients = submission.recipients
    let texts = submission.endpoint == .personality ? recipients.reduce(0) { $0 + $1.text.count } : 0
    var body = begin(at: submission.time, capacity: recipients.count * 112 + texts + 1024)
    switch submission.endpoint {
    case .personality:
      append(members: recipients, withTexts: true, to: &body)
      return post("/inter/sendPersonalityIMS", body)
    case .single where recipients.count == 1:
      body.append(",\"mobile\":\"00" as StaticString)
      body.append(decimal: Int(recipients[0].number))
      body.append(UInt8(ascii: "\""))
      append("content", recipients[0].text, to: &body)
      if !recipients[0].customID.isEmpty { append("customImsId", Array(recipients[0].customID.utf8), to: &body) }
      return post("/inter/sendSingleIMS", body)
    default:
      append("content", recipients.first?.text ?? [], to: &body)
      append(members: recipients, withTexts: false, to: &body)
      return post("/inter/sendBatchIMS", body)
    }
  }

  /// `imses`: numbers with `00` and country code, our ids, and each its text when they differ.
  private func append(members: [Submission.Recipient], withTexts: Bool, to body: inout ByteBuffer) {
    body.append(",\"imses\":[" as StaticString)
    for (index, member) in members.enumerated() {
      if index > 0 { body.append(UInt8(ascii: ",")) }
      body.append("{\"mobile\":\"00" as StaticString)
      body.append(decimal: Int(member.number))
      body.append(UInt8(ascii: "\""))
      if !member.customID.isEmpty {
        body.append(",\"customImsId\":" as StaticString)
        JSON.write(text: Array(member.customID.utf8).span, into: &body)
      }
      if withTexts {
        body.append(",\"content\":" as StaticString)
        JSON.write(text: member.text.span, into: &body)
      }
      body.append(UInt8(ascii: "}"))
    }
    body.append(UInt8(ascii: "]"))
  }

  /// A body with who we are: AppId, Beijing time, and MD5 of AppId, secretKey and time.
  func begin(at time: Timestamp, capacity: Int) -> ByteBuffer {
    let timestamp = FixedZone.beijing.civil(time).compact
    let sign = Digest.hex(Digest.md5(Array((appID + secretKey.reveal() + timestamp).utf8)))
    var body = ByteBuffer(capacity: capacity)
    body.append("{\"appId\":" as StaticString)
    JSON.write(text: Array(appID.utf8).span, into: &body)
    append("timestamp", Array(timestamp.utf8), to: &body)
    append("sign", Array(sign.utf8), to: &body)
    return body
  }

  private func append(_ name: StaticString, _ value: [UInt8], to body: inout ByteBuffer) {
    body.append(",\"" as StaticString)
    body.append(name)
    body.append("\":" as StaticString)
    JSON.write(text: value.span, into: &body)
  }

  /// Closes the body and addresses it.
  func post(_ path: String, _ body: consuming ByteBuffer) -> GatewayRequest {
    var body = body
    body.append(UInt8(ascii: "}"))
    return GatewayRequest(
      .post, url: base + path, contentType: "application/json; charset=utf-8", body: body.array)
  }

  // MARK: - Answers

  static let form = AnswerForm(
    code: "code", list: "data", number: "mobile", id: "imsId", result: nil, customID: "customImsId", ignored: [],
    domestic: false)

  public func outcome(of answer: GatewayAnswer, to submission: Submission) -> CallOutcome {
    let judging = CallJudging(success: "SUCCESS", codes: Emay.codes, entrySuccess: nil)
    do {
      let read = try Emay.form.read(readableBody(of: answer))
      var outcome = judging.outcome(of: read, to: submission)
      // One text for all: there is no member to look for.
      let aboutText = ["ERROR_CONTENT_EMPTY", "ERROR_LONG_CONTENT"].contains(read.code)
      if aboutText, outcome.verdict == .memberToBlame, submission.endpoint != .personality {
        outcome.verdict = .refused
      }
      return outcome
    } catch {
      return CallOutcome(.unknown(error.reason))
    }
  }

  public func balanceRequest(at time: Timestamp) -> GatewayRequest? { nil }

  public func balance(in answer: GatewayAnswer) -> BalanceOutcome { .unreadable("this gateway tells no balance") }
}
