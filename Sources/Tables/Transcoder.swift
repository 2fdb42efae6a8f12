import Glibc
import Platform

/// The system's iconv, for turning one encoding into another a piece at a time.
///
/// A sequence that means nothing becomes one byte 0xFF, which is never valid UTF-8, so that exactly the record that
/// holds it is called malformed. Only the first byte of such a sequence is dropped: the comma or line feed behind a
/// stray lead byte keeps its meaning.
@safe struct Transcoder: ~Copyable {
  // Only this struct holds the handle, and closes it.
  private let handle: iconv_t
  private let unit: Int
  static let marker: UInt8 = 0xFF

  /// Nil when the system does not know one of the encodings.
  init?(from: String, to: String = "UTF-8", unit: Int) {
    guard let handle = unsafe iconv_open(to, from), Int(bitPattern: handle) != -1 else { return nil }
    unsafe self.handle = handle
    self.unit = unit
  }

  deinit { unsafe iconv_close(handle) }

  /// Converts what is whole in `input` and drops it there; `isLast` turns an unfinished rest into a marker.
  /// - Returns: how many markers were written.
  @discardableResult mutating func convert(
    _ input: inout ByteBuffer, into output: inout ByteBuffer, isLast: Bool, marker: UInt8 = Transcoder.marker
  ) -> Int {
    var done = 0
    var markers = 0
    let count = input.count
    while done < count {
      let step = unsafe input.span.withUnsafeBufferPointer { source in
        unsafe Self.step(handle, source, from: done, into: &output)
      }
      done = step.position
      switch step.state {
      case .full, .finished: continue
      case .cut where !isLast:
        input.removeFirst(done)
        return markers
      case .cut, .invalid:
        output.append(marker)
        markers += 1
        done = min(count, done + unit)
      }
    }
    input.clear()
    return markers
  }

  private enum State { case finished, full, cut, invalid }

  private static func step(
    _ handle: iconv_t, _ source: UnsafeBufferPointer<UInt8>, from start: Int, into output: inout ByteBuffer
  ) -> (position: Int, state: State) {
    // iconv never writes to its input, its declaration only says so for old times' sake.
    var next = unsafe UnsafeMutableRawPointer(mutating: source.baseAddress)?.advanced(by: start)
      .assumingMemoryBound(to: CChar.self)
    var left = source.count - start
    var state = State.finished
    let room = max(64, 3 * left)
    unsafe output.appendUnsafe(room: room) { target in
      var to = unsafe UnsafeMutableRawPointer(target.baseAddress)?.assumingMemoryBound(to: CChar.self)
      var free = room
      if unsafe iconv(handle, &next, &left, &to, &free) == -1 {
        switch errno {
        case E2BIG: state = .full
        case EINVAL: state = .cut
        default: state = .invalid
        }
      }
      return room - free
    }
    return (source.count - left, state)
  }
}
