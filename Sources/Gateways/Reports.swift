public import Platform

/// A gateway that tells what became of messages, and what people answered.
///
/// Pure like `Gateway`: requests out, pages in. Every record can be fetched once only, so a record that cannot be read
/// stays in the page's notes instead of making the page unreadable.
public protocol ReportingGateway: Gateway {
  /// Every status code of the document, with class and meaning.
  static var statusCodes: [StatusMeaning] { get }
  /// The class and meaning of any status code, by the document's table and the gateway's rule for unlisted codes.
  static func status(_ code: String) -> StatusMeaning
  /// Whether each part of a long text is reported under the same id, a report a part.
  static var reportsByPart: Bool { get }
  /// What can be asked for; empty where the gateway only pushes.
  static var pulls: [PullKind] { get }
  /// Seconds that the gateway keeps what waits to be fetched; nil where the document does not tell.
  static func retention(of kind: PullKind) -> Int?
  /// The fields of a push, in lower case, whose values are passwords; they are not kept.
  static var pushSecrets: Set<String> { get }

  /// The request for the next page; nil when `kind` cannot be pulled.
  func pullRequest(for kind: PullKind, at time: Timestamp) -> GatewayRequest?
  /// The page in the answer to a pull. Never throws.
  func page(in answer: GatewayAnswer, for kind: PullKind) -> PullOutcome
  /// The page in a pushed request, and what to answer once its bytes are durable. Never throws.
  func page(in push: GatewayPush) -> PushOutcome
}

extension ReportingGateway {
  public static func retention(of kind: PullKind) -> Int? { nil }
  public static var reportsByPart: Bool { false }
  public static var pushSecrets: Set<String> { [] }
}

/// What a pull asks for.
public enum PullKind: String, Sendable, CaseIterable { case reports, replies }

/// What a status code means for the message.
public enum StatusClass: String, Sendable {
  case delivered
  case failed
  /// The message's validity or the operator's patience ran out: it may have arrived.
  case expired
  /// Not final: another report follows.
  case pending
}

/// One row of a gateway's table of status codes.
public struct StatusMeaning: Sendable, Equatable {
  public var code: String
  public var status: StatusClass
  public var english: String
  public var chinese: String

  public init(_ code: String, _ status: StatusClass, _ english: String, _ chinese: String) {
    self.code = code
    self.status = status
    self.english = english
    self.chinese = chinese
  }
}

/// Which piece of a long message a record is about.
public struct MessagePart: Sendable, Equatable {
  /// Names the long message that the pieces belong to; empty when nothing does.
  public var group: String
  /// From 1.
  public var index: Int
  public var total: Int

  public init(group: String = "", index: Int, total: Int) {
    self.group = group
    self.index = index
    self.total = total
  }
}

/// What a gateway says became of one message. Texts stand as in the record; empty where it has none.
public struct StatusReport: Sendable, Equatable {
  /// The gateway's id.
  public var messageID: String
  /// Our id for the message.
  public var customID: String
  /// Our id for the call.
  public var linkID: String
  /// The number in the gateway's own form: `18983437010`, `0061422118000`; empty where reports carry none.
  public var number: String
  public var code: String
  /// The gateway's words or the operator's code beside `code`.
  public var detail: String
  /// Beijing time; nil when there is none that can be read.
  public var reportedAt: CivilTime?
  /// Beijing time; nil when there is none that can be read.
  public var submittedAt: CivilTime?
  public var part: MessagePart?
  /// The record as it came (JSON compacted), for `unmatched.csv`.
  public var raw: String

  public init(
    messageID: String = "", customID: String = "", linkID: String = "", number: String = "", code: String,
    detail: String = "", reportedAt: CivilTime? = nil, submittedAt: CivilTime? = nil, part: MessagePart? = nil,
    raw: String = ""
  ) {
    self.messageID = messageID
    self.customID = customID
    self.linkID = linkID
    self.number = number
    self.code = code
    self.detail = detail
    self.reportedAt = reportedAt
    self.submittedAt = submittedAt
    self.part = part
    self.raw = raw
  }
}

/// A text that a person sent back. Texts stand as in the record; empty where it has none.
public struct Reply: Sendable, Equatable {
  public var number: String
  public var text: String
  /// Beijing time; nil when there is none that can be read.
  public var receivedAt: CivilTime?
  /// The number it was sent to.
  public var accessCode: String
  /// The gateway's id of the reply, or of the message it answers: the documents do not say which.
  public var messageID: String
  /// Our id of the call it answers, where the gateway tells it.
  public var linkID: String
  /// Set when the text is only a piece of a long reply.
  public var part: MessagePart?
  /// The record as it came (JSON compacted).
  public var raw: String

  public init(
    number: String, text: String, receivedAt: CivilTime? = nil, accessCode: String = "", messageID: String = "",
    linkID: String = "", part: MessagePart? = nil, raw: String = ""
  ) {
    self.number = number
    self.text = text
    self.receivedAt = receivedAt
    self.accessCode = accessCode
    self.messageID = messageID
    self.linkID = linkID
    self.part = part
    self.raw = raw
  }
}

/// The reports and replies of one pulled answer or one push, in the order they came.
public struct ReportPage: Sendable, Equatable {
  public var reports: [StatusReport]
  public var replies: [Reply]
  /// Whether more may wait at the gateway: ask for the next page at once.
  public var more: Bool
  /// Whether the page broke off: what stands behind the last whole record may be lost.
  public var cut: Bool
  /// What was odd, for the log: a record that could not be read, a field that is missing. Without numbers or texts.
  public var notes: [String]

  public init(
    reports: [StatusReport] = [], replies: [Reply] = [], more: Bool = false, cut: Bool = false, notes: [String] = []
  ) {
    self.reports = reports
    self.replies = replies
    self.more = more
    self.cut = cut
    self.notes = notes
  }

  /// Neither a report nor a reply.
  public var isEmpty: Bool { reports.isEmpty && replies.isEmpty }
}

/// What the answer to a pull means.
public enum PullOutcome: Sendable, Equatable {
  case page(ReportPage)
  /// The gateway said no and will again (password, account): the code.
  case refused(String)
  /// Asked too fast; ask again later: the code.
  case slowDown(String)
  /// Why the answer cannot be read, without numbers or texts.
  case unreadable(String)
}

/// A request that a gateway sent to us.
public struct GatewayPush: Sendable {
  /// `GET` or `POST`.
  public var method: String
  /// The query's pairs in order, percent-decoded as bytes.
  public var query: [(name: String, value: [UInt8])]
  /// The `Content-Type` header; empty when there was none.
  public var contentType: String
  public var body: [UInt8]

  public init(
    method: String, query: [(name: String, value: [UInt8])] = [], contentType: String = "", body: [UInt8] = []
  ) {
    self.method = method
    self.query = query
    self.contentType = contentType
    self.body = body
  }
}

/// What a push holds and how to answer it.
public struct PushOutcome: Sendable, Equatable {
  /// Nil when nothing in it can be read, or when its sender did not prove itself.
  public var page: ReportPage?
  /// HTTP status of our answer.
  public var status: Int
  /// Body of our answer, once the push's bytes are durable.
  public var answer: String
  /// Why there is no page, without numbers or texts; empty when there is one.
  public var reason: String

  public init(page: ReportPage?, status: Int = 200, answer: String, reason: String = "") {
    self.page = page
    self.status = status
    self.answer = answer
    self.reason = reason
  }
}
