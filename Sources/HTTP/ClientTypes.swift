public import Platform

/// What all requests of one client have in common.
public struct ClientOptions: Sendable {
  /// Seconds for name resolution, connecting and TLS together.
  public var connectTimeout: Double
  /// A PEM file of the authorities to trust instead of the system's; nil trusts the system's.
  public var authorities: String?
  public var userAgent: String
  /// Bytes of an answer's body; a longer one is cut short.
  public var answerBytes: Int
  /// Seconds after which an idle connection is not used again. Below the five seconds after which common servers close
  /// theirs, since a request on a connection that is just being closed ends as unknown.
  public var idleSeconds: Int

  public init(
    connectTimeout: Double = 10, authorities: String? = nil, userAgent: String = "qunfa",
    answerBytes: Int = Limits.answerBytes, idleSeconds: Int = 3
  ) {
    self.connectTimeout = connectTimeout
    self.authorities = authorities
    self.userAgent = userAgent
    self.answerBytes = answerBytes
    self.idleSeconds = idleSeconds
  }
}

/// A request that is sent at most once.
public struct ClientRequest: Sendable {
  public enum Method: Sendable { case get, post }
  public var method: Method
  /// `http://` or `https://`; may hold credentials, so it stands in no message.
  public var url: String
  /// Empty: the request says nothing of its body's kind.
  public var contentType: String
  /// Sent with `.post` only.
  public var body: [UInt8]
  /// Seconds for everything, from the start to the answer's last byte.
  public var timeout: Double
  /// A PEM file of the authorities to trust for this request instead of the client's; nil: the client's.
  public var authorities: String?
  /// Gets the answer's body as it comes, up to the client's bound, on the client's thread, before the completion is
  /// there. For bytes that must reach the disk although the answer may never become whole (design.md §3).
  public var received: (@Sendable (_ piece: borrowing Span<UInt8>) -> Void)?

  public init(
    _ method: Method = .post, url: String, contentType: String = "", body: [UInt8] = [], timeout: Double,
    authorities: String? = nil, received: (@Sendable (_ piece: borrowing Span<UInt8>) -> Void)? = nil
  ) {
    self.method = method
    self.url = url
    self.contentType = contentType
    self.body = body
    self.timeout = timeout
    self.authorities = authorities
    self.received = received
  }
}

/// What a gateway answered. Redirects are answers.
public struct ClientAnswer: Sendable, Equatable {
  public var status: Int
  public var body: [UInt8]
  /// The answer's `Date` header.
  public var date: Timestamp?

  public init(status: Int, body: [UInt8], date: Timestamp? = nil) {
    self.status = status
    self.body = body
    self.date = date
  }
}

/// What became of a request. Reasons are short English phrases without addresses, texts or secrets.
public enum ClientResult: Sendable, Equatable {
  /// A whole answer.
  case answered(ClientAnswer)
  /// An answer whose body broke off or went beyond the bound. The request went out: the fate of what it asks for is
  /// unknown, although a page of reports may be salvaged from the beginning of the body.
  case cutShort(ClientAnswer, reason: String)
  /// Proof that the gateway cannot have acted: it never got the whole request (design.md §2.3).
  case notSent(reason: String)
  /// No proof of anything.
  case unknown(reason: String)
}

/// A request that ended, with the tag it was submitted under.
public struct ClientCompletion: Sendable, Equatable {
  /// As given to `submit`.
  public var tag: UInt64
  public var result: ClientResult
  /// Seconds since `submit`.
  public var elapsed: Double

  public init(tag: UInt64, result: ClientResult, elapsed: Double) {
    self.tag = tag
    self.result = result
    self.elapsed = elapsed
  }
}
