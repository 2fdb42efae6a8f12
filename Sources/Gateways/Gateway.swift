public import Messaging
public import Platform

/// One account at a gateway: what it can carry, how a call is asked for, what an answer means.
///
/// Pure: messages in, requests out; answers in, outcomes out. No sockets, no clock, no files. One folder a gateway.
public protocol Gateway: Sendable {
  /// The protocol's name in `qunfa.toml`: juhe, emay, mobset, youe, 18sms.
  static var name: String { get }
  /// The protocol's own keys in `qunfa.toml`, beside those that every gateway has.
  static var settings: [GatewaySetting] { get }
  /// The protocol's numbers, whatever the account.
  static var abilities: GatewayAbilities { get }
  /// Every answer code of the document, with class and meaning.
  static var codes: [CodeMeaning] { get }

  /// The endpoint for a call with one recipient where that is another one; `settings` are the account's own.
  static func single(_ settings: [String: String]) -> SingleEndpoint?

  /// - Parameter url: scheme://host:port without a final slash, or nil where the protocol has an address of its own.
  /// - Parameter values: the settings found, completed with the defaults; required ones are there.
  init(url: String?, values: GatewayValues) throws(GatewaySettingError)

  /// The HTTP request of one call.
  func request(for submission: Submission) -> GatewayRequest
  /// What the answer to `submission` means. Never throws: an answer that cannot be read is `.unknown`.
  func outcome(of answer: GatewayAnswer, to submission: Submission) -> CallOutcome
  /// Nil when the gateway tells no balance.
  func balanceRequest(at time: Timestamp) -> GatewayRequest?
  func balance(in answer: GatewayAnswer) -> BalanceOutcome
  /// The requests that withdraw timed messages by their ids; empty when the gateway cannot.
  func cancelRequests(ids: [String], at time: Timestamp) -> [GatewayRequest]
  /// How many of the ids of one cancel request the gateway withdrew; nil when it withdrew none or cannot be read.
  func cancelled(in answer: GatewayAnswer) -> Set<String>?
}

/// A key that a protocol adds to `[gateways.NAME]`.
public struct GatewaySetting: Sendable {
  /// What a setting's value may be.
  public enum Kind: Sendable, Equatable {
    case text
    case secret
    case integer(ClosedRange<Int>)
    case boolean
    /// One of these words.
    case choice([String])
  }
  public var key: String
  public var kind: Kind
  /// Nil: the key is required.
  public var standard: String?
  /// One sentence for docs and errors.
  public var caption: String

  public init(_ key: String, _ kind: Kind, standard: String? = nil, _ caption: String) {
    self.key = key
    self.kind = kind
    self.standard = standard
    self.caption = caption
  }
}

/// The settings of one account. Every value is text (`true`/`false` for booleans); secrets stand apart.
public struct GatewayValues: Sendable {
  public var values: [String: String]
  public var secrets: [String: Secret]

  public init(_ values: [String: String], secrets: [String: Secret]) {
    self.values = values
    self.secrets = secrets
  }

  public func text(_ key: String) -> String { values[key] ?? "" }
  public func integer(_ key: String) -> Int { Int(values[key] ?? "") ?? 0 }
  public func flag(_ key: String) -> Bool { values[key] == "true" }
  public func secret(_ key: String) -> Secret { secrets[key] ?? Secret("") }
}

/// A setting whose value the protocol refuses although its type is right.
public struct GatewaySettingError: Error {
  public var key: String
  public var found: String
  public var expected: String
  public init(key: String, found: String, expected: String) {
    self.key = key
    self.found = found
    self.expected = expected
  }
}

/// Which endpoint carries a call. `rawValue` is the word in the `endpoint` column.
public enum Endpoint: String, Sendable {
  case p2p, send, personality, batch, single, post, get
}

/// An endpoint for one recipient, and how long its text may be.
public struct SingleEndpoint: Sendable, Equatable {
  public var endpoint: Endpoint
  /// Most UTF-16 units; nil: as long as any.
  public var mostUnits: Int?

  public init(endpoint: Endpoint, mostUnits: Int?) {
    self.endpoint = endpoint
    self.mostUnits = mostUnits
  }
}

/// What a gateway can do, and within which limits (gateways.md, "What each can do").
public struct GatewayAbilities: Sendable {
  /// The endpoint for one number, one text each; nil where there is none.
  public var pointToPoint: Endpoint?
  /// The endpoint for one text to many numbers.
  public var sameContent: Endpoint
  /// The most numbers a call may carry, by endpoint kind.
  public var mostPerCall: Int
  /// Numbers a call when `batch` is not set (design.md §2.6).
  public var usualPerCall: Int
  /// Whether a text that holds CR or LF can ride point-to-point.
  public var pointToPointTakesLineBreaks: Bool
  /// Most UTF-16 units of one text; nil when the document names no bound.
  public var mostUnits: Int?
  /// Segments by GSM-7/UCS-2 (international) instead of the domestic rule.
  public var international: Bool
  /// Whether it takes mainland numbers only, as 11 digits without a country code: another country's number would reach
  /// a stranger there, so such an account serves `CN` alone.
  public var mainlandOnly: Bool
  /// Whether the gateway can be asked to send later.
  public var timed: Bool
  /// Whether a balance can be asked for.
  public var tellsBalance: Bool
  /// The endpoint when a call has exactly one recipient, where that differs.
  public var single: Endpoint?
  /// Whether a message carries an id of our own (`Submission.Recipient.customID`).
  public var takesCustomIDs: Bool
  /// Seconds between two balance questions at least.
  public var balanceInterval: Double
  /// Seconds a call may take when `timeout` is not set.
  public var usualTimeout: Int

  public init(
    pointToPoint: Endpoint?, sameContent: Endpoint, mostPerCall: Int, usualPerCall: Int,
    pointToPointTakesLineBreaks: Bool = true, mostUnits: Int? = nil, international: Bool = false,
    mainlandOnly: Bool = false, timed: Bool = false,
    tellsBalance: Bool = true, single: Endpoint? = nil, takesCustomIDs: Bool = false,
    balanceInterval: Double = 0, usualTimeout: Int = 45
  ) {
    self.pointToPoint = pointToPoint
    self.sameContent = sameContent
    self.mostPerCall = mostPerCall
    self.usualPerCall = usualPerCall
    self.pointToPointTakesLineBreaks = pointToPointTakesLineBreaks
    self.mostUnits = mostUnits
    self.international = international
    self.mainlandOnly = mainlandOnly
    self.timed = timed
    self.tellsBalance = tellsBalance
    self.single = single
    self.takesCustomIDs = takesCustomIDs
    self.balanceInterval = balanceInterval
    self.usualTimeout = usualTimeout
  }
}

/// One call as the planner made it.
public struct Submission: Sendable {
  /// One number and the text for it.
  public struct Recipient: Sendable {
    /// E.164 digits without `+`: `8613800138000`, `61422118000`. Each gateway writes it in its own form.
    public var number: UInt64
    /// Our own id for this message, 32 digits; empty where the gateway takes none.
    public var customID: String
    /// The text as sent, UTF-8. The same for all recipients unless the endpoint is point-to-point.
    public var text: [UInt8]

    public init(number: UInt64, customID: String, text: [UInt8]) {
      self.number = number
      self.customID = customID
      self.text = text
    }
  }
  public var endpoint: Endpoint
  /// 1 or more, never the same number twice.
  public var recipients: [Recipient]
  /// Our own id for this call and attempt: 20 decimal digits, never used before.
  public var linkID: String
  /// When the gateway shall send; nil: at once.
  public var sendAt: Timestamp?
  /// Now, for signatures.
  public var time: Timestamp

  public init(endpoint: Endpoint, recipients: [Recipient], linkID: String, sendAt: Timestamp? = nil, time: Timestamp) {
    self.endpoint = endpoint
    self.recipients = recipients
    self.linkID = linkID
    self.sendAt = sendAt
    self.time = time
  }
}

/// An HTTP request as a gateway's document asks for it.
public struct GatewayRequest: Sendable, Equatable {
  public enum Method: String, Sendable { case get = "GET", post = "POST" }
  public var method: Method
  /// The whole address; holds credentials only where the document leaves no other way.
  public var url: String
  public var contentType: String
  public var body: [UInt8]

  public init(_ method: Method = .post, url: String, contentType: String = "", body: [UInt8] = []) {
    self.method = method
    self.url = url
    self.contentType = contentType
    self.body = body
  }
}

/// An HTTP answer that came whole.
public struct GatewayAnswer: Sendable, Equatable {
  public var status: Int
  public var body: [UInt8]
  /// False when the connection or this program ended before the answer did: its last record may be half of one.
  public var isWhole: Bool

  public init(status: Int, body: [UInt8], isWhole: Bool = true) {
    self.status = status
    self.body = body
    self.isWhole = isWhole
  }
}

/// What became of one message of a call.
public struct MessageOutcome: Sendable, Equatable {
  /// accepted, refused or unknown.
  public var state: MessageState
  /// The gateway's ids as they stand in the answer, several for a long text.
  public var ids: [String]
  /// The gateway's code for this message, as it stands there; empty when it gave none.
  public var code: String

  public init(_ state: MessageState, ids: [String] = [], code: String = "") {
    self.state = state
    self.ids = ids
    self.code = code
  }
}

/// What an answer means for the call.
public struct CallOutcome: Sendable, Equatable {
  /// What the answer says about one recipient.
  public enum Verdict: Sendable, Equatable {
    /// One outcome a recipient, in the submission's order.
    case settled([MessageOutcome])
    /// The whole call was refused, each message with it; nothing was accepted.
    case refused
    case memberToBlame
    case slowDown
    case account
    /// The reason in English, without numbers or texts.
    case unknown(String)
  }
  public var verdict: Verdict
  /// The gateway's code for the call; empty when it gave none.
  public var code: String
  /// What was odd in the answer, for the log and `meaning`: an entry that was not asked for, one that stood there
  /// twice. Without numbers or texts.
  public var notes: [String]

  public init(_ verdict: Verdict, code: String = "", notes: [String] = []) {
    self.verdict = verdict
    self.code = code
    self.notes = notes
  }
}

/// What the answer to a question for the balance says.
public enum BalanceOutcome: Sendable, Equatable {
  /// What is left of one product of the account.
  public struct Line: Sendable, Equatable {
    /// The product's id where an account has several, else empty.
    public var product: String
    /// The amount's digits as they stand in the answer, a sign first when negative.
    public var amount: String
    public var unit: Unit
    public init(product: String = "", amount: String, unit: Unit) {
      self.product = product
      self.amount = amount
      self.unit = unit
    }
  }
  public enum Unit: String, Sendable { case li, messages }
  case told([Line])
  /// The gateway said no: the code.
  case refused(String)
  /// Asked too fast; ask again later.
  case slowDown(String)
  case unreadable(String)
}

extension Gateway {
  public static func single(_ settings: [String: String]) -> SingleEndpoint? {
    abilities.single.map { SingleEndpoint(endpoint: $0, mostUnits: nil) }
  }
  public func cancelRequests(ids: [String], at time: Timestamp) -> [GatewayRequest] { [] }
  public func cancelled(in answer: GatewayAnswer) -> Set<String>? { nil }

  /// The table's row for a code; nil when the document does not list it.
  public static func meaning(of code: String) -> CodeMeaning? { codes.first { $0.code == code } }
}
