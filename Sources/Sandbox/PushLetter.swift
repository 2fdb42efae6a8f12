import HTTP
import Platform

/// A push on its way to the receiver.
struct PushLetter: Sendable {
  var gateway: SandboxGateway
  var account: Int
  var request: ClientRequest
  /// What it carries, for the log.
  var handed: [HandedOut] = []
}

extension DeskState {
  /// The reports and replies that are due, at most about `most` requests, in the form that the platform pushes. Emay
  /// and mobset never push.
  mutating func takePushes(_ most: Int, now: Moment) -> [PushLetter] {
    guard let url = plan.reports.push, most > 0 else { return [] }
    var letters: [PushLetter] = []
    for index in accounts.indices where letters.count < most {
      let limit = gateway == .juhe ? 100 : most - letters.count
      let reports = accounts[index].board.takeReports(limit, now: now.clock)
      let replies = accounts[index].board.takeReplies(limit, now: now.clock)
      if reports.isEmpty, replies.isEmpty { continue }
      if now.clock < accounts[index].pushPausedUntil {
        counts.pushFailures += reports.count + replies.count
      } else {
        counts.reports += reports.count
        counts.replies += replies.count
        letters += self.letters(url, index, reports, replies, now)
      }
      for report in reports { accounts[index].board.release(report.call) }
      for reply in replies { accounts[index].board.release(reply.call) }
    }
    return letters
  }

  /// What the receiver answered. 18sms pauses a failing receiver, for an hour unless the faults file says otherwise;
  /// what becomes due meanwhile is lost (gateways.md, "18sms").
  mutating func notePush(_ letter: PushLetter, _ result: ClientResult, now: Moment) {
    if case .answered(let answer) = result, answer.status == 200 {
      note(letter.handed, .push, page: 0, letter.account)
      return
    }
    note(letter.handed, .failedPush, page: 0, letter.account)
    counts.pushFailures += 1
    if gateway == .eighteen { accounts[letter.account].pushPausedUntil = now.clock + plan.reports.pushPause }
  }

  private func letters(
    _ url: String, _ account: Int, _ reports: [Report], _ replies: [Answerback], _ now: Moment
  ) -> [PushLetter] {
    func letter(_ request: ClientRequest, _ reports: [Report], _ replies: [Answerback]) -> PushLetter {
      PushLetter(gateway: gateway, account: account, request: request, handed: handed(reports, replies, account))
    }
    return switch gateway {
    case .juhe: [letter(page(url, accounts[account].account, reports, replies, now), reports, replies)]
    case .youe:
      reports.map { letter(form(url, youeReport($0, account)), [$0], []) }
        + replies.map { letter(form(url, youeReply($0, account)), [], [$0]) }
    case .eighteen:
      reports.map { letter(get(url, eighteenReport($0, now)), [$0], []) }
        + replies.flatMap { reply in
          eighteenReply(reply, now).map { fields in
            var part = letter(get(url, fields), [], [reply])
            let text = fields.first { $0.0 == "msg" }?.1 ?? ""
            for index in part.handed.indices { part.handed[index].text = text }
            return part
          }
        }
    case .emay, .mobset: []
    }
  }

  private static let timeout = 10.0

  /// Juhe: a JSON array, reports and replies mixed (document, section 6).
  private func page(
    _ url: String, _ account: SandboxAccount, _ reports: [Report], _ replies: [Answerback], _ now: Moment
  ) -> ClientRequest {
    var body = ByteBuffer(capacity: 4096)
    body.append(UInt8(ascii: "["))
    JuhePush.write(replies: replies, account, at: now, draws: draws, into: &body)
    if !replies.isEmpty, !reports.isEmpty { body.append(UInt8(ascii: ",")) }
    JuhePush.write(reports: reports, account, at: now, into: &body)
    body.append(UInt8(ascii: "]"))
    return ClientRequest(
      url: url, contentType: "application/json;charset=UTF-8", body: body.array, timeout: Self.timeout)
  }

  /// Youe (document, 3.7).
  private func youeReport(_ report: Report, _ account: Int) -> [(String, String)] {
    let link = accounts[account].board.record(report.call)?.link.text ?? ""
    return [
      ("Class", "rpt"), ("SmsName", accounts[account].account.login), ("Mobile", String(report.digits)),
      ("LinkId", link), ("Report", YoueDesk.word(report)),
    ]
  }

  /// Youe (document, 3.6).
  private func youeReply(_ reply: Answerback, _ account: Int) -> [(String, String)] {
    let link = accounts[account].board.record(reply.call)?.link.text ?? ""
    return [
      ("Class", "mo"), ("SmsName", accounts[account].account.login), ("Mobile", String(reply.digits)),
      ("Message", reply.text), ("LinkId", link),
    ]
  }

  private func eighteenReport(_ report: Report, _ now: Moment) -> [(String, String)] {
    [
      ("receiver", plan.reports.receiver), ("pswd", plan.reports.receiverPassword),
      ("msgid", IDMint.text(report.id, of: .eighteen)), ("reportTime", shortTime(now)),
      ("mobile", String(report.digits)), ("status", EighteenDesk.word(report)),
    ]
  }

  /// Every fourth reply comes in two parts, as long ones do.
  private func eighteenReply(_ reply: Answerback, _ now: Moment) -> [[(String, String)]] {
    let head = [
      ("receiver", plan.reports.receiver), ("pswd", plan.reports.receiverPassword), ("moTime", shortTime(now)),
      ("destcode", "1065751600001"), ("mobile", String(reply.digits)),
    ]
    guard reply.digits % 4 == 0, !reply.optsOut else { return [head + [("msg", reply.text), ("isems", "0")]] }
    let id = draws.bits(.reply, reply.digits) % 256
    return [reply.text, "，再见"].enumerated().map { index, part in
      head + [("msg", part), ("isems", "1"), ("emshead", "\(id),2,\(index + 1)")]
    }
  }

  /// `YYMMDDhhmm`.
  private func shortTime(_ now: Moment) -> String { String(now.beijing.compact.dropFirst(2).prefix(10)) }

  private func form(_ url: String, _ fields: [(String, String)]) -> ClientRequest {
    ClientRequest(
      url: url, contentType: "application/x-www-form-urlencoded", body: Array(encoded(fields).utf8),
      timeout: Self.timeout)
  }

  private func get(_ url: String, _ fields: [(String, String)]) -> ClientRequest {
    ClientRequest(.get, url: url + (url.contains("?") ? "&" : "?") + encoded(fields), timeout: Self.timeout)
  }

  private func encoded(_ fields: [(String, String)]) -> String {
    fields.map { "\($0.0)=\(percentEncoded($0.1))" }.joined(separator: "&")
  }
}
