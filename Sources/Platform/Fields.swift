/// The fields of one record, bytes one behind the other, refilled for every record without new memory.
///
/// Field `i` is UTF-8 after `append(...)`/`endField()` built it; nothing is terminated or escaped.
public struct Fields: ~Copyable, Sendable {
  @usableFromInline var bytes = ByteBuffer(capacity: 1024)
  @usableFromInline var ends: [Int] = []

  public init() {}

  /// How many fields are complete.
  @inlinable public var count: Int { ends.count }

  /// Bytes in all fields, the unfinished one included.
  @inlinable public var byteCount: Int { bytes.count }

  /// The bytes of field `index` (from 0).
  @inlinable public subscript(index: Int) -> Span<UInt8> {
    @_lifetime(borrow self) get {
      let start = index == 0 ? 0 : ends[index - 1]
      return bytes.span.extracting(start..<ends[index])
    }
  }

  /// Whether field `index` has no bytes.
  @inlinable public func isEmpty(_ index: Int) -> Bool { ends[index] == (index == 0 ? 0 : ends[index - 1]) }

  /// Empties the record for the next one; its memory stays.
  @inlinable public mutating func clear() {
    bytes.clear()
    ends.removeAll(keepingCapacity: true)
  }

  /// Adds bytes to the field under way.
  @inlinable public mutating func append(_ part: borrowing Span<UInt8>) { bytes.append(part) }
  @inlinable public mutating func append(_ byte: UInt8) { bytes.append(byte) }

  /// The field under way is complete.
  @inlinable public mutating func endField() { ends.append(bytes.count) }

  /// Drops the bytes of the field under way.
  @inlinable public mutating func dropUnfinished() { bytes.truncate(to: ends.last ?? 0) }

  /// All fields as text, for messages and tests.
  public var texts: [String] { (0..<count).map { self[$0].text } }
}
