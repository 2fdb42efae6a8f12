import Platform

/// An HTTP/1.1 client that sends every request at most once, on libcurl and a thread of its own.
///
/// Connections are kept and used again. curl would send a request a second time when a used connection closes without
/// an answer; here that is impossible (`Transfer`). Certificates are verified, redirects are answers, no proxy, cookie
/// or password file is read from the surroundings.
public final class HTTPClient: Sendable {
  private let desk: ClientDesk
  private let thread: SystemThread

  public init(options: ClientOptions = ClientOptions()) throws(HTTPError) {
    guard let multi = MultiHandle() else { throw HTTPError(.resources, "libcurl does not start") }
    let desk = ClientDesk(multi)
    guard let thread = SystemThread.start({ ClientLoop(desk: desk, options: options).run() }) else {
      throw HTTPError(.resources, "no thread for the client")
    }
    self.desk = desk
    self.thread = thread
  }

  deinit { close() }

  /// Sends `request` as soon as possible; returns at once. Its completion carries `tag`. More than
  /// `Limits.clientRequests` at once are not sent.
  public func submit(_ request: ClientRequest, tag: UInt64) {
    desk.submit(Transfer.Submission(request: request, tag: tag, time: monotonicSeconds()))
  }

  /// Waits for completions and takes all that are there; none when the deadline passed, `wake()` was called, or nothing
  /// is under way after `close()`.
  ///
  /// - Parameter deadline: on the clock of `monotonicSeconds()`.
  public func wait(until deadline: Double) -> [ClientCompletion] { desk.wait(until: deadline) }

  /// Ends one `wait`, the next one when none is waiting. Callable by any thread.
  public func wake() { desk.wake() }

  /// Stops everything: what was not sent yet is `.notSent`, the rest `.unknown`. `wait` still tells. Further calls do
  /// nothing.
  public func close() { if desk.close() { thread.join() } }
}

/// What the client's thread and its users pass to each other.
final class ClientDesk: Sendable {
  private struct Incoming: Sendable {
    var submissions: [Transfer.Submission] = []
    /// Taken and not yet completed, `submissions` included.
    var open = 0
    var isClosed = false
  }
  private struct Outgoing: Sendable {
    var completions: [ClientCompletion] = []
    var isWoken = false
    var isClosed = false
  }

  let multi: MultiHandle
  private let incoming = Monitor(Incoming())
  private let outgoing = Monitor(Outgoing())

  init(_ multi: MultiHandle) { self.multi = multi }

  // MARK: Called by users

  func submit(_ submission: Transfer.Submission) {
    let refusal = incoming.withLock { incoming -> String? in
      if incoming.isClosed { return "the client is closed" }
      if incoming.open >= Limits.clientRequests { return "too many requests at once" }
      incoming.open += 1
      incoming.submissions.append(submission)
      // Within the lock, so that curl is still there. Later ones find the thread woken: it takes all of them.
      if incoming.submissions.count == 1 { multi.wake() }
      return nil
    }
    guard let refusal else { return }
    let result = ClientResult.notSent(reason: refusal)
    outgoing.change { $0.completions.append(ClientCompletion(tag: submission.tag, result: result, elapsed: 0)) }
  }

  func wait(until deadline: Double) -> [ClientCompletion] {
    let found = outgoing.wait(until: deadline) { outgoing -> [ClientCompletion]? in
      guard !outgoing.completions.isEmpty || outgoing.isWoken || outgoing.isClosed else { return nil }
      defer { outgoing.completions = [] }
      outgoing.isWoken = false
      return outgoing.completions
    }
    return found ?? []
  }

  func wake() { outgoing.change { $0.isWoken = true } }

  /// False when it is closed already.
  func close() -> Bool {
    incoming.withLock { incoming in
      if incoming.isClosed { return false }
      incoming.isClosed = true
      multi.wake()
      return true
    }
  }

  // MARK: Called by the client's thread

  /// Everything submitted since the last call; nil when the client closes.
  func take() -> [Transfer.Submission]? {
    incoming.withLock { incoming in
      if incoming.isClosed { return nil }
      defer { incoming.submissions.removeAll(keepingCapacity: true) }
      return incoming.submissions
    }
  }

  /// What was submitted and not taken; nothing more is taken from now on.
  func takeRest() -> [Transfer.Submission] {
    incoming.withLock { incoming in
      incoming.isClosed = true
      defer { incoming.submissions = [] }
      return incoming.submissions
    }
  }

  func complete(_ completions: [ClientCompletion]) {
    if completions.isEmpty { return }
    incoming.withLock { $0.open -= completions.count }
    outgoing.change { $0.completions += completions }
  }

  func closed() { outgoing.change { $0.isClosed = true } }
}
