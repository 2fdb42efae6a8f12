import Platform

/// The fast way through a record that has no quoted field and lies whole in the window: nearly every record of a file.
enum PlainRecord {
  /// Reads the record that begins at `start` into `fields`, which must be empty.
  ///
  /// - Parameter bytes: the window, with sixteen readable zero bytes behind it.
  /// - Returns: where the next record begins, or -1: then `fields` mean nothing and `CSVRecord` must read the record.
  static func read(
    _ bytes: borrowing Span<UInt8>, from start: Int, _ separators: Separators, into fields: inout Fields
  ) -> Int {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return -1 }
      let next = unsafe scan(base, from: start, count: buffer.count, separators, &fields)
      // Within these bounds no field can be over its own.
      return next - start <= Limits.fieldBytes && fields.count <= Limits.columns ? next : -1
    }
  }

  @inline(__always) private static func scan(
    _ base: UnsafePointer<UInt8>, from start: Int, count: Int, _ separators: Separators, _ fields: inout Fields
  ) -> Int {
    let raw = unsafe UnsafeRawPointer(base)
    var field = start
    var position = start
    while position < count {
      // May read into the zeroes behind the window, which are no separators.
      var hits = unsafe separators.hits(raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      while hits != 0 {
        let at = position &+ (hits.trailingZeroBitCount &>> 3)
        hits &= hits &- 1
        let byte = unsafe base[at]
        if byte == Separators.quote {
          // Inside a field it is an ordinary character.
          if at == field { return -1 }
          continue
        }
        unsafe fields.appendField(padded: base + field, count: at &- field)
        field = at &+ 1
        if byte == separators.delimiter { continue }
        guard byte == Separators.carriageReturn else { return field }
        // Whether a line feed follows is not known at the window's end.
        guard field < count else { return -1 }
        return unsafe base[field] == Separators.lineFeed ? field &+ 1 : field
      }
      position &+= 8
    }
    return -1
  }
}
