// The reader's fast way to fill `Fields`: apart from `Fields` itself, because it takes a pointer.

extension Fields {
  /// Adds one complete field by copying 16 bytes at a time, the last step beyond the field's end.
  ///
  /// - Parameter source: `count` bytes that are followed by at least 16 more readable ones.
  @unsafe @inlinable public mutating func appendField(padded source: UnsafePointer<UInt8>, count: Int) {
    bytes.reserve(count &+ 16)
    let target = unsafe UnsafeMutableRawPointer(bytes.base + bytes.used)
    let origin = unsafe UnsafeRawPointer(source)
    var done = 0
    repeat {
      let part = unsafe origin.loadUnaligned(fromByteOffset: done, as: SIMD16<UInt8>.self)
      unsafe target.storeBytes(of: part, toByteOffset: done, as: SIMD16<UInt8>.self)
      done &+= 16
    } while done < count
    bytes.used &+= count
    ends.append(bytes.used)
  }

  /// How many bytes field `index` has.
  public func bytes(ofField index: Int) -> Int { ends[index] - (index == 0 ? 0 : ends[index - 1]) }

  /// Replaces every byte sequence that is not UTF-8 by U+FFFD, so that the fields can be shown.
  public mutating func repair() {
    let repaired = texts
    clear()
    for text in repaired {
      bytes.append(text)
      endField()
    }
  }
}
