import Glibc
import Synchronization

/// Hands values from one thread to another, at most `capacity` waiting. Closing ends it from either side.
public final class Channel<Value: Sendable>: Sendable {
  private struct State {
    var values: [Value] = []
    var isClosed = false
  }
  private let state: Mutex<State>
  private let filled = Semaphore(0)
  private let free: Semaphore

  public init(capacity: Int) {
    state = Mutex(State())
    free = Semaphore(capacity)
  }

  /// Waits for room. False when the channel was closed: the value was not taken.
  @discardableResult public func send(_ value: Value) -> Bool {
    free.wait()
    let taken = state.withLock { state in
      guard !state.isClosed else { return false }
      state.values.append(value)
      return true
    }
    if taken { filled.signal() } else { free.signal() }
    return taken
  }

  /// Waits for a value. Nil when the channel is closed and empty.
  public func receive() -> Value? {
    filled.wait()
    let value = state.withLock { state in state.values.isEmpty ? nil : state.values.removeFirst() }
    if value == nil { filled.signal() } else { free.signal() }
    return value
  }

  public func close() {
    state.withLock { $0.isClosed = true }
    filled.signal()
    free.signal()
  }
}

/// A counting semaphore of the system.
@safe final class Semaphore: @unchecked Sendable {
  // Sendable although it holds a pointer: sem_t is made for several threads, and its memory lives as long as this.
  private let semaphore: UnsafeMutablePointer<sem_t>

  init(_ value: Int) {
    unsafe semaphore = .allocate(capacity: 1)
    unsafe sem_init(semaphore, 0, UInt32(value))
  }

  deinit {
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  func wait() { while unsafe sem_wait(semaphore) != 0 {} }
  func signal() { unsafe sem_post(semaphore) }
}

/// A thread of the system that runs one function.
@safe public struct Thread: ~Copyable {
  private let identity: pthread_t

  private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  public init(_ body: @escaping @Sendable () -> Void) {
    var identity = pthread_t()
    let work = unsafe Unmanaged.passRetained(Work(body))
    let started = unsafe pthread_create(&identity, nil, { argument in
      unsafe Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().body()
      return nil
    }, work.toOpaque())
    precondition(started == 0, "the system refused a thread")
    self.identity = identity
  }

  /// Waits until the function has returned.
  public consuming func join() { pthread_join(identity, nil) }
}
