import Platform

/// The client's thread: it alone touches curl's handles.
struct ClientLoop: ~Copyable {
  private let desk: ClientDesk
  private let multi: MultiHandle
  private let options: ClientOptions
  private var underWay: [ObjectIdentifier: Transfer] = [:]
  private var spare: [Transfer] = []
  private var completions: [ClientCompletion] = []

  init(desk: ClientDesk, options: ClientOptions) {
    self.desk = desk
    multi = desk.multi
    self.options = options
  }

  /// Returns when the client closes.
  consuming func run() {
    var isWorking = true
    while isWorking, let submissions = desk.take() {
      for submission in submissions { start(submission) }
      isWorking = multi.perform()
      let isIdle = !finishEnded()
      desk.complete(completions)
      completions.removeAll(keepingCapacity: true)
      // What has ended may have freed a user who has submitted since.
      if isIdle, isWorking { isWorking = multi.poll(milliseconds: Limits.clientPollMilliseconds) }
    }
    closeAll(isWorking ? "the client is closed" : "libcurl is out of order")
  }

  private mutating func start(_ submission: Transfer.Submission) {
    let transfer: Transfer
    if let index = spare.lastIndex(where: { $0.submission.request.authorities == submission.request.authorities }) {
      transfer = spare.remove(at: index)
      transfer.reuse(for: submission)
    } else if let made = Transfer(submission, options: options, sockets: multi.sockets) {
      transfer = made
    } else {
      return refuse(submission, "libcurl refuses a needed option")
    }
    guard transfer.start(on: multi, isFresh: false) else { return refuse(submission, "libcurl refuses the request") }
    underWay[ObjectIdentifier(transfer)] = transfer
  }

  private mutating func refuse(_ submission: Transfer.Submission, _ reason: String) {
    let elapsed = monotonicSeconds() - submission.time
    completions.append(ClientCompletion(tag: submission.tag, result: .notSent(reason: reason), elapsed: elapsed))
  }

  /// False when none had ended.
  private mutating func finishEnded() -> Bool {
    var isAny = false
    while let (transfer, end) = multi.next() {
      isAny = true
      if transfer.isStale {
        // The used connection was not silent and nothing was sent on it: a new one is safe.
        transfer.withdraw(from: multi)
        if transfer.start(on: multi, isFresh: true) { continue }
        completions.append(transfer.completion(.notSent(reason: "libcurl refuses the request")))
      } else {
        completions.append(transfer.finish(end, on: multi))
      }
      underWay[ObjectIdentifier(transfer)] = nil
      if spare.count < Limits.clientIdleConnections { spare.append(transfer) }
    }
    return isAny
  }

  private mutating func closeAll(_ reason: String) {
    for transfer in underWay.values { completions.append(transfer.finish(.stopped, on: multi)) }
    underWay = [:]
    spare = []
    for submission in desk.takeRest() { refuse(submission, reason) }
    multi.close()
    desk.complete(completions)
    desk.closed()
  }
}
