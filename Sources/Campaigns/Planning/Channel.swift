import Platform

/// Hands values from one thread to another, at most `capacity` waiting. Closing ends it from either side.
public final class Channel<Value: Sendable>: Sendable {
  private struct State {
    var values: [Value] = []
    var isClosed = false
  }
  private let state = Monitor(State())
  private let capacity: Int

  public init(capacity: Int) { self.capacity = capacity }

  /// Waits for room. False when the channel was closed: the value was not taken.
  @discardableResult public func send(_ value: Value) -> Bool {
    let capacity = capacity
    let taken = state.wait { state -> Bool? in
      if state.isClosed { return false }
      guard state.values.count < capacity else { return nil }
      state.values.append(value)
      return true
    }
    state.change { _ in }
    return taken ?? false
  }

  /// Waits for a value. Nil when the channel is closed and empty.
  public func receive() -> Value? {
    let received = state.wait { state -> Value?? in
      if !state.values.isEmpty { return .some(state.values.removeFirst()) }
      return state.isClosed ? .some(nil) : nil
    }
    state.change { _ in }
    return received ?? nil
  }

  public func close() { state.change { $0.isClosed = true } }
}
