import HTTP
import Platform

/// Carries due reports and replies to the receivers that the faults file names, on a thread of its own. Nothing is
/// pushed twice: youe says so, the other documents do not speak of it.
final class Postman: Sendable {
  private let hall: Hall
  private let client: HTTPClient
  private let thread: SystemThread
  private let isStopped: Monitor<Bool>

  init(_ hall: Hall) throws(SandboxError) {
    let client: HTTPClient
    do {
      client = try HTTPClient()
    } catch {
      throw SandboxError(.server, error.diagnostic)
    }
    let isStopped = Monitor(false)
    guard let thread = SystemThread.start({ Self.run(hall, client, isStopped) }) else {
      throw SandboxError(.server, Diagnostic("the system has no thread for the pushes"))
    }
    self.hall = hall
    self.client = client
    self.isStopped = isStopped
    self.thread = thread
  }

  /// Drops what is under way, which counts as failed. Call once.
  func stop() {
    isStopped.change { $0 = true }
    client.wake()
    thread.join()
    client.close()
  }

  private static func run(_ hall: Hall, _ client: HTTPClient, _ isStopped: borrowing Monitor<Bool>) {
    var underWay: [UInt64: PushLetter] = [:]
    var sent: UInt64 = 0
    while !isStopped.withLock({ $0 }) {
      for letter in hall.takePushes(Limits.sandboxPushes - underWay.count, now: .now) {
        sent += 1
        underWay[sent] = letter
        client.submit(letter.request, tag: sent)
      }
      for completion in client.wait(until: monotonicSeconds() + 0.05) {
        guard let letter = underWay.removeValue(forKey: completion.tag) else { continue }
        hall.notePush(letter, completion.result, now: .now)
      }
    }
    // The receivers may have them all the same: the log of what was handed out must not leave them out.
    for letter in underWay.values { hall.notePush(letter, .unknown(reason: "stopped"), now: .now) }
  }
}
