import HTTP
import Platform

/// The form of juhe's answers: JSON, or the XML that comes without `rt=json`.
struct JuhePaper {
  let isJSON: Bool

  /// One number's line of the answer to a submit call.
  func entry(_ number: borrowing Span<UInt8>, _ code: Int, _ id: UInt64, into list: inout ByteBuffer) {
    if isJSON {
      if !list.isEmpty { list.append(UInt8(ascii: ",")) }
      list.append("{\"mid\":\"" as StaticString)
      if code == 0 { IDMint.append(id, of: .juhe, to: &list) }
      list.append("\",\"mobile\":\"" as StaticString)
      list.append(number)
      list.append("\",\"result\":" as StaticString)
      list.append(decimal: code)
      list.append(UInt8(ascii: "}"))
    } else {
      list.append("<resp>" as StaticString)
      if code == 0 { IDMint.append(id, of: .juhe, to: &list) }
      list.append("#@#" as StaticString)
      list.append(number)
      list.append("#@#" as StaticString)
      list.append(decimal: code)
      list.append("#@#</resp>" as StaticString)
    }
  }

  /// The answer to a submit call that was read.
  func list(_ entries: borrowing Span<UInt8>, _ balance: Int) -> ServerReply {
    var body = ByteBuffer(capacity: entries.count + 256)
    if isJSON {
      body.append("{\"status\":\"0\",\"balance\":" as StaticString)
      body.append(decimal: balance)
      body.append(",\"list\":[" as StaticString)
      body.append(entries)
      body.append("]}" as StaticString)
      return json(body.array)
    }
    body.append(xmlHead("0", "success", balance))
    body.append("<resplist>" as StaticString)
    body.append(entries)
    body.append("</resplist></returnsms>" as StaticString)
    return xml(body.array)
  }

  func refusal(_ code: String, _ task: SandboxTask) -> ServerReply {
    if isJSON {
      // The balance's status is a number, the others' a string (gateways.md, "Juhe").
      return json(Array((task == .balance ? "{\"status\":\(code)}" : "{\"status\":\"\(code)\",\"list\":[]}").utf8))
    }
    return xml(Array((xmlHead(code, "fail", 0) + "<resplist></resplist></returnsms>").utf8))
  }

  func balance(_ state: AccountState) -> ServerReply {
    guard isJSON else { return xml(Array((xmlHead("0", "success", state.balance) + "</returnsms>").utf8)) }
    let charge = state.account.postpaid ? "POSTCHARGE" : "PRECHARGE"
    return json(Array("{\"status\":0,\"balance\":\(state.balance),\"chargeType\":\"\(charge)\"}".utf8))
  }

  private func xmlHead(_ status: String, _ message: String, _ balance: Int) -> String {
    "<?xml version=\"1.0\" encoding=\"utf-8\" ?><returnsms><returnstatus>\(status)</returnstatus>"
      + "<message>\(message)</message><remainpoint>\(balance)</remainpoint><taskID></taskID>"
  }

  private func json(_ body: [UInt8]) -> ServerReply {
    ServerReply(contentType: "application/json;charset=UTF-8", body: body)
  }

  private func xml(_ body: [UInt8]) -> ServerReply { ServerReply(contentType: "text/xml;charset=UTF-8", body: body) }
}

/// Juhe's reports and replies as JSON objects, the same in an answer's list and in a push.
enum JuhePush {
  static func write(reports: [Report], _ account: SandboxAccount, at now: Moment, into page: inout ByteBuffer) {
    let time = now.beijing.spaced
    for (index, report) in reports.enumerated() {
      page.append(index > 0 ? ",{\"flag\":1,\"mid\":\"" as StaticString : "{\"flag\":1,\"mid\":\"")
      IDMint.append(report.id, of: .juhe, to: &page)
      page.append("\",\"spid\":\"\(account.login)\",\"accessCode\":\"\(account.extno)\",\"mobile\":\"")
      page.append(decimal: Int(truncatingIfNeeded: report.digits))
      page.append("\",\"stat\":\"\(word(report))\",\"time\":\"\(time)\"}")
    }
  }

  static func write(
    replies: [Answerback], _ account: SandboxAccount, at now: Moment, draws: Draws, into page: inout ByteBuffer
  ) {
    let time = now.beijing.spaced
    for (index, reply) in replies.enumerated() {
      page.append(index > 0 ? ",{\"flag\":0,\"mid\":\"" as StaticString : "{\"flag\":0,\"mid\":\"")
      IDMint.append(draws.bits(.reply, reply.digits), of: .juhe, to: &page)
      page.append("\",\"spid\":\"\(account.login)\",\"accessCode\":\"\(account.extno)\",\"mobile\":\"")
      page.append(decimal: Int(truncatingIfNeeded: reply.digits))
      page.append("\",\"content\":\"\(reply.text)\",\"time\":\"\(time)\"}")
    }
  }

  /// Document, section 9.
  static func word(_ report: Report) -> String {
    switch report.outcome {
    case .delivered: "DELIVRD"
    case .failed: ["MA:0001", "MA:0022", "MA:0029", "REJECTD", "MO:0254"][Int(report.digits % 5)]
    case .expired: "EXPIRED"
    case .badNumber: "MA:0021"
    case .repeatedNumber, .noBalance: "MA:0006"
    }
  }
}

extension Answerback {
  /// What somebody replied; the same number always replies the same.
  var text: String {
    optsOut ? ["R", "TD", "退订", "T"][Int(digits % 4)] : ["收到", "谢谢", "好的", "明天见"][Int(digits % 4)]
  }
}
