import JSON
public import Platform

extension Emay: ReportingGateway {
  public static let pulls: [PullKind] = [.reports]

  /// Section 2.4: the most that one call gives.
  private static let reportsPerPage = 500

  public func pullRequest(for kind: PullKind, at time: Timestamp) -> GatewayRequest? {
    guard kind == .reports else { return nil }
    var body = begin(at: time, capacity: 256)
    body.append(",\"number\":" as StaticString)
    body.append(decimal: Emay.reportsPerPage)
    return post("/inter/getIMSReport", body)
  }

  public func page(in answer: GatewayAnswer, for kind: PullKind) -> PullOutcome {
    guard kind == .reports else { return .unreadable("this gateway has no replies") }
    do {
      let records = try RecordPage(readableBody(of: answer), code: "code", list: "data")
      if !records.code.isEmpty, records.code != "SUCCESS" {
        return Emay.asksForPatience(records.code) ? .slowDown(records.code) : .refused(records.code)
      }
      guard !records.code.isEmpty || records.cut || !records.records.isEmpty else {
        return .unreadable("the answer has no code")
      }
      return .page(page(of: records))
    } catch {
      return .unreadable(error.reason)
    }
  }

  public func page(in push: GatewayPush) -> PushOutcome {
    PushOutcome(page: nil, status: 404, answer: "", reason: "this gateway does not push")
  }

  private func page(of records: RecordPage) -> ReportPage {
    var page = ReportPage(more: !records.records.isEmpty, cut: records.cut, notes: records.notes)
    var unreadable = 0
    for record in records.records {
      let text = record.trimmedText
      guard record[anyCase: "state"] != nil else {
        unreadable += 1
        continue
      }
      page.reports.append(
        StatusReport(
          messageID: text("imsId"), customID: text("customImsId"), number: text("mobile"), code: text("state"),
          detail: text("desc"), reportedAt: LooseTime.read(text("receiveTime")),
          submittedAt: LooseTime.read(text("submitTime")),
          raw: record.serialized))
    }
    if unreadable > 0 { page.notes.append("records without a state, set aside: \(unreadable)") }
    return page
  }

  /// Section 4.
  public static let statusCodes: [StatusMeaning] = [
    StatusMeaning("DELIVRD", .delivered, "delivered", "已送达"),
    StatusMeaning("TIMEOUT", .expired, "the operator sent no report in time", "运营商状态报告超时"),
    StatusMeaning("FAIL_BALANCE", .failed, "the balance was too low", "余额不足"),
    StatusMeaning("FAIL_MOBILE", .failed, "a wrong number", "手机号有误"),
    StatusMeaning("FAIL_MOBILE_SUPPORT", .failed, "the platform does not serve this number", "不支持该手机号"),
    StatusMeaning("FAIL_MOBILE_REPEAT", .failed, "the number was repeated", "手机号重复"),
    StatusMeaning("FAIL_BLACK_DICT", .failed, "words on the platform's blacklist", "命中黑字典"),
    StatusMeaning("FAIL_RESPONSE", .failed, "the operator refused it", "运营商响应失败"),
    StatusMeaning("FAIL_UNKNOW", .failed, "failed, reason unknown", "失败，原因未知"),
  ]

  /// A state that is not listed is a failure: the operator says something else than DELIVRD, and `desc` what.
  public static func status(_ code: String) -> StatusMeaning {
    let written = code.trimmingBlanks
    if let row = statusCodes.first(where: { $0.code == written.uppercased() }) { return row }
    if written.isEmpty { return StatusMeaning("", .pending, "a report without a state", "状态报告缺少状态码") }
    return StatusMeaning(written, .failed, "not delivered; a state of the operator's own", "未送达，运营商自定义状态码")
  }
}
