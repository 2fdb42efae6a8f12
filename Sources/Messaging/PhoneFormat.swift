public import Platform

extension PhoneNumber {
  /// Appends a number as files show it: a mainland number as its eleven digits, any other as `+` and its E.164 digits.
  public static func append(_ number: UInt64, to buffer: inout ByteBuffer) {
    if let national = mainlandDigits(number) {
      append(digits: national, to: &buffer)
    } else {
      append(international: number, to: &buffer)
    }
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
