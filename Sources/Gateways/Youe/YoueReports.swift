public import Platform

extension Youe: ReportingGateway {
  public static let pulls: [PullKind] = [.reports, .replies]
  public static let pushSecrets: Set<String> = ["pwd"]

  /// Document, section 3.9.
  public static let statusCodes: [StatusMeaning] = [
    StatusMeaning("DELIVRD", .delivered, "delivered", "已送达"),
    StatusMeaning("EXPIRED", .expired, "its validity ran out", "超过有效期"),
    StatusMeaning("UNDELIV", .failed, "cannot be delivered", "无法送达"),
    StatusMeaning("UNKNOWN", .failed, "the operator does not know its state", "运营商不知道短信的状态"),
    StatusMeaning("REJECTD", .failed, "refused by the message centre", "被短信中心拒绝"),
    StatusMeaning("DTBLACK", .failed, "the number is on a black list", "号码在黑名单里"),
    StatusMeaning("ERR:104", .failed, "the system was busy", "系统繁忙"),
  ]

  /// "其他": any other word is a code of the operator's gateway and a failure, but for the few that `OperatorStatus`
  /// knows.
  public static func status(_ code: String) -> StatusMeaning {
    OperatorStatus.row(of: code, in: statusCodes) ?? OperatorStatus.unlisted(code)
  }

  public func pullRequest(for kind: PullKind, at time: Timestamp) -> GatewayRequest? {
    accountRequest(kind == .reports ? "report/" : "revert/")
  }

  public func page(in answer: GatewayAnswer, for kind: PullKind) -> PullOutcome {
    guard answer.status == 200 else { return .unreadable(AnswerText.unexpected(status: answer.status)) }
    // A line without its end cannot be told from a whole one with a shorter word: `DELIV` would be a failure.
    let lines = answer.isWhole ? answer.body[...] : answer.body[..<((answer.body.lastIndex(of: 0x0A) ?? -1) + 1)]
    let body = AnswerText.trimmed(lines)
    if body.isEmpty { return .unreadable("the answer is empty") }
    if body.count == 3, AnswerText.isDigits(body) {
      let code = AnswerText.text(body)
      if code == "150" || code == "160" { return .page(ReportPage()) }
      return Youe.meaning(of: code) == nil ? .unreadable("code \(code) is not in the document") : .refused(code)
    }
    return page(of: body, endsWhole: answer.body.last == 0x0A, kind)
  }

  private func page(of body: ArraySlice<UInt8>, endsWhole: Bool, _ kind: PullKind) -> PullOutcome {
    var page = ReportPage()
    var unreadable = 0
    var lastIsReadable = true
    for line in body.split(separator: 0x0A) {
      let trimmed = AnswerText.trimmed(line)
      if trimmed.isEmpty { continue }
      let record = YoueLine(trimmed, fieldEncoding, prefersGB: usesGB)
      lastIsReadable = record != nil
      guard let record else {
        unreadable += 1
        continue
      }
      switch kind {
      case .reports: page.reports.append(record.report)
      case .replies: page.replies.append(record.reply)
      }
    }
    guard !page.isEmpty else { return .unreadable("the answer is neither a code nor lines of five fields") }
    page.cut = !lastIsReadable && !endsWhole
    if unreadable > 0 { page.notes.append("lines that could not be read: \(unreadable)") }
    page.more = true
    return .page(page)
  }

  /// A push is sent once and never again (sections 3.6, 3.7), so everything that can be read is taken.
  public func page(in push: GatewayPush) -> PushOutcome {
    let form = FormReader(push, prefersGB: usesGB)
    guard form.text("SmsName").isEmpty || form.text("SmsName").lowercased() == uid.lowercased() else {
      return PushOutcome(page: nil, status: 403, answer: "", reason: "the push names another account")
    }
    let number = form.text("Mobile")
    let linkID = YoueLine.ownID(form.text("LinkId"))
    let raw = form.raw(without: Youe.pushSecrets)
    switch form.text("Class").lowercased() {
    case "rpt" where !form.text("Report").isEmpty:
      let report = StatusReport(linkID: linkID, number: number, code: form.text("Report"), raw: raw)
      return PushOutcome(page: ReportPage(reports: [report]), answer: "OK")
    case "mo" where !number.isEmpty:
      let reply = Reply(number: number, text: form.text("Message"), linkID: linkID, raw: raw)
      return PushOutcome(page: ReportPage(replies: [reply]), answer: "OK")
    case "rpt", "mo": return PushOutcome(page: nil, answer: "OK", reason: "the push lacks a field")
    default: return PushOutcome(page: nil, answer: "OK", reason: "the push is of no known Class")
    }
  }
}

/// One line of `report/` or `revert/`: mobile / time / linkid / status or text / subcode.
///
/// A raw text may hold `/`: three fields are taken from the left and one from the right, the rest is the text.
private struct YoueLine {
  let number: String
  let time: CivilTime?
  let linkID: String
  let value: String
  let subcode: String
  let raw: String

  init?(_ line: ArraySlice<UInt8>, _ encoding: Youe.FieldEncoding, prefersGB: Bool) {
    let slash = UInt8(ascii: "/")
    let left = line.split(separator: slash, maxSplits: 3, omittingEmptySubsequences: false)
    guard left.count == 4, let last = left[3].lastIndex(of: slash) else { return nil }
    number = AnswerText.text(AnswerText.trimmed(left[0]))
    guard !number.isEmpty, DomesticNumber.local(number) != nil else { return nil }
    time = LooseTime.read(AnswerText.text(AnswerText.trimmed(left[1])))
    linkID = YoueLine.ownID(GBText.read(Array(AnswerText.trimmed(left[2])), prefersGB: prefersGB))
    value = YoueLine.value(left[3][..<last], encoding, prefersGB)
    subcode = AnswerText.text(AnswerText.trimmed(left[3][(last + 1)...]))
    raw = GBText.read(Array(line), prefersGB: prefersGB)
  }

  var report: StatusReport {
    StatusReport(linkID: linkID, number: number, code: value.trimmingBlanks, reportedAt: time, raw: raw)
  }

  var reply: Reply {
    Reply(number: number, text: value, receivedAt: time, accessCode: subcode, linkID: linkID, raw: raw)
  }

  /// What stands in place of a linkid when the call had none: empty, `0`, `1`, `空`.
  static func ownID(_ written: String) -> String { ["0", "1", "空"].contains(written) ? "" : written }

  private static func value(
    _ field: ArraySlice<UInt8>, _ encoding: Youe.FieldEncoding, _ prefersGB: Bool
  ) -> String {
    let raw = GBText.read(Array(field), prefersGB: prefersGB)
    switch encoding {
    case .raw: return raw
    case .urlencoded: return GBText.read(PercentCoding.decodeLeniently(field), prefersGB: prefersGB)
    case .auto:
      guard field.allSatisfy(mayBeEncoded), let decoded = PercentCoding.decode(field) else { return raw }
      return GBText.read(decoded, prefersGB: prefersGB)
    }
  }

  /// The bytes that URL encoders leave in their output.
  private static func mayBeEncoded(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    default: "%+-_.~*".utf8.contains(byte)
    }
  }
}
