import JSON
public import Platform

extension Mobset: ReportingGateway {
  public static let pulls: [PullKind] = [.reports, .replies]
  /// Document: reports are kept for 48 hours, replies for 10 days.
  public static func retention(of kind: PullKind) -> Int? { kind == .reports ? 48 * 3600 : 10 * 86_400 }

  /// Document, chapter 5. 10 says that the message was handed on; 12 or 13 follow.
  public static let statusCodes: [StatusMeaning] = [
    StatusMeaning("0", .pending, "taken by the platform", "平台已接收"),
    StatusMeaning("1", .pending, "holds a filtered word; under review", "含有过滤词，正在审核"),
    StatusMeaning("2", .failed, "submitting failed", "提交没有成功"),
    StatusMeaning("3", .failed, "submitting failed", "提交没有成功"),
    StatusMeaning("4", .failed, "submitting failed", "提交没有成功"),
    StatusMeaning("5", .failed, "submitting failed", "提交没有成功"),
    StatusMeaning("6", .failed, "the number is not served", "不支持该号码"),
    StatusMeaning("7", .failed, "holds a filtered word; refused in review", "含有过滤词，审核没有通过"),
    StatusMeaning("10", .pending, "sent to the operator", "已发往运营商"),
    StatusMeaning("11", .failed, "sending to the operator failed", "发往运营商时失败"),
    StatusMeaning("12", .delivered, "received by the phone", "手机已收到"),
    StatusMeaning("13", .failed, "not received by the phone", "手机没有收到"),
    StatusMeaning("15", .expired, "the platform does not know what became of it", "平台不知道最终状态"),
  ]

  /// A status that the document does not list says nothing final: it is pending, and the report timeout ends it.
  public static func status(_ code: String) -> StatusMeaning {
    statusCodes.first { $0.code == code }
      ?? StatusMeaning(code, .pending, "a status that the document does not list", "文档未列出的状态")
  }

  public func pullRequest(for kind: PullKind, at time: Timestamp) -> GatewayRequest? {
    plainRequest(kind == .reports ? "SmsGetReport" : "SmsGetRecv", at: time)
  }

  public func page(in answer: GatewayAnswer, for kind: PullKind) -> PullOutcome {
    switch MobsetAnswer(answer) {
    case .code(let code, let written, _) where code < 0:
      return Mobset.asksForPatience(written) ? .slowDown(written) : .refused(written)
    case .code(let code, _, let json):
      let details = json[anyCase: "Details"]?.elements ?? []
      var page = Mobset.page(of: details, kind)
      if code > details.count { page.notes.append("the answer counts \(code) records and holds \(details.count)") }
      return .page(page)
    case .unreadable(let reason):
      // The records can be fetched once only: what stands before the break is saved.
      let saved = answer.status == 200 ? Mobset.wholeRecords(in: answer.body) : []
      guard !saved.isEmpty else { return .unreadable(reason) }
      var page = Mobset.page(of: saved, kind)
      page.cut = true
      page.notes.append("the answer broke off; records saved: \(saved.count)")
      return .page(page)
    }
  }

  /// The document knows no pushes.
  public func page(in push: GatewayPush) -> PushOutcome {
    PushOutcome(page: nil, status: 404, answer: "", reason: "mobset does not push")
  }

  /// The records of an answer that broke off, as far as they are there from brace to brace.
  static func wholeRecords(in body: [UInt8]) -> [JSON] {
    var records: [JSON] = []
    var scanner = RecordScanner(body.span)
    while scanner.findList() {
      while records.count < Limits.pageRecords, let range = scanner.next() {
        if let record = try? JSON(parsing: Array(body[range])) { records.append(record) }
      }
    }
    return records
  }

  private static func page(of details: [JSON], _ kind: PullKind) -> ReportPage {
    var page = ReportPage()
    var unreadable = 0
    for entry in details {
      if kind == .reports, let report = report(in: entry) {
        page.reports.append(report)
      } else if kind == .replies, let reply = reply(in: entry) {
        page.replies.append(reply)
      } else {
        unreadable += 1
      }
    }
    if unreadable > 0 { page.notes.append("records that could not be read: \(unreadable)") }
    // Pages hold at most 50 or 20 records, but nothing says that only the last one is short.
    page.more = !page.isEmpty
    return page
  }

  private static func report(in entry: JSON) -> StatusReport? {
    let id = entry.trimmedText("SmsId")
    let status = entry.trimmedText("Status")
    guard !id.isEmpty, !status.isEmpty else { return nil }
    return StatusReport(
      messageID: id, number: entry.trimmedText("PhoneNumber"), code: status, detail: entry.trimmedText("ExStatus"),
      reportedAt: LooseTime.read(entry.trimmedText("ReportTime")), raw: entry.serialized)
  }

  private static func reply(in entry: JSON) -> Reply? {
    let number = entry.trimmedText("PhoneNumber")
    guard !number.isEmpty, let content = entry[anyCase: "Content"]?.text else { return nil }
    return Reply(
      number: number, text: content, receivedAt: LooseTime.read(entry.trimmedText("RecvTime")),
      accessCode: entry.trimmedText("RecvNumber"), raw: entry.serialized)
  }
}
