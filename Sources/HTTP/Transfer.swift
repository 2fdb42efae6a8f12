import CCurl
import Platform

/// One request on its way, and the easy handle that carries it, which is used again for later requests.
///
/// Sending at most once rests on two guards that both must hold (design.md §2.8). curl calls `mayStart` each time it is
/// about to send a request, also when it tries again by itself on a new connection: only the first call is allowed.
/// And the body comes through a callback that cannot be rewound. Touched by the client's thread only.
final class Transfer {
  private let easy: EasyHandle
  private let options: ClientOptions
  private let sockets: SocketTable
  private var headers = HeaderList([])
  private var contentType: String?

  private(set) var submission: Submission
  private var facts = TransferFacts()
  private var answer: [UInt8] = []
  private var headerBytes = 0
  /// Whether `mayStart` refused because the used connection was no longer silent: nothing has been sent then.
  private(set) var isStale = false

  struct Submission: Sendable {
    var request: ClientRequest
    var tag: UInt64
    /// On the clock of `monotonicSeconds()`.
    var time: Double
  }

  /// Nil when curl refuses one of the options, all of which are needed.
  init?(_ submission: Submission, options: ClientOptions, sockets: SocketTable) {
    guard let easy = EasyHandle() else { return nil }
    self.easy = easy
    self.options = options
    self.sockets = sockets
    self.submission = submission
    guard setLasting() else { return nil }
  }

  /// The options that all requests share.
  private func setLasting() -> Bool {
    if let file = submission.request.authorities ?? options.authorities, !easy.set(CURLOPT_CAINFO, file) {
      return false
    }
    return easy.setCallbacks(self, sockets)
      && easy.set(CURLOPT_NOSIGNAL, 1)
      && easy.set(CURLOPT_QUICK_EXIT, 1)  // a name that is not resolved in time holds up nobody else
      && easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
      && easy.set(CURLOPT_FOLLOWLOCATION, 0)
      && easy.set(CURLOPT_PROXY, "")  // none from the environment
      && easy.set(CURLOPT_NOPROXY, "*")
      && easy.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
      && easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
      && easy.set(CURLOPT_SSL_VERIFYPEER, 1)
      && easy.set(CURLOPT_SSL_VERIFYHOST, 2)
      && easy.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
      && easy.set(CURLOPT_TCP_KEEPALIVE, 1)
      && easy.set(CURLOPT_MAXAGE_CONN, max(1, options.idleSeconds))
      && easy.set(CURLOPT_USERAGENT, options.userAgent)
  }

  /// Takes over another request, which must trust the same authorities: curl has no way back to the system's.
  func reuse(for submission: Submission) { self.submission = submission }

  /// Hands the request to curl; false when curl refuses.
  ///
  /// - Parameter isFresh: demands a new connection.
  func start(on multi: MultiHandle, isFresh: Bool) -> Bool {
    facts = TransferFacts()
    facts.bodyBytes = submission.request.method == .post ? submission.request.body.count : 0
    answer = []
    headerBytes = 0
    isStale = false
    return setRequest(isFresh: isFresh) && multi.add(easy)
  }

  private func setRequest(isFresh: Bool) -> Bool {
    let request = submission.request
    let left = submission.time + request.timeout - monotonicSeconds()
    let milliseconds = Int(max(0.001, min(left, 86_400)) * 1000)
    if contentType != request.contentType {
      contentType = request.contentType
      // `Expect: 100-continue` would cost a round trip.
      headers = HeaderList([
        "Expect:", request.contentType.isEmpty ? "Content-Type:" : "Content-Type: \(request.contentType)",
      ])
    }
    let method =
      request.method == .get
      ? easy.set(CURLOPT_HTTPGET, 1)
      : easy.set(CURLOPT_POST, 1) && easy.setSize(CURLOPT_POSTFIELDSIZE_LARGE, request.body.count)
    return method && easy.set(CURLOPT_URL, request.url) && easy.set(headers)
      && easy.set(CURLOPT_TIMEOUT_MS, max(1, milliseconds))
      && easy.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, min(milliseconds, Int(options.connectTimeout * 1000))))
      && easy.set(CURLOPT_FRESH_CONNECT, isFresh ? 1 : 0)
  }

  /// The request is over, by itself or because the client closes.
  func finish(_ end: TransferFacts.End, on multi: MultiHandle) -> ClientCompletion {
    facts.end = end
    facts.sentBytes = easy.sentBytes
    facts.systemError = easy.systemError
    let date = facts.status == nil ? nil : easy.date
    multi.remove(easy)
    let result: ClientResult
    switch facts.verdict {
    case .answered(let status): result = .answered(ClientAnswer(status: status, body: answer, date: date))
    case .cutShort(let status, let reason):
      result = .cutShort(ClientAnswer(status: status, body: answer, date: date), reason: reason)
    case .notSent(let reason): result = .notSent(reason: reason)
    case .unknown(let reason): result = .unknown(reason: reason)
    }
    answer = []
    return completion(result)
  }

  func completion(_ result: ClientResult) -> ClientCompletion {
    ClientCompletion(tag: submission.tag, result: result, elapsed: monotonicSeconds() - submission.time)
  }

  /// Takes the transfer off curl before anything was sent, to start it again.
  func withdraw(from multi: MultiHandle) { multi.remove(easy) }

  // MARK: Called by curl

  /// Whether the request may be sent, now that a connection stands. Once at most, and never on a used connection on
  /// which something waits to be read.
  func mayStart(local: String, localPort: Int32, remote: String, remotePort: Int32) -> Bool {
    if facts.isBegun || isStale { return false }
    facts.isReused = easy.connectionsMade == 0
    if facts.isReused,
      !sockets.isSilent(local: local, localPort: localPort, remote: remote, remotePort: remotePort)
    {
      isStale = true
      return false
    }
    facts.isBegun = true
    return true
  }

  /// Fills `room` with the next bytes of the body.
  func give(into room: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(room.count, facts.bodyBytes - facts.givenBytes)
    unsafe submission.request.body.withUnsafeBytes { body in
      unsafe room.copyMemory(from: UnsafeRawBufferPointer(rebasing: body[facts.givenBytes..<facts.givenBytes + count]))
    }
    facts.givenBytes += count
    return count
  }

  /// False when the headers are too long.
  func takeHeader(_ line: borrowing Span<UInt8>) -> Bool {
    facts.isAnswerBegun = true
    headerBytes += line.count
    guard headerBytes <= Limits.headerBytes else {
      facts.isTooLong = true
      return false
    }
    let isLast = line.count <= 2 && (line.isEmpty || line[0] == UInt8(ascii: "\r") || line[0] == UInt8(ascii: "\n"))
    // A 1xx is not yet the answer.
    if isLast, easy.status >= 200 { facts.status = easy.status }
    return true
  }

  /// False when the body is too long.
  func takeBody(_ piece: borrowing Span<UInt8>) -> Bool {
    let room = options.answerBytes - answer.count
    let kept = piece.extracting(first: min(room, piece.count))
    unsafe kept.withUnsafeBufferPointer { unsafe answer.append(contentsOf: $0) }
    submission.request.received?(kept)
    facts.isTooLong = kept.count < piece.count
    return !facts.isTooLong
  }
}
