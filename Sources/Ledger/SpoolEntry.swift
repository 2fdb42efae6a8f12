public import Platform

/// One thing that the spool holds: the answer to a fetch, a push, or an imported file, with the bytes as they came.
public struct SpoolEntry: Sendable {
  public enum Source: String, Sendable { case pull, push, `import` }
  public var source: Source
  public var account: String
  /// `reports` or `replies` of a pull, else empty.
  public var kind: String
  public var receivedAt: Timestamp
  /// Pull: HTTP status of the answer, 0 when none came.
  public var status = 0
  /// Pull: whether the answer broke off or the process ended before it was whole: behind what is here, records may be
  /// lost.
  public var isCut = false
  /// Push: `GET` or `POST`.
  public var method = ""
  /// Push: the query as it came, still percent-encoded.
  public var query = ""
  public var contentType = ""
  /// Pull: the answer's body. Push: the request's body. Import: the file's path, whose bytes the spool keeps beside.
  public var bytes: [UInt8] = []
  /// The spool file's name and the entry's first byte in it.
  public var spool = ""
  public var offset = 0

  public init(_ source: Source, account: String, kind: String = "", receivedAt: Timestamp) {
    self.source = source
    self.account = account
    self.kind = kind
    self.receivedAt = receivedAt
  }
}
