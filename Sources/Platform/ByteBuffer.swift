/// A growing run of bytes that is filled again and again without being given back.
///
/// The inner loops (reading, merging, building requests, writing files) append bytes to one of these instead of
/// building Strings. `clear()` keeps the capacity.
@safe public struct ByteBuffer: ~Copyable, @unchecked Sendable {
  // Sendable although it holds a pointer: it is the only owner of that memory and cannot be copied.
  @usableFromInline var base: UnsafeMutablePointer<UInt8>
  @usableFromInline var capacity: Int
  @usableFromInline var used = 0

  /// Bytes held.
  @inlinable public var count: Int { used }

  public init(capacity: Int = 256) {
    self.capacity = max(capacity, 16)
    unsafe base = .allocate(capacity: self.capacity)
  }

  deinit { unsafe base.deallocate() }

  @inlinable public var isEmpty: Bool { count == 0 }

  /// The bytes, valid as long as the buffer is not changed.
  @inlinable public var span: Span<UInt8> {
    @_lifetime(borrow self) get {
      let bytes = unsafe Span(_unsafeStart: base, count: count)
      return unsafe _overrideLifetime(bytes, borrowing: self)
    }
  }

  /// A copy of the bytes.
  public var array: [UInt8] { unsafe Array(UnsafeBufferPointer(start: base, count: count)) }

  /// Forgets the content, keeps the memory.
  @inlinable public mutating func clear() { used = 0 }

  /// Drops everything after the first `length` bytes; a longer length changes nothing.
  @inlinable public mutating func truncate(to length: Int) { used = min(count, max(0, length)) }

  /// Drops the first `length` bytes and moves the rest to the front.
  public mutating func removeFirst(_ length: Int) {
    let dropped = min(count, max(0, length))
    unsafe base.update(from: base + dropped, count: count - dropped)
    used -= dropped
  }

  /// Appends one byte.
  @inlinable public mutating func append(_ byte: UInt8) {
    if count == capacity { grow(by: 1) }
    unsafe base[count] = byte
    used += 1
  }

  /// Appends bytes.
  @inlinable public mutating func append(_ bytes: borrowing Span<UInt8>) {
    let length = bytes.count
    reserve(length)
    unsafe bytes.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { unsafe (base + count).update(from: start, count: length) }
    }
    used += length
  }

  @inlinable public mutating func append(_ bytes: [UInt8]) { append(bytes.span) }

  /// Appends a literal without making a String.
  @inlinable public mutating func append(_ text: StaticString) {
    reserve(text.utf8CodeUnitCount)
    unsafe (base + count).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
    used += text.utf8CodeUnitCount
  }

  /// Appends a text as UTF-8.
  public mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { source in
      reserve(source.count)
      if let start = source.baseAddress { unsafe (base + count).update(from: start, count: source.count) }
      used += source.count
    }
  }

  /// Appends `value` in ASCII digits.
  @inlinable public mutating func append(decimal value: Int) {
    reserve(20)
    if value < 0 { append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let start = count
    repeat {
      unsafe base[count] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      used += 1
      rest /= 10
    } while rest > 0
    reverse(from: start)
  }

  /// Room for `length` more bytes without another allocation.
  @inlinable public mutating func reserve(_ length: Int) {
    if capacity - count < length { grow(by: length) }
  }

  /// Lets `body` write up to `room` bytes behind the content; it returns how many it wrote.
  @inlinable public mutating func appendUnsafe(
    room: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) throws -> Int
  ) rethrows {
    reserve(room)
    let written = unsafe try body(UnsafeMutableBufferPointer(start: base + count, count: room))
    precondition(written >= 0 && written <= room)
    used += written
  }

  @inlinable mutating func reverse(from start: Int) {
    var low = start
    var high = count - 1
    while low < high {
      unsafe swap(&base[low], &base[high])
      low += 1
      high -= 1
    }
  }

  @usableFromInline mutating func grow(by length: Int) {
    let larger = max(capacity * 2, count + length)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    unsafe moved.update(from: base, count: count)
    unsafe base.deallocate()
    unsafe base = moved
    capacity = larger
  }
}

extension Array where Element == UInt8 {
  /// The bytes as text; bytes that are not UTF-8 become U+FFFD. For messages to people and for small values only.
  public var text: String { String(decoding: self, as: UTF8.self) }
}

extension Span where Element == UInt8 {
  /// The bytes as text; bytes that are not UTF-8 become U+FFFD. For messages to people and for small values only.
  public var text: String { unsafe withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) } }

  /// A copy of the bytes.
  public var array: [UInt8] { unsafe withUnsafeBufferPointer { unsafe Array($0) } }

  /// Whether both hold the same bytes.
  public func isEqual(to other: borrowing Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in 0..<count where self[index] != other[index] { return false }
    return true
  }
}
