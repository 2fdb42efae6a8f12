import Campaigns
import Glibc
import Platform
import Synchronization

/// Standard output for results, standard error for everything else; a live bar on a terminal, plain lines otherwise.
final class Console: RunConsole, Sendable {
  private struct State {
    var quiet = false
    var verbose = false
    var lastLine = 0.0
    var barIsShown = false
    var started = monotonicSeconds()
    var startedDone: Int?
    var saidWaiting = false
  }
  private let state = Mutex(State())
  /// Whether standard error is a terminal.
  private let isTerminal = isatty(2) == 1
  private let hasColour = unsafe isatty(2) == 1 && getenv("NO_COLOR") == nil
  /// Seconds between two plain progress lines.
  private static let plainInterval = 10.0
  private static let barInterval = 0.2

  func configure(quiet: Bool, verbose: Bool) {
    state.withLock { state in
      state.quiet = quiet
      state.verbose = verbose
    }
  }

  // MARK: Results

  /// A line or more on standard output, a text for people or JSON. Names of others in it cannot steer the terminal.
  func print(_ text: String) { write(harmless(text, keepsLines: true) + "\n", to: 1) }

  // MARK: RunConsole

  func now() -> Timestamp { .now }
  var isInterrupted: Bool { Signals.isInterrupted }

  func tell(_ diagnostic: Diagnostic) {
    let isQuiet = state.withLock { state in
      clearBar(&state)
      return state.quiet && diagnostic.severity != .error
    }
    if !isQuiet { write(coloured(diagnostic) + "\n", to: 2) }
  }

  func waiting(until moment: String) {
    let isNew = state.withLock { state in
      defer { state.saidWaiting = true }
      return !state.saidWaiting && !state.quiet
    }
    if isNew { write("waiting until \(moment), when sending is allowed\n", to: 2) }
  }

  func progress(_ progress: SendProgress) {
    let now = monotonicSeconds()
    let line: String? = state.withLock { state in
      guard !state.quiet else { return nil }
      if state.startedDone == nil { state.startedDone = progress.done }
      let interval = isTerminal ? Console.barInterval : Console.plainInterval
      guard now - state.lastLine >= interval, isTerminal || state.lastLine > 0 || now - state.started >= interval else {
        return nil
      }
      state.lastLine = now
      state.barIsShown = isTerminal
      return describe(progress, since: state.started, from: state.startedDone ?? 0, now)
    }
    guard let line else { return }
    write(isTerminal ? "\r\u{1B}[K" + line : line + "\n", to: 2)
  }

  /// Ends the live bar so that results start on a line of their own.
  func endProgress() { state.withLock { clearBar(&$0) } }

  // MARK: Words

  private func describe(_ progress: SendProgress, since started: Double, from first: Int, _ now: Double) -> String {
    let seconds = max(0.001, now - started)
    let speed = Double(progress.done - first) / seconds
    let left = Double(progress.total - progress.done)
    let eta = speed > 0 ? duration(left / speed) : "?"
    var parts = [
      "\(progress.done) of \(progress.total) sent", "\(Int(speed.rounded())) a second",
      "\(amount(progress.inFlight, "call")) in flight", "\(Int(left)) waiting", "about \(eta) to go",
    ]
    if progress.unknown > 0 { parts.append("\(progress.unknown) unknown") }
    if progress.isSlowed { parts.append("slowed down to \(Int(progress.rate))") }
    return parts.joined(separator: ", ")
  }

  private func coloured(_ diagnostic: Diagnostic) -> String {
    let text = diagnostic.description
    guard hasColour else { return text }
    let word = diagnostic.severity.rawValue + ":"
    let code = diagnostic.severity == .error ? "31" : diagnostic.severity == .warning ? "33" : "36"
    return text.replacingFirst(word, with: "\u{1B}[\(code)m\(word)\u{1B}[0m")
  }

  private func clearBar(_ state: inout State) {
    guard state.barIsShown else { return }
    state.barIsShown = false
    write("\r\u{1B}[K", to: 2)
  }

  private func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let wrote = unsafe Glibc.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
        if wrote < 0, errno == EINTR { continue }
        guard wrote > 0 else { return }
        done += wrote
      }
    }
  }
}

/// `1 h 5 min`, `12 min`, `9 s`.
func duration(_ seconds: Double) -> String {
  let whole = Int(seconds.rounded(.up))
  if whole >= 3600 { return "\(whole / 3600) h \(whole % 3600 / 60) min" }
  if whole >= 60 { return "\(whole / 60) min \(whole % 60) s" }
  return "\(whole) s"
}

extension String {
  func replacingFirst(_ word: String, with other: String) -> String {
    guard let range = firstRange(of: word) else { return self }
    return String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
  }
}
