import Platform

/// What is asked of a gateway.
enum Question: String, CaseIterable, Sendable {
  case submission, reports, replies, balance

  /// The questions that a protocol knows.
  static func all(of protocolName: String) -> [Question] {
    switch protocolName {
    case "emay": [.submission, .reports]
    case "18sms": [.submission, .balance]
    default: allCases
    }
  }

  /// The question that a request puts, by the words of the five documents; nil when it is none of them.
  init?(target: String, body: String) {
    let words: [(String, Question)] = [
      ("action=send", .submission), ("action=p2p", .submission), ("action=report", .reports), ("action=mo", .replies),
      ("action=overage", .balance), ("/inter/sendBatchIMS", .submission), ("/inter/getIMSReport", .reports),
      ("Methods=SmsSend", .submission), ("Methods=SmsGetReport", .reports), ("Methods=SmsGetRecv", .replies),
      ("Methods=SmsGetBalance", .balance), ("/postSendSms/", .submission), ("/report/", .reports),
      ("/revert/", .replies), ("/queryBalance/", .balance), ("/msg/HttpBatchSendSM", .submission),
      ("/msg/QueryBalance", .balance),
    ]
    guard let found = words.first(where: { target.contains($0.0) || body.contains($0.0) }) else { return nil }
    self = found.1
  }
}

/// The answers of the five protocols that say yes, or give everything away.
enum HostilePages {
  /// Reports or replies of one page.
  static let records = 3
  /// What the account has, by its own words.
  static let balance = "1000"

  /// - Parameter numbers: the numbers of a submission, 11 digits each.
  static func page(_ protocolName: String, _ question: Question, numbers: [String]) -> [UInt8] {
    let text =
      switch protocolName {
      case "juhe": juhe(question, numbers)
      case "emay": emay(question, numbers)
      case "mobset": mobset(question, numbers)
      case "youe": youe(question)
      default: eighteen(question)
      }
    return Array(text.utf8)
  }

  /// What a gateway says when nothing more waits.
  static func nothing(_ protocolName: String, _ question: Question) -> [UInt8] {
    let text =
      switch protocolName {
      case "juhe": #"{"status":"0","balance":1000,"list":[]}"#
      case "emay": #"{"code":"SUCCESS","data":[]}"#
      case "mobset": #"{"Code":"0","Message":"","Details":[]}"#
      default: question == .reports ? "160" : "150"
      }
    return Array(text.utf8)
  }

  /// How much of a page is left when its end is missing so that a reader can tell: a plain text of one line says
  /// something else, or nothing.
  static func cut(_ page: [UInt8]) -> Int { page.count > 24 ? page.count - 20 : page.count / 2 }

  /// Where a transfer breaks off: half way, or of lines so near the second one's end that it reads like a whole line.
  static func half(_ page: [UInt8]) -> Int {
    let ends = page.indices.filter { page[$0] == 0x0A }
    return ends.count > 1 ? ends[1] - 1 : page.count / 2
  }

  private static func list(_ piece: (Int) -> String) -> String { (0..<records).map(piece).joined(separator: ",") }

  private static func juhe(_ question: Question, _ numbers: [String]) -> String {
    let entries =
      switch question {
      case .submission: numbers.map { #"{"mid":"M\#($0)","mobile":"\#($0)","result":0}"# }.joined(separator: ",")
      case .reports:
        list {
          #"{"flag":1,"mid":"R\#($0)","mobile":"1380000900\#($0)","stat":"DELIVRD","time":"2026-11-11 10:00:00"}"#
        }
      case .replies:
        list { #"{"flag":0,"mid":"A\#($0)","mobile":"1380000900\#($0)","content":"好的","time":"2026-11-11 10:00:00"}"# }
      case .balance: ""
      }
    return #"{"status":"0","balance":\#(balance),"list":[\#(entries)]}"#
  }

  private static func emay(_ question: Question, _ numbers: [String]) -> String {
    let entries =
      question == .submission
      ? numbers.map { #"{"mobile":"0086\#($0)","imsId":"M\#($0)"}"# }.joined(separator: ",")
      : list { #"{"mobile":"00861380000900\#($0)","imsId":"R\#($0)","state":"DELIVRD","desc":"成功"}"# }
    return #"{"code":"SUCCESS","data":[\#(entries)]}"#
  }

  private static func mobset(_ question: Question, _ numbers: [String]) -> String {
    switch question {
    case .submission:
      let entries = numbers.map { #"{"PhoneNumber":"\#($0)","SmsId":"7\#($0)"}"# }.joined(separator: ",")
      return #"{"Code":"\#(numbers.count)","Message":"成功","SmsIdList":[\#(entries)]}"#
    case .reports:
      let entries = list { #"{"SmsId":"700\#($0)","Status":"10","ReportTime":"2026-11-11 10:00:00"}"# }
      return #"{"Code":"\#(records)","Message":"成功","Details":[\#(entries)]}"#
    case .replies:
      let entries = list { #"{"PhoneNumber":"1380000900\#($0)","RecvNumber":"1069","Content":"好的 \#($0)"}"# }
      return #"{"Code":"\#(records)","Message":"成功","Details":[\#(entries)]}"#
    case .balance: return #"{"Code":"\#(balance)","Message":"成功"}"#
    }
  }

  private static func youe(_ question: Question) -> String {
    switch question {
    case .submission: return "000"
    case .reports, .replies:
      let word = question == .reports ? "DELIVRD" : "%E5%A5%BD"
      return (0..<records)
        .map { "1380000900\($0)/2026-11-11 10:00:00/2026111110000000000\($0)/\(word)/8\($0)\n" }.joined()
    case .balance: return "000,\(balance)"
    }
  }

  private static func eighteen(_ question: Question) -> String {
    question == .submission ? "20261111100000,0\n1234567890100\n" : "20261111100000,0\n1234567,\(balance)\n"
  }
}
