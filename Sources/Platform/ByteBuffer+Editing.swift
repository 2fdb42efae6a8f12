/// Changes in place at the end of a buffer: a value is appended, then shaped where it stands, without another buffer.
extension ByteBuffer {
  /// The byte at `index`, to be read or replaced.
  @inlinable public subscript(index: Int) -> UInt8 {
    get {
      precondition(index >= 0 && index < used)
      return unsafe base[index]
    }
    set {
      precondition(index >= 0 && index < used)
      unsafe base[index] = newValue
    }
  }

  /// Takes the bytes at `range` out; what stands behind them moves up.
  public mutating func remove(_ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= used)
    let rest = used - range.upperBound
    unsafe (base + range.lowerBound).update(from: base + range.upperBound, count: rest)
    used -= range.count
  }
}
