import Glibc
import Platform
import Synchronization

/// No core dumps and no backtraces (they would hold numbers and texts), files for their owner only, broken pipes and
/// full files as errors.
func hardenProcess() {
  umask(0o077)
  var none = rlimit(rlim_cur: 0, rlim_max: 0)
  unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
  // A core_pattern that is a pipe (systemd-coredump, apport) does not ask for the limit.
  forbidDumps()
  leaveCrashesToTheSystem()
  signal(SIGPIPE, SIG_IGN)
  // A file beyond the allowed size is an error of the write (EFBIG), not the end of the process.
  signal(SIGXFSZ, SIG_IGN)
}

/// Swift's runtime catches these when SWIFT_BACKTRACE asks for it or standard error is a terminal. It then starts a
/// program that shows registers and the memory they point to. A signal that our parent ignores stays ignored.
private func leaveCrashesToTheSystem() {
  for number in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] {
    var action = sigaction()
    guard unsafe sigaction(number, nil, &action) == 0, action.sa_flags & SA_SIGINFO != 0 else { continue }
    signal(number, SIG_DFL)
  }
}

/// What the system or a person at the terminal asked for.
enum Signals {
  private static let count = Atomic<Int>(0)

  static var isInterrupted: Bool { count.load(ordering: .relaxed) > 0 }

  /// From here on SIGINT and SIGTERM end the run in order; a second one, a second later at least, ends the process at
  /// once: `timeout` sends its signal to the child and then to the child's group, which is one wish and not two. Called
  /// before any other thread starts, so that all of them leave the signals to the waiting thread.
  static func watch() {
    var set = stopSignals()
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    // Never joined: it ends with the process.
    _ = SystemThread.start { waitForSignals() }
  }

  private static func waitForSignals() {
    var set = stopSignals()
    var received: Int32 = 0
    var first = Double.infinity
    while true {
      guard unsafe sigwait(&set, &received) == 0 else { continue }
      let now = monotonicSeconds()
      first = min(first, now)
      if now - first >= 1 { _exit(128 + received) }
      count.add(1, ordering: .relaxed)
    }
  }

  private static func stopSignals() -> sigset_t {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    unsafe sigaddset(&set, SIGINT)
    unsafe sigaddset(&set, SIGTERM)
    return set
  }
}
