import Platform

/// Judges a run by the order of its system calls: what a power cut must not take is on the disk before the deed that
/// counts on it. No kill can show this, since the kernel keeps what a killed process wrote.
public struct SyncOrder {
  private let trace: TracedCalls
  private var findings = Findings()

  /// - Parameter log: written by `strace -f -yy` with strings long enough to hold every write.
  public init(log: String) throws { trace = TracedCalls(try Files.read(log, limit: 1 << 30)) }

  public var violations: [Violation] { findings.all }

  // MARK: send

  /// `send` through juhe: the intent of every call before its request, its answer before its outcome.
  ///
  /// - Parameters:
  ///   - calls: how many it made.
  ///   - messages: how many were in them.
  public mutating func judgeSending(calls: Int, messages: Int) {
    let requests = requests()
    let early = requests.count { request in
      !trace.isDurable(Array(Digest.hex(Digest.sha256(request.body)).utf8), in: "/ledger.db-wal", before: request.line)
    }
    findings.compare("requests in the trace and calls", in: "send", requests.count, calls)
    findings.add("requests before their intent was durable", in: "send", early)
    var outcomes = 0
    var unproved = 0
    for answer in trace.calls where answer.receives {
      for id in Self.ids(in: answer.data) {
        guard let outcome = trace.firstWrite(of: id, to: "/ledger.db-wal") else { continue }
        outcomes += 1
        if !trace.isDurable(id, in: "/answers.log", before: outcome.began) { unproved += 1 }
      }
    }
    findings.compare("outcomes in the trace and messages", in: "send", outcomes, messages)
    findings.add("outcomes in the ledger before the answer was durable", in: "send", unproved)
  }

  private struct Request {
    /// Where it began, the connection before it included.
    var line: Int
    var bytes: [UInt8]
    var body: [UInt8] {
      bytes.firstRange(of: Array("\r\n\r\n".utf8)).map { Array(bytes[$0.upperBound...]) } ?? []
    }
  }

  /// What went out between two answers on a connection.
  private func requests() -> [Request] {
    var done: [Request] = []
    var open: [String: Request] = [:]
    var connected: [Int: Int] = [:]
    for call in trace.calls {
      if call.name == "connect", call.arguments.contains("sa_family=AF_INET") {
        connected[call.descriptor] = call.began
      } else if call.sends {
        let line = connected.removeValue(forKey: call.descriptor) ?? call.began
        open[call.target, default: Request(line: line, bytes: [])].bytes += call.data
      } else if call.receives, let request = open.removeValue(forKey: call.target) {
        done.append(request)
      }
    }
    return done
  }

  /// Juhe's ids: `"mid":"A87C969141E937ED"`.
  private static func ids(in answer: [UInt8]) -> [[UInt8]] {
    let key = Array("\"mid\":\"".utf8)
    var ids: [[UInt8]] = []
    var rest = answer[...]
    while let found = rest.firstRange(of: key) {
      let id = rest[found.upperBound...].prefix { $0 != UInt8(ascii: "\"") }
      if id.count == 16 { ids.append(Array(id)) }
      rest = rest[found.upperBound...]
    }
    return ids
  }

  // MARK: pull

  /// `pull` of one account: each fetch is announced and each page kept before the next fetch, and before anything is
  /// read.
  public mutating func judgePulling() {
    var dirty: Set<String> = []
    var announced = 0
    var fetches = 0
    var early = 0
    var unkept = 0
    var isRead = false
    var isAsking = false
    for call in trace.calls {
      let isSpool = call.concerns(".spool")
      if isSpool, call.isWrite {
        dirty.insert(call.target)
        if call.data.starts(with: Array("qunfa-spool fetch ".utf8)) { announced += 1 }
      } else if isSpool, call.isSync {
        dirty.remove(call.target)
      } else if call.receives {
        isAsking = false
      } else if call.sends, !isAsking {
        isAsking = true
        fetches += 1
        if announced < fetches || !dirty.isEmpty { early += 1 }
      } else if call.isWrite && call.target.contains("/reports.db")
        || call.name == "openat" && call.arguments.contains("O_RDONLY") && call.data.ends(in: ".spool")
      {
        isRead = true
        if !dirty.isEmpty { unkept += 1 }
      }
    }
    findings.add("no fetch or no reading in the trace", in: "pull", fetches == 0 || !isRead ? 1 : 0)
    findings.add("fetches before announcement and last page were durable", in: "pull", early)
    findings.add("pages read before they were durable", in: "pull", unkept)
  }

  // MARK: listen

  /// `listen`: every push is durable before it is answered.
  ///
  /// - Parameter tokens: bytes that stand in one push each, in the order in which they were pushed.
  public mutating func judgeListening(_ tokens: [String]) {
    var early = 0
    var unanswered = 0
    for token in tokens.map({ Array($0.utf8) }) {
      let push = trace.calls.first { $0.receives && $0.holds(token) }
      let answer = trace.calls.first { call in
        call.sends && call.target == push?.target && call.data.starts(with: Array("HTTP/1.1 200".utf8))
          && call.began > push?.ended ?? 0
      }
      guard let answer else {
        unanswered += 1
        continue
      }
      if !trace.isDurable(token, in: "-push.spool", before: answer.began) { early += 1 }
    }
    findings.add("pushes whose answer is not in the trace", in: "listen", unanswered)
    findings.add("pushes answered before they were durable", in: "listen", early)
  }
}

extension [UInt8] {
  fileprivate func ends(in text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
