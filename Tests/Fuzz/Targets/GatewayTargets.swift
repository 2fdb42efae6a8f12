import Gateways
import Messaging
import Platform

/// The five gateways' readers: answers to submissions, pulled pages, pushes.
enum GatewayTargets {
  static let linkID = "20260101000000000001"
  private static let customIDs = ["20180107093029110000000000000001", "20180107093029110000000000000002"]
  private static let numbers: [UInt64] = [8_613_800_138_000, 8_613_800_138_001]
  private static let time = Timestamp(seconds: 1_794_358_800)

  /// A call of two messages.
  static func call(text: String = "您好") -> Submission {
    Submission(
      endpoint: .send,
      recipients: zip(numbers, customIDs).map {
        Submission.Recipient(number: $0, customID: $1, text: Array(text.utf8))
      }, linkID: linkID, time: time)
  }

  // MARK: - Accounts

  private static let url = "http://127.0.0.1:1"
  private static let secrets = Dictionary(
    uniqueKeysWithValues: ["password", "secret_key", "push_password"].map { ($0, Secret("pa&ss")) })

  private static func values(_ type: any Gateway.Type, _ more: [String: String]) -> GatewayValues {
    var values = ["account": "922011", "app_id": "A1", "corp_id": "300003", "login_name": "demo", "uid": "demo"]
    for setting in type.settings where setting.kind != .secret {
      if let standard = setting.standard { values[setting.key] = standard }
    }
    return GatewayValues(values.merging(more) { $1 }, secrets: secrets)
  }

  private static func account<Account: Gateway>(_ type: Account.Type, _ more: [String: String] = [:]) -> Account {
    guard let account = try? Account(url: url, values: values(type, more)) else {
      preconditionFailure("the target's account of \(type.name) is wrong")
    }
    return account
  }

  static let youeGB = account(Youe.self, ["charset": "gb2312", "field_encoding": "urlencoded"])
  private static let all: [any ReportingGateway] = [
    account(Juhe.self), account(Emay.self), account(Mobset.self), account(Youe.self), account(Eighteen.self),
  ]

  private static func name(_ gateway: some Gateway) -> String { type(of: gateway).name }

  // MARK: - Targets

  /// Answers to submissions, balance questions and withdrawals.
  static let answers: [FuzzTarget] = all.map { gateway in
    FuzzTarget(name(gateway) + "-answers") { bytes in
      let whole = GatewayAnswer(status: 200, body: bytes)
      _ = gateway.balance(in: whole)
      _ = gateway.cancelled(in: whole)
      let failed = gateway.outcome(of: GatewayAnswer(status: 500, body: bytes), to: call())
      guard case .unknown = failed.verdict else { return "an answer with HTTP status 500 says something" }
      let outcome = gateway.outcome(of: whole, to: call())
      return fault(of: outcome, in: bytes)
        ?? disagreement(of: outcome, with: bytes, gateway)
    }
  }

  private static func fault(of outcome: CallOutcome, in body: [UInt8]) -> String? {
    guard case .settled(let messages) = outcome.verdict else { return nil }
    if messages.count != numbers.count { return "not one outcome a message" }
    let text = body.text
    for message in messages {
      guard [.accepted, .refused, .unknown].contains(message.state) else { return "a state that no answer gives" }
      for id in message.ids where !spoken(id, in: text) { return "an id that does not stand in the answer" }
    }
    return nil
  }

  /// The two readers of JSON answers, the quick one and the general one, say the same: a member that no form knows
  /// makes the quick one give up.
  private static func disagreement(
    of outcome: CallOutcome, with body: [UInt8], _ gateway: some Gateway
  ) -> String? {
    guard body.first == UInt8(ascii: "{"), case .settled = outcome.verdict else { return nil }
    let longer = Array("{\"no form knows this\":null,".utf8) + body.dropFirst()
    let again = gateway.outcome(of: GatewayAnswer(status: 200, body: longer), to: call())
    return again == outcome ? nil : "another member changes what the answer says"
  }

  /// Pulled reports and replies; the first byte chooses which.
  static let pages: [FuzzTarget] = all.filter { !type(of: $0).pulls.isEmpty }.map { gateway in
    FuzzTarget(name(gateway) + "-pages") { bytes in
      var input = Input(bytes)
      let kind = input.choice(of: type(of: gateway).pulls)
      let body = Array(input.rest)
      if case .page = gateway.page(in: GatewayAnswer(status: 500, body: body), for: kind) {
        return "an answer with HTTP status 500 is a page"
      }
      guard case .page(let page) = gateway.page(in: GatewayAnswer(status: 200, body: body), for: kind) else {
        return nil
      }
      for report in page.reports { _ = type(of: gateway).status(report.code) }
      return fault(of: page, in: body)
    }
  }

  /// Pushed reports and replies; the first byte chooses query, form or another body.
  static let pushes: [FuzzTarget] = all.filter { ["juhe", "youe", "18sms"].contains(name($0)) }.map { gateway in
    FuzzTarget(name(gateway) + "-pushes") { bytes in
      var input = Input(bytes)
      let form = input.choice(of: ["query", "", "application/x-www-form-urlencoded", "application/json"])
      let body = Array(input.rest)
      var push = GatewayPush(method: form == "query" ? "GET" : "POST")
      if form == "query" { push.query = pairs(body) } else { push.body = body }
      push.contentType = form == "query" ? "" : form
      let outcome = gateway.page(in: push)
      if ![200, 403, 404].contains(outcome.status) { return "an answer that no document knows" }
      if outcome.page == nil, outcome.reason.isEmpty { return "no page and no reason" }
      return outcome.page.flatMap { fault(of: $0, in: body) }
    }
  }

  /// Names and values as an HTTP server hands them on.
  private static func pairs(_ body: [UInt8]) -> [(name: String, value: [UInt8])] {
    body.split(separator: UInt8(ascii: "&")).map { pair in
      let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      return (Array(halves[0]).text, halves.count > 1 ? Array(halves[1]) : [])
    }
  }

  private static func fault(of page: ReportPage, in body: [UInt8]) -> String? {
    let text = body.text
    var bytes = 0
    for report in page.reports {
      for word in [report.messageID, report.customID, report.linkID, report.number, report.code]
      where !spoken(word, in: text) {
        return "a report's word that does not stand in the page"
      }
      bytes += report.raw.utf8.count
    }
    for reply in page.replies {
      for word in [reply.messageID, reply.linkID, reply.number] where !spoken(word, in: text) {
        return "a reply's word that does not stand in the page"
      }
      if let part = reply.part, !(1...part.total).contains(part.index) { return "a part outside its whole" }
      bytes += reply.raw.utf8.count + reply.text.utf8.count
    }
    if bytes > body.count * 12 + 4096 { return "records that outgrow their page" }
    return page.reports.count + page.replies.count > Limits.pageRecords ? "more records than their bound" : nil
  }

  /// Whether the word stands in the bytes as it is; what was written with escapes or in another encoding is not judged.
  private static func spoken(_ word: String, in text: String) -> Bool {
    if word.isEmpty || text.utf8.contains(where: { "\\&%+".utf8.contains($0) }) { return true }
    if !word.utf8.allSatisfy({ $0 < 0x80 }) { return true }
    return text.contains(word)
  }
}
