import Platform

/// Reads the times in reports and replies, which gateways write in several ways.
enum LooseTime {
  /// `2018-07-20 16:48:21`, `20180720164821`, `1807201648` and what lies between: the digits are read as year (two or
  /// four digits), month, day, hour, minute and, where they are there, seconds. A fraction or an offset behind them
  /// counts for nothing. Nil when that is no time.
  static func read(_ text: String) -> CivilTime? {
    if let time = usual(text) { return checked(time) }
    let groups = text.utf8.split(maxSplits: 6) { !AnswerText.isDigit($0) }.map { Array($0) }
    guard let first = groups.first else { return nil }
    if first.count == 14 { return compact(first, yearDigits: 4) }
    if groups.count >= 5 { return separated(groups) }
    guard first.count == text.utf8.count else { return nil }
    switch first.count {
    case 10: return compact(first, yearDigits: 2)
    // Read with two digits, the year 20.. would have a month beyond 12 from 2013 on, so the order decides nothing.
    case 12: return compact(first, yearDigits: 2) ?? compact(first, yearDigits: 4)
    default: return nil
    }
  }

  /// `2018-07-20 16:48:21`, the form that almost all use; nil for any other.
  private static func usual(_ text: String) -> [Int]? {
    var text = text
    return text.withUTF8 { bytes -> [Int]? in
      guard bytes.count == 19 else { return nil }
      var fields = [0, 0, 0, 0, 0, 0]
      var field = 0
      for index in 0..<19 {
        let byte = unsafe bytes[index]
        switch index {
        case 4, 7, 10, 13, 16:
          guard byte == (index == 10 ? 0x20 : index < 10 ? UInt8(ascii: "-") : UInt8(ascii: ":")) else { return nil }
          field += 1
        default:
          guard AnswerText.isDigit(byte) else { return nil }
          fields[field] = fields[field] * 10 + Int(byte - UInt8(ascii: "0"))
        }
      }
      return fields
    }
  }

  private static func compact(_ digits: [UInt8], yearDigits: Int) -> CivilTime? {
    var fields = [number(digits[..<yearDigits])]
    for start in stride(from: yearDigits, to: digits.count, by: 2) { fields.append(number(digits[start..<start + 2])) }
    return checked(fields)
  }

  /// Year, month, day, hour, minute and perhaps second, one or two digits each.
  private static func separated(_ groups: [[UInt8]]) -> CivilTime? {
    let fields = groups.prefix(6)
    guard fields[0].count == 4 || fields[0].count == 2 else { return nil }
    guard fields.dropFirst().allSatisfy({ $0.count <= 2 }) else { return nil }
    return checked(fields.map { number($0[...]) })
  }

  private static func checked(_ fields: [Int]) -> CivilTime? {
    var time = CivilTime(
      year: fields[0] < 100 ? 2000 + fields[0] : fields[0], month: fields[1], day: fields[2], hour: fields[3],
      minute: fields[4])
    if fields.count > 5 { time.second = fields[5] }
    guard (2000..<2100).contains(time.year), (1...12).contains(time.month), (1...31).contains(time.day) else {
      return nil
    }
    guard time.hour < 24, time.minute < 60, time.second < 61 else { return nil }
    // A day that the month does not have comes back as another one.
    var whole = time
    whole.second = 0
    return FixedZone.beijing.civil(FixedZone.beijing.moment(whole)) == whole ? time : nil
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int {
    digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }
}
