/// A request that the server read whole.
public struct ServerRequest: Sendable {
  /// `GET`, `POST`, …
  public var method: String
  /// The path, percent-decoded, without the query.
  public var path: String
  /// The query's pairs in order, percent-decoded as bytes (`+` is a blank).
  public var query: [(name: String, value: [UInt8])]
  /// The query as it came, still percent-encoded; bytes that are no ASCII are percent-encoded here.
  public var rawQuery = ""
  /// Header names in lower case.
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]
  /// The client's address without its port.
  public var client: String

  public init(
    method: String, path: String, query: [(name: String, value: [UInt8])] = [],
    headers: [(name: String, value: String)] = [], body: [UInt8] = [], client: String = "127.0.0.1"
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.client = client
  }

  public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// Looks at a request's line and headers, its body still empty. A reply refuses the request without reading its body
/// and closes the connection; nil reads on. Called by the server's own thread: it must not block.
public typealias RequestScreening = @Sendable (ServerRequest) -> ServerReply?

/// What the server answers, or how it fails to.
public struct ServerReply: Sendable, Equatable {
  /// How much of the answer goes out.
  public enum Ending: Sendable, Equatable {
    /// The whole answer.
    case whole
    /// The connection is closed without a byte of answer.
    case noAnswer
    /// The header promises the whole body, the connection closes after so many bytes of it.
    case cutAfter(Int)
  }
  public var status: Int
  public var contentType: String
  public var headers: [String: String]
  public var body: [UInt8]
  /// Seconds before the answer begins. The server's other requests do not wait for it.
  public var delay: Double
  public var ending: Ending

  public init(
    _ status: Int = 200, contentType: String = "text/plain; charset=utf-8", headers: [String: String] = [:],
    body: [UInt8] = [], delay: Double = 0, ending: Ending = .whole
  ) {
    self.status = status
    self.contentType = contentType
    self.headers = headers
    self.body = body
    self.delay = delay
    self.ending = ending
  }
}
