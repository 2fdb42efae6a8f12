import Glibc

/// State that several threads share, with a way to sleep until it has changed.
///
/// What `Mutex` of the standard library lacks is the sleeping; this is a POSIX mutex with its condition variable.
@safe public final class Monitor<State: Sendable>: @unchecked Sendable {
  // Sendable: `state` is touched only while `mutex` is held; both pointers live as long as the object and never change.
  private var state: State
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>

  public init(_ state: State) {
    self.state = state
    unsafe mutex = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    let made = unsafe pthread_mutex_init(mutex, nil) == 0 && pthread_cond_init(changed, &attributes) == 0
    unsafe pthread_condattr_destroy(&attributes)
    precondition(made, "the system has no memory for a mutex")
  }

  deinit {
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
  }

  /// Reads or changes the state without waking anyone. `body` must not call this monitor again.
  public func withLock<Result, Failure: Error>(
    _ body: (inout State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body(&state)
  }

  /// Changes the state and wakes everyone who waits for it.
  public func change<Result, Failure: Error>(
    _ body: (inout State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { unsafe pthread_cond_broadcast(changed) }
    return try withLock(body)
  }

  /// Changes the state and wakes one of those who wait: right when any of them will do, as with a queue's workers.
  public func changeForOne<Result, Failure: Error>(
    _ body: (inout State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { unsafe pthread_cond_signal(changed) }
    return try withLock(body)
  }

  /// Sleeps until `ready` gives a value, which it returns, or until the deadline passes, then nil.
  ///
  /// - Parameter deadline: on the clock of `monotonicSeconds()`; infinity waits for ever.
  public func wait<Result>(until deadline: Double = .infinity, _ ready: (inout State) -> Result?) -> Result? {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let result = ready(&state) { return result }
      guard sleep(until: deadline) else { return ready(&state) }
    }
  }

  /// Sleeps until `ready` gives a value; `deadline` tells, from the state, when to look again without being woken.
  public func wait<Result>(
    deadline: (borrowing State) -> Double, _ ready: (inout State) -> Result?
  ) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let result = ready(&state) { return result }
      _ = sleep(until: deadline(state))
    }
  }

  /// False when the deadline has passed.
  private func sleep(until deadline: Double) -> Bool {
    guard deadline.isFinite, deadline < 1e12 else { return unsafe pthread_cond_wait(changed, mutex) == 0 }
    let whole = max(0, deadline).rounded(.down)
    var time = timespec(tv_sec: Int(whole), tv_nsec: min(999_999_999, Int((max(0, deadline) - whole) * 1e9)))
    return unsafe pthread_cond_timedwait(changed, mutex, &time) != ETIMEDOUT
  }
}

/// A thread of the system that takes no signals: they go to the main thread.
public struct SystemThread: Sendable {
  private let identity: pthread_t

  /// Runs `body` on a new thread; nil when the system has no more of them.
  public static func start(_ body: @escaping @Sendable () -> Void) -> SystemThread? {
    let before = blockSignals()
    defer { restoreSignals(before) }
    let work = unsafe Unmanaged.passRetained(Work(body)).toOpaque()
    var identity = pthread_t()
    guard unsafe pthread_create(&identity, nil, runWork, work) == 0 else {
      unsafe Unmanaged<Work>.fromOpaque(work).release()
      return nil
    }
    return SystemThread(identity: identity)
  }

  /// Waits for the thread's end. Called once, by another thread.
  public func join() { pthread_join(identity, nil) }

  /// Runs `body` with all signals blocked, so that threads which a library makes in it take none either.
  public static func withSignalsBlocked<Result>(_ body: () -> Result) -> Result {
    let before = blockSignals()
    defer { restoreSignals(before) }
    return body()
  }

  private static func blockSignals() -> sigset_t {
    var all = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    return before
  }

  private static func restoreSignals(_ before: sigset_t) {
    var before = before
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
  }
}

private final class Work: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private func runWork(_ work: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let work = unsafe work { unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
  return nil
}
