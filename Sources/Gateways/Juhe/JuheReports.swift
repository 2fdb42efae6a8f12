import JSON
public import Platform

extension Juhe: ReportingGateway {
  public static let pulls: [PullKind] = [.reports, .replies]

  /// Document, sections 4 and 5. A page that holds anything means that another may follow.
  public func pullRequest(for kind: PullKind, at time: Timestamp) -> GatewayRequest? {
    request(action: kind == .reports ? "report" : "mo")
  }

  public func page(in answer: GatewayAnswer, for kind: PullKind) -> PullOutcome {
    do {
      let records = try RecordPage(readableBody(of: answer), code: "status", list: "list")
      if !records.code.isEmpty, records.code != "0" {
        return Juhe.asksForPatience(records.code) ? .slowDown(records.code) : .refused(records.code)
      }
      guard !records.code.isEmpty || records.cut || !records.records.isEmpty else {
        return .unreadable("the answer has no status")
      }
      return .page(page(of: records, inReplies: kind == .replies))
    } catch {
      return .unreadable(error.reason)
    }
  }

  /// Document, section 6: a JSON array with reports (flag 1) and replies (flag 0), answered with `OK`. Its
  /// Content-Type is not told, so the array is looked for in the body, in the body's form fields and in the query.
  public func page(in push: GatewayPush) -> PushOutcome {
    guard let body = pushedJSON(push) else {
      return PushOutcome(page: nil, answer: "OK", reason: "the push holds no JSON")
    }
    do {
      let records = try RecordPage(body, code: "status", list: "list", pushed: true)
      var page = page(of: records, inReplies: false)
      page.more = false
      return PushOutcome(page: page, answer: "OK")
    } catch {
      return PushOutcome(page: nil, answer: "OK", reason: error.reason)
    }
  }

  private func page(of records: RecordPage, inReplies: Bool) -> ReportPage {
    var page = ReportPage(more: !records.records.isEmpty, cut: records.cut, notes: records.notes)
    var unreadable = 0
    for record in records.records {
      let text = record.trimmedText
      let time = LooseTime.read(text("time"))
      switch kind(of: record, inReplies: inReplies) {
      case .replies?:
        page.replies.append(
          Reply(
            number: text("mobile"), text: content(of: record), receivedAt: time, accessCode: text("accessCode"),
            messageID: text("mid"), raw: record.serialized))
      case .reports?:
        page.reports.append(
          StatusReport(
            messageID: text("mid"), number: text("mobile"), code: text("stat"), reportedAt: time, raw: record.serialized
          ))
      case nil: unreadable += 1
      }
    }
    if unreadable > 0 { page.notes.append("records that are neither report nor reply, set aside: \(unreadable)") }
    return page
  }

  /// By the flag, or by what the record holds when it has none. On a page of replies, a flag 1 whose `stat` is no
  /// code is a reply: so the document's own example has it.
  private func kind(of record: JSON, inReplies: Bool) -> PullKind? {
    guard case .object = record else { return nil }
    let code = record[anyCase: "stat"]?.text?.trimmingBlanks
    switch record[anyCase: "flag"]?.text?.trimmingBlanks {
    case "0"?: return .replies
    case "1"?:
      guard let code else { return nil }
      return inReplies && !looksLikeCode(code) ? .replies : .reports
    default:
      if code != nil { return .reports }
      return record[anyCase: "content"] == nil ? nil : .replies
    }
  }

  private func content(of record: JSON) -> String {
    record[anyCase: "content"]?.text ?? record[anyCase: "stat"]?.text ?? ""
  }

  private func looksLikeCode(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 32 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }
}

/// The first of body, form fields and query values that begins like a JSON array or object.
private func pushedJSON(_ push: GatewayPush) -> [UInt8]? {
  func isJSON(_ bytes: [UInt8]) -> Bool {
    AnswerText.firstVisible(of: bytes).map { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") } ?? false
  }
  let body = AnswerText.withoutMark(push.body)
  if isJSON(body) { return body }
  let fields = body.split(separator: UInt8(ascii: "&"), maxSplits: Limits.formFields).flatMap { pair in
    pair.split(separator: UInt8(ascii: "="), maxSplits: 1).map { PercentCoding.decodeLeniently($0) }
  }
  return (fields + push.query.map(\.value)).first(where: isJSON)
}
