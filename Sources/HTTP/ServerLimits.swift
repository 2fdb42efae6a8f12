public import Platform

/// What one server takes before it refuses.
public struct ServerLimits: Sendable {
  /// Bytes of a request's line and headers together, about; more is answered 431.
  public var headerBytes: Int
  /// Bytes of a request's body; more is answered 413.
  public var bodyBytes: Int
  /// Connections at once; further ones wait or are closed.
  public var connections: Int
  /// Handlers that run at once; further requests wait for their turn.
  public var handlers: Int
  /// Seconds without a byte before a connection is closed.
  public var idleSeconds: Int
  /// Seconds that `stop()` waits for what is under way.
  public var drainSeconds: Double

  public init(
    headerBytes: Int = Limits.headerBytes, bodyBytes: Int = Limits.requestBytes,
    connections: Int = Limits.serverConnections, handlers: Int = Limits.serverHandlers,
    idleSeconds: Int = Limits.serverIdleSeconds, drainSeconds: Double = Limits.serverDrainSeconds
  ) {
    self.headerBytes = headerBytes
    self.bodyBytes = bodyBytes
    self.connections = connections
    self.handlers = handlers
    self.idleSeconds = idleSeconds
    self.drainSeconds = drainSeconds
  }
}

/// A server's private key and certificate chain, both as PEM texts.
public struct ServerIdentity: Sendable {
  var key: String
  var certificate: String

  public init(key: String, certificate: String) {
    self.key = key
    self.certificate = certificate
  }
}
