import Platform
import Synchronization

/// Where requests wait for a worker, answers for their time, and `stop()` for both.
final class ServerDesk: Sendable {
  private struct Queue: Sendable {
    var ready: [Exchange] = []
    var isClosed = false
  }
  private struct Delays: Sendable {
    /// The latest first, so that the next one due is the cheapest to take.
    var waiting: [(due: Double, exchange: Exchange, reply: ServerReply)] = []
    var isClosed = false
  }
  private struct Book: Sendable {
    var underWay = 0
    var tooLarge = 0
    var resting: [ObjectIdentifier: Exchange] = [:]
    var isClosing = false
  }

  private let handler: @Sendable (ServerRequest) -> ServerReply
  private let queue = Monitor(Queue())
  private let delays = Monitor(Delays())
  private let book = Monitor(Book())
  private let threads = Mutex<[SystemThread]>([])

  init(handler: @escaping @Sendable (ServerRequest) -> ServerReply) { self.handler = handler }

  /// Starts the workers and the clock; false when the system has no more threads.
  func start(workers: Int) -> Bool {
    var started: [SystemThread] = []
    for _ in 0..<max(1, workers) {
      guard let thread = SystemThread.start({ self.work() }) else { break }
      started.append(thread)
    }
    if let clock = SystemThread.start({ self.keepTime() }) { started.append(clock) }
    let isComplete = started.count == max(1, workers) + 1
    threads.withLock { $0 = started }
    if !isComplete { close() }
    return isComplete
  }

  /// Requests that were refused for their size.
  var tooLarge: Int { book.withLock { $0.tooLarge } }

  // MARK: Called by libmicrohttpd's thread

  /// A body was beyond the bound.
  func refusedTooLarge() { book.withLock { $0.tooLarge += 1 } }

  func opened() { book.withLock { $0.underWay += 1 } }

  func completed(_ exchange: Exchange) {
    book.change { book in
      book.underWay -= 1
      book.resting[ObjectIdentifier(exchange)] = nil
    }
  }

  /// Hands a whole request to a worker; false when the server is closing.
  func accept(_ exchange: Exchange) -> Bool {
    let isTaken = book.withLock { book in
      if book.isClosing { return false }
      exchange.suspend()
      book.resting[ObjectIdentifier(exchange)] = exchange
      return true
    }
    if isTaken { queue.changeForOne { $0.ready.append(exchange) } }
    return isTaken
  }

  // MARK: Closing

  /// Refuses further requests and waits up to `seconds` for those under way; then gives up the rest.
  func drain(seconds: Double) {
    book.withLock { $0.isClosing = true }
    _ = book.wait(until: monotonicSeconds() + seconds) { $0.underWay == 0 ? true : nil }
    for exchange in book.withLock({ Array($0.resting.values) }) { exchange.answer(ServerReply(ending: .noAnswer)) }
  }

  /// Ends the threads. Waits for handlers that still run.
  func close() {
    queue.change { $0.isClosed = true }
    delays.change { $0.isClosed = true }
    let running = threads.withLock { threads in
      defer { threads = [] }
      return threads
    }
    for thread in running { thread.join() }
  }

  // MARK: Threads

  private func work() {
    while let exchange = nextExchange() {
      let reply = handler(exchange.request)
      if reply.delay > 0 { delay(reply, of: exchange) } else { exchange.answer(reply) }
    }
  }

  /// Nil when the server has closed.
  private func nextExchange() -> Exchange? {
    let next: Exchange?? = queue.wait { queue in
      if queue.isClosed { return .some(nil) }
      return queue.ready.isEmpty ? nil : .some(queue.ready.removeFirst())
    }
    return next ?? nil
  }

  private func delay(_ reply: ServerReply, of exchange: Exchange) {
    let due = monotonicSeconds() + reply.delay
    delays.change { delays in
      let index = delays.waiting.firstIndex { $0.due <= due } ?? delays.waiting.endIndex
      delays.waiting.insert((due, exchange, reply), at: index)
    }
  }

  private func keepTime() {
    while true {
      let next: (exchange: Exchange, reply: ServerReply)?? = delays.wait(
        deadline: { $0.waiting.last?.due ?? .infinity },
        { delays in
          if delays.isClosed { return .some(nil) }
          guard let last = delays.waiting.last, last.due <= monotonicSeconds() else { return nil }
          delays.waiting.removeLast()
          return .some((last.exchange, last.reply))
        })
      guard case .some(let due?) = next else { return }
      due.exchange.answer(due.reply)
    }
  }
}
