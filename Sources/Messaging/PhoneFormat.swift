public import Platform

extension PhoneNumber {
  /// Appends a number as files show it: a mainland number as its eleven digits, any other as `+` and its E.164 digits.
  public static func append(_ number: UInt64, to buffer: inout ByteBuffer) {
    guard let national = mainlandDigits(number) else { return append(international: number, to: &buffer) }
    let (head, tail) = national.quotientAndRemainder(dividingBy: 100_000_000)
    unsafe buffer.appendUnsafe(room: 11) { room in
      let zero = UInt64(UInt8(ascii: "0"))
      let first = (zero + head / 100) | (zero + head / 10 % 10) << 8 | (zero + head % 10) << 16
      let raw = UnsafeMutableRawBufferPointer(room)
      unsafe raw.storeBytes(of: UInt32(truncatingIfNeeded: first).littleEndian, as: UInt32.self)
      unsafe raw.storeBytes(of: eightCharacters(tail).littleEndian, toByteOffset: 3, as: UInt64.self)
      return 11
    }
  }

  /// Eight ASCII digits, the first one in the lowest byte: fours, pairs and digits are parted in one word. The reverse
  /// of reading them.
  @inline(__always) private static func eightCharacters(_ value: UInt64) -> UInt64 {
    let fours = (value / 10_000) | (value % 10_000) << 32
    // 10486 ÷ 2²⁰ is 1 ÷ 100 for all four-digit numbers, 103 ÷ 2¹⁰ is 1 ÷ 10 for all of two digits.
    let hundreds = ((fours &* 10486) >> 20) & 0x0000_007F_0000_007F
    let pairs = hundreds | (fours &- hundreds &* 100) << 16
    let tens = ((pairs &* 103) >> 10) & 0x000F_000F_000F_000F
    return (tens | (pairs &- tens &* 10) << 8) | 0x3030_3030_3030_3030
  }

  /// Appends `+` and the E.164 digits.
  public static func append(international number: UInt64, to buffer: inout ByteBuffer) {
    buffer.append(UInt8(ascii: "+"))
    append(digits: number, to: &buffer)
  }

  /// Appends the E.164 digits alone.
  public static func append(digits number: UInt64, to buffer: inout ByteBuffer) {
    buffer.append(decimal: Int(clamping: number))
  }

  /// The eleven digits of a mainland mobile number without 86, nil for any other number.
  public static func mainlandDigits(_ number: UInt64) -> UInt64? {
    guard number >= mainlandPrefix else { return nil }
    let national = number - mainlandPrefix
    return isMainlandMobile(national) ? national : nil
  }

  /// The number as files show it.
  public static func written(_ number: UInt64) -> String {
    mainlandDigits(number).map(String.init) ?? "+\(number)"
  }

  /// The number for logs and messages: `138****8000`, `+614****8000`. Short numbers keep their last two digits only.
  public static func masked(_ number: UInt64) -> String {
    let digits = mainlandDigits(number).map(String.init) ?? "+\(number)"
    guard digits.utf8.count >= 11 else { return "****" + digits.suffix(2) }
    return digits.prefix(digits.hasPrefix("+") ? 4 : 3) + "****" + digits.suffix(4)
  }
}
